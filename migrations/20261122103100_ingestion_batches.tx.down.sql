DROP TABLE ingestion_errors;
DROP TABLE ingestion_chunks;
DROP TABLE ingestion_batches;

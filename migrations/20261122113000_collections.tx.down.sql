DROP TABLE collection_files;
DROP TABLE collections;

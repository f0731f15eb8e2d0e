// Package ingest measures how fast rows about many hosts are kept, with their stacks, against COPY of the same rows into the
// same table with its indexes, sent by hand through pgx. It owns its rows; it refuses to judge: targets are compared where
// the table is printed.
package ingest

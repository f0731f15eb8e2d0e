// Package models holds the rows: bun structs, their enums and pure predicates over them. It runs no query and imports
// nothing of ours. Rows are not wire types: api has its own.
package models

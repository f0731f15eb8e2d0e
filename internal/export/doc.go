// Package export writes rows for people to take away, one after the other as they come: CSV that is safe to open in a
// spreadsheet, and JSON. Every CSV of the product goes through the one writer here. It refuses to know what the rows are.
package export

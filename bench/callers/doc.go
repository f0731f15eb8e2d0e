// Package callers measures what it costs to know who calls: a request with its access token beside the same request to the
// same handler, where a fixed caller is put in without looking. It owns its rows; it refuses to judge: targets are compared
// where the table is printed.
package callers

// Package fault is the one error type of the product: a kind that decides how an edge answers, a safe message for
// people, and the cause for the log. It knows no transport: api maps kinds to RFC 9457 problems, worker maps them to
// Temporal application errors, each in one table.
package fault

// Package activities holds the side effects of runs: one playbook action a file, listed in catalog.go, and the one way
// they are carried out. An action that writes our database does so inside the transaction that takes its step, so it
// happens exactly once; one that reaches another system runs between two transactions under an idempotency key, at least
// once. It refuses to know how a run is driven (workflows) and how errors become Temporal's (worker).
package activities

// Package runs is where Temporal is spoken to: it holds the connection with one sealed client per tenant over it, starts
// and signals runs, reads what became of them, and reconciles the rows of runs with it. It refuses to decide what runs:
// rows decide that, the dispatcher (internal/outbox) and the reconciler carry it out.
package runs

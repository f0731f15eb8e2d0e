// Package ingest owns the way of what is handed in from a stream of bytes to hosts, observations and indicators: Receive
// keeps a batch while it arrives, Advance brings in the next part of it in one transaction, One does the same for a single
// host at once. It reads by internal/intake, finds indicators by internal/indicator and writes by internal/store; it knows
// no HTTP and no Temporal. A bad line is listed with its reason and costs nobody else anything; what comes twice is there
// once.
package ingest

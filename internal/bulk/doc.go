// Package bulk is one action on many rows: the table of what can be done to hosts, indicators and cases, who may, and how it
// is taken back. A job's items are fixed when it starts; Slice decides the next of them in one transaction, each on its own
// account, so that a job that is repeated after a crash goes on behind what is decided. It refuses to know about requests and
// workflows: the edge writes jobs through it, an activity works on them.
package bulk

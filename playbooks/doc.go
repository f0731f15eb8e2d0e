// Package playbooks is the playbook language: the document with its parser and JSON Schema, the events a playbook can
// wait for, the bounded expression evaluator, and the compiler that turns a document into the Plan a run carries out.
//
// It is pure: no I/O, no clock, no randomness, no goroutine. The moment comes in through Env.Now, actions come in as
// ActionSpecs, and the same input gives the same answer on every machine, because workflow code calls the evaluator and
// is replayed. It refuses to know how an action is done (activities), how a run is driven (workflows) and where
// playbooks are kept (internal/store).
package playbooks

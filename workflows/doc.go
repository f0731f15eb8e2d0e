// Package workflows holds the deterministic code: what a run does between its start and its end. It is replayed, so it
// asks the workflow for the time, calls activities by their contract names, and does no I/O.
//
// A change that alters the order or the kind of commands of a released workflow goes behind workflow.GetVersion, and the
// recorded histories in testdata must still replay. Limits that a plan pins are read from the plan; constants here that
// shape commands (timeouts, retry policies) may change, because replay doesn't compare them.
package workflows

// Package contract is what workflows, activities, worker, dispatcher and edges agree on: names, task queues and workflow
// IDs with their inverses, inputs, results, signals, search attributes and error types. It is a leaf: it knows the
// playbook language and nothing else of ours, and does nothing.
//
// Everything here is on the wire of runs in flight: fields are added, never renamed, retyped or given another meaning.
package contract

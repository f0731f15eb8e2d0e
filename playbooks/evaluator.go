package playbooks

import "time"

// Budget bounds one evaluation. It is pinned in the Plan, because changing a limit must not change a replay.
type Budget struct {
	Source int `json:"source"` // longest expression, bytes
	Nodes  int `json:"nodes"`  // largest expression, nodes of its tree
	Steps  int `json:"steps"`  // operations of one evaluation; one takes at most about 100 ns
	Items  int `json:"items"`  // longest list
	Text   int `json:"text"`   // longest text, bytes
	Memory int `json:"memory"` // bytes made in one evaluation
}

// Env is what an expression sees.
type Env struct {
	Now     time.Time      // the moment, workflow time inside a workflow; zero makes now() an error
	Inputs  map[string]any // inputs, each also by its bare name
	Event   map[string]any // the event as Event.Fields gives it, nil when none started the run
	Steps   map[string]any // by step id, as Step.Finished, Step.Skipped and Step.Failed give them
	Vars    map[string]any
	Tenant  map[string]any // id, name
	Run     map[string]any // id, playbook_id, playbook, version, trigger_type, started_at, dry_run
	Failure map[string]any // in on_failure only: step, type, message, kind
}

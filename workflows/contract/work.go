package contract

// WorkRef names work that a step of a run started and waits for: a job with the row of its kind.
type WorkRef struct {
	Kind string `json:"kind"` // collection, hunt, isolation
	ID   int64  `json:"id"`
}

// WorkInput asks what came of the work that a step waits for.
type WorkInput struct {
	StepInput
	Work   WorkRef `json:"work"`
	GiveUp string  `json:"give_up,omitempty"` // why nobody waits any longer: work that has not ended is cancelled
}

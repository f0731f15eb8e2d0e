package models

import "slices"

// Tenant statuses.
const (
	TenantActive    = "active"
	TenantSuspended = "suspended"
	TenantDeleting  = "deleting"
)

// Case statuses, in the order of a case's life.
const (
	CaseOpen          = "open"
	CaseInvestigating = "investigating"
	CaseClosed        = "closed"
)

// Severities, rising; SeverityInfo is for notifications only.
const (
	SeverityInfo     = "info"
	SeverityLow      = "low"
	SeverityMedium   = "medium"
	SeverityHigh     = "high"
	SeverityCritical = "critical"
)

// Execution statuses (playbooks.md, run states).
const (
	ExecutionQueued      = "queued"
	ExecutionRunning     = "running"
	ExecutionWaiting     = "waiting"
	ExecutionPaused      = "paused"
	ExecutionCompleted   = "completed"
	ExecutionFailed      = "failed"
	ExecutionCancelled   = "cancelled"
	ExecutionCompensated = "compensated"
	ExecutionTimedOut    = "timed_out"
)

// Step statuses (playbooks.md, step states).
const (
	StepPending   = "pending"
	StepRunning   = "running"
	StepWaiting   = "waiting"
	StepSkipped   = "skipped"
	StepCompleted = "completed"
	StepFailed    = "failed"
	StepCancelled = "cancelled"
	StepUndone    = "undone"
)

// Trigger types.
const (
	TriggerManual   = "manual"
	TriggerSchedule = "schedule"
	TriggerEvent    = "event"
)

// Kinds of request about a run.
const RequestCancel = "cancel"

// SignalWorkDone is the kind of signal that tells a run of the end of work.
const SignalWorkDone = "work_done"

// Kinds of job.
const (
	JobBatch = "batch"
	JobBulk  = "bulk"

	JobCollection = "collection"
	JobHunt       = "hunt"
	JobSync       = "sync"
	JobIsolation  = "isolation"
)

// Job statuses.
const (
	JobQueued     = "queued"
	JobRunning    = "running"
	JobWaiting    = "waiting"
	JobCancelling = "cancelling"
	JobCompleted  = "completed"
	JobFailed     = "failed"
	JobCancelled  = "cancelled"
)

// JobFinal says whether a job with this status has ended.
func JobFinal(status string) bool {
	return status == JobCompleted || status == JobFailed || status == JobCancelled
}

// Outbox kinds.
const (
	OutboxEvent    = "event"    // payload: a playbooks event; the dispatcher matches it to playbooks
	OutboxStart    = "start"    // payload: {"execution_id": n}, or {"job": kind, "id": n, "attempt": n}; the dispatcher starts the workflow
	OutboxWake     = "wake"     // payload: {"job": kind, "id": n, "attempt": n}; the job's workflow stops waiting
	OutboxSchedule = "schedule" // payload: {"schedule_id": n}; Temporal is made to match the row
	OutboxSignal   = "signal"   // payload: {"execution_id": n, "request_id": n, "kind": "cancel"}, or {"execution_id": n, "kind": "work_done", "work": {"kind": "collection", "id": n}}
)

// ExecutionFinal says whether a run with this status has ended.
func ExecutionFinal(status string) bool {
	return !slices.Contains([]string{ExecutionQueued, ExecutionRunning, ExecutionWaiting, ExecutionPaused}, status)
}

// CaseStatuses lists a case's statuses in the order of its life.
func CaseStatuses() []string { return []string{CaseOpen, CaseInvestigating, CaseClosed} }

// CaseSeverities lists a case's severities, rising.
func CaseSeverities() []string {
	return []string{SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}
}

// SeverityRank is 1 for low to 4 for critical, 0 for any other text.
func SeverityRank(severity string) int { return slices.Index(CaseSeverities(), severity) + 1 }

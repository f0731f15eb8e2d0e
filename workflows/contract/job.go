package contract

import (
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
)

// The kinds of job: work of many small transactions about one row, which its workflow carries out slice by slice.
const (
	JobBatch = "batch" // an ingestion batch
	JobBulk  = "bulk"  // one action on many rows

	JobCollection = "collection" // one artifact from one endpoint
	JobHunt       = "hunt"       // artifacts from many endpoints
	JobSync       = "sync"       // the tenant's hosts kept in step with its Velociraptor server
	JobIsolation  = "isolation"  // an endpoint taken off the network, or let back
)

// JobInput is what a job's workflow and its activities are started with: the row knows the rest.
type JobInput struct {
	TenantID int64  `json:"tenant_id"`
	Kind     string `json:"kind"`
	ID       int64  `json:"id"`      // of the row of that kind
	Attempt  int    `json:"attempt"` // from 1; a retry is another workflow
}

// Tenant is what the guards on both sides compare with the task queue.
func (j JobInput) Tenant() int64 { return j.TenantID }

// JobSlice is what an activity answers that did the next part of a job. Done: the job has ended, and its row says so.
type JobSlice struct {
	Done   bool          `json:"done"`
	Status string        `json:"status"`
	Wait   time.Duration `json:"wait,omitempty"` // until there is something to do, unless the job is woken before; nanoseconds in JSON
}

// Wake tells a waiting job that there is something to do: SignalWake. What there is stands in its row.
type Wake struct{}

// JobEnding closes a job that its own slices can't: the row says why.
type JobEnding struct {
	JobInput
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
}

// JobResult is what a job leaves in Temporal: the status that stands in the database.
type JobResult struct {
	Status string `json:"status"`
}

// JobWorkflow is the workflow type and the slice's activity of a kind of job; ok is false for one that this version
// doesn't know.
func JobWorkflow(kind string) (workflow, activity string, ok bool) {
	switch kind {
	case JobBatch:
		return WorkflowIngestBatch, ActivityIngestBatch, true
	case JobBulk:
		return WorkflowBulkChange, ActivityBulkChange, true
	case JobCollection:
		return WorkflowCollect, ActivityCollect, true
	case JobHunt:
		return WorkflowHunt, ActivityHunt, true
	case JobSync:
		return WorkflowSyncHosts, ActivitySyncHosts, true
	case JobIsolation:
		return WorkflowIsolate, ActivityIsolate, true
	}
	return "", "", false
}

// JobKinds lists the kinds of job.
func JobKinds() []string {
	return []string{JobBatch, JobBulk, JobCollection, JobHunt, JobSync, JobIsolation}
}

// JobWorkflowID is the workflow of a job: "t7-batch-42", of its second attempt "t7-batch-42-2". It is deterministic, so that
// a start that is repeated meets the first.
func JobWorkflowID(in JobInput) string {
	id := WorkflowPrefix(in.TenantID) + in.Kind + "-" + decimal(in.ID)
	if in.Attempt > 1 {
		id += "-" + strconv.Itoa(in.Attempt)
	}
	return id
}

// ParseJobWorkflowID is the inverse of JobWorkflowID; ok is false for any other ID.
func ParseJobWorkflowID(id string) (in JobInput, ok bool) {
	in.TenantID, ok = TenantOfWorkflow(id)
	if !ok {
		return JobInput{}, false
	}
	kind, rest, found := strings.Cut(strings.TrimPrefix(id, WorkflowPrefix(in.TenantID)), "-")
	if _, _, known := JobWorkflow(kind); !found || !known {
		return JobInput{}, false
	}
	number, attempt, again := strings.Cut(rest, "-")
	in.Kind, in.Attempt = kind, 1
	if again {
		in.Attempt, _ = strconv.Atoi(attempt)
	}
	in.ID, ok = parseID(number)
	if !ok || JobWorkflowID(in) != id {
		return JobInput{}, false
	}
	return in, true
}

// JobAttributes are the search attributes of a job's workflow.
func JobAttributes(in JobInput) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		temporal.NewSearchAttributeKeyKeyword(AttributeTenant).ValueSet(decimal(in.TenantID)),
	)
}

package contract

import "go.temporal.io/sdk/temporal"

// Workflow types.
const (
	WorkflowPlaybookRun   = "PlaybookRun"   // RunInput → RunResult
	WorkflowIngestBatch   = "IngestBatch"   // JobInput → JobResult
	WorkflowBulkChange    = "BulkChange"    // JobInput → JobResult
	WorkflowCollect       = "Collect"       // JobInput → JobResult
	WorkflowHunt          = "Hunt"          // JobInput → JobResult
	WorkflowSyncHosts     = "SyncHosts"     // JobInput → JobResult
	WorkflowIsolate       = "Isolate"       // JobInput → JobResult
	WorkflowScheduledHunt = "ScheduledHunt" // ScheduledHuntInput → ScheduledResult
)

// Activity types that are no action of the catalog. Every action is an activity under its own name: StepInput → StepResult.
const (
	ActivityFinishRun     = "finish_run"     // FinishInput → FinishResult, local
	ActivityIngestBatch   = "ingest_batch"   // JobInput → JobSlice
	ActivityBulkChange    = "bulk_change"    // JobInput → JobSlice
	ActivityCollect       = "collect"        // JobInput → JobSlice
	ActivityHunt          = "hunt"           // JobInput → JobSlice
	ActivitySyncHosts     = "sync_hosts"     // JobInput → JobSlice
	ActivityIsolate       = "isolate"        // JobInput → JobSlice
	ActivityEndJob        = "end_job"        // JobEnding → JobResult, local
	ActivityScheduledHunt = "scheduled_hunt" // ScheduledTime → ScheduledStep, local
	ActivityWorkResult    = "work_result"    // WorkInput → StepResult, local
)

// Actions of the catalog.
const (
	ActionSendNotification = "send_notification"
	ActionCreateCase       = "create_case"
	ActionUpdateCase       = "update_case"
	ActionAddComment       = "add_comment"
	ActionAddTask          = "add_task"
	ActionAddArtifact      = "add_artifact"
	ActionSendWebhook      = "send_webhook"
	ActionCollectArtifact  = "collect_artifact"
	ActionRunVQL           = "run_vql"
	ActionStartHunt        = "start_hunt"
	ActionIsolateHost      = "isolate_host"
	ActionReleaseHost      = "release_host"
	ActionLabelHost        = "label_host"
)

// Actions lists every action that the worker must know.
func Actions() []string {
	return []string{
		ActionSendNotification, ActionCreateCase, ActionUpdateCase, ActionAddComment, ActionAddTask, ActionAddArtifact, ActionSendWebhook,
		ActionCollectArtifact, ActionRunVQL, ActionStartHunt, ActionIsolateHost, ActionReleaseHost, ActionLabelHost,
	}
}

// Signals.
const (
	SignalCancel = "cancel" // ends a run: Cancel
	SignalWake   = "wake"   // ends a job's wait: Wake

	SignalWorkDone = "work_done" // tells a run that work has ended which one of its steps waits for: WorkRef
)

// Error types of the application errors that a run ends with; an activity's error has its fault's kind as type.
const (
	ErrorRunFailed   = "RunFailed"
	ErrorRunTimedOut = "RunTimedOut"
	ErrorJobFailed   = "JobFailed"
	ErrorRunEnded    = "run_ended"   // of a step: its run has ended in the database
	ErrorWrongTenant = "WrongTenant" // a task in another tenant's queue: never retried
	ErrorPlanFormat  = "PlanFormat"  // a plan that this worker doesn't know
)

// Search attributes of every run, all of type Keyword.
const (
	AttributeTenant      = "TenantId"
	AttributePlaybook    = "PlaybookId"
	AttributeExecution   = "ExecutionId"
	AttributeTriggerType = "TriggerType"
)

// SearchAttributeNames lists what a namespace must have, all of type Keyword.
func SearchAttributeNames() []string {
	return []string{AttributeTenant, AttributePlaybook, AttributeExecution, AttributeTriggerType}
}

// SearchAttributes are those of one run.
func SearchAttributes(in RunInput) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		temporal.NewSearchAttributeKeyKeyword(AttributeTenant).ValueSet(decimal(in.TenantID)),
		temporal.NewSearchAttributeKeyKeyword(AttributePlaybook).ValueSet(decimal(in.PlaybookID)),
		temporal.NewSearchAttributeKeyKeyword(AttributeExecution).ValueSet(decimal(in.ExecutionID)),
		temporal.NewSearchAttributeKeyKeyword(AttributeTriggerType).ValueSet(in.TriggerType),
	)
}

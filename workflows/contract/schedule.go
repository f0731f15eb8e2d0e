package contract

import (
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
)

// ScheduledHuntInput is what a schedule in Temporal starts its workflow with, and what continues it: the rows know the rest.
type ScheduledHuntInput struct {
	TenantID   int64 `json:"tenant_id"`
	ScheduleID int64 `json:"schedule_id"`
	RunID      int64 `json:"run_id,omitempty"` // of a run that is claimed already: one by hand, or one that goes on
}

// Tenant is what the guards on both sides compare with the task queue.
func (s ScheduledHuntInput) Tenant() int64 { return s.TenantID }

// ScheduledTime is one look at a schedule's time: ActivityScheduledHunt.
type ScheduledTime struct {
	ScheduledHuntInput
	At time.Time `json:"at,omitzero"` // of a run that is not claimed yet
}

// ScheduledStep is what came of a look.
type ScheduledStep struct {
	RunID  int64         `json:"run_id"`
	Status string        `json:"status"` // of the run, or of its hunt
	Done   bool          `json:"done"`
	Wait   time.Duration `json:"wait,omitempty"` // until the next look
}

// ScheduledResult is what a scheduled run leaves in Temporal.
type ScheduledResult struct {
	Status string `json:"status"`
}

// ScheduleID is the schedule in Temporal: "t7-schedule-3".
func ScheduleID(tenantID, scheduleID int64) string {
	return WorkflowPrefix(tenantID) + "schedule-" + decimal(scheduleID)
}

// ParseScheduleID is the inverse of ScheduleID; ok is false for any other.
func ParseScheduleID(id string) (tenantID, scheduleID int64, ok bool) {
	tenant, rest, found := strings.Cut(strings.TrimPrefix(id, "t"), "-schedule-")
	if !found || !strings.HasPrefix(id, "t") {
		return 0, 0, false
	}
	if tenantID, ok = parseID(tenant); !ok {
		return 0, 0, false
	}
	scheduleID, ok = parseID(rest)
	return tenantID, scheduleID, ok
}

// ScheduledWorkflowID is the workflow of a run by hand: "t7-scheduled-run-9". Temporal names those of a schedule's own times
// after the schedule and the time.
func ScheduledWorkflowID(tenantID, runID int64) string {
	return WorkflowPrefix(tenantID) + "scheduled-run-" + strconv.FormatInt(runID, 10)
}

// ScheduleAttributes are the search attributes of a schedule and of what it starts.
func ScheduleAttributes(tenantID int64) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(temporal.NewSearchAttributeKeyKeyword(AttributeTenant).ValueSet(decimal(tenantID)))
}

package contract

import (
	"strconv"
	"strings"
)

// SystemQueue is the task queue of our own work, which belongs to no tenant.
const SystemQueue = "system"

const queuePrefix = "tenant-"

// TaskQueue is the queue of a tenant, for its workflows and activities: "tenant-7".
func TaskQueue(tenantID int64) string { return queuePrefix + decimal(tenantID) }

// TenantOfQueue is the inverse of TaskQueue; ok is false for any other queue.
func TenantOfQueue(queue string) (tenantID int64, ok bool) {
	rest, ok := strings.CutPrefix(queue, queuePrefix)
	if !ok {
		return 0, false
	}
	return parseID(rest)
}

// WorkflowPrefix is what every workflow ID of a tenant starts with: "t7-". No tenant's prefix is another's.
func WorkflowPrefix(tenantID int64) string { return "t" + decimal(tenantID) + "-" }

// WorkflowID is the workflow of a run: "t7-run-42". It is deterministic, so that a start that is repeated meets the first.
func WorkflowID(tenantID, executionID int64) string {
	return WorkflowPrefix(tenantID) + "run-" + decimal(executionID)
}

// ParseWorkflowID is the inverse of WorkflowID; ok is false for any other ID.
func ParseWorkflowID(id string) (tenantID, executionID int64, ok bool) {
	tenant, run, found := strings.Cut(strings.TrimPrefix(id, "t"), "-run-")
	if !found || !strings.HasPrefix(id, "t") {
		return 0, 0, false
	}
	tenantID, ok = parseID(tenant)
	if !ok {
		return 0, 0, false
	}
	executionID, ok = parseID(run)
	return tenantID, executionID, ok
}

// TenantOfWorkflow is the tenant that a workflow ID of any kind belongs to; ok is false for our own workflows.
func TenantOfWorkflow(id string) (tenantID int64, ok bool) {
	tenant, _, found := strings.Cut(strings.TrimPrefix(id, "t"), "-")
	if !found || !strings.HasPrefix(id, "t") {
		return 0, false
	}
	return parseID(tenant)
}

// parseID reads a positive id in the one form that decimal writes.
func parseID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id > 0 && decimal(id) == s
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// ExecutionLink is the path of a run's page in the screen.
func ExecutionLink(executionID int64) string { return "/executions/" + decimal(executionID) }

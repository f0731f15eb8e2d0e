package e2e

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

const temporalNamespace = "velocicompanion"

// Temporal is a bare client, as an operator's tool would have: no codec, no tenant.
func (s *Stack) Temporal(t *testing.T) client.Client {
	t.Helper()
	return temporalAt(t, s.Conn["TEMPORAL_ADDRESS"])
}

func temporalAt(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: address, Namespace: temporalNamespace})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// workflows are those that Temporal's visibility knows of a tenant.
func workflows(t *testing.T, c client.Client, tenant int64) []*workflow.WorkflowExecutionInfo {
	t.Helper()
	res, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: temporalNamespace, Query: "TenantId = '" + strconv.FormatInt(tenant, 10) + "'",
	})
	require.NoError(t, err)
	return res.GetExecutions()
}

func attribute(t *testing.T, w *workflow.WorkflowExecutionInfo, name string) string {
	t.Helper()
	p := w.GetSearchAttributes().GetIndexedFields()[name]
	require.NotNil(t, p, name)
	var v string
	require.NoError(t, converter.GetDefaultDataConverter().FromPayload(p, &v))
	return v
}

// forget deletes a workflow's history and waits until Temporal knows nothing of it.
func forget(t *testing.T, c client.Client, w *workflow.WorkflowExecutionInfo) {
	t.Helper()
	_, err := c.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: temporalNamespace, WorkflowExecution: w.GetExecution(),
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := c.DescribeWorkflowExecution(t.Context(), w.GetExecution().GetWorkflowId(), "")
		_, gone := err.(*serviceerror.NotFound) //nolint:errorlint // the SDK gives the plain type
		return gone
	}, 120*time.Second, poll, "the history is still there")
}

package workflows_test

import (
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/workflows"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// The histories in testdata were recorded on a real server by the code that was released, as tenant 1, sealed under a key
// of 32 zero bytes. A change of workflow code that can't replay them would break runs in flight.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	keys, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	sealed := codec.New(keys)
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{
				DataConverter: sealed.DataConverter(1), FailureConverter: sealed.FailureConverter(1),
			})
			require.NoError(t, err)
			for name, f := range recorded() {
				replayer.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
			}
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			history := &historypb.History{}
			require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{}.Unmarshal(raw, history))
			require.NoError(t, replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), history))
		})
	}
}

// recorded are the workflows of the product.
func recorded() map[string]any {
	w := workflows.New()
	return map[string]any{
		contract.WorkflowPlaybookRun: w.PlaybookRun, contract.WorkflowIngestBatch: w.IngestBatch, contract.WorkflowBulkChange: w.BulkChange,
		contract.WorkflowCollect: w.Collect, contract.WorkflowHunt: w.Hunt, contract.WorkflowSyncHosts: w.SyncHosts,
		contract.WorkflowIsolate: w.Isolate, contract.WorkflowScheduledHunt: w.ScheduledHunt,
	}
}

func TestEveryWorkflowHasARecordedHistory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		history := &historypb.History{}
		require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{}.Unmarshal(raw, history))
		found[history.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()] = true
	}
	require.Len(t, recorded(), reflect.TypeFor[*workflows.Workflows]().NumMethod(), "each workflow is replayed")
	for name := range recorded() {
		require.True(t, found[name], "no history of %s in testdata", name)
	}
}

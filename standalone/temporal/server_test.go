package temporal

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdktemporal "go.temporal.io/sdk/temporal"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.temporal.io/server/common/log/tag"
)

func params(t *testing.T) Params {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a Temporal server")
	}
	return Params{
		Dir: t.TempDir(), Namespace: "velocicompanion", Retention: 720 * time.Hour,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func start(t *testing.T, p Params) *Server {
	t.Helper()
	s, err := Start(t.Context(), p)
	require.NoError(t, err)
	return s
}

func dial(t *testing.T, s *Server) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: s.Address(), Namespace: "velocicompanion", Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

func TestServerRunsAWorkflowAndKeepsIt(t *testing.T) {
	t.Parallel()
	p := params(t)
	first := start(t, p)
	c := dial(t, first)
	w := sdkworker.New(c, "tenant-1", sdkworker.Options{})
	w.RegisterWorkflow(greet)
	require.NoError(t, w.Start())
	tenant := sdktemporal.NewSearchAttributeKeyKeyword("TenantId")
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "t1-greet", TaskQueue: "tenant-1",
		TypedSearchAttributes: sdktemporal.NewSearchAttributes(tenant.ValueSet("1")),
	}, greet, "world")
	require.NoError(t, err)
	var got string
	require.NoError(t, run.Get(t.Context(), &got))
	require.Equal(t, "hello world", got)
	w.Stop()
	require.NoError(t, first.Stop())

	second := start(t, p)
	t.Cleanup(func() { require.NoError(t, second.Stop()) })
	c = dial(t, second)
	require.NoError(t, c.GetWorkflow(t.Context(), "t1-greet", "").Get(t.Context(), &got))
	require.Equal(t, "hello world", got)
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		found, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "TenantId = '1'"})
		require.NoError(ct, err)
		require.Equal(ct, int64(1), found.GetCount())
	}, 10*time.Second, 50*time.Millisecond)

	ns, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "velocicompanion"})
	require.NoError(t, err)
	require.Equal(t, p.Retention, ns.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	require.Equal(t, enumspb.NAMESPACE_STATE_REGISTERED, ns.GetNamespaceInfo().GetState())
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = lis.Close() })
	_, port, err := net.SplitHostPort(lis.Addr().String())
	require.NoError(t, err)
	_, err = choosePorts(t.Context(), lis.Addr().(*net.TCPAddr).Port)
	require.ErrorContains(t, err, "port "+port+" is taken")
}

func TestInterruptedFirstStartBeginsAnew(t *testing.T) {
	t.Parallel()
	p := params(t)
	require.NoError(t, os.WriteFile(filepath.Join(p.Dir, "temporal.db"), []byte("half a file"), 0o600))
	s := start(t, p)
	require.NoError(t, s.Stop())
}

func TestDynamicConfigIsKnownToThisServer(t *testing.T) {
	t.Parallel()
	values, err := dynamic()
	require.NoError(t, err)
	require.Len(t, values, 8)
}

func TestLoggerWarnsOnlyWhileServing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := newLogger(slog.New(slog.NewTextHandler(&out, nil)))
	speak := func() string {
		out.Reset()
		l.Info("mild")
		l.With(tag.Service("history")).Warn("warned")
		l.SLog().With("a", 1).Warn("sdk warned")
		l.Error("failed", tag.Error(errors.New("disk full")))
		return out.String()
	}
	quiet := speak()
	require.NotContains(t, quiet, "warned")
	require.Contains(t, quiet, "disk full")
	l.serving.Store(true)
	serving := speak()
	require.Contains(t, serving, "temporal: warned\" service=history")
	require.Contains(t, serving, "sdk warned")
	require.NotContains(t, serving, "mild")
}

func TestLoggerPanicsWhereTheServerCannotGoOn(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, "temporal server: lost", func() { newLogger(slog.New(slog.DiscardHandler)).Fatal("lost") })
}

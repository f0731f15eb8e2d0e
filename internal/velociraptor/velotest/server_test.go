package velotest_test

import (
	"net"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

const patience = 20 * time.Second

func start(t *testing.T, p velotest.Params) *velotest.Server {
	t.Helper()
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	if p.Pace == 0 {
		p.Pace = 10 * time.Millisecond
	}
	s, err := velotest.Start(p)
	require.NoError(t, err)
	return s
}

func serve(t *testing.T, p velotest.Params) *velotest.Server {
	t.Helper()
	s := start(t, p)
	t.Cleanup(s.Close)
	return s
}

func file(t *testing.T, s *velotest.Server) []byte {
	t.Helper()
	text, err := s.APIClient("companion")
	require.NoError(t, err)
	return text
}

func client(t *testing.T, text []byte, org string) *velociraptor.Client {
	t.Helper()
	parsed, err := velociraptor.ParseAPIClient(text)
	require.NoError(t, err)
	c, err := velociraptor.New(velociraptor.Params{File: parsed, OrgID: org, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func connect(t *testing.T, s *velotest.Server) *velociraptor.Client {
	t.Helper()
	return client(t, file(t, s), "")
}

func all(t *testing.T, c *velociraptor.Client) []velociraptor.Endpoint {
	t.Helper()
	list, err := c.Clients(t.Context(), "", 100_000)
	require.NoError(t, err)
	return list
}

// the first endpoint of a kind.
func the(t *testing.T, c *velociraptor.Client, fits func(e velociraptor.Endpoint) bool) velociraptor.Endpoint {
	t.Helper()
	for _, e := range all(t, c) {
		if fits(e) {
			return e
		}
	}
	require.FailNow(t, "no endpoint fits")
	return velociraptor.Endpoint{}
}

func named(host string) func(e velociraptor.Endpoint) bool {
	return func(e velociraptor.Endpoint) bool { return e.Hostname == host }
}

func collected(t *testing.T, c *velociraptor.Client, q velociraptor.Collection) velociraptor.Flow {
	t.Helper()
	id, err := c.Collect(t.Context(), q)
	require.NoError(t, err)
	var f velociraptor.Flow
	require.Eventually(t, func() bool {
		f, err = c.Flow(t.Context(), q.ClientID, id)
		return err == nil && f.State.Over()
	}, patience, 5*time.Millisecond)
	return f
}

func TestStateOutlivesTheServer(t *testing.T) {
	t.Parallel()
	p := velotest.Params{Endpoints: 40, Orgs: []string{"OTHER"}, State: filepath.Join(t.TempDir(), "state"), Seed: 3}
	s := start(t, p)
	text := file(t, s)
	c := client(t, text, "")
	before := all(t, c)
	e := the(t, c, named("WS-00000"))
	require.NoError(t, c.SetLabel(t.Context(), e.ClientID, "kept", true))
	require.NoError(t, s.Enrol("", 2))
	require.NoError(t, s.Delete("OTHER", all(t, client(t, text, "OTHER"))[0].ClientID))
	hunt, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "h", Artifacts: []string{"Generic.Client.Info"}})
	require.NoError(t, err)
	require.Eventually(t, func() bool { h, err := c.Hunt(t.Context(), hunt); return err == nil && h.WithResults > 30 }, patience, 5*time.Millisecond)
	flow := collected(t, c, velociraptor.Collection{ClientID: e.ClientID, Artifact: "Windows.System.Pslist", FlowID: "F.OURS"})
	p.Address = s.Address()
	var order []string
	require.NoError(t, c.HuntFlows(t.Context(), hunt, 0, 100, func(f velociraptor.HuntFlow) error { order = append(order, f.ClientID); return nil }))
	s.Close()

	_ = serve(t, p)
	c = client(t, text, "") // the same file is good for it
	again, err := c.Flow(t.Context(), e.ClientID, "F.OURS")
	require.NoError(t, err)
	require.Equal(t, flow, again)
	require.Len(t, all(t, c), len(before)+2)
	require.Len(t, all(t, client(t, text, "OTHER")), 39)
	kept, err := c.ClientInfo(t.Context(), e.ClientID)
	require.NoError(t, err)
	require.Contains(t, kept.Labels, "kept")
	var after []string
	require.NoError(t, c.HuntFlows(t.Context(), hunt, 0, 100, func(f velociraptor.HuntFlow) error { after = append(after, f.ClientID); return nil }))
	require.Equal(t, order, after[:len(order)])
}

func TestStoppedServerComesBack(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 3})
	text := file(t, s)
	c := client(t, text, "")
	id, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "h", Artifacts: []string{"Generic.Client.Info"}})
	require.NoError(t, err)
	s.Stop()
	_, err = c.Hunt(t.Context(), id)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	require.NoError(t, s.Resume())
	_, err = client(t, text, "").Hunt(t.Context(), id) // the old connection waits before it dials again
	require.NoError(t, err)
}

func TestLostAnswersWereDoneAllTheSame(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 3})
	c := connect(t, s)
	s.Trouble(velotest.Trouble{LoseAnswer: map[string]bool{"hunt": true}})
	_, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "[key]", Artifacts: []string{"Generic.Client.Info"}})
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	id, err := c.FindHunt(t.Context(), "[key]")
	require.NoError(t, err)
	list, err := c.Hunts(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, list[0].HuntID, id)
}

func TestWhoLacksPermissions(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 3})
	c := connect(t, s)
	e := all(t, c)[0]
	s.Refuse("companion", "COLLECT_CLIENT", "EXECVE", "SERVER_ARTIFACT_WRITER")
	_, err := c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Client.Info"})
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.ErrorContains(t, err, "COLLECT_CLIENT")
	require.Equal(t, fault.Forbidden, fault.KindOf(velociraptor.SetArtifact(t.Context(), c, "name: A\nsources:\n- query: X")))
	s.Refuse("companion", "EXECVE")
	_, err = c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Linux.Remediation.Quarantine"})
	require.ErrorContains(t, err, "EXECVE")
	s.Refuse("companion")
	_, err = c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Client.Info"})
	require.NoError(t, err)
}

func TestHundredThousandEndpointsAreCheap(t *testing.T) { //nolint:paralleltest // it measures the heap
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	s := serve(t, velotest.Params{Endpoints: 100_000, Pace: time.Millisecond})
	c := connect(t, s)
	_, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "h", Artifacts: []string{"Generic.System.Pstree"}})
	require.NoError(t, err)
	hunts, err := c.Hunts(t.Context(), 1)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		h, err := c.Hunt(t.Context(), hunts[0].HuntID)
		return err == nil && h.WithResults > 90_000
	}, patience, 50*time.Millisecond)
	require.Less(t, heap()-min(before, heap()), uint64(80<<20))
}

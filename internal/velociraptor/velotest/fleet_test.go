package velotest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

func TestEndpointsComeAndGo(t *testing.T) {
	t.Parallel()
	now := clock.NewFixed(time.Now())
	s := serve(t, velotest.Params{Endpoints: 20, Clock: now, Pace: time.Second})
	c := connect(t, s)
	before := all(t, c)
	require.NoError(t, s.Enrol("", 1))
	after := all(t, c)
	require.Len(t, after, 21)
	i := slices.IndexFunc(after, func(e velociraptor.Endpoint) bool { return e.Hostname == "" }) // it hasn't told its name yet
	require.GreaterOrEqual(t, i, 0)
	now.Advance(2 * time.Second)
	fresh, err := c.ClientInfo(t.Context(), after[i].ClientID)
	require.NoError(t, err)
	require.NotEmpty(t, fresh.Hostname)
	require.NoError(t, s.Delete("", before[0].ClientID))
	require.Len(t, all(t, c), 20)
	require.Error(t, s.Delete("", before[0].ClientID))

	// What is asked of an endpoint that is away waits until it comes back.
	e := the(t, c, named("WS-00000"))
	require.NoError(t, s.Switch("", e.ClientID, false))
	id, err := c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Client.Info"})
	require.NoError(t, err)
	now.Advance(time.Hour)
	f, err := c.Flow(t.Context(), e.ClientID, id)
	require.NoError(t, err)
	require.Equal(t, velociraptor.FlowWaiting, f.State)
	away, err := c.ClientInfo(t.Context(), e.ClientID)
	require.NoError(t, err)
	require.WithinDuration(t, now.Now().Add(-time.Hour), away.LastSeen, time.Second)
	require.NoError(t, s.Switch("", e.ClientID, true))
	_, err = c.Flow(t.Context(), e.ClientID, id) // it hears of it
	require.NoError(t, err)
	now.Advance(2 * time.Second)
	f, err = c.Flow(t.Context(), e.ClientID, id)
	require.NoError(t, err)
	require.Equal(t, velociraptor.FlowFinished, f.State)
}

func TestChurn(t *testing.T) {
	t.Parallel()
	now := clock.NewFixed(time.Now())
	s := serve(t, velotest.Params{Endpoints: 100, Clock: now, Churn: time.Hour})
	c := connect(t, s)
	there := func() (n int) {
		for _, e := range all(t, c) {
			if now.Now().Sub(e.LastSeen) < 10*time.Minute {
				n++
			}
		}
		return n
	}
	now.Advance(59 * time.Minute)
	require.Equal(t, 95, there())
	now.Advance(90 * time.Minute)
	require.Less(t, there(), 95)
	require.GreaterOrEqual(t, there(), 85)
	recent := 0
	require.NoError(t, c.EachClient(t.Context(), velociraptor.ClientsQuery{Since: now.Now().Add(-10 * time.Minute), Limit: 1000}, func(velociraptor.Endpoint) error {
		recent++
		return nil
	}))
	require.Equal(t, there(), recent)
}

func TestIsolation(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 60})
	c := connect(t, s)
	cut := func(e velociraptor.Endpoint) bool {
		on, err := s.Isolated("", e.ClientID)
		require.NoError(t, err)
		return on
	}
	// A Windows endpoint: by the artifact, and by the label alone.
	w := the(t, c, named("WS-00000"))
	f := collected(t, c, velociraptor.Collection{ClientID: w.ClientID, Artifact: "Windows.Remediation.Quarantine"})
	require.Equal(t, velociraptor.FlowFinished, f.State)
	require.True(t, cut(w))
	collected(t, c, velociraptor.Collection{ClientID: w.ClientID, Artifact: "Windows.Remediation.Quarantine", Params: map[string]string{"RemovePolicy": "Y"}})
	require.False(t, cut(w))
	require.NoError(t, c.SetLabel(t.Context(), w.ClientID, "Quarantine", true))
	require.True(t, cut(w))
	f = collected(t, c, velociraptor.Collection{ClientID: w.ClientID, Artifact: "Windows.Network.Netstat"})
	require.EqualValues(t, 1, f.Rows) // only the way to its server is open
	require.NoError(t, c.SetLabel(t.Context(), w.ClientID, "Quarantine", false))
	require.False(t, cut(w))

	// The Linux artifact takes its policy back where its own test fails: the flow ends well all the same.
	l := the(t, c, named("srv-00053"))
	f = collected(t, c, velociraptor.Collection{ClientID: l.ClientID, Artifact: "Linux.Remediation.Quarantine"})
	require.Equal(t, velociraptor.FlowFinished, f.State)
	require.False(t, cut(l))
	require.Contains(t, strings.Join(rows(t, c, f, "Linux.Remediation.Quarantine"), ""), "policy removed")
}

func rows(t *testing.T, c *velociraptor.Client, f velociraptor.Flow, artifact string) (out []string) {
	t.Helper()
	require.NoError(t, c.Rows(t.Context(), f.ClientID, f.FlowID, artifact, 0, 1_000_000, func(row velociraptor.Row) error {
		out = append(out, string(row))
		return nil
	}))
	return out
}

func TestHuntFindsTheAttack(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 200})
	c := connect(t, s)
	id, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "h", Artifacts: []string{"Windows.System.Pslist"}, OS: "windows"})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		h, err := c.Hunt(t.Context(), id)
		return err == nil && h.WithResults+h.WithErrors == h.Scheduled && h.Scheduled > 100
	},
		patience, 10*time.Millisecond)
	found, total := 0, 0
	require.NoError(t, c.HuntRows(t.Context(), id, "Windows.System.Pslist", func(row velociraptor.Row) error {
		total++
		if strings.Contains(string(row), "-enc ") || strings.Contains(string(row), "comsvcs.dll") || strings.Contains(string(row), "delete shadows") {
			found++
		}
		require.NotContains(t, string(row), "{{")
		return nil
	}))
	require.Positive(t, found)
	require.Less(t, found, total/20)
}

func TestRowsAreReadFromTheMiddle(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 5, RowsEach: 1000})
	c := connect(t, s)
	e := the(t, c, named("WS-00003")) // an attacked one
	f := collected(t, c, velociraptor.Collection{ClientID: e.ClientID, Artifact: "Windows.System.Pslist"})
	require.EqualValues(t, 1000, f.Rows)
	whole := rows(t, c, f, "Windows.System.Pslist")
	require.Len(t, whole, 1000)
	var parts []string
	for at := int64(0); at < 1000; at += 300 {
		require.NoError(t, c.Rows(t.Context(), f.ClientID, f.FlowID, "Windows.System.Pslist", at, 300, func(row velociraptor.Row) error {
			parts = append(parts, string(row))
			return nil
		}))
	}
	require.Equal(t, whole, parts)
	require.True(t, strings.HasPrefix(whole[0], `{"Pid":4,"Ppid":0,`)) // the columns keep their order
}

func TestHostileRowsArrive(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	e := all(t, c)[0]
	f := collected(t, c, velociraptor.Collection{ClientID: e.ClientID, Artifact: "Custom.Simulated.Hostile"})
	list := rows(t, c, f, "Custom.Simulated.Hostile")
	require.EqualValues(t, len(list), f.Rows)
	text := strings.Join(list, "\n")
	for _, part := range []string{`"Column9999":9999`, "9007199254740993", `\ud800`, `\u0000`, "1e400", "[[[["} {
		require.Contains(t, text, part)
	}
	require.Greater(t, len(text), 5<<20)
}

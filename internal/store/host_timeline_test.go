package store_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// lively is a tenant with a host to which something of every kind happened, at two moments in turns.
func lively(t *testing.T) (*store.Tenant, *models.Host, time.Time) {
	t.Helper()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	h := testkit.Host(t, s, tid)
	other := testkit.Host(t, s, tid)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 6 {
		at := start.Add(time.Duration(i/2) * time.Hour) // two of each at the very same time
		src := &models.Source{Kind: "ingestion", Name: fmt.Sprint("source ", i), Key: fmt.Sprint("k", i), CollectedAt: at}
		_, err := ten.AddObservations(t.Context(), src, h.ID, testkit.Rows(t, fmt.Sprintf(`{"a":%d}`, i), fmt.Sprintf(`{"b":%d}`, i)))
		require.NoError(t, err)
		require.NoError(t, ten.Audit(t.Context(), models.AuditLog{
			Action: "host.update", ResourceType: "host", ResourceID: strconv.FormatInt(h.ID, 10), Username: "alice", CreatedAt: at,
			Before: json.RawMessage(`{"os":"a","owner":"x"}`), After: json.RawMessage(`{"os":"b","owner":"x"}`),
		}))
	}
	require.NoError(t, ten.Audit(t.Context(), models.AuditLog{Action: "host.ingest", ResourceType: "host", ResourceID: strconv.FormatInt(h.ID, 10)}))
	require.NoError(t, ten.Audit(t.Context(), models.AuditLog{Action: "host.update", ResourceType: "host", ResourceID: strconv.FormatInt(other.ID, 10)}))
	c := testkit.Case(t, s, tid, func(c *models.Case) { c.Severity = "high" })
	_, err := ten.AddCaseHost(t.Context(), c.ID, h.ID)
	require.NoError(t, err)
	for {
		n, err := ten.FoldStacks(t.Context())
		require.NoError(t, err)
		if n == 0 {
			return ten, h, start
		}
	}
}

func TestATimelineTellsEverythingOnceNewestFirst(t *testing.T) {
	t.Parallel()
	ten, h, start := lively(t)
	whole, next, err := ten.HostTimeline(t.Context(), h.ID, store.TimelineQuery{Limit: 100})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, whole, 13)
	require.Equal(t, models.TimelineCase, whole[0].Kind)
	require.Equal(t, "high", whole[0].Severity)
	require.Regexp(t, `^/cases/\d+$`, whole[0].Link)
	kinds := map[string]int{}
	for i, e := range whole {
		kinds[e.Kind]++
		require.False(t, i > 0 && e.Time.After(whole[i-1].Time), "newest first")
		switch e.Kind {
		case models.TimelineObservation:
			require.Equal(t, int64(2), e.Count)
			require.Contains(t, e.Title, "source ")
		case models.TimelineChange:
			require.Equal(t, "alice", e.Actor)
			require.Equal(t, "os", e.Text, "what changed, and not how")
		}
	}
	require.Equal(t, map[string]int{"case": 1, "observation": 6, "change": 6}, kinds)

	for limit := 1; limit <= 13; limit++ {
		var paged []models.TimelineEntry
		q := store.TimelineQuery{Limit: limit}
		for {
			entries, next, err := ten.HostTimeline(t.Context(), h.ID, q)
			require.NoError(t, err)
			paged = append(paged, entries...)
			if q.Cursor = next; next == "" {
				break
			}
		}
		require.Equal(t, whole, paged, "by %d", limit)
	}
	some, _, err := ten.HostTimeline(t.Context(), h.ID, store.TimelineQuery{Kinds: []string{"change", "detection"}, From: start.Add(time.Hour), To: start.Add(2 * time.Hour)})
	require.NoError(t, err)
	require.Len(t, some, 2)
	none, _, err := ten.HostTimeline(t.Context(), h.ID, store.TimelineQuery{Kinds: []string{"detection"}})
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestTimelinesThatCanNotBe(t *testing.T) {
	t.Parallel()
	ten, h, _ := lively(t)
	for _, q := range []store.TimelineQuery{
		{Limit: -1}, {Limit: 501}, {Kinds: []string{"nonsense"}}, {Cursor: "x"}, {Cursor: "e30"}, {Cursor: "eyJ0IjoieCJ9"},
	} {
		_, _, err := ten.HostTimeline(t.Context(), h.ID, q)
		require.True(t, fault.Is(err, fault.Invalid), "%+v: %v", q, err)
	}
	_, _, err := ten.HostTimeline(t.Context(), h.ID+1000, store.TimelineQuery{})
	require.True(t, fault.Is(err, fault.NotFound))
}

// A run belongs to the host of its event, or of an input of that name.
func TestRunsAreOnTheTimelineOfTheirHost(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, user := testkit.Actor(t, s, "admin")
	ten := s.Tenant(tid)
	h := testkit.Host(t, s, tid)
	playbook := testkit.Playbook(t, s, tid, user, map[string]any{})
	for i, given := range []struct{ event, inputs string }{
		{fmt.Sprintf(`{"payload":{"host_id":%d}}`, h.ID), `{}`},
		{"", fmt.Sprintf(`{"host_id":%d}`, h.ID)},
		{"", `{"host_id":"x"}`},
		{"", `{"host_id":-1}`},
		{`{"payload":{"host_id":{"a":1}}}`, `{}`},
		{"", `{"host_id":99999999999999999999}`},
		{"", `[]`},
	} {
		row := &models.Execution{
			PlaybookID: playbook, PlaybookVersion: 1, ActorID: &user, TriggerType: models.TriggerManual, Inputs: json.RawMessage(given.inputs), Status: models.ExecutionFailed,
		}
		if given.event != "" {
			row.Event, row.EventID = json.RawMessage(given.event), new(strconv.Itoa(i))
		}
		created, err := ten.CreateExecution(t.Context(), row)
		require.NoError(t, err, given)
		require.True(t, created)
	}
	entries, _, err := ten.HostTimeline(t.Context(), h.ID, store.TimelineQuery{Kinds: []string{models.TimelineExecution}})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.NotEmpty(t, entries[0].Title)
	require.NotEmpty(t, entries[0].Actor)
	require.Equal(t, "failed", entries[0].Text)
	require.Equal(t, "medium", entries[0].Severity)
}

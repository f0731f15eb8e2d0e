package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// exec runs SQL as the owner, who is above row-level security.
func exec(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(context.Background(), sql)
	require.NoError(t, err)
}

func numbered(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"Pid": %d, "Name": "p"}`, i)
	}
	return out
}

func TestTheSameRowsAreKeptOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 101, 1000} { // INSERT and COPY
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			s, url := testkit.StoreURL(t)
			tid := testkit.Tenant(t, s).ID
			listen(t, url, tid)
			ten := s.Tenant(tid)
			rows := testkit.Rows(t, numbered(n)...)
			sight := store.Sighting{Hostname: "ws-1", Source: "pslist"}
			first, err := ten.Ingest(t.Context(), sight, rows)
			require.NoError(t, err)
			require.True(t, first.Created)
			require.Equal(t, n, first.NewRows)
			again, err := ten.Ingest(t.Context(), sight, rows)
			require.NoError(t, err)
			require.False(t, again.Created)
			require.Zero(t, again.NewRows)
			require.Equal(t, n, again.Rows)
			sight.Source = "other"
			third, err := ten.Ingest(t.Context(), sight, rows)
			require.NoError(t, err)
			require.Equal(t, n, third.NewRows, "another source is another report")

			seen := events(t, s)
			require.Equal(t, []string{"host.created", "host.ingested", "host.ingested", "host.ingested"}, eventTypes(seen))
			require.Equal(t, seen[1].ID, seen[2].ID)
			require.NotEqual(t, seen[1].ID, seen[3].ID)
			require.EqualValues(t, n, seen[1].Payload["rows"])
			require.Equal(t, "pslist", seen[1].Payload["source"])

			all, p, err := ten.ListObservations(t.Context(), first.Host.ID, store.ObservationQuery{PageQuery: store.PageQuery{Limit: 500}})
			require.NoError(t, err)
			require.Equal(t, 2*n, p.Total)
			require.Len(t, all, min(2*n, 500))
			_, p, err = ten.ListObservations(t.Context(), first.Host.ID, store.ObservationQuery{Source: "other"})
			require.NoError(t, err)
			require.Equal(t, n, p.Total)
		})
	}
}

func TestEachSightingWithoutRowsIsAFactOfItsOwn(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	listen(t, url, tid)
	for range 2 {
		_, err := s.Tenant(tid).Ingest(t.Context(), store.Sighting{Hostname: "ws-1"}, nil)
		require.NoError(t, err)
	}
	seen := events(t, s)
	require.Equal(t, []string{"host.created", "host.ingested", "host.ingested"}, eventTypes(seen))
	require.NotEqual(t, seen[1].ID, seen[2].ID)
}

func TestIngestionIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	err := ten.InTx(t.Context(), func(ctx context.Context, ten *store.Tenant) error {
		_, err := ten.Ingest(ctx, store.Sighting{Hostname: "a"}, testkit.Rows(t, numbered(200)...))
		require.NoError(t, err)
		_, err = ten.Ingest(ctx, store.Sighting{Hostname: "b"}, testkit.Rows(t, numbered(300)...))
		require.NoError(t, err)
		return fault.New(fault.Conflict, "stop")
	})
	require.True(t, fault.Is(err, fault.Conflict))
	rows, _, err := ten.ListHosts(t.Context(), store.HostQuery{})
	require.NoError(t, err)
	require.Empty(t, rows)
}

func TestObservationsPageByCursor(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	in, err := s.Tenant(tid).Ingest(t.Context(), store.Sighting{Hostname: "a"}, testkit.Rows(t, numbered(25)...))
	require.NoError(t, err)
	q := store.ObservationQuery{PageQuery: store.PageQuery{Limit: 10, Desc: true}}
	seen := map[int64]bool{}
	for {
		rows, p, err := s.Tenant(tid).ListObservations(t.Context(), in.Host.ID, q)
		require.NoError(t, err)
		for _, r := range rows {
			seen[r.ID] = true
			require.Equal(t, "ingestion", r.SourceName)
			require.Equal(t, "ingestion", r.SourceKind)
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	require.Len(t, seen, 25)
	_, _, err = s.Tenant(other).ListObservations(t.Context(), in.Host.ID, store.ObservationQuery{})
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestRowsSayWhenTheyHappened(t *testing.T) {
	t.Parallel()
	at := func(s string) *time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		require.NoError(t, err)
		return &v
	}
	for row, want := range map[string]*time.Time{
		`{"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2025-10-25T13:44:33.440907Z"}}}},"CreateTime":"2020-01-01T00:00:00Z"}`: at("2025-10-25T13:44:33.440907Z"),
		`{"System":{"TimeCreated":{"SystemTime":1761399873.5}}}`:                                                                                at("2025-10-25T13:44:33.5Z"),
		`{"CreateTime":"2026-11-21T19:11:49Z"}`:                                                                                                 at("2026-11-21T19:11:49Z"),
		`{"UtcTime":"2025-10-25 13:44:33.440"}`:                                                                                                 at("2025-10-25T13:44:33.440Z"),
		`{"Timestamp":1761399873000}`:                                                                                                           at("2025-10-25T13:44:33Z"),
		`{"@timestamp":"2025-10-25T15:44:33+02:00"}`:                                                                                            at("2025-10-25T13:44:33Z"),
		`{"EventTime":"1601-01-01T00:00:00Z"}`:                                                                                                  nil,
		`{"EventTime":"9999-12-31T23:59:59Z"}`:                                                                                                  nil,
		`{"EventTime":"1601-01-01T00:00:00Z","CreateTime":"2026-11-21T19:11:49Z"}`:                                                              at("2026-11-21T19:11:49Z"),
		`{"Timestamp":"soon","Time":12,"_ts":true}`:                                                                                             nil,
	} {
		got := testkit.Rows(t, row)[0].EventTime
		if want == nil {
			assert.Nil(t, got, row)
			continue
		}
		if assert.NotNil(t, got, row) {
			assert.True(t, want.Equal(*got), "%s: %s", row, got)
		}
	}
}

func TestRowsAreKeptWhole(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	rows := testkit.Rows(t, `{"b": 9007199254740993, "a\u0000": "x\u0000y\u0000", "c": [1.10, null, "<&>", "\ud83d\ude00"]}`)
	require.Equal(t, 3, rows[0].Replaced)
	same := testkit.Rows(t, `{ "c": [1.10,null,"\u003c&>","😀"], "a\u0000":"x\u0000y\u0000", "b":9007199254740993 }`)
	require.Equal(t, rows[0].Hash, same[0].Hash, "order, spaces and escapes make no difference")
	require.NotEqual(t, rows[0].Hash, testkit.Rows(t, `{"b": 9007199254740992, "a\u0000": "x\u0000y\u0000", "c": [1.10, null, "<&>", "😀"]}`)[0].Hash)
	in, err := ten.Ingest(t.Context(), store.Sighting{Hostname: "a"}, rows)
	require.NoError(t, err)
	got, _, err := ten.ListObservations(t.Context(), in.Host.ID, store.ObservationQuery{})
	require.NoError(t, err)
	require.Contains(t, string(got[0].Data), "9007199254740993")
	require.Contains(t, string(got[0].Data), `"x�y�"`)
	require.Contains(t, string(got[0].Data), "1.10")
}

func TestRowsThatCanNotBeKept(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{``, `1`, `[]`, `null`, `"x"`, `{"a":1} x`, `{"a":}`, `{"a":1e999999}`, `{"a":` + strings.Repeat("9", 500) + `}`, deep(101)} {
		_, err := store.NewRow(json.RawMessage(bad), "body.rows[3]")
		require.Truef(t, fault.Is(err, fault.Invalid), "%.30s: %v", bad, err)
		require.Contains(t, err.Error(), "body.rows[3]")
	}
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	_, err := ten.Ingest(t.Context(), store.Sighting{Hostname: "a"}, make([]store.Row, store.MaxIngestRows+1))
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = ten.Ingest(t.Context(), store.Sighting{Hostname: "a", Source: "x\ny"}, nil)
	require.True(t, fault.Is(err, fault.Invalid))
}

func FuzzNewRow(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1e400}`, `{"\u0000":"\ud800"}`, `{"a":[{"b":-0.0}]}`, `{"_ts":1e18}`, `{"EventTime":"0000-00-00T00:00:00Z"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		row, err := store.NewRow(raw, "row")
		if err != nil {
			require.True(t, fault.Is(err, fault.Invalid))
			return
		}
		again, err := store.NewRow(row.Data, "row")
		require.NoError(t, err)
		require.Equal(t, row.Hash, again.Hash, "the canonical form is its own canonical form")
		require.NotContains(t, string(row.Data), "\x00")
	})
}

func TestDashboardCounts(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	me := testkit.User(t, s, tid, "user")
	for i, score := range []float64{0, 0.1, 0.15, 0.5, 0.7, 0.9, 1} {
		testkit.Host(t, s, tid, func(h *models.Host) { h.ThreatScore, h.Online = score, i < 3 })
	}
	testkit.Host(t, s, other)
	for i := range 5 {
		testkit.Case(t, s, tid, func(c *models.Case) {
			c.Status, c.Severity, c.AssigneeID = models.CaseStatuses()[i%3], "high", &me.ID
		})
	}
	d, err := s.Tenant(tid).Dashboard(t.Context(), me.ID)
	require.NoError(t, err)
	assert.Equal(t, store.HostCounts{Total: 7, Online: 3, Exact: true, ByBand: map[string]int{"benign": 2, "low": 1, "medium": 1, "high": 1, "critical": 2}}, d.Hosts)
	assert.Equal(t, store.CaseCounts{Open: 2, Investigating: 2, Closed: 1, BySeverity: map[string]int{"low": 0, "medium": 0, "high": 4, "critical": 0}}, d.Cases)
	assert.Equal(t, store.NeedsYou{CasesAssigned: 4, UnreadNotifications: 5}, d.NeedsYou) // every assignment is told
	assert.Len(t, d.TopHosts, 5)
	assert.InDelta(t, 1, d.TopHosts[0].ThreatScore, 0)
	assert.Empty(t, d.RecentExecutions)
}

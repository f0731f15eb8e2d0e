package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
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

func TestHostsAreFoundByTheirFamilyOfSystems(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	for name, os := range map[string]string{
		"w1": "windows", "w2": "Windows 10 Pro", "w3": "WINDOWS-Server 2022", "w4": "windowt", "w5": "window", "w6": "my windows",
		"l1": "linux", "l2": "Linux 6.1", "l3": "linuxmint", "l4": "lin", "d1": "darwin", "d2": "Darwin 23", "d3": "macOS 14.1", "d4": "Mac OS X 10.15",
		"d5": "macot", "d6": "machine", "n": "",
	} {
		testkit.Host(t, s, tid, func(h *models.Host) { h.Hostname, h.OS = name, os })
	}
	ten := s.Tenant(tid)
	for os, want := range map[string][]string{
		"windows": {"w1", "w2", "w3"}, "Windows": {"w1", "w2", "w3"}, "linux": {"l1", "l2", "l3"}, "darwin": {"d1", "d2", "d3", "d4"},
		"windows 10 pro": {"w2"}, "windows 1": {}, "macOS 14.1": {"d3"}, "macos": {}, "my Windows": {"w6"}, "windows*": {},
	} {
		t.Run(os, func(t *testing.T) {
			t.Parallel()
			for _, q := range []store.HostQuery{{OS: os}, {OS: os, Hostname: "*"}, {OS: os, PageQuery: store.PageQuery{Limit: 1}}} {
				rows, p, err := ten.ListHosts(t.Context(), q)
				require.NoError(t, err)
				require.Equal(t, len(want), p.Total)
				if q.Limit == 0 {
					require.ElementsMatch(t, want, hostNames(rows), "pattern %q", q.Hostname)
				}
			}
		})
	}
}

// Under row-level security a condition uses an index only when PostgreSQL knows that its operator leaks nothing.
func TestAFamilyOfSystemsIsFoundByIndex(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	exec(t, url, fmt.Sprintf(`ALTER TABLE hosts NO FORCE ROW LEVEL SECURITY;
INSERT INTO hosts (tenant_id, hostname, os) SELECT %d, 'h' || i, CASE WHEN i %% 100 = 0 THEN 'macOS 14' ELSE 'windows' END FROM generate_series(1, 20000) AS i;
ALTER TABLE hosts FORCE ROW LEVEL SECURITY; ANALYZE hosts`, tid))
	conn, err := s.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), fmt.Sprintf("SELECT set_config('app.tenant_id', '%d', false)", tid))
	require.NoError(t, err)
	rows, err := conn.Query(t.Context(), fmt.Sprintf(`EXPLAIN SELECT id FROM hosts AS h WHERE h.tenant_id = %d
AND ((h.os_key >= 'darwin' AND h.os_key < 'darwio') OR (h.os_key >= 'macos' AND h.os_key < 'macot') OR (h.os_key >= 'mac os' AND h.os_key < 'mac ot'))`, tid))
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	plan := strings.Join(lines, "\n")
	require.Contains(t, plan, "hosts_os_idx")
	require.Regexp(t, `Index Cond: .*os_key >= 'macos'`, plan)
}

func hostNames(rows []models.Host) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i].Hostname
	}
	return out
}

func TestHostIsKeptAsGiven(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	row := &models.Host{
		Hostname: "WS-01.corp.example.", IPAddress: "::ffff:10.1.2.3", OS: "Windows", ClientID: new("C.1"), ThreatScore: 0.5, Online: true,
		Labels: []string{"dc", "vip", "dc"}, HostMetadata: json.RawMessage(`{"big": 9007199254740993, "a": {"b": [1.50]}}`),
	}
	require.NoError(t, ten.CreateHost(t.Context(), row))
	got, err := ten.Host(t.Context(), row.ID)
	require.NoError(t, err)
	assert.Equal(t, "WS-01.corp.example", got.Hostname)
	assert.Equal(t, "10.1.2.3", got.IPAddress)
	assert.Equal(t, []string{"dc", "vip"}, got.Labels)
	assert.Equal(t, "none", got.Isolation)
	assert.JSONEq(t, `{"a": {"b": [1.50]}, "big": 9007199254740993}`, string(got.HostMetadata))
	assert.Contains(t, string(got.HostMetadata), "9007199254740993")
	assert.Nil(t, got.LastSeen)
	assert.True(t, got.CreatedAt.Equal(row.CreatedAt))
}

func TestHostsThatCanNotBeKept(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	for field, row := range map[string]*models.Host{
		"hostname":      {Hostname: "a b"},
		"ip_address":    {Hostname: "x", IPAddress: "10.0.0.0/8"},
		"os":            {Hostname: "x", OS: "lin\x00ux"},
		"client_id":     {Hostname: "x", ClientID: new("C\n1")},
		"threat_score":  {Hostname: "x", ThreatScore: 1.1},
		"labels":        {Hostname: "x", Labels: []string{" "}},
		"host_metadata": {Hostname: "x", HostMetadata: json.RawMessage(`{"a":"\u0000"}`)},
	} {
		err := ten.CreateHost(t.Context(), row)
		require.Truef(t, fault.Is(err, fault.Invalid), "%s: %v", field, err)
		assert.Contains(t, err.Error(), field)
	}
	for _, meta := range []string{`[1]`, `{"n":1e99999}`, `{"a":1} {}`, `nope`, deep(200)} {
		err := ten.CreateHost(t.Context(), &models.Host{Hostname: "x", HostMetadata: json.RawMessage(meta)})
		require.Truef(t, fault.Is(err, fault.Invalid), "%.20s: %v", meta, err)
	}
}

func deep(n int) string {
	s := `1`
	for range n {
		s = `{"a":` + s + `}`
	}
	return s
}

func TestHostNamesAndClientIDsAreTaken(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := s.Tenant(testkit.Tenant(t, s).ID), s.Tenant(testkit.Tenant(t, s).ID)
	require.NoError(t, a.CreateHost(t.Context(), &models.Host{Hostname: "web"}))
	require.True(t, fault.Is(a.CreateHost(t.Context(), &models.Host{Hostname: "WEB"}), fault.Conflict))
	require.NoError(t, a.CreateHost(t.Context(), &models.Host{Hostname: "web", ClientID: new("C.1")}))
	require.True(t, fault.Is(a.CreateHost(t.Context(), &models.Host{Hostname: "other", ClientID: new("C.1")}), fault.Conflict))
	require.NoError(t, b.CreateHost(t.Context(), &models.Host{Hostname: "web", ClientID: new("C.1")}), "another tenant's names are its own")
}

func TestHostChangesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	h := testkit.Host(t, s, tid, func(h *models.Host) { h.Labels, h.ClientID = []string{"a", "b"}, new("C.9") })
	got, err := ten.UpdateHost(t.Context(), h.ID, store.HostChange{Labels: &[]string{"b", "c"}, ClientID: new("")})
	require.NoError(t, err)
	assert.Equal(t, h.Hostname, got.Hostname)
	got, err = ten.Host(t.Context(), h.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "c"}, got.Labels)
	assert.Nil(t, got.ClientID)
	assert.True(t, got.UpdatedAt.After(h.UpdatedAt))

	_, err = ten.UpdateHost(t.Context(), h.ID, store.HostChange{OS: new("bsd"), Seen: h.UpdatedAt})
	require.True(t, fault.Is(err, fault.Stale), "%v", err)
	_, err = ten.UpdateHost(t.Context(), h.ID, store.HostChange{OS: new("bsd"), Seen: got.UpdatedAt})
	require.NoError(t, err)
	_, err = ten.UpdateHost(t.Context(), h.ID+1000, store.HostChange{OS: new("bsd")})
	require.True(t, fault.Is(err, fault.NotFound))
	require.True(t, fault.Is(ten.DeleteHost(t.Context(), h.ID, got.UpdatedAt), fault.Stale))
	require.NoError(t, ten.DeleteHost(t.Context(), h.ID, time.Time{}))
	_, err = ten.Host(t.Context(), h.ID)
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestHostsOfAnotherTenantAreNotThere(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	h := testkit.Host(t, s, a)
	_, err := s.Tenant(b).Host(t.Context(), h.ID)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = s.Tenant(b).UpdateHost(t.Context(), h.ID, store.HostChange{OS: new("x")})
	require.True(t, fault.Is(err, fault.NotFound))
	require.True(t, fault.Is(s.Tenant(b).DeleteHost(t.Context(), h.ID, time.Time{}), fault.NotFound))
	for _, q := range []store.HostQuery{{}, {Hostname: "*"}, {Q: h.Hostname}, {Hostname: h.Hostname}} {
		rows, p, err := s.Tenant(b).ListHosts(t.Context(), q)
		require.NoError(t, err)
		require.Empty(t, rows)
		require.Zero(t, p.Total)
	}
}

func seedHosts(t *testing.T) *store.Tenant {
	t.Helper()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	other := testkit.Tenant(t, s).ID
	for i := range 40 {
		testkit.Host(t, s, tid, func(h *models.Host) {
			h.Hostname = fmt.Sprintf("%s-%02d", []string{"web", "DB", "ws"}[i%3], i)
			h.IPAddress = fmt.Sprintf("10.0.%d.%d", i%4, i)
			h.OS = []string{"Windows", "linux"}[i%2]
			h.ThreatScore = float64(i%10) / 10
			h.Online = i%5 == 0
			h.LastSeen = []*time.Time{nil, new(time.Date(2026, 1, 1+i, 0, 0, 0, 123456000, time.UTC))}[i%2]
			if i < 4 {
				h.Labels = []string{"vip"}
			}
		})
	}
	testkit.Host(t, s, tid, func(h *models.Host) { h.Hostname, h.IPAddress, h.OS = "under_score", "2001:DB8::1", "" })
	testkit.Host(t, s, other, func(h *models.Host) { h.Hostname = "web-00" })
	return s.Tenant(tid)
}

func TestHostFilters(t *testing.T) {
	t.Parallel()
	ten := seedHosts(t)
	for name, tc := range map[string]struct {
		q    store.HostQuery
		want int
	}{
		"all":                   {store.HostQuery{}, 41},
		"hostname whole":        {store.HostQuery{Hostname: "db-01"}, 1},
		"hostname part":         {store.HostQuery{Hostname: "db"}, 0},
		"hostname wildcard":     {store.HostQuery{Hostname: "db-*"}, 13},
		"wildcard in the midst": {store.HostQuery{Hostname: "w*-0*"}, 7},
		"underscore is itself":  {store.HostQuery{Hostname: "*_*"}, 1},
		"percent is itself":     {store.HostQuery{Hostname: "%*"}, 0},
		"backslash is itself":   {store.HostQuery{Hostname: `\*`}, 0},
		"address whole":         {store.HostQuery{IPAddress: "10.0.1.1"}, 1},
		"address wildcard":      {store.HostQuery{IPAddress: "10.0.3.*"}, 10},
		"address v6":            {store.HostQuery{IPAddress: "2001:db8::*"}, 1},
		"os":                    {store.HostQuery{OS: "WINDOWS"}, 20},
		"label":                 {store.HostQuery{Label: "vip"}, 4},
		"score":                 {store.HostQuery{ScoreMin: new(0.7)}, 12},
		"online":                {store.HostQuery{Online: new(true)}, 8},
		"offline":               {store.HostQuery{Online: new(false)}, 33},
		"q in hostname":         {store.HostQuery{Q: "EB-0"}, 4},
		"q in address":          {store.HostQuery{Q: "10.0.3."}, 10},
		"all together":          {store.HostQuery{Hostname: "w*", IPAddress: "10.*", Q: "-", OS: "linux", Label: "vip", ScoreMin: new(0.1), Online: new(false)}, 1},
		"plain together":        {store.HostQuery{OS: "linux", Label: "vip", ScoreMin: new(0.1), Online: new(false)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, p, err := ten.ListHosts(t.Context(), tc.q)
			require.NoError(t, err)
			require.Len(t, rows, tc.want, "%v", hostNames(rows))
			require.Equal(t, tc.want, p.Total)
			require.True(t, p.Exact)
			tc.q.Limit = 1
			_, p, err = ten.ListHosts(t.Context(), tc.q)
			require.NoError(t, err)
			require.Equal(t, tc.want, p.Total, "counted, not read")
		})
	}
}

// Every order gives every host exactly once by cursor, the same as by skip, plain and searched, up and down.
func TestHostPagesAreComplete(t *testing.T) {
	t.Parallel()
	ten := seedHosts(t)
	for _, sort := range []string{"", "id", "hostname", "ip_address", "os", "threat_score", "last_seen", "created_at"} {
		for _, desc := range []bool{false, true} {
			for _, pattern := range []string{"", "*"} {
				t.Run(fmt.Sprint(sort, desc, pattern), func(t *testing.T) {
					t.Parallel()
					q := store.HostQuery{PageQuery: store.PageQuery{Sort: sort, Desc: desc, Limit: 500}, Hostname: pattern}
					whole, _, err := ten.ListHosts(t.Context(), q)
					require.NoError(t, err)
					require.Len(t, whole, 41)
					q.Limit = 7
					var byCursor, bySkip []models.Host
					for {
						rows, p, err := ten.ListHosts(t.Context(), q)
						require.NoError(t, err)
						require.Equal(t, 41, p.Total)
						byCursor = append(byCursor, rows...)
						if q.Cursor = p.Next; p.Next == "" {
							break
						}
					}
					for q.Skip = 0; q.Skip < 41; q.Skip += 7 {
						rows, _, err := ten.ListHosts(t.Context(), q)
						require.NoError(t, err)
						bySkip = append(bySkip, rows...)
					}
					require.Equal(t, hostNames(whole), hostNames(byCursor))
					require.Equal(t, hostNames(whole), hostNames(bySkip))
				})
			}
		}
	}
}

func TestHostPagesRefuseWhatTheyCanNotServe(t *testing.T) {
	t.Parallel()
	ten := seedHosts(t)
	_, p, err := ten.ListHosts(t.Context(), store.HostQuery{PageQuery: store.PageQuery{Sort: "threat_score", Limit: 2}})
	require.NoError(t, err)
	for name, q := range map[string]store.PageQuery{
		"limit":            {Limit: 501},
		"negative limit":   {Limit: -1},
		"skip":             {Skip: 10_001},
		"order":            {Sort: "hostname; DROP TABLE hosts"},
		"cursor":           {Cursor: "nonsense"},
		"another order":    {Cursor: p.Next},
		"another way":      {Cursor: p.Next, Sort: "threat_score", Desc: true},
		"a forged value":   {Cursor: "eyJzIjoidGhyZWF0X3Njb3JlIiwidiI6IngiLCJpIjoxfQ", Sort: "threat_score"},
		"a forged nothing": {Cursor: "e30", Sort: "threat_score"},
	} {
		for _, hostname := range []string{"", "*"} {
			_, _, err := ten.ListHosts(t.Context(), store.HostQuery{PageQuery: q, Hostname: hostname})
			require.Truef(t, fault.Is(err, fault.Invalid), "%s %q: %v", name, hostname, err)
		}
	}
}

func TestOneMachineIsOneHost(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	see := func(sight store.Sighting) (*models.Host, bool) {
		h, created, err := ten.FindOrCreateHost(t.Context(), sight)
		require.NoError(t, err)
		return h, created
	}
	first, created := see(store.Sighting{Hostname: "ws-1", IPAddress: "10.0.0.1", Labels: []string{"a"}, HostMetadata: json.RawMessage(`{"x":1,"y":1}`)})
	require.True(t, created)
	again, created := see(store.Sighting{Hostname: "WS-1", OS: "linux", Labels: []string{"b"}, HostMetadata: json.RawMessage(`{"y":2}`)})
	require.False(t, created)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, "ws-1", again.Hostname, "case alone renames nothing")
	require.Equal(t, []string{"a", "b"}, again.Labels)
	require.Equal(t, "10.0.0.1", again.IPAddress, "what a sighting does not say stays")
	require.JSONEq(t, `{"x":1,"y":2}`, string(again.HostMetadata))

	adopted, created := see(store.Sighting{Hostname: "ws-1", ClientID: "C.1"})
	require.False(t, created)
	require.Equal(t, first.ID, adopted.ID, "the unmanaged host gets the client id")
	renamed, _ := see(store.Sighting{Hostname: "ws-2", ClientID: "C.1"})
	require.Equal(t, first.ID, renamed.ID)
	require.Equal(t, "ws-2", renamed.Hostname)
	byName, created := see(store.Sighting{Hostname: "ws-2"})
	require.False(t, created)
	require.Equal(t, first.ID, byName.ID, "a managed host is found by its name too")
	twin, created := see(store.Sighting{Hostname: "ws-2", ClientID: "C.2"})
	require.True(t, created, "another client id is another machine")
	require.NotEqual(t, first.ID, twin.ID)
}

func TestManySightingsAtOnceMakeOneHost(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			sight := store.Sighting{Hostname: []string{"box", "BOX"}[i%2], Labels: []string{fmt.Sprint("l", i)}}
			if i%4 == 0 {
				sight.ClientID = "C.7"
			}
			_, _, errs[i] = ten.FindOrCreateHost(t.Context(), sight)
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	rows, _, err := ten.ListHosts(t.Context(), store.HostQuery{})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Len(t, rows[0].Labels, 16, "no label was lost")
	require.Equal(t, "C.7", *rows[0].ClientID)
}

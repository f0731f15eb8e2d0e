package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// about makes rows about one host.
func about(t *testing.T, host int64, objects ...string) []store.HostRow {
	t.Helper()
	out := make([]store.HostRow, len(objects))
	for i, r := range testkit.Rows(t, objects...) {
		out[i] = store.HostRow{HostID: host, Row: r}
	}
	return out
}

func hunt(name string) *models.Source {
	return &models.Source{Kind: "hunt", Name: name, Key: "hunt:" + name}
}

func TestTheSameRowOfTwoHostsIsTwoObservations(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	a, b := testkit.Host(t, s, ten.ID()).ID, testkit.Host(t, s, ten.ID()).ID
	rows := slices.Concat(about(t, a, `{"x":1}`, `{"x":2}`, `{"x":1}`), about(t, b, `{"x":1}`))
	first, err := ten.AddHostRows(t.Context(), hunt("one"), rows)
	require.NoError(t, err)
	require.Zero(t, first[2], "the same row came earlier")
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(first))), 4, "three ids and the zero: %v", first)
	again, err := ten.AddHostRows(t.Context(), hunt("one"), append(rows, about(t, b, `{"x":3}`)...))
	require.NoError(t, err)
	require.Equal(t, []int64{0, 0, 0, 0}, again[:4])
	require.NotZero(t, again[4])
	got, err := ten.FindObservations(t.Context(), store.ObservationQuery{HostID: b})
	require.NoError(t, err)
	require.Equal(t, []int64{first[3], again[4]}, []int64{got.Rows[0].ID, got.Rows[1].ID})
	require.NotEmpty(t, got.Rows[0].Hostname)
}

func TestRowsOfHostsThatAreNotThereAreRefused(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	own, other := testkit.Host(t, s, ten.ID()).ID, testkit.Host(t, s, testkit.Tenant(t, s).ID).ID
	for _, host := range []int64{other, 1 << 40, 0} {
		_, err := ten.AddHostRows(t.Context(), hunt("x"), append(about(t, own, `{"x":1}`), about(t, host, `{"x":2}`)...))
		require.True(t, fault.Is(err, fault.Invalid), "%d: %v", host, err)
	}
	got, err := ten.FindObservations(t.Context(), store.ObservationQuery{})
	require.NoError(t, err)
	require.Empty(t, got.Rows, "all or nothing")
}

func TestMoreRowsThanOneStatementTakesAreKept(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	objects := numbered(23_456)
	fresh, err := ten.AddHostRows(t.Context(), hunt("big"), about(t, host, objects...))
	require.NoError(t, err)
	require.NotContains(t, fresh, int64(0))
	seen := 0
	q := store.ObservationQuery{PageQuery: store.PageQuery{Limit: 500}}
	for {
		got, err := ten.FindObservations(t.Context(), q)
		require.NoError(t, err)
		for _, r := range got.Rows {
			require.Equal(t, fresh[seen], r.ID, "in the order they came")
			seen++
		}
		if q.Cursor = got.Next; q.Cursor == "" {
			break
		}
	}
	require.Equal(t, len(objects), seen)
}

// library is a tenant with rows to look for.
func library(t *testing.T) (*store.Tenant, map[string]int64) {
	t.Helper()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	hosts := map[string]int64{"a": testkit.Host(t, s, ten.ID()).ID, "b": testkit.Host(t, s, ten.ID()).ID}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 12, 0, 0, 0, time.UTC) }
	for i, add := range []struct {
		host, kind, name string
		row              string
	}{
		{"a", "hunt", "pslist", `{"Name":"svchost.exe","Exe":"C:\\Windows\\System32\\svchost.exe","CreateTime":"2026-01-01T00:00:00Z","Hash":{"SHA256":"AA11"}}`},
		{"b", "hunt", "pslist", `{"Name":"evil.exe","Exe":"C:\\Temp\\evil.exe","CreateTime":"2026-03-01T00:00:00Z","Hash":{"SHA256":"bb22"},"Pid":4711}`},
		{"a", "collection", "autoruns", `{"Entry":"run","tags":["One","Two"],"items":[{"Path":"/bin/sh"},{"Path":"/bin/ls"}],"ok":true}`},
		{"b", "ingestion", "upload", `{"process.name":"Bash","100%_\"x\"":"a*b"}`},
	} {
		src := &models.Source{Kind: add.kind, Name: add.name, Key: "k" + strconv.Itoa(i), CollectedAt: day(1 + i)}
		_, err := ten.AddHostRows(t.Context(), src, about(t, hosts[add.host], add.row))
		require.NoError(t, err)
		hosts["source "+strconv.Itoa(i)] = src.ID
	}
	return ten, hosts
}

func TestObservationsAreFoundByWhatTheyHold(t *testing.T) {
	t.Parallel()
	ten, ids := library(t)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		q    store.ObservationQuery
		want []int
	}{
		"all":                    {store.ObservationQuery{}, []int{0, 1, 2, 3}},
		"host":                   {store.ObservationQuery{HostID: ids["a"]}, []int{0, 2}},
		"no such host":           {store.ObservationQuery{HostID: 1 << 40}, nil},
		"source":                 {store.ObservationQuery{Source: "pslist"}, []int{0, 1}},
		"source of a host":       {store.ObservationQuery{Source: "pslist", HostID: ids["b"]}, []int{1}},
		"kind":                   {store.ObservationQuery{SourceKind: "collection"}, []int{2}},
		"kind and name":          {store.ObservationQuery{SourceKind: "hunt", Source: "autoruns"}, nil},
		"one source":             {store.ObservationQuery{SourceID: ids["source 1"]}, []int{1}},
		"no such source":         {store.ObservationQuery{SourceID: 1 << 40, Field: "Name"}, nil},
		"from":                   {store.ObservationQuery{From: day(3)}, []int{2, 3}},
		"from and to":            {store.ObservationQuery{From: day(2), To: day(3)}, []int{1}},
		"source in time":         {store.ObservationQuery{Source: "pslist", From: day(2)}, []int{1}},
		"event time":             {store.ObservationQuery{EventTime: true, From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}, []int{1}},
		"event time of a source": {store.ObservationQuery{EventTime: true, Source: "pslist"}, []int{0, 1}},
		"event time, else sorted": {store.ObservationQuery{
			EventTime: true, To: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
			PageQuery: store.PageQuery{Sort: "collected_at"},
		}, []int{0}},
		"field is there":   {store.ObservationQuery{Field: "Pid"}, []int{1}},
		"field":            {store.ObservationQuery{Field: "Name", Value: "EVIL.exe"}, []int{1}},
		"number":           {store.ObservationQuery{Field: "Pid", Value: "4711"}, []int{1}},
		"truth":            {store.ObservationQuery{Field: "ok", Value: "true"}, []int{2}},
		"nested":           {store.ObservationQuery{Field: "Hash.SHA256", Value: "aa11"}, []int{0}},
		"wildcard":         {store.ObservationQuery{Field: "Exe", Value: `c:\*\SVCHOST.*`}, []int{0}},
		"no wildcard":      {store.ObservationQuery{Field: "Name", Value: "%.exe"}, nil},
		"in a list":        {store.ObservationQuery{Field: "tags", Value: "two"}, []int{2}},
		"below a list":     {store.ObservationQuery{Field: "items.Path", Value: "/bin/ls"}, []int{2}},
		"dots in a key":    {store.ObservationQuery{Field: "process.name", Value: "bash"}, []int{3}},
		"signs in a key":   {store.ObservationQuery{Field: `100%_"x"`, Value: "a*b"}, []int{3}},
		"no such field":    {store.ObservationQuery{Field: "..", Value: "x"}, nil},
		"case of a key":    {store.ObservationQuery{Field: "name", Value: "evil.exe"}, nil},
		"text":             {store.ObservationQuery{Q: `windows\system32`}, []int{0}},
		"text with quotes": {store.ObservationQuery{Q: `_"x"`}, []int{3}},
		"text, wildcard":   {store.ObservationQuery{Q: `temp*evil`}, []int{1}},
		"all of it":        {store.ObservationQuery{HostID: ids["b"], Source: "pslist", From: day(1), Field: "Name", Value: "e*", Q: "4711"}, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, desc := range []bool{false, true} {
				c.q.Desc = desc
				got, err := ten.FindObservations(t.Context(), c.q)
				require.NoError(t, err)
				want := []int64{}
				for _, i := range c.want {
					want = append(want, ids["source "+strconv.Itoa(i)])
				}
				if desc {
					slices.Reverse(want)
				}
				found := []int64{}
				for _, r := range got.Rows {
					found = append(found, r.SourceID)
				}
				require.Equal(t, want, found)
				require.Equal(t, len(want), got.Total)
				require.True(t, got.Exact)
				require.False(t, got.Truncated)
			}
		})
	}
}

func TestAskingForObservationsWrongly(t *testing.T) {
	t.Parallel()
	ten, _ := library(t)
	now := time.Now()
	for field, q := range map[string]store.ObservationQuery{
		"query.value": {Value: "x"}, "query.to": {From: now, To: now.Add(-time.Hour)},
		"query.sort": {PageQuery: store.PageQuery{Sort: "data"}}, "query.cursor": {PageQuery: store.PageQuery{Cursor: "nonsense"}},
	} {
		_, err := ten.FindObservations(t.Context(), q)
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", field, err)
		require.ErrorContains(t, err, field)
	}
}

// However little is looked at for a page, going on finds everything, once, in order.
func TestALookThatEndsAtItsBudgetGoesOn(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	var want []int64
	for src := range 7 {
		objects := make([]string, 0, 30)
		for i := range 30 {
			objects = append(objects, fmt.Sprintf(`{"n":%d,"Time":"2026-01-%02dT00:%02d:00Z"}`, i%10, src+1, i))
		}
		ids, err := ten.AddHostRows(t.Context(), &models.Source{Kind: "hunt", Name: "h" + strconv.Itoa(src%2), Key: strconv.Itoa(src)}, about(t, host, objects...))
		require.NoError(t, err)
		if src%2 == 0 {
			want = append(want, ids[3], ids[13], ids[23])
		}
	}
	for name, q := range map[string]store.ObservationQuery{
		"by source":     {Source: "h0", Field: "n", Value: "3"},
		"by event time": {Source: "h0", Field: "n", Value: "3", EventTime: true},
	} {
		for _, budget := range []int{7, 1000} {
			for _, limit := range []int{1, 50} {
				q.Budget, q.Limit, q.Desc, q.Cursor = budget, limit, true, ""
				var got []int64
				pages, truncated := 0, false
				for {
					out, err := ten.FindObservations(t.Context(), q)
					require.NoError(t, err)
					for _, r := range out.Rows {
						got = append(got, r.ID)
					}
					truncated = truncated || out.Truncated
					require.False(t, out.Truncated && out.Next == "")
					if q.Cursor = out.Next; q.Cursor == "" {
						break
					}
					pages++
					require.Less(t, pages, 500)
				}
				slices.Reverse(got)
				require.Equal(t, want, got, "%s, budget %d, limit %d", name, budget, limit)
				require.True(t, truncated == (budget < 100) || limit < 50, "%s, budget %d", name, budget)
			}
		}
	}
}

// counted is what stacks and sources say, for comparison.
func counted(t *testing.T, ten *store.Tenant, field string) map[string]string {
	t.Helper()
	for {
		n, err := ten.FoldStacks(t.Context())
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	out := map[string]string{}
	page, err := ten.Stack(t.Context(), store.StackQuery{Field: field, PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	for _, v := range page.Rows {
		out[v.Source+"/"+v.Value] = fmt.Sprintf("%d hosts, %d rows", v.Hosts, v.Rows)
	}
	return out
}

func TestValuesAreStacked(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	testkit.SetSettings(t, s, tid, `{"stacked_fields": ["EventData.LogonType"]}`)
	ten := s.Tenant(tid)
	a, b := testkit.Host(t, s, tid).ID, testkit.Host(t, s, tid).ID
	add := func(src *models.Source, rows []store.HostRow) {
		_, err := ten.AddHostRows(t.Context(), src, rows)
		require.NoError(t, err)
	}
	rows := slices.Concat(
		about(t, a, `{"Name":"svchost.exe","Pid":1,"CreateTime":"2026-01-01T00:00:00Z"}`, `{"Name":"SVCHOST.exe","Pid":2}`, `{"Name":"only.exe","Pid":3}`),
		about(t, b, `{"Name":"svchost.exe","Pid":1}`, `{"Hash":{"MD5":"m","SHA1":"s","SHA256":"S"},"Other":{"MD5":"lone"}}`, `{"EventData":{"LogonType":3}}`),
	)
	add(hunt("pslist"), rows)
	add(hunt("pslist"), rows) // counts once
	add(hunt("services"), about(t, a, `{"Name":"svchost.exe"}`))
	require.Equal(t, map[string]string{
		"pslist/svchost.exe": "2 hosts, 3 rows", "pslist/only.exe": "1 hosts, 1 rows", "services/svchost.exe": "1 hosts, 1 rows",
	}, counted(t, ten, "Name"))
	require.Equal(t, map[string]string{"pslist/S": "1 hosts, 1 rows"}, counted(t, ten, "Hash.SHA256"))
	require.Equal(t, map[string]string{"pslist/3": "1 hosts, 1 rows"}, counted(t, ten, "EventData.LogonType"))
	fields, p, err := ten.StackFields(t.Context(), "pslist", store.PageQuery{})
	require.NoError(t, err)
	require.Equal(t, 4, p.Total)
	names := []string{}
	for _, f := range fields {
		names = append(names, fmt.Sprintf("%s %d %d", f.Field, f.Values, f.Rows))
	}
	require.Equal(t, []string{"EventData.LogonType 1 1", "Hash.SHA256 1 1", "Name 2 4", "Other.MD5 1 1"}, names)

	hosts, _, err := ten.StackHosts(t.Context(), store.StackHostsQuery{Field: "Name", Value: "Svchost.EXE"})
	require.NoError(t, err)
	require.Len(t, hosts, 2)
	require.Equal(t, []int64{a, 3, b, 1}, []int64{hosts[0].HostID, hosts[0].Rows, hosts[1].HostID, hosts[1].Rows})
	hosts, _, err = ten.StackHosts(t.Context(), store.StackHostsQuery{Field: "Name", Value: "svchost.exe", Source: "services"})
	require.NoError(t, err)
	require.Len(t, hosts, 1)
	hosts, _, err = ten.StackHosts(t.Context(), store.StackHostsQuery{Field: "Name", Value: "nobody.exe"})
	require.NoError(t, err)
	require.Empty(t, hosts)

	sources, _, err := ten.ListSources(t.Context(), store.SourceQuery{Name: "pslist"})
	require.NoError(t, err)
	require.Equal(t, []int64{6, 2}, []int64{sources[0].Rows, sources[0].Hosts})

	require.NoError(t, ten.DeleteHost(t.Context(), b, time.Time{}))
	require.Equal(t, "1 hosts, 2 rows", counted(t, ten, "Name")["pslist/svchost.exe"])
	require.Empty(t, counted(t, ten, "Hash.SHA256"))
	sources, _, err = ten.ListSources(t.Context(), store.SourceQuery{Name: "pslist"})
	require.NoError(t, err)
	require.Equal(t, []int64{3, 1}, []int64{sources[0].Rows, sources[0].Hosts})
}

// Writers, folders and a removal at once, every writer with many sources in an order of its own in one transaction: nobody
// deadlocks, and in the end the counts are those of the rows.
func TestStacksAreRightWhoeverWritesAtOnce(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	hosts := make([]int64, 6)
	for i := range hosts {
		hosts[i] = testkit.Host(t, s, ten.ID()).ID
	}
	var all sync.WaitGroup
	for w := range 6 {
		all.Go(func() {
			for round := range 6 {
				err := ten.InTx(context.WithoutCancel(t.Context()), func(ctx context.Context, ten *store.Tenant) error {
					for k := range 3 {
						src := hunt("h" + strconv.Itoa((w+k*(1+w%2)+round)%3))
						src.Key += fmt.Sprint(w, round) // of one's own: rows of one source in crossed orders do wait for each other
						var rows []store.HostRow
						for i := range hosts[:5] {
							rows = append(rows, about(t, hosts[(i+w)%5], fmt.Sprintf(`{"Name":"p%d","n":%d}`, i%4, (w+round)%5), `{"Name":"all"}`)...)
						}
						if _, err := ten.AddHostRows(ctx, src, rows); err != nil {
							return err
						}
					}
					return nil
				})
				require.NoError(t, err)
				_, err = ten.FoldStacks(context.WithoutCancel(t.Context()))
				require.NoError(t, err)
			}
		})
	}
	all.Go(func() {
		_, err := ten.AddHostRows(context.WithoutCancel(t.Context()), hunt("h0"), about(t, hosts[5], `{"Name":"gone"}`, `{"Name":"all"}`))
		require.NoError(t, err)
		require.NoError(t, ten.DeleteHost(context.WithoutCancel(t.Context()), hosts[5], time.Time{}))
	})
	all.Wait()
	got := counted(t, ten, "Name")
	want := map[string]string{}
	for _, r := range query(t, url, `SELECT s.name || '/' || (o.data ->> 'Name'), count(DISTINCT o.host_id) || ' hosts, ' || count(*) || ' rows'
FROM observations o JOIN sources s ON s.id = o.source_id GROUP BY s.name, o.data ->> 'Name'`) {
		want[r[0]] = r[1]
	}
	require.Equal(t, want, got)
	require.Equal(t, query(t, url, "SELECT s.id::text, count(*)::text, (SELECT count(DISTINCT host_id) FROM observations WHERE source_id = s.id)::text FROM sources s JOIN observations o ON o.source_id = s.id GROUP BY s.id ORDER BY s.id"),
		query(t, url, "SELECT s.id::text, rows::text, hosts::text FROM sources s WHERE rows > 0 ORDER BY s.id"))
}

func TestHostileRowsFillNoStacks(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	wide := map[string]any{}
	for i := range 6000 {
		wide["k"+strconv.Itoa(i)] = map[string]string{"Name": "x" + strconv.Itoa(i)}
	}
	many, err := json.Marshal(wide)
	require.NoError(t, err)
	long := fmt.Sprintf(`{"Name":"%01025d","Exe":"%01024d","User":" ","Path":"2026-11-22T03:00:00Z","Image":"-","MD5":null}`, 1, 2)
	_, err = ten.AddHostRows(t.Context(), hunt("bad"), about(t, host, string(many), long, `{"a":{"b":{"c":{"d":{"e":{"f":{"Name":"deep"}}}}}}}`))
	require.NoError(t, err)
	counted(t, ten, "Name")
	rows := query(t, url, "SELECT k.field, v.value FROM stacks k JOIN stack_values v ON v.stack_id = k.id ORDER BY v.id")
	require.Len(t, rows, 101, "a hundred of the wide row, one of the long")
	require.True(t, slices.ContainsFunc(rows, func(r []string) bool { return r[0] == "Exe" }))
}

// query reads rows of texts as the database's owner.
func query(t *testing.T, url, sql string) [][]string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(context.Background(), sql)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]string, error) {
		values, err := r.Values()
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = fmt.Sprint(v)
		}
		return texts, err
	})
	require.NoError(t, err)
	return out
}

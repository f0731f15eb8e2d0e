package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/migrations"
	"github.com/velocicompanion/velocicompanion/models"
)

// collected keeps one row of a source of its own.
func collected(t *testing.T, ten *store.Tenant, host int64, at time.Time) *models.Source {
	t.Helper()
	src := &models.Source{Kind: "hunt", Name: "h", Key: at.Format(time.RFC3339Nano), CollectedAt: at}
	_, err := ten.AddHostRows(t.Context(), src, about(t, host, `{"Name":"all"}`, fmt.Sprintf(`{"Name":"of %s"}`, at.Format("2006-01"))))
	require.NoError(t, err)
	return src
}

const whereRowsAre = "SELECT tableoid::regclass::text, count(*)::text FROM observations GROUP BY 1 ORDER BY 1"

func TestRowsLieInThePartitionOfTheirMonth(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	now := time.Now().UTC()
	for _, at := range []time.Time{now, time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC), now.AddDate(-30, 0, 0)} {
		collected(t, ten, host, at)
	}
	before := query(t, url, "SELECT count(*)::text FROM pg_inherits WHERE inhparent = 'observations'::regclass")
	require.Equal(t, [][]string{{"observations_default", "6"}, {now.Format("observations_y2006m01"), "2"}}, query(t, url, whereRowsAre))
	made, err := s.System().MakeMonths(t.Context())
	require.NoError(t, err)
	require.Zero(t, made, "the migration made them")
	require.Equal(t, before, query(t, url, "SELECT count(*)::text FROM pg_inherits WHERE inhparent = 'observations'::regclass"))
}

func TestAPartitionTakesOverWhatTheDefaultOneHolds(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	s, url := testkit.StoreURL(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	ahead := time.Date(now.Year(), now.Month()+3, 1, 0, 0, 0, 0, time.UTC) // no partition yet
	src := collected(t, ten, host, ahead)
	later, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 2, Clock: clockAt{ahead.AddDate(0, -2, 0)}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = later.Close() })
	made, err := later.System().MakeMonths(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, made)
	require.Equal(t, [][]string{{ahead.Format("observations_y2006m01"), "2"}}, query(t, url, whereRowsAre))
	got, err := ten.FindObservations(t.Context(), store.ObservationQuery{SourceID: src.ID})
	require.NoError(t, err)
	require.Len(t, got.Rows, 2)
	again, err := ten.AddHostRows(t.Context(), &models.Source{Kind: "hunt", Name: "h", Key: src.Key}, about(t, host, `{"Name":"all"}`))
	require.NoError(t, err)
	require.Zero(t, again[0])
	require.Equal(t, [][]string{{"true", "true", "false"}}, query(t, url, fmt.Sprintf(`SELECT relrowsecurity::text, relforcerowsecurity::text,
has_table_privilege('vc_app_' || current_database(), oid, 'SELECT')::text FROM pg_class WHERE relname = '%s'`, ahead.Format("observations_y2006m01"))))
}

// clockAt is a clock that stands.
type clockAt struct{ at time.Time }

func (c clockAt) Now() time.Time { return c.at }

func TestOnlyNearMonthsGetAPartition(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	for _, day := range []string{"1601-01-01", "9999-12-31"} {
		later, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 2, Clock: clockAt{func() time.Time { d, _ := time.Parse(time.DateOnly, day); return d }()}})
		require.NoError(t, err)
		_, err = later.System().MakeMonths(t.Context())
		require.Error(t, err, day)
		require.NoError(t, later.Close())
	}
	app, err := s.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = app.Close(context.Background()) })
	for _, call := range []string{"observations_month(now()::date)", "observations_drop(now()::date)", "observations_wanted(now(), now())", "observations_months()"} {
		_, err = app.Exec(t.Context(), "SELECT "+call)
		require.ErrorContains(t, err, "permission denied", call)
	}
}

func TestRowsGoWhenTheirTenantKeepsThemNoLonger(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	old := time.Date(time.Now().Year()-2, 3, 15, 0, 0, 0, 0, time.UTC)
	exec(t, url, fmt.Sprintf("SELECT observations_month('%s')", old.Format(time.DateOnly)))
	part := old.Format("observations_y2006m01")
	year, ever, days := s.Tenant(testkit.Tenant(t, s).ID), s.Tenant(testkit.Tenant(t, s).ID), s.Tenant(testkit.Tenant(t, s).ID)
	testkit.SetSettings(t, s, ever.ID(), `{"observation_retention_days": 0}`)
	testkit.SetSettings(t, s, days.ID(), `{"observation_retention_days": 7}`)
	recent := time.Now().UTC().AddDate(0, 0, -20)
	hosts := map[int64]int64{}
	for _, ten := range []*store.Tenant{year, ever, days} {
		hosts[ten.ID()] = testkit.Host(t, s, ten.ID()).ID
		for _, at := range []time.Time{old, recent, time.Now()} {
			collected(t, ten, hosts[ten.ID()], at)
		}
	}
	round := func() {
		t.Helper()
		_, err := s.System().DropMonths(t.Context())
		require.NoError(t, err)
		due, err := s.System().ObservationsToExpire(t.Context())
		require.NoError(t, err)
		for _, k := range due {
			_, err := s.Tenant(k.TenantID).ExpireObservations(t.Context(), k.Before)
			require.NoError(t, err)
		}
	}
	round()
	for ten, want := range map[*store.Tenant]int{year: 4, ever: 6, days: 2} {
		got, err := ten.FindObservations(t.Context(), store.ObservationQuery{})
		require.NoError(t, err)
		require.Len(t, got.Rows, want)
		sources, _, err := ten.ListSources(t.Context(), store.SourceQuery{})
		require.NoError(t, err)
		require.Len(t, sources, want/2, "a source goes with its last row")
		values := counted(t, ten, "Name")
		require.Len(t, values, want/2+1-btoi(sameMonth(recent, time.Now()) && want > 2), "and so do values that nobody has any more: %v", values)
		require.True(t, strings.HasPrefix(values["h/all"], "1 hosts"))
	}
	require.Equal(t, [][]string{{part}}, query(t, url, "SELECT '"+part+"' FROM pg_class WHERE relname = '"+part+"'"), "one tenant keeps its rows for ever")
	testkit.SetSettings(t, s, ever.ID(), `{"observation_retention_days": 365}`)
	round()
	require.Empty(t, query(t, url, "SELECT 1 FROM pg_class WHERE relname = '"+part+"'"), "nobody wants them now")
	got, err := ever.FindObservations(t.Context(), store.ObservationQuery{})
	require.NoError(t, err)
	require.Len(t, got.Rows, 4)
	require.NotContains(t, counted(t, ever, "Name"), "h/of "+old.Format("2006-01"))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sameMonth(a, b time.Time) bool { return a.UTC().Format("2006-01") == b.UTC().Format("2006-01") }

// Rows from before there were partitions are found again after the migration, and after it is taken back.
func TestRowsSurviveTheMigrationToPartitions(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	const version = "20261122101000_observations"
	run := func(direction string) {
		t.Helper()
		sql, err := migrations.Files.ReadFile(version + ".tx." + direction + ".sql")
		require.NoError(t, err)
		conn, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		defer func() { _ = conn.Close(context.Background()) }()
		cfg := conn.Config().Database
		roles := store.RolesOf(cfg)
		text := strings.NewReplacer("{{.App}}", roles.App, "{{.System}}", roles.System, "{{.Keeper}}", roles.Keeper).Replace(string(sql))
		_, err = conn.Exec(t.Context(), text, pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
	}
	exec(t, url, `INSERT INTO tenants (name) VALUES ('t');
INSERT INTO hosts (tenant_id, hostname) SELECT id, 'h' FROM tenants;
INSERT INTO sources (tenant_id, kind, key, collected_at) SELECT t.id, 'hunt', at::text, at FROM tenants t, (VALUES (now()), (now() - interval '3 months'), ('1601-01-01 00:00Z'), ('9999-01-01 00:00Z')) AS v (at)`)
	fill := `INSERT INTO observations (tenant_id, host_id, source_id, collected_at, content_hash, data)
SELECT s.tenant_id, h.id, s.id, s.collected_at, sha256(n::text::bytea), '{}' FROM sources s, hosts h, generate_series(1, 5) AS n ON CONFLICT DO NOTHING`
	run("down")
	exec(t, url, fill)
	require.Equal(t, [][]string{{"observations_default", "20"}}, query(t, url, whereRowsAre))
	run("up")
	require.Len(t, query(t, url, whereRowsAre), 3)
	exec(t, url, fill)
	require.Equal(t, [][]string{{"20"}}, query(t, url, "SELECT count(*)::text FROM observations"), "and they are still known")
	run("down")
	require.Equal(t, [][]string{{"observations_default", "20"}}, query(t, url, whereRowsAre))
}

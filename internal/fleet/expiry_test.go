package fleet_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestAdministratorsAreToldOnceOfEachWarning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	testkit.User(t, b.store, b.tenant.ID(), "user")
	row, err := b.tenant.VelociraptorConfig(t.Context())
	require.NoError(t, err)
	told := func(left time.Duration, want int64) {
		t.Helper()
		now := clock.NewFixed(row.ExpiresAt.Add(-left))
		s := fleet.New(fleet.Params{Store: b.store, Connections: b.connections, Clock: now, Log: slog.New(slog.DiscardHandler)})
		for _, n := range []int64{want, 0} { // the second time there is nothing to tell
			got, err := s.TellOfExpiry(t.Context())
			require.NoError(t, err)
			require.Equal(t, n, got, "%s before", left)
		}
	}
	const day = 24 * time.Hour
	told(100*day, 0)
	told(29*day, 1)
	told(8*day, 0)
	told(6*day, 1)
	told(20*time.Hour, 1)
	told(-time.Hour, 1)
	conn, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	var all, his int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE user_id = $1) FROM notifications
WHERE type = 'velociraptor.certificate'`, b.who.UserID).Scan(&all, &his))
	require.Equal(t, []int{4, 4}, []int{all, his}, "administrators only")

	b.connect(b.tenant, b.server, "") // another certificate: another year
	row, err = b.tenant.VelociraptorConfig(t.Context())
	require.NoError(t, err)
	told(6*day, 1) // of several that are due, the last
}

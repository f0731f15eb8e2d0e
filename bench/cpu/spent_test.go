package cpu_test

import (
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/bench/cpu"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// What a backend of the server works is counted to the database, also after it ended.
func TestTheServersWorkIsSeen(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	meter, err := cpu.NewMeter(t.Context(), url)
	require.NoError(t, err)
	before, err := meter.Read()
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "SELECT count(*) FROM generate_series(1, 2000000) AS n WHERE sqrt(n) > 3")
	require.NoError(t, err)
	during, err := meter.Read()
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	require.Greater(t, during.Since(before).Database, 50*time.Millisecond)
	after, err := meter.Read()
	require.NoError(t, err)
	require.GreaterOrEqual(t, after.Process, during.Process)
	require.Equal(t, cpu.Spent{Process: time.Second, Database: 2 * time.Second}, cpu.Spent{Process: 3 * time.Second, Database: 6 * time.Second}.Each(3))
}

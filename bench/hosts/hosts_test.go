package hosts_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/bench/hosts"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// The measurement itself works; how fast it is, is no test.
func TestEveryPageIsMeasured(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	results, err := hosts.Measure(t.Context(), hosts.Params{URL: url, Size: hosts.Size{Hosts: 800_000 / 40, Tenants: 3, Each: 50}, Rounds: 2})
	require.NoError(t, err)
	require.NotEmpty(t, results)
	for _, r := range results {
		require.Positive(t, r.Ours, r.Name)
		require.Positive(t, r.Reference, r.Name)
	}
}

// BenchmarkHosts runs once, whatever -benchtime says: go test -bench Hosts -benchtime 1x ./bench/hosts. BENCH_DATABASE_URL
// names a migrated database to use and keep; without it a private one is filled and thrown away.
func BenchmarkHosts(b *testing.B) {
	url := os.Getenv("BENCH_DATABASE_URL")
	if url == "" {
		url = testkit.DatabaseURL(b)
	}
	testkit.Migrate(b, url)
	for b.Loop() {
		results, err := hosts.Measure(b.Context(), hosts.Params{URL: url, Size: hosts.Full(), Rounds: 200, Only: os.Getenv("BENCH_ONLY")})
		require.NoError(b, err)
		for _, r := range results {
			name := strings.NewReplacer(" ", "_", ",", "", "*", "").Replace(r.Name)
			b.ReportMetric(float64(r.Ours.Microseconds()), name+"_ours_us")
			b.ReportMetric(float64(r.Reference.Microseconds()), name+"_pgx_us")
			b.ReportMetric(r.Ratio(), name+"_ratio")
			b.Logf("%-24s ours %8v   pgx %8v   %.2f x", r.Name, r.Ours, r.Reference, r.Ratio())
		}
	}
}

package audit_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/bench/audit"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// The measurement itself works; how fast it is, is no test.
func TestWritersAreMeasured(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	r, err := audit.Measure(t.Context(), audit.Params{URL: url, Writers: 5, Rounds: 1, Span: 50 * time.Millisecond})
	require.NoError(t, err)
	require.Positive(t, r.With)
	require.Positive(t, r.Without)
	require.Positive(t, r.Sealed)
	require.Positive(t, r.CostWith.Total())
	require.Positive(t, r.CostWithout.Total())
}

// BenchmarkWriters runs once: go test -bench Writers -benchtime 1x ./bench/audit.
func BenchmarkWriters(b *testing.B) {
	url := testkit.DatabaseURL(b)
	testkit.Migrate(b, url)
	for b.Loop() {
		r, err := audit.Measure(b.Context(), audit.Params{URL: url, Writers: 50, Rounds: 5, Span: time.Second})
		require.NoError(b, err)
		b.ReportMetric(r.With, "with/s")
		b.ReportMetric(r.Without, "without/s")
		b.ReportMetric(r.Ratio, "ratio")
		b.ReportMetric(r.CostRatio, "cpu-ratio")
		b.Logf("with %v, without %v", r.CostWith, r.CostWithout)
	}
}

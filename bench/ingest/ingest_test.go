package ingest_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/bench/ingest"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// The measurement itself works; how fast it is, is no test.
func TestRowsAreMeasured(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	r, err := ingest.Measure(t.Context(), ingest.Params{URL: url, Rounds: 1, Rows: 2000, Batch: 1000, Hosts: 10})
	require.NoError(t, err)
	require.Positive(t, r.Kept)
	require.Positive(t, r.Counted)
	require.Positive(t, r.Reference)
}

// BenchmarkIngest runs once: go test -bench Ingest -benchtime 1x ./bench/ingest.
func BenchmarkIngest(b *testing.B) {
	url := testkit.DatabaseURL(b)
	testkit.Migrate(b, url)
	for b.Loop() {
		r, err := ingest.Measure(b.Context(), ingest.Full(url))
		require.NoError(b, err)
		b.ReportMetric(r.Kept, "kept/s")
		b.ReportMetric(r.Counted, "counted/s")
		b.ReportMetric(r.Reference, "copy/s")
		b.ReportMetric(r.Ratio(), "ratio")
	}
}

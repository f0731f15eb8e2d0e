package callers_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/bench/callers"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// The measurement itself works; how fast it is, is no test.
func TestEveryRequestIsMeasuredEachWay(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	results, err := callers.Measure(t.Context(), callers.Params{URL: url, Rounds: 10})
	require.NoError(t, err)
	require.Len(t, results, 2)
	for _, r := range results {
		require.Positive(t, r.Ours, r.Name)
		require.Positive(t, r.Uncached, r.Name)
		require.Positive(t, r.Reference, r.Name)
	}
}

// BenchmarkCallers runs once, whatever -benchtime says: go test -bench Callers -benchtime 1x ./bench/callers.
func BenchmarkCallers(b *testing.B) {
	url := testkit.DatabaseURL(b)
	testkit.Migrate(b, url)
	for b.Loop() {
		results, err := callers.Measure(b.Context(), callers.Params{URL: url, Rounds: 3000})
		require.NoError(b, err)
		for _, r := range results {
			b.Logf("%-24s with a token %8v   uncached %8v   nobody asked %8v   %.3f x", r.Name, r.Ours, r.Uncached, r.Reference, r.Ratio())
		}
	}
}

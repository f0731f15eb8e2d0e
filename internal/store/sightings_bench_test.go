package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// BenchmarkRecordSightings records batches of 10,000 values of 50 hosts: indicators that nobody knows, and those of every
// host. values/s is what to look at.
func BenchmarkRecordSightings(b *testing.B) {
	const batch = 10_000
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for name, distinct := range map[string]int{"new": batch, "of_every_host": 200} {
		b.Run(name, func(b *testing.B) {
			s := testkit.Store(b)
			ten := s.Tenant(testkit.Tenant(b, s).ID)
			n := 0
			for b.Loop() {
				n++
				rows := make([]store.Sighted, batch)
				for i := range rows {
					value := fmt.Sprintf("d%d.example", i%distinct)
					if distinct == batch {
						value = fmt.Sprintf("r%d-d%d.example", n, i)
					}
					rows[i] = sighted(value, int64(i/200+1), int64(n), int64(i+1), at)
				}
				_, _, err := ten.RecordSightings(b.Context(), rows)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "values/s")
		})
	}
}

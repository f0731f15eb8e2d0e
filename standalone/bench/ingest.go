package main

import (
	"context"
	"fmt"

	"github.com/velocicompanion/velocicompanion/bench/ingest"
)

const ingestTarget = 0.5

// ingestion compares keeping rows with COPY of the same rows.
func ingestion(ctx context.Context, o options) (rows []row, err error) {
	err = withDatabase(ctx, o, func(url string) error {
		r, err := ingest.Measure(ctx, ingest.Full(url))
		if err != nil {
			return err
		}
		line := func(what string, ours, ratio float64) row {
			return row{
				what: what, ours: fmt.Sprintf("%.0f", ours), reference: fmt.Sprintf("%.0f", r.Reference), ratio: ratio,
				target: fmt.Sprintf("≥ %.1f ×", ingestTarget), met: ratio >= ingestTarget,
			}
		}
		rows = append(rows,
			line("bulk ingestion, rows/s until committed", r.Kept, r.KeptRatio()),
			line("bulk ingestion, rows/s until the stacks show them", r.Counted, r.Ratio()),
			row{
				what: "bulk ingestion, heap after 50,000 and 200,000 rows", ours: fmt.Sprintf("%.0f MB", float64(r.HeapLast)/1e6),
				reference: fmt.Sprintf("%.0f MB", float64(r.HeapFirst)/1e6), ratio: float64(r.HeapLast) / float64(r.HeapFirst), target: "≤ 1.5 ×",
				met: float64(r.HeapLast) <= 1.5*float64(r.HeapFirst),
			})
		return nil
	})
	return rows, err
}

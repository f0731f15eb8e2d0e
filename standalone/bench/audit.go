package main

import (
	"context"
	"fmt"
	"time"

	"github.com/velocicompanion/velocicompanion/bench/audit"
)

// auditTarget is how much of their speed writers must keep.
const auditTarget = 0.9

// auditTrail compares fifty writers with and without a line in the trail.
func auditTrail(ctx context.Context, o options) (rows []row, err error) {
	err = withDatabase(ctx, o, func(url string) error {
		r, err := audit.Measure(ctx, audit.Params{URL: url, Writers: 50, Rounds: 120, Span: 300 * time.Millisecond})
		rows = append(rows, row{
			what: "50 writers with an audit line each, rows/s", ours: fmt.Sprintf("%.0f", r.With), reference: fmt.Sprintf("%.0f", r.Without),
			ratio: r.Ratio, target: fmt.Sprintf("≥ %.1f ×", auditTarget), met: r.Ratio >= auditTarget,
		}, row{
			what: "the same in processor time (Go + PostgreSQL)", ours: spent(r.CostWith), reference: spent(r.CostWithout),
			ratio: r.CostRatio, target: "told", met: true,
		})
		return err
	})
	return rows, err
}

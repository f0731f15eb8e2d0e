package main

import (
	"context"
	"fmt"

	"github.com/velocicompanion/velocicompanion/bench/hosts"
)

const (
	hostRounds = 200 // requests per kind of page, ours and the reference's in turns
	hostTarget = 1.5
)

// hostList compares GET /api/hosts among a million hosts with the same SQL through pgx.
func hostList(ctx context.Context, o options) (rows []row, err error) {
	err = withDatabase(ctx, o, func(url string) error {
		results, err := hosts.Measure(ctx, hosts.Params{URL: url, Size: hosts.Full(), Rounds: hostRounds})
		for _, r := range results {
			rows = append(rows, row{
				what: "GET /api/hosts, 1,000,000: " + r.Name + ", p50", ours: ms(r.Ours), reference: ms(r.Reference),
				ratio: r.Ratio(), target: fmt.Sprintf("≤ %.1f ×", hostTarget), met: r.Ratio() <= hostTarget,
			})
		}
		return err
	})
	return rows, err
}

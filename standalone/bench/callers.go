package main

import (
	"context"
	"fmt"

	"github.com/velocicompanion/velocicompanion/bench/callers"
)

const (
	callerRounds = 3000 // requests each way, in turns
	callerTarget = 1.15
)

// callerCost compares a request with its access token with the same request where a fixed caller is put in: the same handlers
// in the same binary over the same store.
func callerCost(ctx context.Context, o options) (rows []row, err error) {
	err = withDatabase(ctx, o, func(url string) error {
		results, err := callers.Measure(ctx, callers.Params{URL: url, Rounds: callerRounds})
		for _, r := range results {
			rows = append(rows, row{
				what: "authenticated " + r.Name + ", p50 (" + us(r.Uncached) + " without the cache)", ours: us(r.Ours), reference: us(r.Reference),
				ratio: r.Ratio(), target: fmt.Sprintf("≤ %.2f ×", callerTarget), met: r.Ratio() <= callerTarget,
			})
		}
		return err
	})
	return rows, err
}

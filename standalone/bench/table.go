package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/velocicompanion/velocicompanion/bench/cpu"
)

// row is one line of the table.
type row struct {
	what            string
	ours, reference string
	ratio           float64 // 0: there is no reference
	target          string
	met             bool
}

func printTable(w io.Writer, rows []row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tours\treference\tratio\ttarget\t")
	for _, r := range rows {
		ratio, verdict := "–", "met"
		if r.ratio > 0 {
			ratio = fmt.Sprintf("%.2f ×", r.ratio)
		}
		if !r.met {
			verdict = "MISSED"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.what, r.ours, r.reference, ratio, r.target, verdict)
	}
	_ = t.Flush()
}

// percentile is the p-th (0 to 1) of the durations, which it sorts.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, int(p*float64(len(d))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func us(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d.Nanoseconds())/1000) }

// spent is processor time of a piece of work, here and in the database server.
func spent(c cpu.Spent) string {
	return fmt.Sprintf("%s + %s", us(c.Process), us(c.Database))
}

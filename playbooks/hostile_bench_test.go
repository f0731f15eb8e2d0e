//go:build unix

package playbooks_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

// BenchmarkHostile measures each hostile expression, compiling included. The target is 10 ms for the worst. cpu-ms is the
// processor time of the whole process, which a busy machine stretches less than the clock.
func BenchmarkHostile(b *testing.B) {
	for name, expression := range hostile() {
		b.Run(name, func(b *testing.B) {
			before := processorTime(b)
			for b.Loop() {
				_, _ = playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(expression, testEnv())
			}
			used := processorTime(b) - before
			b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

package playbooks_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// farTooLong is no limit of the language: it tells a runaway from a busy machine.
const farTooLong = 2 * time.Second

// FuzzEvaluate looks for an expression that panics, runs away, gives two answers, or answers what JSON can't hold. The
// hostile suite is its corpus in testdata.
func FuzzEvaluate(f *testing.F) {
	for _, expression := range usualExpressions() {
		f.Add(expression)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		start := time.Now()
		value, err := playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(expression, testEnv())
		require.Less(t, time.Since(start), farTooLong)
		again, errAgain := playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(expression, testEnv())
		require.Equal(t, err, errAgain)
		require.Equal(t, value, again)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			require.NotContains(t, err.Error(), "runtime error", expression)
			return
		}
		_, err = json.Marshal(value)
		require.NoError(t, err)
		_, _ = playbooks.NewEvaluator(playbooks.DefaultBudget()).Render("<${"+expression+"}>", testEnv())
		_ = playbooks.Validate([]byte(`{"name":"x","trigger":{"event":"*","when":`+quoted(expression)+`},"actions":[{"type":"stop"}]}`),
			playbooks.CompileOptions{})
	})
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

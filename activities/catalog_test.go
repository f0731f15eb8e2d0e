package activities_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestTheCatalogIsWhatTheContractNames(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range activities.Specs() {
		names = append(names, s.Name)
		require.NotEmpty(t, s.Summary, s.Name)
		require.NotEmpty(t, s.DryRun, s.Name)
		require.True(t, auth.Role(s.Role).Valid(), s.Name)
		require.Positive(t, s.Timeout, s.Name)
		require.Positive(t, s.Retry.MaxAttempts, s.Name)
		require.GreaterOrEqual(t, s.Retry.Backoff, 1.0, s.Name)
		require.Contains(t, []playbooks.Effect{playbooks.EffectNone, playbooks.EffectDatabase, playbooks.EffectOutside, playbooks.EffectWork}, s.Effect)
		for _, raw := range []json.RawMessage{s.Params, s.Result} {
			var schema map[string]any
			require.NoError(t, json.Unmarshal(raw, &schema), s.Name)
			require.Equal(t, "object", schema["type"], s.Name)
			require.Equal(t, false, schema["additionalProperties"], s.Name)
		}
	}
	require.ElementsMatch(t, contract.Actions(), names)
}

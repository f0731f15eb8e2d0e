package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// What an older version kept gets its key later; spellings of one thing become one.
func TestOldIndicatorsGetTheirKeys(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	one, two := testkit.Case(t, s, tid), testkit.Case(t, s, tid)
	old := func(typ, value, description string, caseID int64) {
		exec(t, url, fmt.Sprintf(`WITH a AS (INSERT INTO artifacts (tenant_id, artifact_type, value, key, keyed, description)
VALUES (%d, '%s', '%s', '%s', false, '%s') RETURNING id), k AS (INSERT INTO artifact_counts (tenant_id, artifact_id) SELECT %d, id FROM a)
INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) SELECT %d, %d, id FROM a`, tid, typ, value, value, description, tid, tid, caseID))
	}
	old("domain", "EVIL.example", "first", one.ID)
	old("domain", "evil.example.", "second", two.ID)
	old("ip", "never one", "", one.ID)
	fresh := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.ArtifactType, a.Value = "ip", "2001:db8::1" })
	old("ip", "2001:0db8::1", "late", one.ID)

	waiting, err := s.System().TenantsWithoutKeys(t.Context())
	require.NoError(t, err)
	require.Contains(t, waiting, tid)
	require.NotContains(t, waiting, other)
	total := 0
	for {
		n, err := ten.MakeKeys(t.Context(), 2)
		require.NoError(t, err)
		if total += n; n == 0 {
			break
		}
	}
	require.LessOrEqual(t, total, 4)
	waiting, err = s.System().TenantsWithoutKeys(t.Context())
	require.NoError(t, err)
	require.NotContains(t, waiting, tid)

	rows, _, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{PageQuery: store.PageQuery{Sort: "value"}})
	require.NoError(t, err)
	require.Equal(t, []string{"2001:db8::1", "evil.example", "never one"}, valuesOf(rows))
	require.Equal(t, fresh.ID, rows[0].ID)
	require.Equal(t, "late", rows[0].Description)
	require.Equal(t, []int64{one.ID}, rows[0].CaseIDs)
	require.Equal(t, "first\n\nsecond", rows[1].Description)
	require.ElementsMatch(t, []int64{one.ID, two.ID}, rows[1].CaseIDs)
	_, did, err := ten.AddArtifact(t.Context(), &models.Artifact{ArtifactType: "domain", Value: "evil.example"})
	require.NoError(t, err)
	require.False(t, did.Created)
}

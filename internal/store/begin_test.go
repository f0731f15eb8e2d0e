package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// A line of the trail goes out with the commit, or before it where there are many: what it tells of is kept with it or not at
// all, even where nobody looks at the error.
func TestAChangeIsNotKeptWithoutItsLine(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	fine := models.AuditLog{Action: "host.create", ResourceType: "host", After: []byte(`{"n":1}`)}
	for name, lines := range map[string][]models.AuditLog{
		"the last":     {fine, {Action: "host.create", After: []byte(`{`)}},
		"one of many":  slices.Insert(slices.Repeat([]models.AuditLog{fine}, 120), 60, models.AuditLog{Action: "host.create", After: []byte(`{`)}),
		"a lone line":  {{Action: "host.create", After: []byte(`nope`)}},
		"not the text": {{Action: "host\x00create"}},
	} {
		err := ten.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
			if err := tx.CreateHost(ctx, &models.Host{Hostname: "h1"}); err != nil {
				return err
			}
			for _, line := range lines {
				_ = tx.Audit(ctx, line)
			}
			return nil
		})
		require.Error(t, err, name)
	}
	hosts, _, err := ten.ListHosts(t.Context(), store.HostQuery{})
	require.NoError(t, err)
	require.Empty(t, hosts)
	kept, _, err := ten.ListAudit(t.Context(), store.AuditQuery{})
	require.NoError(t, err)
	require.Empty(t, kept)

	require.NoError(t, ten.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
		for _, line := range slices.Repeat([]models.AuditLog{fine}, 250) {
			if err := tx.Audit(ctx, line); err != nil {
				return err
			}
		}
		return tx.CreateHost(ctx, &models.Host{Hostname: "h1"})
	}))
	_, page, err := ten.ListAudit(t.Context(), store.AuditQuery{})
	require.NoError(t, err)
	require.Equal(t, 250, page.Total)
}

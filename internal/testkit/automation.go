package testkit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Actor makes a tenant with one active user of this role.
func Actor(t testing.TB, s *store.Store, role string) (tenantID, userID int64) {
	t.Helper()
	tenant := &models.Tenant{Name: "tenant " + rand.Text()}
	require.NoError(t, s.System().CreateTenant(context.Background(), tenant))
	user := &models.User{TenantID: tenant.ID, Username: "user-" + rand.Text(), Role: role, IsActive: true}
	require.NoError(t, s.System().CreateUser(context.Background(), user))
	return tenant.ID, user.ID
}

// Playbook inserts an enabled playbook with this plan as version 1, published by a user, listening to event patterns.
func Playbook(t testing.TB, s *store.Store, tenantID, publisherID int64, plan any, patterns ...string) (playbookID int64) {
	t.Helper()
	b, err := json.Marshal(plan)
	require.NoError(t, err)
	trigger := models.TriggerManual
	if len(patterns) > 0 {
		trigger = models.TriggerEvent
	}
	ctx := context.Background()
	conn, err := s.Conn(ctx)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, fmt.Sprintf("SELECT set_config('app.tenant_id', '%d', false)", tenantID))
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(ctx, `INSERT INTO playbooks (tenant_id, name, trigger_type, publisher_id) VALUES ($1, $2, $3, $4) RETURNING id`,
		tenantID, "playbook "+rand.Text(), trigger, publisherID).Scan(&playbookID))
	_, err = conn.Exec(ctx, `INSERT INTO playbook_versions (tenant_id, playbook_id, version, source, document, plan) VALUES ($1, $2, 1, '', '{}', $3)`,
		tenantID, playbookID, string(b))
	require.NoError(t, err)
	for _, p := range patterns {
		_, err = conn.Exec(ctx, `INSERT INTO playbook_triggers (tenant_id, playbook_id, pattern) VALUES ($1, $2, $3)`, tenantID, playbookID, p)
		require.NoError(t, err)
	}
	return playbookID
}

// Execution queues a manual run of version 1 of a playbook.
func Execution(t testing.TB, s *store.Store, tenantID, playbookID, actorID int64) *models.Execution {
	t.Helper()
	row := &models.Execution{PlaybookID: playbookID, PlaybookVersion: 1, TriggerType: models.TriggerManual, ActorID: &actorID}
	created, err := s.Tenant(tenantID).CreateExecution(context.Background(), row)
	require.NoError(t, err)
	require.True(t, created)
	return row
}

// SetSettings replaces a tenant's settings, as JSON.
func SetSettings(t testing.TB, s *store.Store, tenantID int64, settings string) {
	t.Helper()
	ctx := context.Background()
	conn, err := s.Conn(ctx)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, fmt.Sprintf("SELECT set_config('app.tenant_id', '%d', false)", tenantID))
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "UPDATE tenants SET settings = $1 WHERE id = $2", settings, tenantID)
	require.NoError(t, err)
}

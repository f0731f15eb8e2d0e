package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// identityTables are the tenants' tables that hold credentials.
var identityTables = []string{
	"user_totp", "recovery_codes", "password_reset_tokens", "email_verification_tokens", "invitations", "api_keys",
	"session_elevations",
}

func TestCredentialsOfOneTenantAreNotSeenByAnother(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	u, invited := mailUser(t, a, "ada", "x"), mailUser(t, a, "ina", "")
	confirmed(t, a, u.ID)
	require.NoError(t, a.CreateResetToken(t.Context(), u.ID, digest(1), time.Hour))
	require.NoError(t, a.CreateVerificationToken(t.Context(), u.ID, digest(1), time.Hour))
	require.NoError(t, a.Invite(t.Context(), store.NewInvitation{UserID: invited.ID, TokenHash: digest(1), TTL: time.Hour}))
	require.NoError(t, a.CreateAPIKey(t.Context(), &models.APIKey{UserID: u.ID, Name: "ci", KeyHash: digest(1)}))

	require.NoError(t, a.Elevate(t.Context(), u.ID, uuid.NewString(), "totp", time.Now().Add(time.Hour)))

	conn, err := s.Conn(t.Context())
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	for _, table := range identityTables {
		for tenant, some := range map[int64]bool{a.ID(): true, b.ID(): false, 0: false} {
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			if tenant != 0 {
				_, err = tx.Exec(t.Context(), "SELECT set_config('app.tenant_id', $1::text, true)", tenant)
				require.NoError(t, err)
			}
			var n int
			require.NoError(t, tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
			require.Equal(t, some, n > 0, "%s as tenant %d", table, tenant)
			tag, err := tx.Exec(t.Context(), "UPDATE "+table+" SET tenant_id = tenant_id")
			require.NoError(t, err)
			require.Equal(t, some, tag.RowsAffected() > 0, "%s as tenant %d", table, tenant)
			require.NoError(t, tx.Rollback(t.Context()))
		}
	}
	_, err = conn.Exec(t.Context(), "SELECT 1 FROM auth_attempts")
	require.ErrorContains(t, err, "permission denied")
}

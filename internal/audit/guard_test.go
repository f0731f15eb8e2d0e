package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// as connects as one of the installation's roles, in the tenant.
func (b *bench) as(role string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.ConnectConfig(b.Context(), b.owner.Config().Copy())
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	roles := store.RolesOf(conn.Config().Database)
	if name := map[string]string{"application": roles.App, "system": roles.System}[role]; name != "" {
		_, err = conn.Exec(b.Context(), "SELECT set_config('role', $1, false), set_config('app.tenant_id', $2::bigint::text, false)", name, b.tenant)
		require.NoError(b, err)
	}
	return conn
}

func TestNobodyChangesTheTrail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(3)
	_, err := b.owner.Exec(t.Context(), `INSERT INTO audit_checkpoints (tenant_id, kind, seq, mac, reason, created_at, key_id, signature)
VALUES ($1, 'broken', 3, 'x', 'x', now(), 'x', 'x')`, b.tenant)
	require.NoError(t, err)
	for _, role := range []string{"application", "system", "owner"} {
		conn := b.as(role)
		for table, column := range map[string]string{"audit_logs": "action", "audit_seals": "mac", "audit_checkpoints": "reason"} {
			for _, sql := range []string{
				"UPDATE " + table + " SET " + column + " = " + column, "DELETE FROM " + table, "TRUNCATE " + table,
				"SET session_replication_role = replica; DELETE FROM " + table,
			} {
				_, err := conn.Exec(t.Context(), sql)
				require.ErrorContains(t, err, "42501", "%s: %s", role, sql)
			}
		}
		for _, sql := range []string{"DELETE FROM audit_heads", "TRUNCATE audit_heads"} {
			_, err := conn.Exec(t.Context(), sql)
			require.ErrorContains(t, err, "42501", "%s: %s", role, sql)
		}
	}
	for _, sql := range []string{
		"SELECT audit_retire(2, (SELECT mac FROM audit_seals WHERE seq = 2), 'x', now(), 'x', 'x')", "SELECT audit_forget(app_tenant())",
	} {
		_, err := b.as("application").Exec(t.Context(), sql)
		require.ErrorContains(t, err, "42501", sql)
	}
	_, err = b.as("system").Exec(t.Context(), "SELECT audit_forget($1)", b.tenant)
	require.ErrorContains(t, err, "is not being deleted")
	_, err = b.as("system").Exec(t.Context(), "SELECT username FROM audit_logs")
	require.ErrorContains(t, err, "42501")
}

// keepFor sets how long the tenant keeps its trail.
func (b *bench) keepFor(days string) {
	b.Helper()
	_, err := b.owner.Exec(b.Context(), "UPDATE tenants SET settings = jsonb_build_object('audit_retention_days', $2::text::jsonb) WHERE id = $1", b.tenant, days)
	require.NoError(b, err)
}

// aged is a bench whose first lines are 100 days old.
func aged(t *testing.T, old, young int) *bench {
	t.Helper()
	b := setup(t)
	now := b.clock.Now()
	b.clock = clock.NewFixed(now.Add(-100 * 24 * time.Hour))
	b.reopen()
	b.sealed(old)
	b.clock.Advance(95 * 24 * time.Hour)
	b.sealed(young)
	return b
}

// reopen opens the store anew, with the bench's clock.
func (b *bench) reopen() {
	b.Helper()
	s, err := store.Open(b.Context(), store.Params{URL: b.owner.Config().ConnString(), MaxConns: 8, Stamp: b.keys.Stamp, Clock: b.clock})
	require.NoError(b, err)
	b.Cleanup(func() { _ = s.Close() })
	b.store = s
	b.sealer = b.newSealer(b.keys)
}

func TestRetentionLeavesASignedCheckpoint(t *testing.T) {
	t.Parallel()
	b := aged(t, 7, 4)
	n, err := b.sealer.Retire(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "for ever is the default")
	b.keepFor("30")
	n, err = b.sealer.Retire(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 7, n)
	b.seal(1) // the line about it
	r := b.verify()
	require.Empty(t, r.Findings)
	require.Equal(t, []int64{5, 8, 12}, []int64{r.Checked, r.FirstSeq, r.LastSeq})
	require.EqualValues(t, 7, r.Retired.Seq)
	require.Contains(t, r.Retired.Reason, "7 lines")
	require.Contains(t, b.lines()[len(b.lines())-1], "audit.retire")
	require.Equal(t, "retired", b.verifyWith(b.keys, &audit.KnownHead{Seq: 3, MAC: r.Retired.MAC}).KnownHead)
	n, err = b.sealer.Retire(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)

	b.tamper("UPDATE audit_checkpoints SET seq = 8, mac = (SELECT mac FROM audit_seals WHERE seq = 8)")
	b.tamper("DELETE FROM audit_logs WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 8)")
	b.tamper("DELETE FROM audit_seals WHERE seq = 8")
	require.Equal(t, []string{"altered 8 0"}, found(b.verify()), "a checkpoint can't be moved")
	b.tamper("DELETE FROM audit_checkpoints")
	require.Contains(t, found(b.verify()), "missing 1 0", "nor taken away")
}

func TestWhatCantBeProvedIsNotRemoved(t *testing.T) {
	t.Parallel()
	b := aged(t, 7, 4)
	b.keepFor("30")
	ids := b.ids()
	b.tamper("UPDATE audit_logs SET username = 'eve' WHERE id = $1", ids[4])
	n, err := b.sealer.Retire(t.Context())
	require.ErrorContains(t, err, "broken at 5")
	require.Zero(t, n)
	require.Len(t, b.ids(), 11)
}

func TestTheDatabaseRefusesToRetireYoungLines(t *testing.T) {
	t.Parallel()
	b := aged(t, 3, 3)
	b.keepFor("30")
	b.clock.Advance(1000 * 24 * time.Hour) // a process whose clock is wrong
	_, err := b.sealer.Retire(t.Context())
	require.True(t, fault.Is(err, fault.NotFound) || err != nil, "%v", err)
	require.Len(t, b.ids(), 6)
}

func TestATenantThatIsDeletedTakesItsTrailAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(3)
	other := b.tenant
	b.tenant = testkit.Tenant(t, b.store).ID
	b.sealed(2)
	_, err := b.owner.Exec(t.Context(), "UPDATE tenants SET status = 'deleting', delete_at = now() WHERE id = $1", b.tenant)
	require.NoError(t, err)
	n, err := b.store.System().ForgetAudit(t.Context(), b.tenant)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.Empty(t, b.ids())
	b.tenant = other
	require.Len(t, b.ids(), 3)
	require.True(t, b.verify().Intact())
}

func TestVerificationHoldsLittleAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const lines = 5000 // more than two pages of it
	err := b.store.Tenant(b.tenant).InTx(t.Context(), func(ctx context.Context, t *store.Tenant) error {
		for range lines {
			if err := t.Audit(ctx, models.AuditLog{Action: "host.create"}); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	b.seal(lines)
	ids := b.ids()
	b.tamper("DELETE FROM audit_logs WHERE id > $1 AND id <= $2", ids[999], ids[3999])
	r := b.verify()
	require.EqualValues(t, 3000, r.Found, "all are counted")
	require.Len(t, r.Findings, 1000, "the first are named")
	require.EqualValues(t, lines, r.Checked)
}

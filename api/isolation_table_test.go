package api_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

const (
	tenantTables = `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = 'tenants' OR EXISTS (
  SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)) ORDER BY 1`
	otherTables = `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> 'tenants' AND NOT EXISTS (
  SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) ORDER BY 1`
	unguarded = `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname = ANY($1) AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`
)

// isolated is a database with tenant A, in which every table has a row, and tenant B.
type isolated struct {
	*bench

	owner *pgx.Conn
	a, b  *client
	idsA  map[string]string
	idsB  map[string]string
}

func isolate(t *testing.T) *isolated {
	t.Helper()
	b := setup(t)
	i := &isolated{bench: b, owner: ownerConn(t, b)}
	i.a, i.b = b.somebody("Alpha", "alice", auth.RoleAdmin).elevate(), b.somebody("Beta", "bert", auth.RoleAdmin).elevate()
	i.idsA = plant(t, i.owner, i.a.user.TenantID, marker)
	i.idsB = plant(t, i.owner, i.b.user.TenantID, "of-b")
	i.connect(i.a.user.TenantID, "A", marker)
	i.connect(i.b.user.TenantID, "B", "of-b")
	i.idsA["clients"], i.idsB["clients"] = i.someClient(i.a.user.TenantID), i.someClient(i.b.user.TenantID)
	i.file(i.a.user.TenantID, i.idsA)
	i.file(i.b.user.TenantID, i.idsB)
	return i
}

// file keeps a file for the planted job of a tenant.
func (i *isolated) file(tenant int64, ids map[string]string) {
	i.t.Helper()
	kept, err := i.params.Files.Put(i.t.Context(), tenant, strings.NewReader(ids["mark"]), 1<<20)
	require.NoError(i.t, err)
	_, err = i.owner.Exec(i.t.Context(), "UPDATE bulk_jobs SET file_ref = $1, file_expires_at = now() + interval '1 day' WHERE id = $2", kept.Ref, ids["bulk"])
	require.NoError(i.t, err)
	kept, err = i.params.Files.Put(i.t.Context(), tenant, strings.NewReader(ids["mark"]), 1<<20)
	require.NoError(i.t, err)
	_, err = i.owner.Exec(i.t.Context(), "UPDATE collection_files SET file_ref = $1 WHERE id = $2", kept.Ref, ids["collection_files"])
	require.NoError(i.t, err)
}

func TestEveryTableIsUnderForcedRowLevelSecurity(t *testing.T) {
	t.Parallel()
	owner := ownerConn(t, setup(t))
	require.Equal(t, []string{"auth_attempts", "bun_migration_locks", "bun_migrations"}, names(t, owner, otherTables),
		"a table without tenant_id holds nobody's rows")
	rows, err := owner.Query(t.Context(), unguarded, append(names(t, owner, tenantTables), "auth_attempts"))
	require.NoError(t, err)
	bare, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, bare)
}

func TestNoTableShowsAnotherTenantsRows(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	app, err := i.store.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = app.Close(t.Context()) })
	for _, table := range names(t, i.owner, tenantTables) {
		column, touch := "tenant_id", "tenant_id"
		if table == "tenants" {
			column, touch = "id", "name"
		}
		var there int
		require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE "+column+" = $1", i.a.user.TenantID).Scan(&there))
		require.True(t, there > 0 || strings.HasPrefix(table, "observations_"), "table %s has no seed for tenant A: add a line to seeds()", table)
		for _, as := range []string{itoa(i.b.user.TenantID), "", "0"} {
			setTenant(t, app, as)
			var seen int
			err := app.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE "+column+" IS DISTINCT FROM app_tenant()").Scan(&seen)
			if forbidden(err) {
				continue
			}
			require.NoError(t, err, table)
			require.Zero(t, seen, "%s as tenant %q", table, as)
			for _, change := range []string{"UPDATE " + table + " SET " + touch + " = " + touch, "DELETE FROM " + table} {
				tag, err := app.Exec(t.Context(), change+" WHERE "+column+" = $1", i.a.user.TenantID)
				require.True(t, err == nil && tag.RowsAffected() == 0 || refused(err), "%s as tenant %q: %v", change, as, err)
			}
		}
		setTenant(t, app, itoa(i.a.user.TenantID))
		var own int
		if err := app.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&own); !forbidden(err) {
			require.NoError(t, err, table)
			require.Equal(t, there, own, "%s as its own tenant", table)
		}
	}
}

func TestNoRowCanBeMovedIntoAnotherTenant(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	app, err := i.store.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = app.Close(t.Context()) })
	setTenant(t, app, itoa(i.b.user.TenantID))
	for _, table := range names(t, i.owner, tenantTables) {
		if table == "tenants" {
			continue
		}
		_, err := app.Exec(t.Context(), "UPDATE "+table+" SET tenant_id = $1", i.a.user.TenantID)
		require.True(t, refused(err), "%s: %v", table, err)
	}
	for _, sql := range []string{
		"UPDATE cases SET assignee_id = " + i.idsA["users"],
		"INSERT INTO case_hosts (tenant_id, case_id, host_id) VALUES (" + itoa(i.b.user.TenantID) + ", " + i.idsB["cases"] + ", " + i.idsA["hosts"] + ")",
		"INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) VALUES (" + itoa(i.b.user.TenantID) + ", " + i.idsA["cases"] + ", " + i.idsB["artifacts"] + ")",
		"INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) VALUES (" + itoa(i.b.user.TenantID) + ", " + i.idsB["cases"] + ", " + i.idsA["artifacts"] + ")",
		"INSERT INTO artifact_tags (tenant_id, artifact_id, tag) VALUES (" + itoa(i.b.user.TenantID) + ", " + i.idsA["artifacts"] + ", 'x')",
	} {
		_, err := app.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "23503", "a row can't point into another tenant")
	}
}

// TestTheSystemRoleSeesOnlyWhatCrossesTenants lists what the second role may read; a longer list is a decision.
func TestTheSystemRoleSeesOnlyWhatCrossesTenants(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	may := []string{
		"api_keys", "artifacts", "audit_heads", "audit_logs", "audit_seals", "bulk_jobs", "collection_files", "email_verification_tokens",
		"hunt_schedules", "idempotency_keys", "ingestion_batches", "invitations", "jobs", "outbox", "password_reset_tokens",
		"playbook_executions", "refresh_tokens", "session_elevations", "stack_changes", "tenant_visits", "tenants", "users",
		"velociraptor_callback_keys", "velociraptor_callbacks", "velociraptor_configs", "webhook_deliveries", "webhooks",
	}
	var got []string
	for _, table := range names(t, i.owner, tenantTables) {
		var reads bool
		require.NoError(t, i.owner.QueryRow(t.Context(), `SELECT has_any_column_privilege(rolname, $1, 'SELECT') FROM pg_roles
WHERE rolname = 'vc_system_' || current_database()`, table).Scan(&reads))
		if reads {
			got = append(got, table)
		}
	}
	slices.Sort(got)
	require.Equal(t, may, got)
}

// forbidden says whether the role may not touch the table at all.
func forbidden(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "42501"
}

// refused says whether a privilege, a policy or a constraint stopped a statement.
func refused(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "42501" || pg.Code[:2] == "23")
}

package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ExportedTables lists the tables whose rows belong into a tenant's export, in the order of the export. Columns of bytes
// (hashes, sealed secrets, digests) and those that the database computes are never in it, nor those of HiddenColumns.
func ExportedTables() []string {
	return []string{
		"tenants", "users", "api_keys", "invitations", "refresh_tokens", "tenant_visits", "hosts", "host_labels", "host_fields",
		"host_field_values", "host_aliases", "saved_views", "cases", "case_hosts", "artifacts", "artifact_tags", "artifact_counts",
		"case_artifacts", "sightings", "sources", "observations", "playbooks", "playbook_versions", "playbook_triggers",
		"playbook_executions", "ingestion_batches", "ingestion_errors", "playbook_execution_steps", "execution_requests", "bulk_jobs",
		"bulk_items", "notifications", "audit_logs", "case_comments", "case_tasks", "case_changes", "case_executions", "webhooks",
		"webhook_deliveries", "collections", "collection_files", "velociraptor_configs", "isolations", "isolation_rules", "hunts",
		"hunt_hosts", "hunt_sources", "hunt_schedules", "hunt_schedule_runs",
	}
}

// UnexportedTables lists the tables that an export leaves out: secrets, what is of use to this installation only, and what
// is counted from rows that are in it.
func UnexportedTables() []string {
	return []string{
		"user_totp", "recovery_codes", "password_reset_tokens", "email_verification_tokens", "session_elevations", "notification_counters",
		"idempotency_keys", "outbox", "jobs", "host_syncs", "velociraptor_clients", "ingestion_chunks", "source_hosts", "stacks",
		"stack_values", "velociraptor_callback_setups", "velociraptor_callback_keys", "velociraptor_callbacks",
		"stack_hosts", "stack_changes", "audit_seals", "audit_heads", "audit_checkpoints",
	}
}

// HiddenColumns are texts that an export leaves out, as table.column.
func HiddenColumns() []string { return []string{"users.password_hash"} }

// Export reads the tenant's rows as they are at one moment, table by table, and hands each to row as a JSON object; the bytes
// are row's only until it returns. table is told of each table before its first row. Neither of the two may use the handle.
// Memory stays flat: a row is read when the one before has been taken.
func (t *Tenant) Export(ctx context.Context, table func(name string) error, row func(json []byte) error) error {
	return t.InSnapshot(ctx, func(ctx context.Context, t *Tenant) error {
		for _, name := range ExportedTables() {
			columns, err := exportedColumns(ctx, t.conn, name)
			if err != nil {
				return err
			}
			if err := table(name); err != nil {
				return err
			}
			if err := t.exportTable(ctx, t.conn, name, columns, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// exportedColumns lists the columns of a table that are fit for an export, in the table's order.
func exportedColumns(ctx context.Context, conn *pgx.Conn, table string) ([]string, error) {
	rows, err := conn.Query(ctx, `SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass('public.' || $1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND atttypid <> 'bytea'::regtype
ORDER BY attnum`, table)
	if err != nil {
		return nil, err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("there is no table %s", table)
	}
	return slices.DeleteFunc(columns, func(c string) bool { return slices.Contains(HiddenColumns(), table+"."+c) }), nil
}

func (t *Tenant) exportTable(ctx context.Context, conn *pgx.Conn, table string, columns []string, row func(json []byte) error) error {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = pgx.Identifier{c}.Sanitize()
	}
	key := "tenant_id"
	if table == "tenants" {
		key = "id"
	}
	rows, err := conn.Query(ctx, "SELECT row_to_json(x)::text FROM (SELECT "+strings.Join(list, ", ")+" FROM "+
		pgx.Identifier{table}.Sanitize()+" WHERE "+key+" = $1) AS x", t.id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.RawValues()[0]); err != nil {
			return err
		}
	}
	return rows.Err()
}

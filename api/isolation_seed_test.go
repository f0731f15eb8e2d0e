package api_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// seed is one row of one table in a tenant: SQL in which $1 is the tenant and {key} the id that an earlier seed gave
// back. marker stands in every text that a caller could get to see.
type seed struct {
	key   string // under which the id is kept; the table's name where it is the only one
	table string
	sql   string
}

// marker is what only tenant A's rows contain.
const marker = "only-in-tenant-a"

// seeds has at least one row for every table with a tenant. A new table needs its line here.
func seeds() []seed {
	return []seed{
		{"users", "users", `INSERT INTO users (tenant_id, username, role) VALUES ($1, '{mark}-user-{tenant}', 'user') RETURNING id::text`},
		{"sessions", "refresh_tokens", `INSERT INTO refresh_tokens (tenant_id, user_id, family, token_hash, expires_at) VALUES ($1, {users}, gen_random_uuid(), sha256('{mark}{tenant}'), now() + interval '1 day') RETURNING family::text`},
		{"elevations", "session_elevations", `INSERT INTO session_elevations (tenant_id, user_id, family, method, expires_at) VALUES ($1, {users}, '{sessions}', 'totp', now() + interval '1 minute') RETURNING family::text`},
		{"user_totp", "user_totp", `INSERT INTO user_totp (tenant_id, user_id, secret) VALUES ($1, {users}, '{mark}') RETURNING user_id::text`},
		{"recovery_codes", "recovery_codes", `INSERT INTO recovery_codes (tenant_id, user_id, code_hash) VALUES ($1, {users}, sha256('{mark}{tenant}')) RETURNING user_id::text`},
		{"resets", "password_reset_tokens", `INSERT INTO password_reset_tokens (tenant_id, user_id, token_hash, bound, expires_at) VALUES ($1, {users}, sha256('{mark}{tenant}'), 'x', now() + interval '1 day') RETURNING id::text`},
		{"verifications", "email_verification_tokens", `INSERT INTO email_verification_tokens (tenant_id, user_id, token_hash, email, expires_at) VALUES ($1, {users}, sha256('{mark}{tenant}'), '{mark}@example.org', now() + interval '1 day') RETURNING id::text`},
		{"invitations", "invitations", `INSERT INTO invitations (tenant_id, user_id, token_hash, email, expires_at) VALUES ($1, {users}, sha256('{mark}{tenant}'), '{mark}@example.org', now() + interval '1 day') RETURNING id::text`},
		{"api_keys", "api_keys", `INSERT INTO api_keys (tenant_id, user_id, name, hint, key_hash) VALUES ($1, {users}, '{mark}', 'vc_x', sha256('{mark}{tenant}')) RETURNING id::text`},
		{"visits", "tenant_visits", `WITH h AS (INSERT INTO tenants (name) VALUES ('home of a visitor of {tenant}') RETURNING id),
  v AS (INSERT INTO users (tenant_id, username, role) SELECT id, 'visitor-of-{tenant}', 'super_admin' FROM h RETURNING tenant_id, id)
INSERT INTO tenant_visits (tenant_id, home_tenant_id, home_tenant_name, user_id, username, family, reason, started_at, expires_at)
SELECT $1, tenant_id, '{mark}', id, '{mark}', gen_random_uuid(), '{mark}', now(), now() + interval '1 hour' FROM v RETURNING id::text`},
		{"audit_logs", "audit_logs", `INSERT INTO audit_logs (tenant_id, action, username) VALUES ($1, 'host.create', '{mark}') RETURNING id::text`},
		{"audit_heads", "audit_heads", `INSERT INTO audit_heads (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO UPDATE SET seq = audit_heads.seq RETURNING tenant_id::text`},
		{"audit_seals", "audit_seals", `INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at) VALUES ($1, 1000, {audit_logs}, '{mark}', '{mark}', 'x', now()) RETURNING seq::text`},
		{"audit_checkpoints", "audit_checkpoints", `INSERT INTO audit_checkpoints (tenant_id, kind, seq, mac, reason, created_at, key_id, signature) VALUES ($1, 'broken', 1000, '{mark}', '{mark}', now(), 'x', 'x') RETURNING id::text`},
		{"hosts", "hosts", `INSERT INTO hosts (tenant_id, hostname, ip_address, os) VALUES ($1, '{mark}-host', '10.9.8.7', 'linux') RETURNING id::text`},
		{"host_labels", "host_labels", `INSERT INTO host_labels (tenant_id, host_id, label) VALUES ($1, {hosts}, '{mark}') RETURNING label`},
		{"host_fields", "host_fields", `INSERT INTO host_fields (tenant_id, key, label, type) VALUES ($1, 'field', '{mark}', 'text') RETURNING id::text`},
		{"host_field_values", "host_field_values", `INSERT INTO host_field_values (tenant_id, host_id, key, value) VALUES ($1, {hosts}, 'field', '"{mark}"') RETURNING key`},
		{"host_aliases", "host_aliases", `INSERT INTO host_aliases (tenant_id, host_id, kind, value, from_host_id) VALUES ($1, {hosts}, 'hostname', '{mark}-alias', 1) RETURNING id::text`},
		{"views", "saved_views", `INSERT INTO saved_views (tenant_id, user_id, resource, name, query, shared) VALUES ($1, {users}, 'hosts', '{mark}', 'q={mark}', true) RETURNING id::text`},
		{"cases", "cases", `INSERT INTO cases (tenant_id, title) VALUES ($1, '{mark}-case') RETURNING id::text`},
		{"case_hosts", "case_hosts", `INSERT INTO case_hosts (tenant_id, case_id, host_id) VALUES ($1, {cases}, {hosts}) RETURNING host_id::text`},
		{"artifacts", "artifacts", `INSERT INTO artifacts (tenant_id, artifact_type, value, key) VALUES ($1, 'domain', '{mark}.example', '{mark}.example') RETURNING id::text`},
		{"artifact_counts", "artifact_counts", `INSERT INTO artifact_counts (tenant_id, artifact_id) VALUES ($1, {artifacts}) RETURNING artifact_id::text`},
		{"artifact_tags", "artifact_tags", `INSERT INTO artifact_tags (tenant_id, artifact_id, tag) VALUES ($1, {artifacts}, '{mark}') RETURNING tag`},
		{"case_artifacts", "case_artifacts", `INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) VALUES ($1, {cases}, {artifacts}) RETURNING artifact_id::text`},
		{"sources", "sources", `INSERT INTO sources (tenant_id, kind, key, collected_at) VALUES ($1, 'ingestion', '{mark}', now()) RETURNING id::text`},
		{"observations", "observations", `INSERT INTO observations (tenant_id, host_id, source_id, collected_at, content_hash, data) VALUES ($1, {hosts}, {sources}, now(), 'x', '{"m":"{mark}"}') RETURNING id::text`},
		{"hunts", "hunts", `INSERT INTO hunts (tenant_id, key, mode, description, artifacts, asked_at, hunt_id, expires_at) VALUES ($1, 'vc-' || left(md5(random()::text), 20), 'hunt', '{mark}', ARRAY['{mark}'], now(), '{mark}', now() + interval '7 days') RETURNING id::text`},
		{"hunt_hosts", "hunt_hosts", `INSERT INTO hunt_hosts (tenant_id, hunt_id, client_id, host_id, status, error, cause) VALUES ($1, {hunts}, '{mark}', {hosts}, 'error', '{mark}', '{mark}') RETURNING client_id`},
		{"hunt_sources", "hunt_sources", `INSERT INTO hunt_sources (tenant_id, hunt_id, artifact, source_id) VALUES ($1, {hunts}, '{mark}', {sources}) RETURNING artifact`},
		{"source_hosts", "source_hosts", `INSERT INTO source_hosts (tenant_id, source_id, host_id, rows, collected_at) VALUES ($1, {sources}, {hosts}, 1, now()) RETURNING host_id::text`},
		{"stacks", "stacks", `INSERT INTO stacks (tenant_id, field, source) VALUES ($1, '{mark}', '{mark}') RETURNING id::text`},
		{"stack_values", "stack_values", `INSERT INTO stack_values (tenant_id, stack_id, digest, hosts, value, value_key, first_seen, last_seen) VALUES ($1, {stacks}, gen_random_uuid(), 1, '{mark}', '{mark}', now(), now()) RETURNING id::text`},
		{"stack_hosts", "stack_hosts", `INSERT INTO stack_hosts (tenant_id, value_id, host_id, rows, first_seen, last_seen) VALUES ($1, {stack_values}, {hosts}, 1, now(), now()) RETURNING host_id::text`},
		{"stack_changes", "stack_changes", `INSERT INTO stack_changes (tenant_id, source_id, source, seen, fields, value_field, value_text, pair_value, pair_host, pair_rows, host, host_rows) VALUES ($1, {sources}, '{mark}', now(), ARRAY['Name'], '{0}', ARRAY['x'], '{0}', '{0}', '{1}', '{0}', '{1}') RETURNING id::text`},
		{"sightings", "sightings", `INSERT INTO sightings (tenant_id, artifact_id, host_id, source_id, field, count, first_seen, last_seen) VALUES ($1, {artifacts}, {hosts}, {sources}, '{mark}', 1, now(), now()) RETURNING id::text`},
		{"playbooks", "playbooks", `INSERT INTO playbooks (tenant_id, name, trigger_type, publisher_id) VALUES ($1, '{mark}-playbook', 'event', {users}) RETURNING id::text`},
		{"playbook_versions", "playbook_versions", `INSERT INTO playbook_versions (tenant_id, playbook_id, version, source, document, plan) VALUES ($1, {playbooks}, 1, '{mark}', '{}', '{}') RETURNING version::text`},
		{"playbook_triggers", "playbook_triggers", `INSERT INTO playbook_triggers (tenant_id, playbook_id, pattern) VALUES ($1, {playbooks}, 'never.happens') RETURNING pattern`},
		{"executions", "playbook_executions", `INSERT INTO playbook_executions (tenant_id, playbook_id, playbook_version, trigger_type, actor_id, error) VALUES ($1, {playbooks}, 1, 'manual', {users}, '{mark}') RETURNING id::text`},
		{"steps", "playbook_execution_steps", `INSERT INTO playbook_execution_steps (tenant_id, execution_id, key, id, type, status) VALUES ($1, {executions}, 'one', 'one', 'create_case', 'completed') RETURNING key`},
		{"requests", "execution_requests", `INSERT INTO execution_requests (tenant_id, execution_id, kind, reason) VALUES ($1, {executions}, 'cancel', '{mark}') RETURNING id::text`},
		{"counters", "notification_counters", `INSERT INTO notification_counters (tenant_id, user_id, last_seq) VALUES ($1, {users}, 1) RETURNING user_id::text`},
		{"notifications", "notifications", `INSERT INTO notifications (tenant_id, user_id, seq, type, title) VALUES ($1, {users}, 1, 'test', '{mark}') RETURNING id::text`},
		{"case_comments", "case_comments", `INSERT INTO case_comments (tenant_id, case_id, author_id, author, body) VALUES ($1, {cases}, {users}, '{mark}', '{mark}') RETURNING id::text`},
		{"case_tasks", "case_tasks", `INSERT INTO case_tasks (tenant_id, case_id, title, position) VALUES ($1, {cases}, '{mark}', 1) RETURNING id::text`},
		{"case_changes", "case_changes", `INSERT INTO case_changes (tenant_id, case_id, what, actor) VALUES ($1, {cases}, 'created', '{mark}') RETURNING id::text`},
		{"case_executions", "case_executions", `INSERT INTO case_executions (tenant_id, case_id, execution_id) VALUES ($1, {cases}, {executions}) RETURNING execution_id::text`},
		{"webhooks", "webhooks", `INSERT INTO webhooks (tenant_id, name, token_hash, hint, secret, signature_header) VALUES ($1, '{mark}', sha256('{mark}{tenant}'), 'vcw_{mark}', '{mark}', 'X-Hub-Signature-256') RETURNING id::text`},
		{"webhook_deliveries", "webhook_deliveries", `INSERT INTO webhook_deliveries (tenant_id, webhook_id, outcome, body) VALUES ($1, {webhooks}, 'accepted', '"{mark}"') RETURNING id::text`},
		{"velociraptor", "velociraptor_configs", `INSERT INTO velociraptor_configs (tenant_id, transport, address, username, secret) VALUES ($1, 'grpc', '127.0.0.1:1', '{mark}', '{mark}') RETURNING id::text`},
		{"host_syncs", "host_syncs", `INSERT INTO host_syncs (tenant_id, config_id, error) VALUES ($1, {velociraptor}, '{mark}') RETURNING config_id::text`},
		{"velociraptor_clients", "velociraptor_clients", `INSERT INTO velociraptor_clients (tenant_id, client_id, host_id, digest) VALUES ($1, 'C.{mark}', {hosts}, 'x') RETURNING client_id`},
		{"isolations", "isolations", `INSERT INTO isolations (tenant_id, host_id, client_id, action, reason) VALUES ($1, {hosts}, 'C.{mark}', 'isolate', '{mark}') RETURNING id::text`},
		{"isolation_rules", "isolation_rules", `INSERT INTO isolation_rules (tenant_id, labels) VALUES ($1, '{"{mark}"}') RETURNING tenant_id::text`},
		{"callback_setups", "velociraptor_callback_setups", `INSERT INTO velociraptor_callback_setups (tenant_id, suffix, status, base_url, org_id, installed_at) VALUES ($1, 'ABCD', 'installed', 'https://{mark}.example', '{mark}', now()) RETURNING tenant_id::text`},
		{"callback_keys", "velociraptor_callback_keys", `INSERT INTO velociraptor_callback_keys (tenant_id, token_hash, token, secret) VALUES ($1, sha256('{mark}{tenant}'), '{mark}', '{mark}') RETURNING id::text`},
		{"callbacks", "velociraptor_callbacks", `INSERT INTO velociraptor_callbacks (tenant_id, kind, org_id, subject, outcome) VALUES ($1, 'flow.completed', 'root', '{mark}', 'told') RETURNING id::text`},
		{"hunt_schedules", "hunt_schedules", `INSERT INTO hunt_schedules (tenant_id, name, hunt, every_seconds, anchor, note, owner_id, owner, paused) VALUES ($1, '{mark}', '{"description":"{mark}","artifacts":["Generic.Client.Info"]}', 3600, now(), '{mark}', {users}, '{mark}', true) RETURNING id::text`},
		{"schedule_runs", "hunt_schedule_runs", `INSERT INTO hunt_schedule_runs (tenant_id, schedule_id, scheduled_at, status, error) VALUES ($1, {hunt_schedules}, now(), 'failed', '{mark}') RETURNING id::text`},
		{"idempotency_keys", "idempotency_keys", `INSERT INTO idempotency_keys (tenant_id, user_id, operation, key, request_hash) VALUES ($1, {users}, 'create-host', '{mark}', 'x') RETURNING key`},
		{"batches", "ingestion_batches", `INSERT INTO ingestion_batches (tenant_id, status, phase, format, filename, fingerprint, content_hash, started_at) VALUES ($1, 'running', 'processing', 'ndjson', '{mark}', sha256('{mark}'), 'x', now()) RETURNING id::text`},
		{"chunks", "ingestion_chunks", `INSERT INTO ingestion_chunks (tenant_id, batch_id, seq, lines, data) VALUES ($1, {batches}, 0, 1, '{mark}') RETURNING seq::text`},
		{"batch_errors", "ingestion_errors", `INSERT INTO ingestion_errors (tenant_id, batch_id, line, byte_offset, kind, reason, raw) VALUES ($1, {batches}, 1, 0, 'syntax', '{mark}', '{mark}') RETURNING id::text`},
		{"jobs", "jobs", `INSERT INTO jobs (tenant_id, kind, id) VALUES ($1, '{mark}', 1) RETURNING id::text`},
		{"bulk", "bulk_jobs", `INSERT INTO bulk_jobs (tenant_id, resource, action, params, status, total, done, username, created_by, file_name, file_sha256, finished_at) VALUES ($1, 'hosts', 'add_labels', '{"labels":["{mark}"]}', 'running', 1, 1, '{mark}', {users}, '{mark}.csv', 'x', now()) RETURNING id::text`},
		{"bulk_items", "bulk_items", `INSERT INTO bulk_items (tenant_id, job_id, resource_id, name, status, before) VALUES ($1, {bulk}, {hosts}, '{mark}', 'done', '{"change":{"added":["{mark}"]}}') RETURNING resource_id::text`},
		{"collections", "collections", `INSERT INTO collections (tenant_id, host_id, client_id, artifact_name, parameters, wait_seconds, flow_id, status, phase, flow_words, sources, role, username, launched_at) VALUES ($1, {hosts}, 'C.{mark}', '{mark}', '{"p":"{mark}"}', 3600, 'F.{mark}', 'running', 'follow', '{mark}', ARRAY['{mark}'], 'user', '{mark}', now()) RETURNING id::text`},
		{"collection_files", "collection_files", `INSERT INTO collection_files (tenant_id, collection_id, number, path, size, components, status, kept_size, sha256) VALUES ($1, {collections}, 0, '/{mark}', 1, ARRAY['{mark}'], 'kept', 1, 'x') RETURNING id::text`},
		{"outbox", "outbox", `INSERT INTO outbox (tenant_id, kind, payload, available_at) VALUES ($1, 'event', '{"m":"{mark}"}', now() + interval '1 day') RETURNING id::text`},
	}
}

// plant puts every seed into a tenant as the database's owner, past all locks, and gives the ids by key.
func plant(t *testing.T, owner *pgx.Conn, tenant int64, mark string) map[string]string {
	t.Helper()
	ids := map[string]string{"tenants": itoa(tenant), "tenant": itoa(tenant), "mark": mark, "clients": "C.0000000000000001", "definitions": "Generic.Client.Info"}
	hole := regexp.MustCompile(`\{([a-z_]+)\}`)
	for _, s := range seeds() {
		sql := hole.ReplaceAllStringFunc(s.sql, func(h string) string {
			value, ok := ids[h[1:len(h)-1]]
			require.True(t, ok, "the seed of %s needs %s before it", s.table, h)
			return value
		})
		var id string
		require.NoError(t, owner.QueryRow(t.Context(), sql, tenant).Scan(&id), "seed of %s", s.table)
		ids[s.key] = id
	}
	return ids
}

// ownerConn connects as the database's owner, a superuser, whom no policy holds.
func ownerConn(t testing.TB, b *bench) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

// names runs a query for one text column.
func names(t testing.TB, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return out
}

// setTenant sets the tenant of a connection for good; empty: none.
func setTenant(t *testing.T, conn *pgx.Conn, tenant string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), fmt.Sprintf("SELECT set_config('app.tenant_id', '%s', false)", tenant))
	require.NoError(t, err)
}

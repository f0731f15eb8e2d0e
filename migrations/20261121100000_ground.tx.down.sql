DROP FUNCTION host_matches, host_matches_total, host_filter, count_rows;
DROP TABLE outbox, idempotency_keys, notifications, notification_counters, execution_requests, playbook_execution_steps,
  playbook_executions, playbook_triggers, playbook_versions, playbooks, observations, sources, artifacts, case_hosts, cases,
  host_labels, hosts, audit_logs, refresh_tokens, users, tenants;
DROP FUNCTION app_tenant();
DROP FUNCTION text_digest(text);
REVOKE ALL ON SCHEMA public FROM {{.App}}, {{.System}}, {{.Lookup}};

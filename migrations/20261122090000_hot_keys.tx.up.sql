-- Every change of a tenant wrote lines that looked at the one row of its tenant: writers at once then share that row's lock,
-- which cost more than the line itself. What a line belongs to is row-level security's word (and, for the system role, the
-- handle's); hosts, cases, executions keep their keys, so that a tenant's row still can't go before its rows.
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_tenant_id_fkey;
ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_tenant_id_fkey;
ALTER TABLE outbox DROP CONSTRAINT outbox_tenant_id_fkey;

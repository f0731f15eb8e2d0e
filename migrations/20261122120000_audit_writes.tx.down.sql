ALTER POLICY tenant ON audit_logs WITH CHECK (tenant_id = (SELECT app_tenant()));

ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_outcome_check CHECK (outcome IN ('success', 'failure', 'denied'));

DROP INDEX audit_logs_time_idx, audit_logs_action_idx, audit_logs_user_idx, audit_logs_resource_idx;
CREATE INDEX audit_logs_time_idx ON audit_logs (tenant_id, created_at DESC, id DESC);
CREATE INDEX audit_logs_action_idx ON audit_logs (tenant_id, action, created_at DESC, id DESC);
CREATE INDEX audit_logs_user_idx ON audit_logs (tenant_id, user_id, created_at DESC, id DESC);
CREATE INDEX audit_logs_resource_idx ON audit_logs (tenant_id, resource_type, resource_id, created_at DESC, id DESC);
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_pkey;
ALTER TABLE audit_logs ADD PRIMARY KEY (id);
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_tenant_id_id_key UNIQUE (tenant_id, id);

DROP VIEW audit_index;
CREATE INDEX audit_logs_time_idx ON audit_logs (tenant_id, created_at, id);
CREATE INDEX audit_logs_action_idx ON audit_logs (tenant_id, action, created_at, id);
CREATE INDEX audit_logs_user_idx ON audit_logs (tenant_id, user_id, created_at, id);
CREATE INDEX audit_logs_resource_idx ON audit_logs (tenant_id, resource_type, resource_id, created_at, id);
ALTER TABLE audit_seals DROP COLUMN created_at, DROP COLUMN user_id, DROP COLUMN username, DROP COLUMN action, DROP COLUMN resource_type,
  DROP COLUMN resource_id, DROP COLUMN outcome, DROP COLUMN ip_address, DROP COLUMN request_id;

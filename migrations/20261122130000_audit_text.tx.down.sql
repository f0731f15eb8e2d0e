CREATE INDEX audit_logs_host_idx ON audit_logs (tenant_id, resource_id, created_at, id)
  WHERE resource_type = 'host' AND action <> 'host.ingest';
ALTER TABLE audit_logs ALTER COLUMN before TYPE jsonb, ALTER COLUMN after TYPE jsonb;

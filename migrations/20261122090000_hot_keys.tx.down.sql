ALTER TABLE audit_logs ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE audit_seals ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE outbox ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE;

ALTER TABLE playbook_executions DROP CONSTRAINT playbook_executions_status_check;
ALTER TABLE playbook_executions ADD CONSTRAINT playbook_executions_status_check
  CHECK (status IN ('queued', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled', 'compensated', 'timed_out'));
ALTER TABLE playbook_execution_steps DROP CONSTRAINT playbook_execution_steps_status_check;
ALTER TABLE playbook_execution_steps ADD CONSTRAINT playbook_execution_steps_status_check
  CHECK (status IN ('pending', 'running', 'waiting', 'skipped', 'completed', 'failed', 'cancelled', 'undone'));

ALTER POLICY tenant ON outbox WITH CHECK (tenant_id = (SELECT app_tenant()));
ALTER POLICY tenant ON playbook_execution_steps WITH CHECK (tenant_id = (SELECT app_tenant()));
ALTER POLICY tenant ON playbook_executions WITH CHECK (tenant_id = (SELECT app_tenant()));
ALTER POLICY tenant ON artifact_counts WITH CHECK (tenant_id = (SELECT app_tenant()));
ALTER POLICY tenant ON artifacts WITH CHECK (tenant_id = (SELECT app_tenant()));

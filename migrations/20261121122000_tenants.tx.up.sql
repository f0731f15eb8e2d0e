-- Tenants: why one stands still, when one goes for good, and who visits.

ALTER TABLE tenants
  ADD COLUMN suspended_reason text NOT NULL DEFAULT '',
  ADD COLUMN deleted_reason   text NOT NULL DEFAULT '',
  ADD COLUMN deleted_by       bigint,      -- the super_admin who asked; his tenant's trail keeps the last line
  ADD COLUMN delete_at        timestamptz; -- from then on everything of it is removed

-- The owner is no exception to row-level security, except while he converts what is there.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE tenants SET status = 'suspended' WHERE status = 'deleting';
UPDATE tenants SET settings = (settings - 'limits') || jsonb_build_object('max_concurrent_runs', settings #> '{limits,running_executions}')
  WHERE settings #> '{limits,running_executions}' IS NOT NULL;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants ADD CONSTRAINT tenants_delete_at_check CHECK ((status = 'deleting') = (delete_at IS NOT NULL));
CREATE INDEX tenants_delete_idx ON tenants (delete_at) WHERE delete_at IS NOT NULL;

-- Whether a tenant may work is the installation's to say, not the tenant's.
REVOKE UPDATE ON tenants FROM {{.App}};
GRANT UPDATE (name, description, settings, updated_at) ON tenants TO {{.App}};
GRANT DELETE ON tenants TO {{.System}};
CREATE POLICY only_deleting ON tenants AS RESTRICTIVE FOR DELETE TO {{.System}} USING (status = 'deleting');

-- A suspension ends all sessions in its own transaction, and a tenant is made with its first administrator's invitation.
GRANT UPDATE (revoked_at) ON refresh_tokens TO {{.System}};
GRANT INSERT ON invitations TO {{.System}};

-- A super_admin's session in another tenant. The row belongs to the visited tenant, which may see who was there; only the
-- system role writes it.
CREATE TABLE tenant_visits (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id        bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  home_tenant_id   bigint NOT NULL CHECK (home_tenant_id <> tenant_id),
  home_tenant_name text NOT NULL,
  user_id          bigint NOT NULL,
  username         text NOT NULL,
  family           uuid NOT NULL,
  reason           text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  started_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  end_reason       text NOT NULL DEFAULT '' CHECK (end_reason IN ('', 'left', 'expired', 'next', 'session', 'tenant')),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (home_tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  CHECK ((ended_at IS NULL) = (end_reason = ''))
);
CREATE UNIQUE INDEX tenant_visits_live_key ON tenant_visits (user_id, family) WHERE ended_at IS NULL;
CREATE INDEX tenant_visits_home_idx ON tenant_visits (home_tenant_id, user_id);

ALTER TABLE tenant_visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_visits FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant_visits TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT ON tenant_visits TO {{.App}};
GRANT SELECT, INSERT, UPDATE ON tenant_visits TO {{.System}};
CREATE POLICY system ON tenant_visits TO {{.System}} USING (true) WITH CHECK (true);

-- Removing a run looks for runs that retried it: without an index, each removal would read all of the tenant's.
CREATE INDEX playbook_executions_retry_idx ON playbook_executions (tenant_id, retry_of) WHERE retry_of IS NOT NULL;

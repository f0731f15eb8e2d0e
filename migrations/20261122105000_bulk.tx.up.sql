-- Bulk: one action on many rows, as a job. What it acts on is fixed when it starts, an item a row; each item keeps what became
-- of it, and what the row was before, so that the job can be undone.
CREATE TABLE bulk_jobs (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  resource        text NOT NULL CHECK (resource IN ('hosts', 'artifacts', 'cases')),
  action          text NOT NULL CHECK (length(action) BETWEEN 1 AND 60),
  params          jsonb NOT NULL DEFAULT '{}',
  filter          jsonb,                          -- as it was asked; null where ids were
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'cancelling', 'completed', 'failed', 'cancelled')),
  total           integer NOT NULL DEFAULT 0,
  done            integer NOT NULL DEFAULT 0,
  failed          integer NOT NULL DEFAULT 0,
  skipped         integer NOT NULL DEFAULT 0,
  mark            bigint NOT NULL DEFAULT 0,      -- items up to this row's id are decided
  error           text NOT NULL DEFAULT '',
  undo_of         bigint,
  created_by      bigint,                         -- may be of another tenant: a visitor
  username        text NOT NULL DEFAULT '',
  key_id          bigint,                         -- the service key that acted for him
  visit_id        bigint,                         -- the visit that he was on
  file_ref        text NOT NULL DEFAULT '',       -- what an export left
  file_name       text NOT NULL DEFAULT '',
  file_size       bigint NOT NULL DEFAULT 0,
  file_sha256     text NOT NULL DEFAULT '',
  file_expires_at timestamptz,
  items_removed   boolean NOT NULL DEFAULT false, -- by age: nothing is left to undo
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, undo_of) REFERENCES bulk_jobs (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX bulk_jobs_created_idx ON bulk_jobs (tenant_id, created_at, id);
CREATE INDEX bulk_jobs_file_idx ON bulk_jobs (file_expires_at) WHERE file_ref <> '';
CREATE INDEX bulk_jobs_aged_idx ON bulk_jobs (finished_at) WHERE finished_at IS NOT NULL AND NOT items_removed;
-- One undo of a job at a time, and one that came through is the last.
CREATE UNIQUE INDEX bulk_jobs_undo_key ON bulk_jobs (tenant_id, undo_of) WHERE undo_of IS NOT NULL AND status NOT IN ('failed', 'cancelled');

-- A hundred thousand of these are written at once: no key looks at the job's row for each, and the only index is the order in
-- which they are worked on.
CREATE TABLE bulk_items (
  tenant_id   bigint NOT NULL,
  job_id      bigint NOT NULL,
  resource_id bigint NOT NULL,
  name        text NOT NULL DEFAULT '',
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'failed', 'skipped')),
  error       text NOT NULL DEFAULT '',
  before      jsonb,
  after       jsonb,
  PRIMARY KEY (tenant_id, job_id, resource_id)
) WITH (fillfactor = 70);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['bulk_jobs', 'bulk_items']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
-- Housekeeping finds what is past its time in every tenant, and hands it to the tenant's own handle.
GRANT SELECT (id, tenant_id, finished_at, items_removed, file_ref, file_expires_at) ON bulk_jobs TO {{.System}};
CREATE POLICY system ON bulk_jobs FOR SELECT TO {{.System}} USING (true);

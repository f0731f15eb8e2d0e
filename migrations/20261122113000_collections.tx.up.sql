-- Collections: one artifact from one endpoint. The row says how far it is: what is done in small transactions, each with its
-- mark, so that a crash repeats nothing.
CREATE TABLE collections (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  host_id         bigint,                         -- null: the host is gone, or the endpoint is not known yet
  client_id       text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 100),
  artifact_name   text NOT NULL CHECK (length(artifact_name) BETWEEN 1 AND 300),
  parameters      jsonb NOT NULL DEFAULT '{}',
  timeout_seconds integer NOT NULL DEFAULT 0,     -- on the endpoint; 0: the artifact's own
  max_rows        bigint NOT NULL DEFAULT 0,      -- 0: the server's own
  wait_seconds    integer NOT NULL,               -- how long an endpoint is waited for that does not answer
  flow_id         text NOT NULL,                  -- ours, made before the server hears of it: a second try finds the first
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting', 'cancelling', 'completed', 'failed', 'cancelled')),
  phase           text NOT NULL DEFAULT 'launch' CHECK (phase IN ('launch', 'follow', 'rows', 'files', 'done')),
  error           text NOT NULL DEFAULT '',
  error_kind      text NOT NULL DEFAULT '',
  reason          text NOT NULL DEFAULT '',       -- why it goes no further just now
  flow_state      text NOT NULL DEFAULT '',       -- the server's word
  flow_words      text NOT NULL DEFAULT '',       -- the endpoint's, where it failed
  flow_started_at timestamptz,
  last_seen       timestamptz,                    -- the endpoint's last sign of life
  sources         text[] NOT NULL DEFAULT '{}',   -- that have rows: Artifact or Artifact/Source
  source_at       integer NOT NULL DEFAULT 0,     -- the cursor: rows of the sources before this one are here,
  row_at          bigint NOT NULL DEFAULT 0,      -- and of this one the rows before this one
  rows_found      bigint NOT NULL DEFAULT 0,      -- that the server has
  rows            bigint NOT NULL DEFAULT 0,      -- that were brought in
  rows_new        bigint NOT NULL DEFAULT 0,      -- of them, those that were not known
  rows_bad        bigint NOT NULL DEFAULT 0,      -- that can't be kept
  bad_reason      text NOT NULL DEFAULT '',       -- of the first of them
  indicators      bigint NOT NULL DEFAULT 0,      -- that were not known
  files           integer NOT NULL DEFAULT 0,     -- that the endpoint sent
  files_kept      integer NOT NULL DEFAULT 0,
  files_listed    boolean NOT NULL DEFAULT false,
  attempt         integer NOT NULL DEFAULT 1,     -- a retry is the next
  polls           integer NOT NULL DEFAULT 0,     -- looks since something changed
  lease_until     timestamptz,                    -- somebody is asking the server to start it
  server_away_at  timestamptz,                    -- since when the server can't be reached
  checked         boolean NOT NULL DEFAULT false, -- the artifact was checked for whom it is collected
  role            text NOT NULL,                  -- his role when he asked
  execution_id    bigint,                         -- the run whose step waits for it
  step_key        text NOT NULL DEFAULT '',
  causation       text[] NOT NULL DEFAULT '{}',   -- ids of the events that led to that run
  created_by      bigint,                         -- may be of another tenant: a visitor
  username        text NOT NULL DEFAULT '',
  created_at      timestamptz NOT NULL DEFAULT now(),
  launched_at     timestamptz,
  started_at      timestamptz,                    -- the endpoint began
  finished_at     timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE SET NULL (host_id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX collections_flow_key ON collections (tenant_id, flow_id);
CREATE INDEX collections_created_idx ON collections (tenant_id, created_at, id);
CREATE INDEX collections_host_idx ON collections (tenant_id, host_id, id) WHERE host_id IS NOT NULL;
CREATE INDEX collections_client_idx ON collections (tenant_id, client_id, id);
CREATE INDEX collections_artifact_idx ON collections (tenant_id, artifact_name, id);
CREATE INDEX collections_open_idx ON collections (tenant_id, id) WHERE finished_at IS NULL;
CREATE INDEX collections_run_idx ON collections (tenant_id, execution_id) WHERE execution_id IS NOT NULL;

CREATE TABLE collection_files (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  collection_id bigint NOT NULL,
  number        integer NOT NULL,                -- its place in the server's list
  path          text NOT NULL,                   -- on the endpoint
  size          bigint NOT NULL,                 -- bytes, as the server says
  components    text[] NOT NULL,                 -- where the server has it
  status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'kept', 'too_large', 'failed', 'not_kept')),
  error         text NOT NULL DEFAULT '',
  attempts      integer NOT NULL DEFAULT 0,
  file_ref      text NOT NULL DEFAULT '',
  kept_size     bigint NOT NULL DEFAULT 0,       -- bytes that are here
  sha256        text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, collection_id, number),
  FOREIGN KEY (tenant_id, collection_id) REFERENCES collections (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX collection_files_ref_idx ON collection_files (tenant_id, file_ref) WHERE file_ref <> '';

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['collections', 'collection_files']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
-- Housekeeping asks which files a row keeps.
GRANT SELECT (id, tenant_id, file_ref) ON collection_files TO {{.System}};
CREATE POLICY system ON collection_files FOR SELECT TO {{.System}} USING (true);

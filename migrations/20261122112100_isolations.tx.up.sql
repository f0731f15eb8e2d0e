-- Endpoints taken off the network and let back, by an order to the Velociraptor server that is verified after.

ALTER TABLE hosts DROP CONSTRAINT hosts_isolation_check;
ALTER TABLE hosts ADD CONSTRAINT hosts_isolation_check
  CHECK (isolation IN ('none', 'pending', 'isolated', 'unverified', 'releasing', 'failed'));

CREATE TABLE isolations (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id      bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  host_id        bigint NOT NULL,
  client_id      text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 200),
  action         text NOT NULL CHECK (action IN ('isolate', 'release')),
  status         text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting', 'cancelling', 'completed', 'failed', 'cancelled')),
  phase          text NOT NULL DEFAULT 'order' CHECK (phase IN ('order', 'carry_out', 'verify', 'done')),
  verified       boolean,                             -- null: not known yet
  note           text NOT NULL DEFAULT '',            -- what it waits for, or why it is not verified
  error          text NOT NULL DEFAULT '',
  error_kind     text NOT NULL DEFAULT '',
  reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
  artifact       text NOT NULL DEFAULT '',
  flow_id        text NOT NULL DEFAULT '',            -- of the order, ours
  proof_flow_id  text NOT NULL DEFAULT '',            -- of the later sign of life, ours
  said           boolean,                             -- what the endpoint's own rows say came of it; null: nothing
  labelled       boolean NOT NULL DEFAULT false,      -- the label stands at the server because of this, or is gone
  before_state   text NOT NULL DEFAULT 'none',        -- the host's isolation before
  polls          integer NOT NULL DEFAULT 0,
  failures       integer NOT NULL DEFAULT 0,          -- of the server, in a row
  requested_by   bigint,                              -- may be of another tenant: a visitor
  username       text NOT NULL DEFAULT '',
  key_id         bigint,
  execution_id   bigint,                              -- the run that waits for it
  step_key       text NOT NULL DEFAULT '',
  created_at     timestamptz NOT NULL DEFAULT now(),
  ordered_at     timestamptz,
  carried_out_at timestamptz,
  finished_at    timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX isolations_running_key ON isolations (tenant_id, host_id) WHERE finished_at IS NULL;
CREATE INDEX isolations_host_idx ON isolations (tenant_id, host_id, id);
CREATE INDEX isolations_step_idx ON isolations (tenant_id, execution_id) WHERE execution_id IS NOT NULL;

-- Hosts that nobody may isolate, by id, label or name; one line a tenant.
CREATE TABLE isolation_rules (
  tenant_id  bigint PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  host_ids   bigint[] NOT NULL DEFAULT '{}',
  labels     text[] NOT NULL DEFAULT '{}',
  hostnames  text[] NOT NULL DEFAULT '{}',            -- in lower case; * stands for any run of characters
  updated_by bigint,
  updated_at timestamptz NOT NULL DEFAULT now()
);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['isolations', 'isolation_rules']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- Hunts: artifacts collected from many endpoints of the tenant's Velociraptor server. The row says what was asked and how far
-- it is; each endpoint has a row of its own with the place up to which its rows are here, moved in the transaction that keeps
-- them: whatever ends a worker, the next one goes on there.
CREATE TABLE hunts (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  key             text NOT NULL CHECK (key ~ '^vc-[0-9a-f]{20}$'), -- stands in the server's description: how a second try finds the first
  hunt_id         text NOT NULL DEFAULT '' CHECK (length(hunt_id) <= 100), -- the server's; empty: not there yet, or never (mode)
  mode            text NOT NULL CHECK (mode IN ('hunt', 'collections')), -- collections: a collection of ours for each endpoint
  description     text NOT NULL CHECK (length(description) <= 500),
  artifacts       text[] NOT NULL,
  parameters      jsonb NOT NULL DEFAULT '{}', -- artifact → parameter → value
  os              text NOT NULL DEFAULT '' CHECK (os IN ('', 'windows', 'linux', 'darwin')),
  include_labels  text[] NOT NULL DEFAULT '{}',
  exclude_labels  text[] NOT NULL DEFAULT '{}',
  host_ids        bigint[] NOT NULL DEFAULT '{}', -- empty: all that the limits let through
  client_limit    integer NOT NULL DEFAULT 0 CHECK (client_limit >= 0), -- 0: none
  timeout_seconds integer NOT NULL DEFAULT 0 CHECK (timeout_seconds >= 0), -- on an endpoint; 0: the artifact's own
  max_rows        integer NOT NULL DEFAULT 0 CHECK (max_rows >= 0), -- of an endpoint; 0: the server's own
  until           text NOT NULL DEFAULT 'idle' CHECK (until IN ('idle', 'expires')),
  paused          boolean NOT NULL DEFAULT false,
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting', 'cancelling', 'completed', 'failed', 'cancelled')),
  ended           text NOT NULL DEFAULT '' CHECK (ended IN ('', 'done', 'expired', 'stopped', 'failed')),
  error           text NOT NULL DEFAULT '', -- why it failed, or what it waits for
  error_kind      text NOT NULL DEFAULT '',
  targets         integer NOT NULL DEFAULT 0, -- hosts that it was about when it began, as far as we knew
  online          integer NOT NULL DEFAULT 0, -- of them
  scheduled       integer NOT NULL DEFAULT 0,
  running         integer NOT NULL DEFAULT 0, -- of those, not over yet or their rows not here yet
  finished        integer NOT NULL DEFAULT 0, -- errors included
  errors          integer NOT NULL DEFAULT 0,
  rows            bigint NOT NULL DEFAULT 0, -- that came
  rows_new        bigint NOT NULL DEFAULT 0, -- that were not known
  rows_refused    bigint NOT NULL DEFAULT 0, -- that could not be kept
  refused_reason  text NOT NULL DEFAULT '',  -- of the first of them
  indicators      integer NOT NULL DEFAULT 0, -- that were not known
  asked_at        timestamptz, -- when the server was first asked to start it: from then on it is looked for before it is asked again
  list_from       bigint NOT NULL DEFAULT -1, -- where the look at the server's list of endpoints goes on; -1: it is not under way
  listed_at       timestamptz, -- when the server was last asked how far it is
  listed_ms       bigint NOT NULL DEFAULT 0, -- how long it took to read a page of the list
  listed_state    text NOT NULL DEFAULT '', -- the server's counts then: the list is read again when they changed
  passed_at       timestamptz, -- when the list was last read to its end
  server_state    text NOT NULL DEFAULT '', -- as the server says
  stopped_at      timestamptz, -- when we told the server to stop
  changed_at      timestamptz, -- when an endpoint last came or went on
  woken_at        timestamptz,
  trouble_since   timestamptz, -- since when the server has been away
  tries           integer NOT NULL DEFAULT 0, -- in vain, in a row
  schedule_id     bigint,
  scheduled_at    timestamptz, -- the time of the schedule that it is for
  execution_id    bigint,      -- the run that it is a step of
  step_key        text NOT NULL DEFAULT '',
  causation       text[] NOT NULL DEFAULT '{}', -- ids of the events that led to it, oldest first
  attempt         integer NOT NULL DEFAULT 1, -- of its job
  created_by      bigint,      -- may be of another tenant: a visitor
  username        text NOT NULL DEFAULT '',
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  expires_at      timestamptz NOT NULL,
  finished_at     timestamptz,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, key)
) WITH (fillfactor = 50);
CREATE INDEX hunts_created_idx ON hunts (tenant_id, created_at, id);
CREATE INDEX hunts_server_idx ON hunts (tenant_id, hunt_id) WHERE hunt_id <> '';
CREATE INDEX hunts_schedule_idx ON hunts (tenant_id, schedule_id, id) WHERE schedule_id IS NOT NULL;
CREATE UNIQUE INDEX hunts_scheduled_key ON hunts (tenant_id, schedule_id, scheduled_at) WHERE schedule_id IS NOT NULL AND scheduled_at IS NOT NULL;
CREATE UNIQUE INDEX hunts_step_key ON hunts (tenant_id, execution_id, step_key) WHERE execution_id IS NOT NULL;

CREATE TABLE hunt_hosts (
  tenant_id  bigint NOT NULL,
  hunt_id    bigint NOT NULL,
  client_id  text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 100),
  host_id    bigint,                 -- null: not one of ours yet
  flow_id    text NOT NULL DEFAULT '',
  own        boolean NOT NULL DEFAULT false, -- a collection of ours, not the server's hunt
  status     text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('pending', 'launching', 'scheduled', 'running', 'fetching', 'done', 'error')),
  error_kind text NOT NULL DEFAULT '',
  error      text NOT NULL DEFAULT '',
  cause      text NOT NULL DEFAULT '', -- the error without what is different on each endpoint
  results    text[] NOT NULL DEFAULT '{}', -- what is to be read: A or A/Source
  reading    integer NOT NULL DEFAULT 0,   -- the place in results of what is being read
  next_row   bigint NOT NULL DEFAULT 0,    -- of that, the first that is not here
  rows       bigint NOT NULL DEFAULT 0,
  refused    bigint NOT NULL DEFAULT 0,
  expected   bigint NOT NULL DEFAULT 0,    -- rows, as the server says
  tries      integer NOT NULL DEFAULT 1,   -- collections made of it
  polls      integer NOT NULL DEFAULT 0,
  poll_at    timestamptz,                  -- when a collection of ours is looked at next
  started_at timestamptz,
  active_at  timestamptz,                  -- its last sign of life
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, hunt_id, client_id),
  FOREIGN KEY (tenant_id, hunt_id) REFERENCES hunts (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE SET NULL (host_id)
) WITH (fillfactor = 50);
CREATE INDEX hunt_hosts_work_idx ON hunt_hosts (tenant_id, hunt_id, status, client_id) WHERE status NOT IN ('done', 'error');
CREATE INDEX hunt_hosts_error_idx ON hunt_hosts (tenant_id, hunt_id, cause, client_id) WHERE status = 'error';
CREATE INDEX hunt_hosts_host_idx ON hunt_hosts (tenant_id, host_id) WHERE host_id IS NOT NULL;

-- Where a hunt's rows are: one source of observations for each artifact (A or A/Source).
CREATE TABLE hunt_sources (
  tenant_id bigint NOT NULL,
  hunt_id   bigint NOT NULL,
  artifact  text NOT NULL CHECK (length(artifact) BETWEEN 1 AND 300),
  source_id bigint NOT NULL,
  rows      bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, hunt_id, artifact),
  FOREIGN KEY (tenant_id, hunt_id) REFERENCES hunts (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['hunts', 'hunt_hosts', 'hunt_sources']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- Hosts in step with the clients of the tenant's Velociraptor server.

-- Where a tenant's synchronisation stands: one a tenant, there as long as its connection is.
CREATE TABLE host_syncs (
  tenant_id      bigint PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  config_id      bigint NOT NULL,                     -- of the connection, and of the job
  attempt        integer NOT NULL DEFAULT 1,
  status         text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting')),
  wanted         boolean NOT NULL DEFAULT true,       -- a full pass is to begin now
  pass           text NOT NULL DEFAULT '' CHECK (pass IN ('', 'full', 'recent')), -- at work; empty: none
  pass_cursor    text NOT NULL DEFAULT '',            -- the client after which it goes on
  pass_since     timestamptz,                         -- of a recent pass: clients seen after this
  pass_mark      timestamptz,                         -- the server's time when it began: the next one's since
  pass_began     timestamptz,
  pass_clients   bigint NOT NULL DEFAULT 0,
  pass_fresh     bigint NOT NULL DEFAULT 0,
  pass_changed   bigint NOT NULL DEFAULT 0,
  pass_gone      bigint NOT NULL DEFAULT 0,
  pass_refused   bigint NOT NULL DEFAULT 0,
  mark           timestamptz,                         -- the server's time up to which clients are known
  next_at        timestamptz,                         -- when the next pass begins
  next_full_at   timestamptz,
  last_at        timestamptz,                         -- the end of the last pass of any kind
  last_full_at   timestamptz,
  last_full_took bigint NOT NULL DEFAULT 0,           -- ms
  clients        bigint NOT NULL DEFAULT 0,           -- what the last full pass found
  fresh          bigint NOT NULL DEFAULT 0,
  changed        bigint NOT NULL DEFAULT 0,
  gone           bigint NOT NULL DEFAULT 0,
  refused        bigint NOT NULL DEFAULT 0,           -- clients that can't be a host
  refusal        text NOT NULL DEFAULT '',            -- why, of the last one
  failures       integer NOT NULL DEFAULT 0,          -- in a row
  error          text NOT NULL DEFAULT '',
  error_code     text NOT NULL DEFAULT '',
  error_at       timestamptz
) WITH (fillfactor = 50);

-- What is known of each client: enough to tell, without a look at the hosts, which of them a pass must write. The order is
-- the server's, by bytes, so that a page of it is a range.
CREATE TABLE velociraptor_clients (
  tenant_id  bigint NOT NULL,
  client_id  text COLLATE "C" NOT NULL CHECK (length(client_id) BETWEEN 1 AND 200),
  host_id    bigint NOT NULL,
  digest     bytea NOT NULL,                          -- of what the host was made of
  labels     text[] NOT NULL DEFAULT '{}',            -- the server's
  seen_at    timestamptz,                             -- by the server
  told_at    timestamptz,                             -- what of it the host's last_seen says
  online     boolean NOT NULL DEFAULT false,
  missed_at  timestamptz,                             -- the pass that first did not find it
  gone_at    timestamptz,
  PRIMARY KEY (tenant_id, client_id),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX velociraptor_clients_host_idx ON velociraptor_clients (tenant_id, host_id);

-- Who a label is of: a label that the server gave goes when the server takes it, one that a person gave stays.
ALTER TABLE host_labels ADD COLUMN origin text NOT NULL DEFAULT '' CHECK (origin IN ('', 'velociraptor'));

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['host_syncs', 'velociraptor_clients']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

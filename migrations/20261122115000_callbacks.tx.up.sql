-- Calls by which a Velociraptor server says at once that a collection has ended or a hunt was made.

-- What was set up on the server: one a tenant, none where callbacks were never installed or are removed.
CREATE TABLE velociraptor_callback_setups (
  tenant_id    bigint PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  suffix       text NOT NULL CHECK (suffix ~ '^[A-Z0-9]{4,20}$'), -- ends the names of our artifact and of the key's place
  status       text NOT NULL CHECK (status IN ('installed', 'manual')), -- manual: a person has to finish it
  base_url     text NOT NULL CHECK (length(base_url) BETWEEN 8 AND 500),  -- how the server reaches us
  root_ca      text NOT NULL DEFAULT '',                                  -- PEM
  org_id       text NOT NULL CHECK (length(org_id) <= 100),               -- of the server, root for the root org
  checks       jsonb NOT NULL DEFAULT '[]',                               -- what the last installation found
  installed_at timestamptz NOT NULL,
  installed_by bigint                                                      -- may be of another tenant: a visitor
);

-- Each installation has an address and a key of its own. The one before stays good until the new one is used.
CREATE TABLE velociraptor_callback_keys (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  token_hash    bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- of the address's last part
  token         bytea NOT NULL,                                        -- sealed
  secret        bytea NOT NULL,                                        -- sealed: what calls are signed with
  created_at    timestamptz NOT NULL DEFAULT now(),
  first_used_at timestamptz,
  expires_at    timestamptz,
  UNIQUE (tenant_id, id)
);
CREATE INDEX velociraptor_callback_keys_tenant_idx ON velociraptor_callback_keys (tenant_id, id);

-- A word of the server's: the same word is one row however often it comes. No key to tenants: thousands may come at once.
CREATE TABLE velociraptor_callbacks (
  id          bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id   bigint NOT NULL,
  kind        text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  org_id      text NOT NULL CHECK (length(org_id) <= 100),
  client_id   text NOT NULL DEFAULT '' CHECK (length(client_id) <= 100), -- a hunt's flow has the same id on each endpoint
  subject     text NOT NULL CHECK (length(subject) <= 100),              -- the flow, or the hunt
  state       text NOT NULL DEFAULT '' CHECK (length(state) <= 100),
  outcome     text NOT NULL CHECK (outcome IN ('told', 'late', 'foreign')), -- late: an end was told before; foreign: of another org
  repeats     integer NOT NULL DEFAULT 0,                                -- deliveries after the first
  occurred_at timestamptz,                                               -- as the server says
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX velociraptor_callbacks_key ON velociraptor_callbacks (tenant_id, subject, client_id, kind, org_id, state);
CREATE INDEX velociraptor_callbacks_time_idx ON velociraptor_callbacks (tenant_id, received_at);
CREATE INDEX velociraptor_callbacks_age_idx ON velociraptor_callbacks (received_at);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['velociraptor_callback_setups', 'velociraptor_callback_keys', 'velociraptor_callbacks']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- The system role finds whose an address is, and clears away what is old.
GRANT SELECT (id, tenant_id, token_hash, expires_at), DELETE ON velociraptor_callback_keys TO {{.System}};
CREATE POLICY system ON velociraptor_callback_keys TO {{.System}} USING (true);
GRANT SELECT (id, tenant_id, received_at), DELETE ON velociraptor_callbacks TO {{.System}};
CREATE POLICY system ON velociraptor_callbacks TO {{.System}} USING (true);

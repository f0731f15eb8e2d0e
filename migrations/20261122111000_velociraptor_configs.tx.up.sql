-- Where a tenant's Velociraptor server is and how it knows us: one a tenant. Its id stays when keys are rotated; the version
-- changes, so that every process drops the connection it has for the new one.
CREATE TABLE velociraptor_configs (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL UNIQUE REFERENCES tenants (id) ON DELETE CASCADE,
  version         integer NOT NULL DEFAULT 1,
  transport       text NOT NULL CHECK (transport IN ('grpc', 'rest')),
  address         text NOT NULL CHECK (length(address) BETWEEN 1 AND 500), -- host:port, or the gateway's https address
  username        text NOT NULL DEFAULT '' CHECK (length(username) <= 200),
  org_id          text NOT NULL DEFAULT '' CHECK (length(org_id) <= 100),  -- empty: the root org
  secret          bytea NOT NULL,                                          -- sealed: the api_client file, or the gateway's token
  expires_at      timestamptz,                                             -- of our certificate; null: the transport has none
  expiry_told     integer,                                                 -- days: the last warning that was given for this certificate
  server_version  text NOT NULL DEFAULT '' CHECK (length(server_version) <= 200),
  quarantine      jsonb NOT NULL DEFAULT '{}',                             -- windows, linux, darwin → artifact
  allow_artifacts text[] NOT NULL DEFAULT '{}',                            -- empty: all
  status          text NOT NULL DEFAULT 'connected' CHECK (status IN ('connected', 'unreachable', 'refused', 'expired')),
  last_error      text NOT NULL DEFAULT '',
  last_ok_at      timestamptz,
  status_at       timestamptz,                                             -- since when status is so
  created_by      bigint,                                                  -- may be of another tenant: a visitor
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
) WITH (fillfactor = 70);
ALTER TABLE velociraptor_configs ENABLE ROW LEVEL SECURITY;
ALTER TABLE velociraptor_configs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON velociraptor_configs TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON velociraptor_configs TO {{.App}};
-- Housekeeping finds certificates that end soon, in every tenant, and hands them to the tenant's own handle.
GRANT SELECT (id, tenant_id, expires_at, expiry_told) ON velociraptor_configs TO {{.System}};
CREATE POLICY system ON velociraptor_configs FOR SELECT TO {{.System}} USING (true);

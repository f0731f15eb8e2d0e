-- Step-up: for how long a session may do dangerous things, because its user proved himself once more; and since when a
-- session lives, so that a tenant can bound it.

-- A session's first token is cleared away long before the session ends. Null: from before this column; the token's own time
-- stands in.
ALTER TABLE refresh_tokens ADD COLUMN started_at timestamptz;

-- It hangs on the session (the family of refresh tokens), not on the user: another device has to prove itself. An elevation
-- of a session that ended is worthless, since the session is asked for first.
CREATE TABLE session_elevations (
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  family     uuid NOT NULL,
  method     text NOT NULL CHECK (length(method) BETWEEN 1 AND 40), -- how: totp, recovery_code, password
  granted_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, user_id, family),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE session_elevations ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_elevations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON session_elevations TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON session_elevations TO {{.App}};

-- The system role asks with every request, and clears away what ended.
GRANT SELECT (tenant_id, user_id, family, expires_at), DELETE ON session_elevations TO {{.System}};
CREATE POLICY system ON session_elevations TO {{.System}} USING (true);

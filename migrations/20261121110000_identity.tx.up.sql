-- Identity: second factors, recovery codes, links that mails carry, invitations, service keys, and the brake on guessing.
-- Tokens and codes are kept as hashes only; the TOTP secret is sealed by the application.

-- What the brake decided about an account that exists, for people to see; auth_attempts is what it goes by.
ALTER TABLE users ADD COLUMN locked_until timestamptz;
CREATE INDEX users_email_idx ON users (lower(email)) WHERE email <> '';

-- Beside the user rather than in the user's row: that one is read with every request.
CREATE TABLE user_totp (
  tenant_id    bigint NOT NULL,
  user_id      bigint NOT NULL,
  secret       bytea NOT NULL,              -- sealed
  last_step    bigint NOT NULL DEFAULT 0,   -- of the last code accepted: no code of it or before counts again
  confirmed_at timestamptz,                 -- null: enrolment has begun, the factor is not asked for yet
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  code_hash  bytea NOT NULL CHECK (length(code_hash) = 32),
  used_at    timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id, code_hash),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE password_reset_tokens (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  bound      bytea NOT NULL,                -- digest of password hash and address: when either changes, the token is void
  issued_at  timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX password_reset_tokens_user_idx ON password_reset_tokens (tenant_id, user_id);

CREATE TABLE email_verification_tokens (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  email      text NOT NULL,                 -- what it proves; void when the user's address is another by then
  issued_at  timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX email_verification_tokens_user_idx ON email_verification_tokens (tenant_id, user_id);

-- A user without a password sets the first one with an invitation. invited_by may be a user of another tenant.
CREATE TABLE invitations (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  email      text NOT NULL DEFAULT '',      -- where it went: accepting proves it
  invited_by bigint,
  issued_at  timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX invitations_user_idx ON invitations (tenant_id, user_id);

CREATE TABLE api_keys (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  user_id      bigint NOT NULL,             -- acts as this user, with no more than the scopes
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  hint         text NOT NULL,               -- the key's first characters, to tell keys apart
  key_hash     bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  scopes       text[] NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,                 -- to the minute
  last_used_ip text NOT NULL DEFAULT '',
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX api_keys_user_idx ON api_keys (tenant_id, user_id, id);

-- Failures by account and by address, for every instance. No tenant's: who guesses has none, and the account may not exist.
CREATE TABLE auth_attempts (
  action        text NOT NULL CHECK (length(action) BETWEEN 1 AND 40),
  scope         text NOT NULL CHECK (scope IN ('account', 'address')),
  subject       bytea NOT NULL CHECK (length(subject) = 32), -- a digest: people type passwords where names belong
  failures      integer NOT NULL DEFAULT 0,                  -- with those still being checked
  last_at       timestamptz NOT NULL DEFAULT now(),
  blocked_until timestamptz,
  told          boolean NOT NULL DEFAULT false,              -- the owner knows of these failures
  PRIMARY KEY (action, scope, subject)
) WITH (fillfactor = 70);
CREATE INDEX auth_attempts_age_idx ON auth_attempts (last_at);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['user_totp', 'recovery_codes', 'password_reset_tokens', 'email_verification_tokens', 'invitations', 'api_keys']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- The system role finds whose a token is, and clears away what ended.
GRANT SELECT (tenant_id, user_id, token_hash, expires_at), DELETE ON password_reset_tokens TO {{.System}};
CREATE POLICY system ON password_reset_tokens TO {{.System}} USING (true);
GRANT SELECT (tenant_id, user_id, token_hash, expires_at), DELETE ON email_verification_tokens TO {{.System}};
CREATE POLICY system ON email_verification_tokens TO {{.System}} USING (true);
GRANT SELECT (tenant_id, user_id, token_hash, expires_at), DELETE ON invitations TO {{.System}};
CREATE POLICY system ON invitations TO {{.System}} USING (true);
GRANT SELECT ON api_keys TO {{.System}};
CREATE POLICY system ON api_keys FOR SELECT TO {{.System}} USING (true);

ALTER TABLE auth_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth_attempts FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth_attempts TO {{.System}};
CREATE POLICY system ON auth_attempts TO {{.System}} USING (true) WITH CHECK (true);

-- The ground: tenants, people, hosts, cases, indicators, observations, playbooks and their runs, notifications, outbox.
-- Three rules hold for every tenant table: a column tenant_id, a unique (tenant_id, id) so that foreign keys can be
-- composite, and row-level security that is forced on the owner as well. Text with CHECK stands for enums, because
-- enum comparison is not leakproof and so could not use an index under row-level security.

CREATE FUNCTION app_tenant() RETURNS bigint
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.tenant_id', true), '')::bigint $$;

-- convert_to is only STABLE because a database's encoding could differ; ours is UTF8 by construction.
CREATE FUNCTION text_digest(text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sha256(convert_to($1, 'UTF8')) $$;

CREATE TABLE tenants (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description  text NOT NULL DEFAULT '',
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleting')),
  settings     jsonb NOT NULL DEFAULT '{}',
  created_by   bigint,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX tenants_name_key ON tenants (lower(name));

CREATE TABLE users (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id      bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  username       text NOT NULL CHECK (length(username) BETWEEN 1 AND 100),
  email          text NOT NULL DEFAULT '',
  email_verified boolean NOT NULL DEFAULT false,
  password_hash  text NOT NULL DEFAULT '',
  role           text NOT NULL CHECK (role IN ('viewer', 'user', 'admin', 'super_admin')),
  is_active      boolean NOT NULL DEFAULT true,
  totp_enabled   boolean NOT NULL DEFAULT false,
  profile        jsonb NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  last_login_at  timestamptz,
  UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX users_username_key ON users (lower(username));

CREATE TABLE refresh_tokens (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   bigint NOT NULL,
  user_id     bigint NOT NULL,
  family      uuid NOT NULL,
  token_hash  bytea NOT NULL UNIQUE,
  issued_at   timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  revoked_at  timestamptz,
  ip_address  text NOT NULL DEFAULT '',
  user_agent  text NOT NULL DEFAULT '',
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_family_idx ON refresh_tokens (tenant_id, user_id, family);

CREATE TABLE audit_logs (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     bigint NOT NULL REFERENCES tenants (id),
  user_id       bigint,
  username      text NOT NULL DEFAULT '',
  action        text NOT NULL,
  resource_type text NOT NULL DEFAULT '',
  resource_id   text NOT NULL DEFAULT '',
  ip_address    text NOT NULL DEFAULT '',
  user_agent    text NOT NULL DEFAULT '',
  request_id    text NOT NULL DEFAULT '',
  outcome       text NOT NULL DEFAULT 'success' CHECK (outcome IN ('success', 'failure', 'denied')),
  before        jsonb,
  after         jsonb,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);
CREATE INDEX audit_logs_time_idx ON audit_logs (tenant_id, created_at DESC, id DESC);

CREATE TABLE hosts (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  hostname      text NOT NULL CHECK (length(hostname) BETWEEN 1 AND 255),
  ip_address    text NOT NULL DEFAULT '',
  os            text NOT NULL DEFAULT '',
  client_id     text,
  host_metadata jsonb NOT NULL DEFAULT '{}',
  threat_score  double precision NOT NULL DEFAULT 0 CHECK (threat_score BETWEEN 0 AND 1),
  online        boolean NOT NULL DEFAULT false,
  isolation     text NOT NULL DEFAULT 'none' CHECK (isolation IN ('none', 'pending', 'isolated', 'unverified', 'releasing')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  last_seen     timestamptz,
  -- What lists compare and sort by. Columns, not index expressions: lower() is not leakproof, so a condition on
  -- lower(hostname) could not use an index under row-level security.
  hostname_key  text GENERATED ALWAYS AS (lower(hostname)) STORED,
  os_key        text GENERATED ALWAYS AS (lower(os)) STORED,
  seen_key      timestamptz GENERATED ALWAYS AS (coalesce(last_seen, '-infinity')) STORED,
  UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX hosts_client_key ON hosts (tenant_id, client_id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX hosts_unmanaged_key ON hosts (tenant_id, hostname_key) WHERE client_id IS NULL;
-- What these two include lets the usual filters be counted without a look at the rows themselves.
CREATE INDEX hosts_hostname_idx ON hosts (tenant_id, hostname_key, id) INCLUDE (ip_address);
CREATE INDEX hosts_score_idx ON hosts (tenant_id, threat_score, id) INCLUDE (os_key, online);
CREATE INDEX hosts_seen_idx ON hosts (tenant_id, seen_key, id);
CREATE INDEX hosts_created_idx ON hosts (tenant_id, created_at, id);
CREATE INDEX hosts_ip_idx ON hosts (tenant_id, ip_address, id);
CREATE INDEX hosts_os_idx ON hosts (tenant_id, os_key, id);
CREATE INDEX hosts_online_idx ON hosts (tenant_id, id) WHERE online;
CREATE INDEX hosts_hostname_trgm ON hosts USING gin (hostname_key gin_trgm_ops);
CREATE INDEX hosts_ip_trgm ON hosts USING gin (ip_address gin_trgm_ops);

CREATE TABLE host_labels (
  tenant_id bigint NOT NULL,
  host_id   bigint NOT NULL,
  label     text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  PRIMARY KEY (tenant_id, host_id, label),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX host_labels_label_idx ON host_labels (tenant_id, label, host_id);

CREATE TABLE cases (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  description text NOT NULL DEFAULT '',
  status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'investigating', 'closed')),
  severity    text NOT NULL DEFAULT 'medium' CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  assignee_id bigint,
  tags        text[] NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (assignee_id)
);
CREATE INDEX cases_updated_idx ON cases (tenant_id, updated_at, id);
CREATE INDEX cases_created_idx ON cases (tenant_id, created_at, id);
CREATE INDEX cases_status_idx ON cases (tenant_id, status, severity, id);
CREATE INDEX cases_assignee_idx ON cases (tenant_id, assignee_id) WHERE assignee_id IS NOT NULL;

CREATE TABLE case_hosts (
  tenant_id bigint NOT NULL,
  case_id   bigint NOT NULL,
  host_id   bigint NOT NULL,
  added_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, case_id, host_id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_hosts_host_idx ON case_hosts (tenant_id, host_id);

CREATE TABLE artifacts (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id         bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  case_id           bigint,
  artifact_type     text NOT NULL CHECK (artifact_type IN ('hash', 'ip', 'domain', 'email', 'url', 'file', 'registry', 'other')),
  value             text NOT NULL CHECK (length(value) BETWEEN 1 AND 4096),
  description       text NOT NULL DEFAULT '',
  artifact_metadata jsonb NOT NULL DEFAULT '{}',
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  -- A value can be 4 KiB, more than an index entry holds: its digest stands in for it.
  value_digest      bytea GENERATED ALWAYS AS (text_digest(value)) STORED,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX artifacts_value_key ON artifacts (tenant_id, case_id, artifact_type, value_digest) NULLS NOT DISTINCT;
CREATE INDEX artifacts_digest_idx ON artifacts (tenant_id, value_digest);
CREATE INDEX artifacts_created_idx ON artifacts (tenant_id, created_at, id);

CREATE TABLE sources (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind         text NOT NULL CHECK (kind IN ('ingestion', 'collection', 'hunt', 'webhook')),
  name         text NOT NULL DEFAULT '',
  key          text NOT NULL,
  collected_at timestamptz NOT NULL,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, key)
);

CREATE TABLE observations (
  id           bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id    bigint NOT NULL,
  host_id      bigint NOT NULL,
  source_id    bigint NOT NULL,
  collected_at timestamptz NOT NULL,
  event_time   timestamptz,
  content_hash bytea NOT NULL,
  data         jsonb NOT NULL,
  PRIMARY KEY (tenant_id, collected_at, source_id, content_hash),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (collected_at);
CREATE TABLE observations_default PARTITION OF observations DEFAULT;
CREATE INDEX observations_host_idx ON observations (tenant_id, host_id, collected_at, id);

CREATE TABLE playbooks (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description  text NOT NULL DEFAULT '',
  enabled      boolean NOT NULL DEFAULT true,
  trigger_type text NOT NULL CHECK (trigger_type IN ('manual', 'schedule', 'event')),
  version      integer NOT NULL DEFAULT 1,
  publisher_id bigint,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, publisher_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (publisher_id)
);
CREATE UNIQUE INDEX playbooks_name_key ON playbooks (tenant_id, lower(name));

CREATE TABLE playbook_versions (
  tenant_id    bigint NOT NULL,
  playbook_id  bigint NOT NULL,
  version      integer NOT NULL,
  source       text NOT NULL,
  document     jsonb NOT NULL,
  plan         jsonb NOT NULL,
  published_by bigint,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, playbook_id, version),
  FOREIGN KEY (tenant_id, playbook_id) REFERENCES playbooks (tenant_id, id) ON DELETE CASCADE
);

-- What enabled playbooks listen to: an event row is written only where a pattern here matches its type.
CREATE TABLE playbook_triggers (
  tenant_id   bigint NOT NULL,
  playbook_id bigint NOT NULL,
  pattern     text NOT NULL,
  PRIMARY KEY (tenant_id, playbook_id, pattern),
  FOREIGN KEY (tenant_id, playbook_id) REFERENCES playbooks (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE playbook_executions (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id        bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  playbook_id      bigint NOT NULL,
  playbook_version integer NOT NULL,
  status           text NOT NULL DEFAULT 'queued' CHECK (status IN
                   ('queued', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled', 'compensated', 'timed_out')),
  trigger_type     text NOT NULL CHECK (trigger_type IN ('manual', 'schedule', 'event')),
  event_id         text,
  event            jsonb,
  causation        text[] NOT NULL DEFAULT '{}',
  inputs           jsonb NOT NULL DEFAULT '{}',
  actor_id         bigint,
  workflow_id      text NOT NULL DEFAULT '',
  run_id           text NOT NULL DEFAULT '',
  parked           boolean NOT NULL DEFAULT false, -- queued past the tenant's limit, without an outbox row
  admitted_at      timestamptz,                    -- holds one of the tenant's slots from here to finished_at
  dispatched_at    timestamptz,
  error            text NOT NULL DEFAULT '',
  retry_of         bigint,
  created_at       timestamptz NOT NULL DEFAULT now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, playbook_id, playbook_version) REFERENCES playbook_versions (tenant_id, playbook_id, version) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, retry_of) REFERENCES playbook_executions (tenant_id, id) ON DELETE SET NULL (retry_of)
) WITH (fillfactor = 70);
-- A run's row changes four times: what changes most (status, run_id and times) is in no index, and pages keep room for it.
CREATE UNIQUE INDEX playbook_executions_event_key ON playbook_executions (tenant_id, playbook_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX playbook_executions_playbook_idx ON playbook_executions (tenant_id, playbook_id, id DESC);
CREATE INDEX playbook_executions_open_idx ON playbook_executions (tenant_id, id) WHERE finished_at IS NULL;
CREATE INDEX playbook_executions_slots_idx ON playbook_executions (tenant_id) WHERE admitted_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX playbook_executions_parked_idx ON playbook_executions (tenant_id, id) WHERE parked;
CREATE INDEX playbook_executions_finished_idx ON playbook_executions (tenant_id, finished_at) INCLUDE (status) WHERE finished_at IS NOT NULL;

CREATE TABLE playbook_execution_steps (
  tenant_id       bigint NOT NULL,
  execution_id    bigint NOT NULL,
  key             text NOT NULL,
  position        integer NOT NULL DEFAULT 0,
  id              text NOT NULL,
  type            text NOT NULL,
  status          text NOT NULL CHECK (status IN
                  ('pending', 'running', 'waiting', 'skipped', 'completed', 'failed', 'cancelled', 'undone')),
  attempts        integer NOT NULL DEFAULT 0,
  input           jsonb,
  output          jsonb,
  error           text NOT NULL DEFAULT '',
  error_kind      text NOT NULL DEFAULT '',
  skipped_because text NOT NULL DEFAULT '',
  started_at      timestamptz,
  finished_at     timestamptz,
  PRIMARY KEY (tenant_id, execution_id, key),
  FOREIGN KEY (tenant_id, execution_id) REFERENCES playbook_executions (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);

-- A cancellation, and later every decision, is a row first; the outbox carries its id to the workflow as a signal.
CREATE TABLE execution_requests (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  execution_id bigint NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('cancel')),
  user_id      bigint,
  reason       text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, execution_id, kind),
  FOREIGN KEY (tenant_id, execution_id) REFERENCES playbook_executions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE notification_counters (
  tenant_id bigint NOT NULL,
  user_id   bigint NOT NULL,
  last_seq  bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, user_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE notifications (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  seq        bigint NOT NULL,
  type       text NOT NULL,
  title      text NOT NULL,
  message    text NOT NULL DEFAULT '',
  severity   text NOT NULL DEFAULT 'info' CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
  link       text NOT NULL DEFAULT '',
  is_read    boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, user_id, seq),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_unread_idx ON notifications (tenant_id, user_id, seq DESC) WHERE NOT is_read;

CREATE TABLE idempotency_keys (
  tenant_id    bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id      bigint NOT NULL,
  operation    text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  status       integer NOT NULL DEFAULT 0, -- 0 while the first request is still at work
  headers      jsonb NOT NULL DEFAULT '{}',
  response     bytea,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id, operation, key)
);
CREATE INDEX idempotency_keys_age_idx ON idempotency_keys (created_at);

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind         text NOT NULL CHECK (kind IN ('event', 'start', 'signal')),
  payload      jsonb NOT NULL,
  available_at timestamptz NOT NULL DEFAULT now(),
  locked_until timestamptz,
  attempts     integer NOT NULL DEFAULT 0,
  last_error   text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);
CREATE INDEX outbox_due_idx ON outbox (available_at, id);

-- Row-level security: one policy a table for the application role, and forced on the owner.
GRANT USAGE ON SCHEMA public TO {{.App}}, {{.System}}, {{.Lookup}};
GRANT EXECUTE ON FUNCTION app_tenant() TO {{.App}}, {{.System}}, {{.Lookup}};

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'refresh_tokens', 'audit_logs', 'hosts', 'host_labels', 'cases', 'case_hosts', 'artifacts',
    'sources', 'observations', 'observations_default', 'playbooks', 'playbook_versions', 'playbook_triggers',
    'playbook_executions', 'playbook_execution_steps', 'execution_requests', 'notification_counters', 'notifications',
    'idempotency_keys', 'outbox']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
REVOKE UPDATE, DELETE ON audit_logs FROM {{.App}};
REVOKE ALL ON observations_default FROM {{.App}};

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenants TO {{.App}} USING (id = (SELECT app_tenant())) WITH CHECK (id = (SELECT app_tenant()));
GRANT SELECT, UPDATE ON tenants TO {{.App}};

-- The system role: only the tables that cross-tenant work needs, each with only what it does there.
GRANT SELECT, INSERT, UPDATE ON tenants TO {{.System}};
CREATE POLICY system ON tenants TO {{.System}} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON users TO {{.System}};
CREATE POLICY system ON users TO {{.System}} USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON refresh_tokens TO {{.System}};
CREATE POLICY system ON refresh_tokens TO {{.System}} USING (true);
GRANT INSERT ON audit_logs TO {{.System}};
CREATE POLICY system ON audit_logs FOR INSERT TO {{.System}} WITH CHECK (true);
GRANT SELECT, UPDATE, DELETE ON outbox TO {{.System}};
CREATE POLICY system ON outbox TO {{.System}} USING (true) WITH CHECK (true);
GRANT SELECT (id, tenant_id, status, workflow_id, run_id, parked, admitted_at, dispatched_at, created_at, finished_at) ON playbook_executions TO {{.System}};
CREATE POLICY system ON playbook_executions FOR SELECT TO {{.System}} USING (true);
GRANT SELECT (tenant_id, user_id, operation, key, created_at), DELETE ON idempotency_keys TO {{.System}};
CREATE POLICY system ON idempotency_keys TO {{.System}} USING (true);

-- How many rows a SELECT finds: counted up to exact_to, beyond that the planner's estimate, in one round trip. It runs
-- with the caller's rights and under the caller's policies.
CREATE FUNCTION count_rows(query text, exact_to integer)
  RETURNS TABLE (total bigint, exact boolean)
  LANGUAGE plpgsql VOLATILE SECURITY INVOKER ROWS 1
  AS $fn$
DECLARE
  plan json;
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s LIMIT %s) AS found', query, exact_to + 1) INTO total;
  exact := total <= exact_to;
  IF NOT exact THEN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    total := greatest(total, (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric::bigint);
  END IF;
  RETURN NEXT;
END $fn$;
REVOKE ALL ON FUNCTION count_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_rows TO {{.App}}, {{.System}};

-- Patterns can't use an index under row-level security (LIKE is not leakproof), so the search for hosts by pattern runs
-- as a role that may only read hosts, under its own policy, and answers ids; the caller reads the rows under its own.
GRANT SELECT ON hosts, host_labels TO {{.Lookup}};
CREATE POLICY lookup ON hosts FOR SELECT TO {{.Lookup}} USING (true);
CREATE POLICY lookup ON host_labels FOR SELECT TO {{.Lookup}} USING (true);

-- The filters as SQL over the parameters $1 to $7, and the tenant as $8: a value that the planner knows, where a call of
-- app_tenant() would make it guess. Patterns come in lower case, as the columns they are held against are kept.
CREATE FUNCTION host_filter(
  p_hostname text, p_ip text, p_q text, p_os text, p_label text, p_score_min double precision, p_online boolean)
  RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $fn$
SELECT concat('FROM public.hosts h WHERE h.tenant_id = $8',
  CASE WHEN p_hostname IS NOT NULL THEN ' AND h.hostname_key LIKE $1' END,
  CASE WHEN p_ip IS NOT NULL THEN ' AND h.ip_address LIKE $2' END,
  CASE WHEN p_q IS NOT NULL THEN ' AND (h.hostname_key LIKE $3 OR h.ip_address LIKE $3)' END,
  CASE WHEN p_os IS NOT NULL THEN ' AND h.os_key = $4' END,
  CASE WHEN p_label IS NOT NULL THEN
    ' AND EXISTS (SELECT 1 FROM public.host_labels l WHERE l.tenant_id = h.tenant_id AND l.host_id = h.id AND l.label = $5)' END,
  CASE WHEN p_score_min IS NOT NULL THEN ' AND h.threat_score >= $6' END,
  CASE WHEN p_online IS NOT NULL THEN ' AND h.online = $7' END)
$fn$;

-- The ids of one page, in its order. p_after_value and p_after_id are the sort value and id of the row before.
CREATE FUNCTION host_matches(
  p_hostname text, p_ip text, p_q text, p_os text, p_label text, p_score_min double precision, p_online boolean,
  p_sort text, p_desc boolean, p_after_value text, p_after_id bigint, p_skip integer, p_limit integer)
  RETURNS TABLE (id bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  key text;
  typ text;
  dir text := CASE WHEN p_desc THEN 'DESC' ELSE 'ASC' END;
  sql text;
BEGIN
  IF public.app_tenant() IS NULL THEN
    RETURN;
  END IF;
  CASE p_sort
    WHEN 'hostname' THEN key := 'hostname_key'; typ := 'text';
    WHEN 'ip_address' THEN key := 'ip_address'; typ := 'text';
    WHEN 'os' THEN key := 'os_key'; typ := 'text';
    WHEN 'threat_score' THEN key := 'threat_score'; typ := 'double precision';
    WHEN 'last_seen' THEN key := 'seen_key'; typ := 'timestamptz';
    WHEN 'created_at' THEN key := 'created_at'; typ := 'timestamptz';
    WHEN 'id' THEN key := 'id'; typ := 'bigint';
    ELSE RAISE EXCEPTION 'unknown sort %', p_sort;
  END CASE;
  sql := 'SELECT h.id ' || public.host_filter(p_hostname, p_ip, p_q, p_os, p_label, p_score_min, p_online);
  IF p_after_id IS NOT NULL THEN
    sql := sql || format(' AND (h.%I, h.id) %s ($9::%s, $10)', key, CASE WHEN p_desc THEN '<' ELSE '>' END, typ);
  END IF;
  sql := sql || format(' ORDER BY h.%I %s, h.id %s OFFSET $11 LIMIT $12', key, dir, dir);
  RETURN QUERY EXECUTE sql USING p_hostname, p_ip, p_q, p_os, p_label, p_score_min, p_online, public.app_tenant(),
    p_after_value, p_after_id, least(p_skip, 10000), least(p_limit, 10001);
END $fn$;

-- How many match: counted up to p_exact, beyond that the planner's estimate. VOLATILE only because of EXPLAIN.
CREATE FUNCTION host_matches_total(
  p_hostname text, p_ip text, p_q text, p_os text, p_label text, p_score_min double precision, p_online boolean, p_exact integer)
  RETURNS TABLE (total bigint, exact boolean)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  source text := public.host_filter(p_hostname, p_ip, p_q, p_os, p_label, p_score_min, p_online);
  plan json;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT 1 %s LIMIT $9) AS found', source) INTO total
    USING p_hostname, p_ip, p_q, p_os, p_label, p_score_min, p_online, public.app_tenant(), least(p_exact, 10000) + 1;
  exact := total <= p_exact;
  IF NOT exact THEN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 ' || source INTO plan
      USING p_hostname, p_ip, p_q, p_os, p_label, p_score_min, p_online, public.app_tenant();
    total := greatest(total, (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric::bigint);
  END IF;
  RETURN NEXT;
END $fn$;

GRANT CREATE ON SCHEMA public TO {{.Lookup}};
ALTER FUNCTION host_matches OWNER TO {{.Lookup}};
ALTER FUNCTION host_matches_total OWNER TO {{.Lookup}};
REVOKE CREATE ON SCHEMA public FROM {{.Lookup}};
REVOKE ALL ON FUNCTION host_filter, host_matches, host_matches_total FROM PUBLIC;
GRANT EXECUTE ON FUNCTION host_filter TO {{.Lookup}};
GRANT EXECUTE ON FUNCTION host_matches, host_matches_total TO {{.App}};

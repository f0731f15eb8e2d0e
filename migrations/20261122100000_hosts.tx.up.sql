-- Hosts as people keep them: how much one matters, whose it is, notes, fields of the tenant's own; the names that merged
-- hosts leave behind; saved views of lists.

ALTER TABLE hosts
  ADD COLUMN criticality text NOT NULL DEFAULT 'medium' CHECK (criticality IN ('low', 'medium', 'high', 'critical')),
  ADD COLUMN owner       text NOT NULL DEFAULT '' CHECK (length(owner) <= 200),
  ADD COLUMN notes       text NOT NULL DEFAULT '' CHECK (length(notes) <= 20000),
  ADD COLUMN first_seen  timestamptz,
  -- What lists compare and sort by, as the columns of before.
  ADD COLUMN criticality_rank smallint GENERATED ALWAYS AS
    (CASE criticality WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED,
  ADD COLUMN owner_key   text GENERATED ALWAYS AS (lower(owner)) STORED,
  ADD COLUMN short_key   text GENERATED ALWAYS AS (split_part(lower(hostname), '.', 1)) STORED; -- the name without its domain

-- The owner is no exception to row-level security, except while he converts what is there.
ALTER TABLE hosts NO FORCE ROW LEVEL SECURITY;
UPDATE hosts SET first_seen = least(created_at, last_seen) WHERE last_seen IS NOT NULL;
ALTER TABLE hosts FORCE ROW LEVEL SECURITY;

CREATE INDEX hosts_criticality_idx ON hosts (tenant_id, criticality_rank, id);
CREATE INDEX hosts_owner_idx ON hosts (tenant_id, owner_key, id);
CREATE INDEX hosts_isolation_idx ON hosts (tenant_id, isolation, id) WHERE isolation <> 'none';
CREATE INDEX hosts_short_idx ON hosts (tenant_id, short_key, id);

-- The fields that a tenant adds to its hosts. A field's key never changes: values stand under it.
CREATE TABLE host_fields (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  key        text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,62}$'),
  label      text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  type       text NOT NULL CHECK (type IN ('text', 'number', 'boolean', 'date', 'select')),
  options    text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, key)
);

-- Rows rather than a column of the host, because jsonb operators can't use an index under row-level security, and because
-- a field goes with all its values.
CREATE TABLE host_field_values (
  tenant_id bigint NOT NULL,
  host_id   bigint NOT NULL,
  key       text NOT NULL,
  value     jsonb NOT NULL,
  value_key text GENERATED ALWAYS AS (lower(left(value #>> '{}', 200))) STORED,
  PRIMARY KEY (tenant_id, host_id, key),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, key) REFERENCES host_fields (tenant_id, key) ON DELETE CASCADE
);
CREATE INDEX host_field_values_value_idx ON host_field_values (tenant_id, key, value_key, host_id);

-- Client ids and names that mean a host because one that had them was merged into it.
CREATE TABLE host_aliases (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  host_id      bigint NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('client_id', 'hostname')),
  value        text NOT NULL CHECK (length(value) BETWEEN 1 AND 255),
  value_key    text GENERATED ALWAYS AS (CASE kind WHEN 'hostname' THEN lower(value) ELSE value END) STORED,
  from_host_id bigint NOT NULL, -- the host that is gone
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX host_aliases_value_key ON host_aliases (tenant_id, kind, value_key, from_host_id);
CREATE INDEX host_aliases_host_idx ON host_aliases (tenant_id, host_id);

-- Which host a run is about, where it is about one: its event's or its input's host_id. Not a reference: a run outlives it.
ALTER TABLE playbook_executions ADD COLUMN host_id bigint;
ALTER TABLE playbook_executions NO FORCE ROW LEVEL SECURITY;
UPDATE playbook_executions SET host_id = coalesce(event #>> '{payload,host_id}', inputs ->> 'host_id')::bigint
  WHERE coalesce(event #>> '{payload,host_id}', inputs ->> 'host_id') ~ '^[1-9][0-9]{0,17}$';
ALTER TABLE playbook_executions FORCE ROW LEVEL SECURITY;
CREATE INDEX playbook_executions_host_idx ON playbook_executions (tenant_id, host_id, created_at, id) WHERE host_id IS NOT NULL;

-- What was done to a host, without the lines that tell of rows coming in: there may be a hundred thousand of those.
CREATE INDEX audit_logs_host_idx ON audit_logs (tenant_id, resource_id, created_at, id)
  WHERE resource_type = 'host' AND action <> 'host.ingest';

-- A host's cases by when it came into them.
DROP INDEX case_hosts_host_idx;
CREATE INDEX case_hosts_host_idx ON case_hosts (tenant_id, host_id, added_at, case_id);

CREATE TABLE saved_views (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL,
  user_id    bigint NOT NULL,
  resource   text NOT NULL CHECK (resource IN ('hosts', 'artifacts', 'cases', 'observations')),
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  query      text NOT NULL CHECK (length(query) <= 4000),
  shared     boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX saved_views_name_key ON saved_views (tenant_id, user_id, resource, lower(name));
CREATE INDEX saved_views_shared_idx ON saved_views (tenant_id, resource, id) WHERE shared;

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['host_fields', 'host_field_values', 'host_aliases', 'saved_views']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- The search by pattern learns the new filters and orders.
GRANT SELECT ON case_hosts, host_field_values TO {{.Lookup}};
CREATE POLICY lookup ON case_hosts FOR SELECT TO {{.Lookup}} USING (true);
CREATE POLICY lookup ON host_field_values FOR SELECT TO {{.Lookup}} USING (true);

DROP FUNCTION host_matches, host_matches_total, host_filter;

-- What hosts are asked for; a field that is null filters nothing. Patterns come in lower case, as the columns they are held
-- against are kept.
CREATE TYPE host_wanted AS (
  hostname text, ip text, q text, os text, label text, score_min double precision, online boolean,
  criticality smallint, owner text, isolation text, case_id bigint, field text, field_value text);

-- The filters as SQL over the parameter $1, a host_wanted, and the tenant as $2: a value that the planner knows, where a call
-- of app_tenant() would make it guess.
CREATE FUNCTION host_filter(w host_wanted) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $fn$
SELECT concat('FROM public.hosts h WHERE h.tenant_id = $2',
  CASE WHEN w.hostname IS NOT NULL THEN ' AND h.hostname_key LIKE $1.hostname' END,
  CASE WHEN w.ip IS NOT NULL THEN ' AND h.ip_address LIKE $1.ip' END,
  CASE WHEN w.q IS NOT NULL THEN ' AND (h.hostname_key LIKE $1.q OR h.ip_address LIKE $1.q)' END,
  CASE w.os
    WHEN 'windows' THEN $or$ AND (h.os_key >= 'windows' AND h.os_key < 'windowt')$or$
    WHEN 'linux' THEN $or$ AND (h.os_key >= 'linux' AND h.os_key < 'linuy')$or$
    WHEN 'darwin' THEN $or$ AND ((h.os_key >= 'darwin' AND h.os_key < 'darwio')
      OR (h.os_key >= 'macos' AND h.os_key < 'macot') OR (h.os_key >= 'mac os' AND h.os_key < 'mac ot'))$or$
    ELSE CASE WHEN w.os IS NOT NULL THEN ' AND h.os_key = $1.os' END
  END,
  CASE WHEN w.label IS NOT NULL THEN
    ' AND EXISTS (SELECT 1 FROM public.host_labels l WHERE l.tenant_id = h.tenant_id AND l.host_id = h.id AND l.label = $1.label)' END,
  CASE WHEN w.score_min IS NOT NULL THEN ' AND h.threat_score >= $1.score_min' END,
  CASE WHEN w.online IS NOT NULL THEN ' AND h.online = $1.online' END,
  CASE WHEN w.criticality IS NOT NULL THEN ' AND h.criticality_rank = $1.criticality' END,
  CASE WHEN w.owner IS NOT NULL THEN ' AND h.owner_key = $1.owner' END,
  CASE WHEN w.isolation IS NOT NULL THEN ' AND h.isolation = $1.isolation' END,
  CASE WHEN w.case_id IS NOT NULL THEN
    ' AND h.id IN (SELECT c.host_id FROM public.case_hosts c WHERE c.tenant_id = $2 AND c.case_id = $1.case_id)' END,
  CASE WHEN w.field IS NOT NULL THEN
    ' AND EXISTS (SELECT 1 FROM public.host_field_values v WHERE v.tenant_id = h.tenant_id AND v.host_id = h.id'
    ' AND v.key = $1.field AND v.value_key = $1.field_value)' END)
$fn$;

-- The ids of one page, in its order. p_after_value and p_after_id are the sort value and id of the row before.
CREATE FUNCTION host_matches(
  p_wanted host_wanted, p_sort text, p_desc boolean, p_after_value text, p_after_id bigint, p_skip integer, p_limit integer)
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
    WHEN 'criticality' THEN key := 'criticality_rank'; typ := 'smallint';
    WHEN 'owner' THEN key := 'owner_key'; typ := 'text';
    WHEN 'id' THEN key := 'id'; typ := 'bigint';
    ELSE RAISE EXCEPTION 'unknown sort %', p_sort;
  END CASE;
  sql := 'SELECT h.id ' || public.host_filter(p_wanted);
  IF p_after_id IS NOT NULL THEN
    sql := sql || format(' AND (h.%I, h.id) %s ($3::%s, $4)', key, CASE WHEN p_desc THEN '<' ELSE '>' END, typ);
  END IF;
  sql := sql || format(' ORDER BY h.%I %s, h.id %s OFFSET $5 LIMIT $6', key, dir, dir);
  RETURN QUERY EXECUTE sql USING p_wanted, public.app_tenant(), p_after_value, p_after_id, least(p_skip, 10000), least(p_limit, 10001);
END $fn$;

-- How many match: counted up to p_exact, beyond that the planner's estimate. VOLATILE only because of EXPLAIN.
CREATE FUNCTION host_matches_total(p_wanted host_wanted, p_exact integer)
  RETURNS TABLE (total bigint, exact boolean)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  source text := public.host_filter(p_wanted);
  plan json;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT 1 %s LIMIT $3) AS found', source) INTO total
    USING p_wanted, public.app_tenant(), least(p_exact, 10000) + 1;
  exact := total <= p_exact;
  IF NOT exact THEN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 ' || source INTO plan USING p_wanted, public.app_tenant();
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

-- One indicator a tenant, type and key, tied to as many cases as like; what was seen of it is counted beside it.
-- The owner is under row-level security as well; to move rows of all tenants it steps out for the length of this file.
ALTER TABLE artifacts NO FORCE ROW LEVEL SECURITY;

CREATE TABLE case_artifacts (
  tenant_id   bigint NOT NULL,
  case_id     bigint NOT NULL,
  artifact_id bigint NOT NULL,
  added_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, case_id, artifact_id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, artifact_id) REFERENCES artifacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_artifacts_artifact_idx ON case_artifacts (tenant_id, artifact_id, added_at, case_id);

-- The oldest of equal rows stays. Only what is written alike is merged here; spellings of one thing are merged by the
-- program, which owns the keys (column keyed).
INSERT INTO case_artifacts (tenant_id, case_id, artifact_id, added_at)
SELECT tenant_id, case_id, stays, min(created_at) FROM (
  SELECT tenant_id, case_id, created_at, min(id) OVER (PARTITION BY tenant_id, artifact_type, value_digest) AS stays FROM artifacts) AS a
WHERE case_id IS NOT NULL GROUP BY tenant_id, case_id, stays;

DO $merge$
DECLARE
  twin record;
BEGIN
  FOR twin IN
    SELECT * FROM (SELECT id, description, artifact_metadata, min(id) OVER (PARTITION BY tenant_id, artifact_type, value_digest) AS stays FROM artifacts) AS a
    WHERE id <> stays ORDER BY id
  LOOP
    UPDATE artifacts SET artifact_metadata = twin.artifact_metadata || artifact_metadata,
      description = CASE
        WHEN description = '' THEN twin.description
        WHEN twin.description = '' OR position(twin.description IN description) > 0 THEN description
        ELSE left(description || E'\n\n' || twin.description, 100000) END
    WHERE id = twin.stays;
  END LOOP;
END $merge$;
DELETE FROM artifacts USING (
  SELECT id, min(id) OVER (PARTITION BY tenant_id, artifact_type, value_digest) AS stays FROM artifacts) AS twin
WHERE artifacts.id = twin.id AND twin.id <> twin.stays;

DROP INDEX artifacts_value_key;
DROP INDEX artifacts_digest_idx;
ALTER TABLE artifacts
  DROP CONSTRAINT artifacts_tenant_id_fkey, -- every writer would share the lock of its tenant's row
  DROP COLUMN case_id,
  DROP COLUMN value_digest,
  ADD COLUMN key            text,
  ADD COLUMN keyed          boolean NOT NULL DEFAULT true, -- false: the key is the value as it was written, and waits for its canonical form
  ADD COLUMN tlp            text NOT NULL DEFAULT 'amber' CHECK (tlp IN ('clear', 'green', 'amber', 'amber+strict', 'red')),
  ADD COLUMN expires_at     timestamptz,
  ADD COLUMN false_positive boolean NOT NULL DEFAULT false,
  ADD COLUMN fp_reason      text NOT NULL DEFAULT '',
  ADD COLUMN origin         text NOT NULL DEFAULT 'manual' CHECK (origin IN ('manual', 'import', 'extracted', 'playbook'));
UPDATE artifacts SET key = value, keyed = false;
ALTER TABLE artifacts
  ALTER COLUMN key SET NOT NULL,
  ADD COLUMN key_digest bytea GENERATED ALWAYS AS (text_digest(key)) STORED,
  ADD COLUMN value_key  text GENERATED ALWAYS AS (left(lower(value), 200)) STORED; -- what lists sort by
CREATE UNIQUE INDEX artifacts_key ON artifacts (tenant_id, key_digest, artifact_type);
CREATE INDEX artifacts_type_idx ON artifacts (tenant_id, artifact_type, id);
CREATE INDEX artifacts_value_idx ON artifacts (tenant_id, value_key, id);
CREATE INDEX artifacts_expiry_idx ON artifacts (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX artifacts_false_idx ON artifacts (tenant_id, id) WHERE false_positive;
CREATE INDEX artifacts_origin_idx ON artifacts (tenant_id, origin, id) WHERE origin <> 'extracted';
CREATE INDEX artifacts_tlp_idx ON artifacts (tenant_id, tlp, id) WHERE tlp <> 'amber';
CREATE INDEX artifacts_keyless_idx ON artifacts (tenant_id, id) WHERE NOT keyed;
CREATE INDEX artifacts_value_trgm ON artifacts USING gin (lower(value) gin_trgm_ops);
CREATE INDEX artifacts_description_trgm ON artifacts USING gin (lower(left(description, 2000)) gin_trgm_ops) WHERE description <> '';

CREATE TABLE artifact_tags (
  tenant_id   bigint NOT NULL,
  artifact_id bigint NOT NULL,
  tag         text NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
  PRIMARY KEY (tenant_id, artifact_id, tag),
  FOREIGN KEY (tenant_id, artifact_id) REFERENCES artifacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX artifact_tags_tag_idx ON artifact_tags (tenant_id, tag, artifact_id);

-- Beside the indicator, because each sighting changes it: the trigram indexes would be written anew each time, and people's
-- changes would wait for the ingestion.
CREATE TABLE artifact_counts (
  tenant_id   bigint NOT NULL,
  artifact_id bigint NOT NULL,
  sightings   bigint NOT NULL DEFAULT 0,  -- rows in which it stood
  hosts       integer NOT NULL DEFAULT 0, -- on which it was seen
  first_seen  timestamptz,
  last_seen   timestamptz,
  seen_key    timestamptz GENERATED ALWAYS AS (coalesce(last_seen, '-infinity')) STORED,
  PRIMARY KEY (tenant_id, artifact_id),
  FOREIGN KEY (tenant_id, artifact_id) REFERENCES artifacts (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX artifact_counts_sightings_idx ON artifact_counts (tenant_id, sightings, artifact_id);
CREATE INDEX artifact_counts_hosts_idx ON artifact_counts (tenant_id, hosts, artifact_id);
CREATE INDEX artifact_counts_seen_idx ON artifact_counts (tenant_id, seen_key, artifact_id);
INSERT INTO artifact_counts (tenant_id, artifact_id) SELECT tenant_id, id FROM artifacts;

-- One row an indicator, host and source. Without foreign keys: a batch writes thousands, and what removes an indicator or
-- a host removes these.
CREATE TABLE sightings (
  id             bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id      bigint NOT NULL,
  artifact_id    bigint NOT NULL,
  host_id        bigint NOT NULL,
  source_id      bigint NOT NULL,
  field          text NOT NULL DEFAULT '', -- where it stood the first time
  count          bigint NOT NULL,          -- rows of the source
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  observation_id bigint,                   -- the first of the rows
  PRIMARY KEY (tenant_id, artifact_id, host_id, source_id)
) WITH (fillfactor = 90);
CREATE INDEX sightings_host_idx ON sightings (tenant_id, host_id, artifact_id);
CREATE INDEX sightings_seen_idx ON sightings (tenant_id, artifact_id, last_seen, id);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['case_artifacts', 'artifact_tags', 'artifact_counts', 'sightings']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
ALTER TABLE artifacts FORCE ROW LEVEL SECURITY;

-- Whose indicators wait for their keys.
GRANT SELECT (tenant_id, keyed) ON artifacts TO {{.System}};
CREATE POLICY system ON artifacts FOR SELECT TO {{.System}} USING (NOT keyed);

-- The search, as for hosts: by a role that may only read, which answers ids.
GRANT SELECT ON artifacts, artifact_counts, artifact_tags, case_artifacts TO {{.Lookup}};
CREATE POLICY lookup ON artifacts FOR SELECT TO {{.Lookup}} USING (true);
CREATE POLICY lookup ON artifact_counts FOR SELECT TO {{.Lookup}} USING (true);
CREATE POLICY lookup ON artifact_tags FOR SELECT TO {{.Lookup}} USING (true);
CREATE POLICY lookup ON case_artifacts FOR SELECT TO {{.Lookup}} USING (true);

-- The filters as SQL over $1, the filter, and $2, the tenant. Patterns come in lower case. counted says whether the
-- counts are needed whatever the filter says.
CREATE FUNCTION artifact_filter(f jsonb, counted boolean)
  RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $fn$
SELECT concat(
  CASE WHEN counted OR f ?| ARRAY['seen_after', 'hosts_min'] THEN
    'FROM public.artifact_counts k JOIN public.artifacts a ON a.tenant_id = k.tenant_id AND a.id = k.artifact_id WHERE k.tenant_id = $2 AND a.tenant_id = $2'
  ELSE 'FROM public.artifacts a WHERE a.tenant_id = $2' END,
  CASE WHEN f ? 'type' THEN ' AND a.artifact_type = ($1->>''type'')' END,
  CASE WHEN f ? 'q' THEN ' AND (lower(a.value) LIKE ($1->>''q'') OR (a.description <> '''' AND lower(left(a.description, 2000)) LIKE ($1->>''q'')))' END,
  CASE WHEN f ? 'pattern' THEN ' AND lower(a.value) LIKE ($1->>''pattern'')' END,
  CASE WHEN f ? 'keys' THEN ' AND a.key_digest = ANY (ARRAY(SELECT sha256(convert_to(k, ''UTF8'')) FROM jsonb_array_elements_text($1->''keys'') AS k))' END,
  CASE WHEN f ? 'tlp' THEN format(' AND a.tlp = %L', f->>'tlp') END,
  CASE WHEN f ? 'origin' THEN format(' AND a.origin = %L', f->>'origin') END,
  CASE f->>'false_positive' WHEN 'true' THEN ' AND a.false_positive' WHEN 'false' THEN ' AND NOT a.false_positive' END,
  CASE f->>'expired'
    WHEN 'true' THEN ' AND a.expires_at <= ($1->>''now'')::timestamptz'
    WHEN 'false' THEN ' AND (a.expires_at IS NULL OR a.expires_at > ($1->>''now'')::timestamptz)' END,
  CASE WHEN f ? 'tag' THEN
    ' AND a.id IN (SELECT t.artifact_id FROM public.artifact_tags t WHERE t.tenant_id = $2 AND t.tag = ($1->>''tag''))' END,
  CASE
    WHEN f->>'case_id' = '0' THEN
      ' AND NOT EXISTS (SELECT 1 FROM public.case_artifacts c WHERE c.tenant_id = a.tenant_id AND c.artifact_id = a.id)'
    WHEN f ? 'case_id' THEN
      ' AND a.id IN (SELECT c.artifact_id FROM public.case_artifacts c WHERE c.tenant_id = $2 AND c.case_id = ($1->>''case_id'')::bigint)' END,
  CASE WHEN f ? 'seen_after' THEN ' AND k.seen_key > ($1->>''seen_after'')::timestamptz' END,
  CASE WHEN f ? 'hosts_min' THEN ' AND k.hosts >= ($1->>''hosts_min'')::integer' END)
$fn$;

-- The ids of one page, in its order. p_after_value and p_after_id are the sort value and id of the row before.
CREATE FUNCTION artifact_matches(
  p_filter jsonb, p_sort text, p_desc boolean, p_after_value text, p_after_id bigint, p_skip integer, p_limit integer)
  RETURNS TABLE (id bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  key text;
  typ text;
  num text := 'a.id';
  dir text := CASE WHEN p_desc THEN 'DESC' ELSE 'ASC' END;
  sql text;
BEGIN
  IF public.app_tenant() IS NULL THEN
    RETURN;
  END IF;
  CASE p_sort
    WHEN 'id' THEN key := 'a.id'; typ := 'bigint';
    WHEN 'artifact_type' THEN key := 'a.artifact_type'; typ := 'text';
    WHEN 'value' THEN key := 'a.value_key'; typ := 'text';
    WHEN 'created_at' THEN key := 'a.created_at'; typ := 'timestamptz';
    WHEN 'sightings' THEN key := 'k.sightings'; typ := 'bigint'; num := 'k.artifact_id';
    WHEN 'hosts' THEN key := 'k.hosts'; typ := 'integer'; num := 'k.artifact_id';
    WHEN 'last_seen' THEN key := 'k.seen_key'; typ := 'timestamptz'; num := 'k.artifact_id';
    ELSE RAISE EXCEPTION 'unknown sort %', p_sort;
  END CASE;
  sql := 'SELECT a.id ' || public.artifact_filter(p_filter, num <> 'a.id');
  IF p_after_id IS NOT NULL THEN
    sql := sql || format(' AND (%s, %s) %s ($3::%s, $4)', key, num, CASE WHEN p_desc THEN '<' ELSE '>' END, typ);
  END IF;
  sql := sql || format(' ORDER BY %s %s, %s %s OFFSET $5 LIMIT $6', key, dir, num, dir);
  RETURN QUERY EXECUTE sql USING p_filter, public.app_tenant(), p_after_value, p_after_id, least(p_skip, 10000), least(p_limit, 100001);
END $fn$;

-- How many match: counted up to p_exact, beyond that the planner's estimate. VOLATILE only because of EXPLAIN.
CREATE FUNCTION artifact_matches_total(p_filter jsonb, p_exact integer)
  RETURNS TABLE (total bigint, exact boolean)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  source text := public.artifact_filter(p_filter, false);
  plan json;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT 1 %s LIMIT $3) AS found', source) INTO total
    USING p_filter, public.app_tenant(), least(p_exact, 10000) + 1;
  exact := total <= p_exact;
  IF NOT exact THEN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 ' || source INTO plan USING p_filter, public.app_tenant();
    total := greatest(total, (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric::bigint);
  END IF;
  RETURN NEXT;
END $fn$;

GRANT CREATE ON SCHEMA public TO {{.Lookup}};
ALTER FUNCTION artifact_matches OWNER TO {{.Lookup}};
ALTER FUNCTION artifact_matches_total OWNER TO {{.Lookup}};
REVOKE CREATE ON SCHEMA public FROM {{.Lookup}};
REVOKE ALL ON FUNCTION artifact_filter, artifact_matches, artifact_matches_total FROM PUBLIC;
GRANT EXECUTE ON FUNCTION artifact_filter TO {{.Lookup}};
GRANT EXECUTE ON FUNCTION artifact_matches, artifact_matches_total TO {{.App}};

-- Observations at scale: partitions by month, keys that a hot table can carry, and stacks: which values a field has in the
-- rows of a source, and on which hosts.

-- The same row of two hosts is two observations, also when one source reports both.
ALTER TABLE observations DROP CONSTRAINT observations_pkey;
ALTER TABLE observations ADD PRIMARY KEY (tenant_id, collected_at, source_id, host_id, content_hash);
-- Looked up once a row, these cost more than the row; the store looks once a call, and holds what it found.
ALTER TABLE observations DROP CONSTRAINT observations_tenant_id_host_id_fkey, DROP CONSTRAINT observations_tenant_id_source_id_fkey;
-- All rows of a source have its collected_at: this order is a source's own as well. No GIN index: it costs three quarters
-- of the speed of COPY.
CREATE INDEX observations_time_idx ON observations (tenant_id, collected_at, id);
CREATE INDEX observations_event_idx ON observations (tenant_id, event_time, id) WHERE event_time IS NOT NULL;

-- What a source came to; kept up with the stacks.
ALTER TABLE sources ADD COLUMN rows bigint NOT NULL DEFAULT 0, ADD COLUMN hosts bigint NOT NULL DEFAULT 0;
CREATE INDEX sources_time_idx ON sources (tenant_id, collected_at, id);
CREATE INDEX sources_name_idx ON sources (tenant_id, name, collected_at, id);
CREATE INDEX sources_kind_idx ON sources (tenant_id, kind, collected_at, id);

-- The tables from here on are hot and have no foreign keys; only the one who folds changes writes them (but host removal).
CREATE TABLE source_hosts (
  tenant_id bigint NOT NULL,
  source_id bigint NOT NULL,
  host_id   bigint NOT NULL,
  rows      bigint NOT NULL,
  PRIMARY KEY (tenant_id, source_id, host_id)
) WITH (fillfactor = 90);
CREATE INDEX source_hosts_host_idx ON source_hosts (tenant_id, host_id);

-- A field of the rows of sources of one name.
CREATE TABLE stacks (
  id          bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id   bigint NOT NULL,
  field       text NOT NULL,
  source      text NOT NULL,
  value_count bigint NOT NULL DEFAULT 0,
  rows        bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, field, source)
) WITH (fillfactor = 70);
CREATE INDEX stacks_source_idx ON stacks (tenant_id, source, field);

-- One value of a stack. Two spellings that differ in case only are one value: digest is of the lower-case form.
CREATE TABLE stack_values (
  id         bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id  bigint NOT NULL,
  stack_id   bigint NOT NULL,
  digest     uuid NOT NULL,
  hosts      bigint NOT NULL DEFAULT 0,
  rows       bigint NOT NULL DEFAULT 0,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL,
  value      text NOT NULL,
  value_key  text NOT NULL, -- the beginning in lower case, as lists sort by it
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, stack_id, digest)
) WITH (fillfactor = 80);
CREATE INDEX stack_values_hosts_idx ON stack_values (tenant_id, stack_id, hosts, id);
CREATE INDEX stack_values_rows_idx ON stack_values (tenant_id, stack_id, rows, id);
CREATE INDEX stack_values_first_idx ON stack_values (tenant_id, stack_id, first_seen, id);
CREATE INDEX stack_values_key_idx ON stack_values (tenant_id, stack_id, value_key, id);
CREATE INDEX stack_values_digest_idx ON stack_values (tenant_id, digest);

-- A value on a host.
CREATE TABLE stack_hosts (
  tenant_id  bigint NOT NULL,
  value_id   bigint NOT NULL,
  host_id    bigint NOT NULL,
  rows       bigint NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, value_id, host_id)
) WITH (fillfactor = 80);
CREATE INDEX stack_hosts_host_idx ON stack_hosts (tenant_id, host_id);

-- What fresh rows add to the stacks, written in their transaction and folded in behind it: writers then never wait for each
-- other's counts, and a value that all of them have is written once for many of them.
CREATE TABLE stack_changes (
  id          bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id   bigint NOT NULL,
  source_id   bigint NOT NULL,
  source      text NOT NULL,
  seen        timestamptz NOT NULL,
  fields      text[] NOT NULL,
  value_field integer[] NOT NULL, -- of each value, its place in fields
  value_text  text[] NOT NULL,
  pair_value  integer[] NOT NULL, -- of each value on a host, its place in value_text
  pair_host   bigint[] NOT NULL,
  pair_rows   integer[] NOT NULL,
  host        bigint[] NOT NULL,  -- of each host, its fresh rows
  host_rows   integer[] NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- These rows live for moments: compressing them would cost more than it saves.
ALTER TABLE stack_changes ALTER COLUMN value_text SET STORAGE EXTERNAL, ALTER COLUMN pair_value SET STORAGE EXTERNAL,
  ALTER COLUMN pair_host SET STORAGE EXTERNAL, ALTER COLUMN pair_rows SET STORAGE EXTERNAL, ALTER COLUMN value_field SET STORAGE EXTERNAL;

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['source_hosts', 'stacks', 'stack_values', 'stack_hosts', 'stack_changes']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
-- The system role learns whose changes wait, and nothing of what they say.
GRANT SELECT (tenant_id) ON stack_changes TO {{.System}};
CREATE POLICY system ON stack_changes FOR SELECT TO {{.System}} USING (true);

-- Makes the partition of the month (UTC) that a day is in and moves what the default partition holds of it; false when there
-- is one. Nobody can fill the database with partitions: the day must be near enough to today.
CREATE FUNCTION observations_month(p_day date)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s'
  AS $fn$
DECLARE
  month date := date_trunc('month', p_day::timestamp)::date;
  part text := to_char(month, '"observations_y"YYYY"m"MM');
  span text := format('FROM (%L) TO (%L)', to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
    to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
BEGIN
  IF p_day NOT BETWEEN (now() - interval '10 years')::date AND (now() + interval '3 months')::date THEN
    RAISE EXCEPTION 'a partition of % is too far from today', month USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('observations_month'));
  IF to_regclass('public.' || part) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.observations INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', part);
  -- The owner is no exception to row-level security, except while he moves rows.
  ALTER TABLE public.observations_default NO FORCE ROW LEVEL SECURITY;
  EXECUTE format('WITH moved AS (DELETE FROM ONLY public.observations_default WHERE collected_at >= %L AND collected_at < %L RETURNING *) '
    'INSERT INTO public.%I SELECT * FROM moved', to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
    to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00', part);
  ALTER TABLE public.observations_default FORCE ROW LEVEL SECURITY;
  EXECUTE format('ALTER TABLE public.observations ATTACH PARTITION public.%I FOR VALUES %s', part, span);
  -- It is reached through observations, whose policies then hold; by itself it shows nobody anything.
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  RETURN true;
END $fn$;

-- Whether a tenant still wants the rows of some span: it has some, and keeps them for ever or not for so short a time.
-- Without a setting it keeps them for 365 days; one that can't be read keeps them.
CREATE FUNCTION observations_wanted(p_from timestamptz, p_to timestamptz)
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $fn$
SELECT EXISTS (
  SELECT 1 FROM (
    SELECT t.id, CASE jsonb_typeof(t.settings -> 'observation_retention_days') WHEN 'number' THEN (t.settings ->> 'observation_retention_days')::numeric ELSE
      CASE WHEN t.settings ? 'observation_retention_days' THEN 0 ELSE 365 END END AS days FROM tenants t) AS k
  WHERE (k.days <= 0 OR k.days > 36500 OR p_to > now() - make_interval(days => k.days::integer))
    AND EXISTS (SELECT 1 FROM observations o WHERE o.tenant_id = k.id AND o.collected_at >= p_from AND o.collected_at < p_to))
$fn$;

-- Drops the partition of a month that nobody wants any more; false where there is none or somebody does.
CREATE FUNCTION observations_drop(p_day date)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s'
  AS $fn$
DECLARE
  month date := date_trunc('month', p_day::timestamp)::date;
  part text := to_char(month, '"observations_y"YYYY"m"MM');
  starts timestamptz := month::timestamp AT TIME ZONE 'UTC';
  ends timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('observations_month'));
  IF to_regclass('public.' || part) IS NULL OR ends > now() - interval '1 day' THEN
    RETURN false;
  END IF;
  EXECUTE format('LOCK TABLE public.%I IN SHARE MODE', part); -- nobody adds a row between the look and the end
  IF public.observations_wanted(starts, ends) THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE public.%I', part);
  RETURN true;
END $fn$;

-- The months that have a partition, oldest first.
CREATE FUNCTION observations_months()
  RETURNS TABLE (month date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $fn$
SELECT to_date(substr(c.relname, 15), 'YYYY"m"MM') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'public.observations'::regclass AND c.relname ~ '^observations_y[0-9]{4}m[0-9]{2}$' ORDER BY 1
$fn$;

GRANT SELECT (tenant_id, collected_at) ON observations TO {{.Keeper}};
CREATE POLICY keeper ON observations FOR SELECT TO {{.Keeper}} USING (true);
CREATE POLICY keeper_retention ON tenants FOR SELECT TO {{.Keeper}} USING (true);
GRANT CREATE ON SCHEMA public TO {{.Keeper}};
REVOKE ALL ON FUNCTION observations_month, observations_wanted, observations_drop, observations_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION observations_wanted TO CURRENT_USER;
ALTER FUNCTION observations_wanted OWNER TO {{.Keeper}};
REVOKE CREATE ON SCHEMA public FROM {{.Keeper}};
GRANT EXECUTE ON FUNCTION observations_month, observations_drop, observations_months TO {{.System}};

-- The months that rows are already in, as far as they are near, and the ones to come.
DO $months$
DECLARE
  days date[];
  day date;
BEGIN
  ALTER TABLE observations_default NO FORCE ROW LEVEL SECURITY;
  days := ARRAY(
    SELECT m::date FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '24 months', now() AT TIME ZONE 'UTC' + interval '2 months', '1 month') AS m
    WHERE m >= date_trunc('month', now() AT TIME ZONE 'UTC') OR EXISTS (
      SELECT 1 FROM observations_default o WHERE o.collected_at >= m AT TIME ZONE 'UTC' AND o.collected_at < (m + interval '1 month') AT TIME ZONE 'UTC')
    ORDER BY m);
  FOREACH day IN ARRAY days LOOP
    PERFORM observations_month(day);
  END LOOP;
  ALTER TABLE observations_default FORCE ROW LEVEL SECURITY;
END $months$;

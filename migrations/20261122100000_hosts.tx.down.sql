DROP FUNCTION host_matches, host_matches_total, host_filter;
DROP TYPE host_wanted;
DROP TABLE saved_views, host_aliases, host_field_values, host_fields;
DROP POLICY lookup ON case_hosts;
REVOKE SELECT ON case_hosts FROM {{.Lookup}};
DROP INDEX case_hosts_host_idx, audit_logs_host_idx;
CREATE INDEX case_hosts_host_idx ON case_hosts (tenant_id, host_id);
ALTER TABLE playbook_executions DROP COLUMN host_id;
ALTER TABLE hosts DROP COLUMN short_key, DROP COLUMN owner_key, DROP COLUMN criticality_rank, DROP COLUMN first_seen,
  DROP COLUMN notes, DROP COLUMN owner, DROP COLUMN criticality;

CREATE FUNCTION host_filter(
  p_hostname text, p_ip text, p_q text, p_os text, p_label text, p_score_min double precision, p_online boolean)
  RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $fn$
SELECT concat('FROM public.hosts h WHERE h.tenant_id = $8',
  CASE WHEN p_hostname IS NOT NULL THEN ' AND h.hostname_key LIKE $1' END,
  CASE WHEN p_ip IS NOT NULL THEN ' AND h.ip_address LIKE $2' END,
  CASE WHEN p_q IS NOT NULL THEN ' AND (h.hostname_key LIKE $3 OR h.ip_address LIKE $3)' END,
  CASE p_os
    WHEN 'windows' THEN $or$ AND (h.os_key >= 'windows' AND h.os_key < 'windowt')$or$
    WHEN 'linux' THEN $or$ AND (h.os_key >= 'linux' AND h.os_key < 'linuy')$or$
    WHEN 'darwin' THEN $or$ AND ((h.os_key >= 'darwin' AND h.os_key < 'darwio')
      OR (h.os_key >= 'macos' AND h.os_key < 'macot') OR (h.os_key >= 'mac os' AND h.os_key < 'mac ot'))$or$
    ELSE CASE WHEN p_os IS NOT NULL THEN ' AND h.os_key = $4' END
  END,
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

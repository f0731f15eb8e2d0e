CREATE OR REPLACE FUNCTION host_filter(
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

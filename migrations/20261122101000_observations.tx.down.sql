DROP TABLE stack_changes, stack_hosts, stack_values, stacks, source_hosts;
DROP FUNCTION observations_drop, observations_month, observations_months, observations_wanted;
DROP POLICY keeper ON observations;
DROP POLICY keeper_retention ON tenants;
REVOKE SELECT (tenant_id, collected_at) ON observations FROM {{.Keeper}};
ALTER TABLE sources DROP COLUMN rows, DROP COLUMN hosts;
DROP INDEX sources_time_idx, sources_name_idx, sources_kind_idx;
DROP INDEX observations_time_idx, observations_event_idx;

ALTER TABLE observations_default NO FORCE ROW LEVEL SECURITY;
DO $months$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'observations'::regclass AND inhrelid <> 'observations_default'::regclass
  LOOP
    EXECUTE format('ALTER TABLE observations DETACH PARTITION %s', part);
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('INSERT INTO observations_default SELECT * FROM %s', part);
    EXECUTE format('DROP TABLE %s', part);
  END LOOP;
END $months$;
-- The old key knows one row of a source where the new one knows one a host.
DELETE FROM observations_default d USING observations_default k WHERE k.tenant_id = d.tenant_id AND k.collected_at = d.collected_at
  AND k.source_id = d.source_id AND k.content_hash = d.content_hash AND k.id < d.id;
ALTER TABLE observations_default FORCE ROW LEVEL SECURITY;
ALTER TABLE observations DROP CONSTRAINT observations_pkey;
ALTER TABLE observations ADD PRIMARY KEY (tenant_id, collected_at, source_id, content_hash);
ALTER TABLE observations ADD FOREIGN KEY (tenant_id, host_id) REFERENCES hosts (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE observations ADD FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE;

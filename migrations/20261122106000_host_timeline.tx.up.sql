-- A host's timeline walks down indexes, however much there is: its sources and its indicators by their time.
ALTER TABLE source_hosts ADD COLUMN collected_at timestamptz; -- the source's
ALTER TABLE source_hosts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sources NO FORCE ROW LEVEL SECURITY;
UPDATE source_hosts AS h SET collected_at = s.collected_at FROM sources AS s WHERE s.tenant_id = h.tenant_id AND s.id = h.source_id;
DELETE FROM source_hosts WHERE collected_at IS NULL;
ALTER TABLE sources FORCE ROW LEVEL SECURITY;
ALTER TABLE source_hosts FORCE ROW LEVEL SECURITY;
ALTER TABLE source_hosts ALTER COLUMN collected_at SET NOT NULL;
DROP INDEX source_hosts_host_idx;
CREATE INDEX source_hosts_host_idx ON source_hosts (tenant_id, host_id, collected_at, source_id);
CREATE INDEX sightings_host_time_idx ON sightings (tenant_id, host_id, first_seen, id);

DROP INDEX source_hosts_host_idx, sightings_host_time_idx;
CREATE INDEX source_hosts_host_idx ON source_hosts (tenant_id, host_id);
ALTER TABLE source_hosts DROP COLUMN collected_at;

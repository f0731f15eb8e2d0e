ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
DELETE FROM jobs WHERE kind = 'sync';
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE host_labels DROP COLUMN origin;
DROP TABLE velociraptor_clients, host_syncs;

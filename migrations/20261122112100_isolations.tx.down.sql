ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
DELETE FROM jobs WHERE kind = 'isolation';
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
DROP TABLE isolation_rules, isolations;
ALTER TABLE hosts NO FORCE ROW LEVEL SECURITY;
UPDATE hosts SET isolation = 'none' WHERE isolation = 'failed';
ALTER TABLE hosts FORCE ROW LEVEL SECURITY;
ALTER TABLE hosts DROP CONSTRAINT hosts_isolation_check;
ALTER TABLE hosts ADD CONSTRAINT hosts_isolation_check CHECK (isolation IN ('none', 'pending', 'isolated', 'unverified', 'releasing'));

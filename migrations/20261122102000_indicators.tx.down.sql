-- Back to a row a case: an indicator of several cases becomes several rows. What was counted and marked goes.
ALTER TABLE artifacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE case_artifacts NO FORCE ROW LEVEL SECURITY;
DROP FUNCTION artifact_matches, artifact_matches_total, artifact_filter;
DROP POLICY lookup ON artifacts;
DROP POLICY system ON artifacts;
REVOKE ALL ON artifacts FROM {{.Lookup}};
REVOKE ALL ON artifacts FROM {{.System}};
DROP TABLE sightings, artifact_counts, artifact_tags;

DROP INDEX artifacts_key, artifacts_type_idx, artifacts_value_idx, artifacts_expiry_idx, artifacts_false_idx, artifacts_origin_idx,
  artifacts_tlp_idx, artifacts_keyless_idx, artifacts_value_trgm, artifacts_description_trgm;
ALTER TABLE artifacts
  DROP COLUMN key_digest, DROP COLUMN key, DROP COLUMN keyed, DROP COLUMN value_key, DROP COLUMN tlp, DROP COLUMN expires_at,
  DROP COLUMN false_positive, DROP COLUMN fp_reason, DROP COLUMN origin,
  ADD COLUMN case_id bigint,
  ADD COLUMN value_digest bytea GENERATED ALWAYS AS (text_digest(value)) STORED;

CREATE TEMPORARY TABLE tied ON COMMIT DROP AS
SELECT tenant_id, artifact_id, case_id, row_number() OVER (PARTITION BY tenant_id, artifact_id ORDER BY added_at, case_id) AS n FROM case_artifacts;
UPDATE artifacts SET case_id = tied.case_id FROM tied WHERE tied.artifact_id = artifacts.id AND tied.n = 1;
INSERT INTO artifacts (tenant_id, case_id, artifact_type, value, description, artifact_metadata, created_at, updated_at)
SELECT a.tenant_id, tied.case_id, a.artifact_type, a.value, a.description, a.artifact_metadata, a.created_at, a.updated_at
FROM artifacts AS a JOIN tied ON tied.artifact_id = a.id WHERE tied.n > 1;
DROP TABLE case_artifacts;
DELETE FROM artifacts USING (
  SELECT id, min(id) OVER (PARTITION BY tenant_id, case_id, artifact_type, value_digest) AS stays FROM artifacts) AS twin
WHERE artifacts.id = twin.id AND twin.id <> twin.stays;

CREATE UNIQUE INDEX artifacts_value_key ON artifacts (tenant_id, case_id, artifact_type, value_digest) NULLS NOT DISTINCT;
CREATE INDEX artifacts_digest_idx ON artifacts (tenant_id, value_digest);
ALTER TABLE artifacts
  ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
  ADD FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FORCE ROW LEVEL SECURITY;

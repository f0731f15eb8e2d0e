-- Bulk ingestion: a batch is kept in chunks while it arrives, packed as they are read, and then brought in chunk by chunk.
CREATE TABLE ingestion_batches (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  status          text NOT NULL CHECK (status IN ('queued', 'running', 'cancelling', 'completed', 'failed', 'cancelled')),
  phase           text NOT NULL CHECK (phase IN ('receiving', 'processing', 'done')),
  filename        text NOT NULL DEFAULT '' CHECK (length(filename) <= 255),
  source          text NOT NULL DEFAULT '' CHECK (length(source) <= 200), -- of lines that name none
  format          text NOT NULL CHECK (format IN ('auto', 'ndjson', 'json', 'csv', 'zip', 'evtx')),
  hostname        text NOT NULL DEFAULT '',  -- with client_id: the host of lines that name none
  client_id       text NOT NULL DEFAULT '',
  expected_bytes  bigint NOT NULL DEFAULT 0, -- as announced; 0: not
  bytes           bigint NOT NULL DEFAULT 0, -- as they came
  lines           bigint NOT NULL DEFAULT 0,
  processed       bigint NOT NULL DEFAULT 0, -- lines: accepted and rejected
  accepted        bigint NOT NULL DEFAULT 0,
  rejected        bigint NOT NULL DEFAULT 0,
  errors_kept     bigint NOT NULL DEFAULT 0,
  mended          bigint NOT NULL DEFAULT 0, -- lines kept with characters replaced
  rows            bigint NOT NULL DEFAULT 0,
  rows_new        bigint NOT NULL DEFAULT 0,
  indicators      bigint NOT NULL DEFAULT 0,
  hosts_created   bigint NOT NULL DEFAULT 0,
  hosts_updated   bigint NOT NULL DEFAULT 0,
  error           text NOT NULL DEFAULT '',
  error_kind      text NOT NULL DEFAULT '', -- why it did not arrive, for programs
  content_hash    bytea,                     -- SHA-256 of what came
  fingerprint     bytea,                     -- of content and parameters: the same again is the same fact
  idempotency_key text,
  attempt         integer NOT NULL DEFAULT 1,
  created_by      bigint,
  created_at      timestamptz NOT NULL DEFAULT now(),
  heard_at        timestamptz NOT NULL DEFAULT now(), -- when the last chunk came
  started_at      timestamptz,
  finished_at     timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id) ON DELETE SET NULL (created_by)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX ingestion_batches_key ON ingestion_batches (tenant_id, created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX ingestion_batches_fingerprint_key ON ingestion_batches (tenant_id, fingerprint)
  WHERE fingerprint IS NOT NULL AND phase = 'processing';
CREATE INDEX ingestion_batches_fingerprint_idx ON ingestion_batches (tenant_id, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX ingestion_batches_created_idx ON ingestion_batches (tenant_id, created_at, id);
CREATE INDEX ingestion_batches_receiving_idx ON ingestion_batches (heard_at) WHERE phase = 'receiving';
CREATE INDEX ingestion_batches_left_idx ON ingestion_batches (finished_at) WHERE status IN ('failed', 'cancelled');

-- Some thousand lines in one compressed row; it goes in the transaction that brings them in.
CREATE TABLE ingestion_chunks (
  tenant_id bigint NOT NULL,
  batch_id  bigint NOT NULL,
  seq       integer NOT NULL,
  lines     integer NOT NULL,
  data      bytea NOT NULL,
  PRIMARY KEY (tenant_id, batch_id, seq),
  FOREIGN KEY (tenant_id, batch_id) REFERENCES ingestion_batches (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE ingestion_chunks ALTER COLUMN data SET STORAGE EXTERNAL; -- it is compressed already

CREATE TABLE ingestion_errors (
  id          bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id   bigint NOT NULL,
  batch_id    bigint NOT NULL,
  line        bigint NOT NULL,              -- from 1; 0: of no line
  byte_offset bigint NOT NULL,              -- in the text, after decompression
  member      text NOT NULL DEFAULT '',     -- of an archive
  kind        text NOT NULL,              -- what is wrong, for programs
  reason      text NOT NULL,
  field       text NOT NULL DEFAULT '',
  excerpt     text NOT NULL DEFAULT '',
  raw         bytea,                        -- the whole line, as it came
  PRIMARY KEY (tenant_id, batch_id, id),
  FOREIGN KEY (tenant_id, batch_id) REFERENCES ingestion_batches (tenant_id, id) ON DELETE CASCADE
);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ingestion_batches', 'ingestion_chunks', 'ingestion_errors']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- Housekeeping learns which uploads nobody sends any more, and whose chunks nobody will want.
GRANT SELECT (id, tenant_id, status, phase, heard_at, finished_at) ON ingestion_batches TO {{.System}};
CREATE POLICY system ON ingestion_batches FOR SELECT TO {{.System}} USING (true);

-- Work that takes long has a row of its kind (a batch, a bulk change) and, while it is to be carried out, one here: written
-- with the outbox row that starts its workflow, removed in the transaction that writes its end. What the reconciler compares
-- with Temporal are these few rows, whatever the kind.
CREATE TABLE jobs (
  tenant_id     bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind          text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  id            bigint NOT NULL,          -- of the row of its kind
  attempt       integer NOT NULL DEFAULT 1, -- a retry is another workflow
  created_at    timestamptz NOT NULL DEFAULT now(),
  dispatched_at timestamptz,              -- when Temporal accepted it
  PRIMARY KEY (tenant_id, kind, id)
);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON jobs TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO {{.App}};
GRANT SELECT ON jobs TO {{.System}};
CREATE POLICY system ON jobs FOR SELECT TO {{.System}} USING (true);

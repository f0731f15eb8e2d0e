-- What people do in a case (comments, tasks, and what changed when and by whom), and webhooks that others call.

CREATE TABLE case_comments (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  case_id      bigint NOT NULL,
  author_id    bigint,                    -- null: a user who is gone
  author       text NOT NULL DEFAULT '',  -- the name at the time, of the person or the playbook
  execution_id bigint,                    -- the run that wrote it; null: a person
  body         text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000), -- Markdown, as it was written
  created_at   timestamptz NOT NULL DEFAULT now(),
  edited_at    timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (author_id)
);
CREATE INDEX case_comments_case_idx ON case_comments (tenant_id, case_id, created_at, id);
CREATE INDEX case_comments_author_idx ON case_comments (tenant_id, author_id) WHERE author_id IS NOT NULL;

CREATE TABLE case_tasks (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  case_id      bigint NOT NULL,
  title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  description  text NOT NULL DEFAULT '' CHECK (length(description) <= 20000), -- Markdown
  status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_progress', 'done', 'cancelled')),
  assignee_id  bigint,
  due_at       timestamptz,
  position     integer NOT NULL,          -- from 1, without gaps in its case
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (assignee_id),
  CHECK ((completed_at IS NULL) = (status <> 'done'))
);
CREATE INDEX case_tasks_case_idx ON case_tasks (tenant_id, case_id, position, id);
CREATE INDEX case_tasks_assignee_idx ON case_tasks (tenant_id, assignee_id) WHERE assignee_id IS NOT NULL;

-- What happened to a case and its tasks, whoever did it: the trail holds what people did, and not every reader of a case
-- may read the trail.
CREATE TABLE case_changes (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  case_id      bigint NOT NULL,
  what         text NOT NULL,             -- created, updated, host_added, task_created …
  ref_id       bigint,                    -- the host or the task; null: the case itself
  fields       jsonb NOT NULL DEFAULT '{}', -- {field: {from, to}}, texts cut short
  user_id      bigint,
  actor        text NOT NULL DEFAULT '',  -- the name at the time
  execution_id bigint,                    -- the run that did it
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_changes_case_idx ON case_changes (tenant_id, case_id, created_at, id);

-- The runs that a case's events started, that were started for it, or that worked on it.
CREATE TABLE case_executions (
  tenant_id    bigint NOT NULL,
  case_id      bigint NOT NULL,
  execution_id bigint NOT NULL,
  added_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, case_id, execution_id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, execution_id) REFERENCES playbook_executions (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_executions_execution_idx ON case_executions (tenant_id, execution_id);

-- What is known of the cases that were there before. The owner is no exception to row-level security, except meanwhile.
ALTER TABLE cases NO FORCE ROW LEVEL SECURITY;
ALTER TABLE case_hosts NO FORCE ROW LEVEL SECURITY;
INSERT INTO case_changes (tenant_id, case_id, what, created_at) SELECT tenant_id, id, 'created', created_at FROM cases;
INSERT INTO case_changes (tenant_id, case_id, what, ref_id, created_at) SELECT tenant_id, case_id, 'host_added', host_id, added_at FROM case_hosts;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
ALTER TABLE case_hosts FORCE ROW LEVEL SECURITY;

CREATE TABLE webhooks (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id        bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  enabled          boolean NOT NULL DEFAULT true,
  token_hash       bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  hint             text NOT NULL,           -- the token's first characters, to tell addresses apart
  secret           bytea,                   -- sealed; null: calls are not signed
  signature_header text NOT NULL DEFAULT '' CHECK (length(signature_header) <= 100),
  created_by       bigint,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  last_used_at     timestamptz,
  received         bigint NOT NULL DEFAULT 0,
  refused          bigint NOT NULL DEFAULT 0,
  minute           timestamptz,             -- of the last call
  minute_calls     integer NOT NULL DEFAULT 0,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id) ON DELETE SET NULL (created_by),
  CHECK ((secret IS NULL) = (signature_header = ''))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX webhooks_name_key ON webhooks (tenant_id, lower(name));

CREATE TABLE webhook_deliveries (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL,
  webhook_id   bigint NOT NULL,
  delivery_key text,                        -- the sender's name for it; null: it has none
  outcome      text NOT NULL CHECK (outcome IN ('accepted', 'refused')),
  reason       text NOT NULL DEFAULT '',    -- the code of a refusal
  content_type text NOT NULL DEFAULT '',
  headers      jsonb NOT NULL DEFAULT '{}', -- those that the event shows
  size         integer NOT NULL DEFAULT 0,  -- bytes of the body
  body         bytea,                       -- as it came; null: refused, or past its keeping
  mended       integer NOT NULL DEFAULT 0,  -- characters that the event shows as U+FFFD
  ip_address   text NOT NULL DEFAULT '',
  received_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX webhook_deliveries_key ON webhook_deliveries (tenant_id, webhook_id, delivery_key) WHERE outcome = 'accepted' AND delivery_key IS NOT NULL;
CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (tenant_id, webhook_id, id);
CREATE INDEX webhook_deliveries_age_idx ON webhook_deliveries (received_at);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['case_comments', 'case_tasks', 'case_changes', 'case_executions', 'webhooks', 'webhook_deliveries']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
REVOKE UPDATE ON case_changes FROM {{.App}};

-- The system role finds whose webhook an address is and clears away what is old.
GRANT SELECT (id, tenant_id, token_hash) ON webhooks TO {{.System}};
CREATE POLICY system ON webhooks FOR SELECT TO {{.System}} USING (true);
GRANT SELECT (id, tenant_id, received_at), DELETE ON webhook_deliveries TO {{.System}};
CREATE POLICY system ON webhook_deliveries TO {{.System}} USING (true);

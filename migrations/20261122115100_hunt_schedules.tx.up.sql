-- Hunts that are started again and again. The row is the truth; the schedule in Temporal is made to match it.
CREATE TABLE hunt_schedules (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id       bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  hunt            jsonb NOT NULL,                                          -- what each run starts
  cron            text NOT NULL DEFAULT '' CHECK (length(cron) <= 200),    -- five fields; empty: every
  every_seconds   integer NOT NULL DEFAULT 0 CHECK (every_seconds >= 0),   -- counted from anchor
  anchor          timestamptz NOT NULL,
  timezone        text NOT NULL DEFAULT 'UTC' CHECK (length(timezone) <= 64),
  overlap         text NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'buffer_one', 'allow_all')),
  jitter_seconds  integer NOT NULL DEFAULT 0 CHECK (jitter_seconds BETWEEN 0 AND 86400),
  paused          boolean NOT NULL DEFAULT false,
  note            text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  version         integer NOT NULL DEFAULT 1,  -- grows with each change
  applied_version integer NOT NULL DEFAULT 0,  -- what Temporal has
  applied_paused  boolean NOT NULL DEFAULT false,
  owner_id        bigint,                      -- whom its hunts act as: who made or changed it last; may be of another tenant: a visitor
  owner           text NOT NULL DEFAULT '',
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CHECK ((cron = '') = (every_seconds > 0))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX hunt_schedules_name_key ON hunt_schedules (tenant_id, lower(name));

-- One time of a schedule: at most one hunt comes of it, whatever repeats.
CREATE TABLE hunt_schedule_runs (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  schedule_id  bigint NOT NULL,
  scheduled_at timestamptz NOT NULL,
  by_hand      boolean NOT NULL DEFAULT false,
  status       text NOT NULL CHECK (status IN ('waiting', 'started', 'skipped', 'failed')),
  hunt_id      bigint,
  error        text NOT NULL DEFAULT '',
  told_at      timestamptz,           -- that somebody was told of its failure
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, schedule_id, scheduled_at),
  FOREIGN KEY (tenant_id, schedule_id) REFERENCES hunt_schedules (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, hunt_id) REFERENCES hunts (tenant_id, id) ON DELETE SET NULL (hunt_id)
);
CREATE INDEX hunt_schedule_runs_hunt_idx ON hunt_schedule_runs (tenant_id, hunt_id) WHERE hunt_id IS NOT NULL;

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['hunt_schedules', 'hunt_schedule_runs']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;

-- The system role finds what Temporal doesn't have as it should, in every tenant.
GRANT SELECT (id, tenant_id, paused, version, applied_version, applied_paused) ON hunt_schedules TO {{.System}};
CREATE POLICY system ON hunt_schedules FOR SELECT TO {{.System}} USING (true);

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('event', 'start', 'signal', 'wake', 'schedule'));

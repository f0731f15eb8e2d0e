DELETE FROM outbox WHERE kind = 'schedule';
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('event', 'start', 'signal', 'wake'));
DROP TABLE hunt_schedule_runs;
DROP TABLE hunt_schedules;

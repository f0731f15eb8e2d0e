-- A job's workflow can wait; a row of kind wake ends its wait.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('event', 'start', 'signal', 'wake'));

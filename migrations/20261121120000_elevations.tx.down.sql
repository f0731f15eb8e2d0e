DROP TABLE session_elevations;
ALTER TABLE refresh_tokens DROP COLUMN started_at;

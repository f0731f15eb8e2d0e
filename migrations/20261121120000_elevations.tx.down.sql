DROP TABLE session_elevations;

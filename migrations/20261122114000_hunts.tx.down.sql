DROP TABLE hunt_sources;
DROP TABLE hunt_hosts;
DROP TABLE hunts;

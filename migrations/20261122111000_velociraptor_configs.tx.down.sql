DROP TABLE velociraptor_configs;

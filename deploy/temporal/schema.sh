#!/bin/sh
# Makes Temporal's two schemas or brings them up to this version; safe to run at every start.
# temporal-sql-tool reads SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu
for name in temporal temporal_visibility; do
  case $name in
    temporal) folder=temporal ;;
    *) folder=visibility ;;
  esac
  # setup-schema makes the version tables and refuses when they exist; update-schema says what is really wrong.
  temporal-sql-tool --db "$name" setup-schema -v 0.0 || echo "$name: has a schema already"
  temporal-sql-tool --db "$name" update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done

#!/bin/sh
# First start of an empty PostgreSQL: one database and three roles for VelociCompanion, two databases for Temporal.
# velocicompanion owns and migrates, vc_app is the application (row-level security holds it to one tenant at a time),
# vc_system does the cross-tenant work under policies of its own.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$OWNER_DB_PASSWORD" --set app_password="$APP_DB_PASSWORD" \
  --set system_password="$SYSTEM_DB_PASSWORD" --set temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE velocicompanion LOGIN NOSUPERUSER CREATEROLE PASSWORD :'owner_password';
CREATE ROLE vc_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE vc_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system_password';
CREATE ROLE temporal LOGIN NOSUPERUSER PASSWORD :'temporal_password';
CREATE DATABASE velocicompanion OWNER velocicompanion;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE velocicompanion, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE velocicompanion TO vc_app, vc_system;
SQL

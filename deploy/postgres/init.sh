#!/bin/sh
# First start of an empty PostgreSQL: one database and its roles for VelociCompanion, two databases for Temporal.
# velocicompanion owns and migrates; vc_app_… is the application, held to one tenant at a time by row-level security;
# vc_system_… does the cross-tenant work under policies of its own. Their names end in the database's, as the migrator
# expects; here they get passwords, so that the processes never connect as the owner.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$OWNER_DB_PASSWORD" --set app_password="$APP_DB_PASSWORD" \
  --set system_password="$SYSTEM_DB_PASSWORD" --set temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE velocicompanion LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD :'owner_password';
CREATE ROLE vc_app_velocicompanion LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE vc_system_velocicompanion LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system_password';
GRANT vc_app_velocicompanion, vc_system_velocicompanion TO velocicompanion WITH ADMIN OPTION;
CREATE ROLE temporal LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'temporal_password';
CREATE DATABASE velocicompanion OWNER velocicompanion;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE velocicompanion, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE velocicompanion TO vc_app_velocicompanion, vc_system_velocicompanion;
-- From version 16 on, who makes a role may act as it only when told so; migrations must.
SELECT current_setting('server_version_num')::int >= 160000 AS self_grant \gset
\if :self_grant
ALTER ROLE velocicompanion SET createrole_self_grant = 'set, inherit';
\endif
SQL

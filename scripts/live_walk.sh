#!/usr/bin/env bash
# The walks against a running server: the main job by curl, then in a browser what comes in, the work with hosts and every
# screen and, beside them, the ways into an account. The last one waits for an access token to end: start the server with
# ACCESS_TOKEN_EXPIRE_MINUTES=1.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/test_api.sh
cd web
npm run account &
account=$!
walked=0
# First, so that the screens that are looked at have something to show.
npm run sent-in || walked=$?
npm run hosts || walked=$?
# Only where a Velociraptor server is to be had: FLEET_CONFIG names the api_client file of one (standalone fleet-sim makes one).
if [ -n "${FLEET_CONFIG:-}" ]; then npm run fleet || walked=$?; fi
npm run browser || walked=$?
wait "$account" || walked=$?
exit "$walked"

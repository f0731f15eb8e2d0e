#!/usr/bin/env bash
# The walks against a running server: the main job by curl, then in a browser what comes in, the work with hosts and every
# screen and, beside them, the ways into an account. The last one waits for an access token to end: start the server with
# ACCESS_TOKEN_EXPIRE_MINUTES=1.
set -euo pipefail
cd "$(dirname "$0")/.."
# A Velociraptor server to work with: FLEET_CONFIG names the api_client file of one. Otherwise one is simulated where the server
# may reach it (with_server.sh names the address), and ended with this walk.
if [ -z "${FLEET_CONFIG:-}" ] && [ -n "${FLEET_ADDR:-}" ]; then
  fleet_dir="$(mktemp -d)"
  export FLEET_CONFIG="$fleet_dir/api_client.yaml"
  bin/velocicompanion-standalone fleet-sim -endpoints=60 -addr="$FLEET_ADDR" -out="$FLEET_CONFIG" >"$fleet_dir/fleet.log" 2>&1 </dev/null &
  fleet=$!
  trap 'kill "$fleet" 2>/dev/null || true; wait "$fleet" 2>/dev/null || true; rm -rf "$fleet_dir"' EXIT
  for _ in $(seq 100); do
    if [ -s "$FLEET_CONFIG" ]; then break; fi
    if ! kill -0 "$fleet" 2>/dev/null; then
      echo "the simulated fleet ended before it was ready" >&2
      cat "$fleet_dir/fleet.log" >&2
      exit 1
    fi
    sleep 0.1
  done
fi

scripts/test_api.sh
cd web
npm run account &
account=$!
walked=0
# First, so that the screens that are looked at have something to show.
npm run sent-in || walked=$?
npm run hosts || walked=$?
if [ -n "${FLEET_CONFIG:-}" ]; then npm run fleet || walked=$?; fi
npm run browser || walked=$?
wait "$account" || walked=$?
exit "$walked"

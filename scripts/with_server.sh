#!/usr/bin/env bash
# with_server.sh COMMAND…: runs the command against a fresh standalone server with a first user, then ends the server.
# There is no demo tenant (walks count tenants), unless DEMO=1. The command finds BASE_URL, VC_URL, VC_USERNAME and VC_PASSWORD in its
# environment, and in FLEET_ADDR a free address of loopback that the server may reach: for a simulated fleet.
set -euo pipefail
cd "$(dirname "$0")/.."

dir="$(mktemp -d)"
chmod 755 "$dir" # the database's own user must reach its folder when this runs as root
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
port="$(free_port)"
FLEET_ADDR="127.0.0.1:$(free_port)"
export FLEET_ADDR EGRESS_ALLOW="${EGRESS_ALLOW:+$EGRESS_ALLOW,}$FLEET_ADDR"
export VC_URL="http://127.0.0.1:$port" VC_USERNAME=operator
VC_PASSWORD="walk-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')-A1"
export VC_PASSWORD BASE_URL="$VC_URL"

DATA_DIR="$dir/data" HTTP_ADDR="127.0.0.1:$port" FIRST_ADMIN_USERNAME="$VC_USERNAME" FIRST_ADMIN_PASSWORD="$VC_PASSWORD" DEMO="${DEMO:-0}" \
  bin/velocicompanion-standalone --temporal-port=0 >"$dir/server.log" 2>&1 </dev/null &
server=$!

stop() {
  local code=$?
  kill -TERM "$server" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  if [ "$code" != 0 ]; then
    echo "--- the last lines of the server's log" >&2
    tail -n 60 "$dir/server.log" >&2
  fi
  rm -rf "$dir"
  exit "$code"
}
trap stop EXIT

for _ in $(seq 240); do
  if ! kill -0 "$server" 2>/dev/null; then
    echo "the server ended before it was ready" >&2
    exit 1
  fi
  if curl -fsS -o /dev/null --max-time 2 "$VC_URL/ready" 2>/dev/null; then
    "$@"
    exit 0
  fi
  sleep 0.25
done
echo "the server was not ready within 60 s" >&2
exit 1

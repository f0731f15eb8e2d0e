#!/usr/bin/env bash
# Makes a pair of empty migration files named for the present time in UTC.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
if ! [[ $name =~ ^[a-z][a-z0-9_]{2,60}$ ]]; then
  echo "usage: make migration name=add_host_labels (lower case, digits, underscores)" >&2
  exit 2
fi
base="migrations/$(date -u +%Y%m%d%H%M%S)_$name"
printf -- '-- What changes for the product, and why.\n' >"$base.tx.up.sql"
printf -- '-- Undoes %s.\n' "$name" >"$base.tx.down.sql"
echo "$base.tx.up.sql"
echo "$base.tx.down.sql"

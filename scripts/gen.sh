#!/usr/bin/env bash
# gen.sh write: makes the generated files anew. gen.sh check: fails when one is not what the sources give.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:?write or check}

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
build="$out/velocicompanion"
go build -buildvcs=false -o "$build" ./cmd/velocicompanion
stale=0

# settle FILE: takes the new text from $out/new.
settle() {
  if [ "$mode" = write ]; then
    mkdir -p "$(dirname "$1")"
    cp "$out/new" "$1"
    echo "wrote $1"
  elif ! diff -u "$1" "$out/new" >"$out/diff" 2>&1; then
    head -n 40 "$out/diff"
    echo "$1 is stale: run make gen and commit it" >&2
    stale=1
  else
    echo "$1 is fresh"
  fi
}

for pair in openapi:openapi.json config:docs/configuration.md actions:docs/actions.md permissions:docs/permissions.md; do
  "$build" gen "${pair%%:*}" >"$out/new"
  settle "${pair#*:}"
done

# The client's types come from openapi.json of this run, so one stale file does not hide another.
"$build" gen openapi >"$out/openapi.json"
# The command is the one of web/package.json, with the two paths changed.
command="$(node -p 'require("./web/package.json").scripts.gen')"
command="${command/..\/openapi.json/$out/openapi.json}"
command="${command/src\/api\/schema.d.ts/$out/new}"
(cd web && PATH="$PWD/node_modules/.bin:$PATH" bash -c "$command" >/dev/null)
settle web/src/api/schema.d.ts

# The wire of a Velociraptor server.
wire=internal/velociraptor/velopb
mkdir "$out/wire"
go run -C tools -buildvcs=false ./protogen "$PWD/$wire/velociraptor.proto" "$out/wire"
for file in "$out"/wire/*.go; do
  cp "$file" "$out/new"
  settle "$wire/$(basename "$file")"
done
exit "$stale"

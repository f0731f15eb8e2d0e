#!/usr/bin/env bash
# Fails when a module that is built into both the production module and the standalone module has two versions:
# then the end-to-end tests would test another program than the one that ships.
set -euo pipefail
cd "$(dirname "$0")/.."

modules() {
  go list -C "$1" -deps -test \
    -f '{{with .Module}}{{if not .Main}}{{.Path}} {{with .Replace}}{{.Path}}@{{.Version}}{{else}}{{.Version}}{{end}}{{end}}{{end}}' \
    ./... | grep -v '^github.com/velocicompanion/' | sort -u
}
a="$(mktemp)" b="$(mktemp)"
trap 'rm -f "$a" "$b"' EXIT
modules . >"$a"
modules standalone >"$b"
skew="$(join "$a" "$b" | awk '$2 != $3 {printf "  %s: %s here, %s in standalone\n", $1, $2, $3}')"
if [ -n "$skew" ]; then
  printf 'modules in two versions:\n%s\n' "$skew" >&2
  echo 'raise them with: go get module@version' >&2
  exit 1
fi
echo "modules in both graphs: $(join "$a" "$b" | wc -l), each in one version"

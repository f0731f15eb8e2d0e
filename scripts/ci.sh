#!/usr/bin/env bash
# Runs the make targets given, one after the other, each with its times; ends with a table and the test summaries.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
stamp() { date -u +%H:%M:%S; }
begun=$SECONDS
table=()
failed=""

for phase in "$@"; do
  echo "[$(stamp)] ==> $phase"
  from=$SECONDS
  if "${MAKE:-make}" "$phase" </dev/null 2>&1 | tee "$logs/$phase"; then
    result=ok
  else
    result=FAILED
    failed=$phase
  fi
  took=$((SECONDS - from))
  echo "[$(stamp)] <== $phase $result in ${took} s"
  table+=("$(printf '%-18s %-6s %4d s' "$phase" "$result" "$took")")
  [ -z "$failed" ] || break
done

echo
printf '%s\n' "${table[@]}"
echo "[$(stamp)] $((SECONDS - begun)) s in all"
echo
for phase in test-web test-go test-standalone; do
  [ -f "$logs/$phase" ] || continue
  echo "$phase:"
  # shellcheck disable=SC2016
  sed -e 's/\x1b\[[0-9;]*m//g' "$logs/$phase" |
    grep -E '^(ok|FAIL|panic:|--- FAIL)|^ *(Test Files|Tests) ' | sed 's/^ */  /; s/^  \(ok\|FAIL\|---\)/\1/'
done
if [ -n "$failed" ]; then
  echo "FAILED: $failed" >&2
  exit 1
fi

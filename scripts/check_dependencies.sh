#!/usr/bin/env bash
# Fails when a direct dependency has no line in docs/dependencies.md, or a line names what is no longer one.
set -euo pipefail
cd "$(dirname "$0")/.."

direct="$(mktemp)" listed="$(mktemp)"
trap 'rm -f "$direct" "$listed"' EXIT
{
  for dir in . standalone tools; do
    [ -f "$dir/go.mod" ] || continue
    (cd "$dir" && go mod edit -json) | node -e '
      const mod = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const tools = (mod.Tool ?? []).map((t) => t.Path);
      for (const r of mod.Require ?? []) {
        const tool = tools.some((t) => t === r.Path || t.startsWith(r.Path + "/"));
        if (!r.Indirect || tool) console.log(r.Path);
      }'
  done | grep -v '^github.com/velocicompanion/'
  node -e '
    const p = require("./web/package.json");
    for (const name of Object.keys({ ...p.dependencies, ...p.devDependencies })) console.log(name);'
} | sort -u >"$direct"
# A line of the list: - `name`: why
sed -nE 's/^- `([^`]+)`: .{10,}$/\1/p' docs/dependencies.md | sort -u >"$listed"

missing="$(comm -23 "$direct" "$listed")"
gone="$(comm -13 "$direct" "$listed")"
[ -z "$missing" ] || printf 'no reason in docs/dependencies.md for:\n%s\n' "$missing" >&2
[ -z "$gone" ] || printf 'docs/dependencies.md names what is no direct dependency:\n%s\n' "$gone" >&2
[ -z "$missing$gone" ] || exit 1
echo "$(wc -l <"$direct") direct dependencies, each with its reason"

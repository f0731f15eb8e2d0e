#!/usr/bin/env bash
# Proves the import rules of .golangci.yml: in a tree of empty rooms, each file planted against a rule must be reported
# by that rule, and every package of the module must stand under some rule. Only depguard runs, so it is quick.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
module=github.com/velocicompanion/velocicompanion

tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
cp .golangci.yml "$tree/"
printf 'module %s\n\ngo 1.26.0\n' "$module" >"$tree/go.mod"

room() { # room DIRECTORY: an empty package
  local name
  name="$(basename "$1" | tr -cd 'a-z0-9')"
  mkdir -p "$tree/$1"
  [ -f "$tree/$1/doc.go" ] || printf 'package %s\n' "$name" >"$tree/$1/doc.go"
}
plant() { # plant DIRECTORY IMPORT RULE: in a package of its own below the room, so that no two violations make a cycle
  local folder
  folder="$1/planted$((++count))"
  mkdir -p "$tree/$folder"
  printf 'package planted\n\nimport _ "%s"\n' "$2" >"$tree/$folder/planted.go"
  printf '%s %s %s\n' "$folder/planted.go" "$3" "$2" >>"$tree/expected"
}
count=0

# rule              where                    what it must refuse
while read -r rule dir import; do
  [ -n "$rule" ] || continue
  case $import in ./*) room "${import#./}"; import="$module/${import#./}" ;; esac
  plant "$dir" "$import" "$rule"
done <<'PLANTED'
everywhere    internal/app             log
everywhere    internal/app             math/rand/v2
cmd           cmd/velocicompanion      ./internal/store
cmd           cmd/velocicompanion      ./api
api           api                      ./workflows
api           api                      ./worker
ingest        internal/ingest          ./internal/notify
api           api                      ./internal/egress
api           api                      ./internal/outbox
workflows     workflows                ./internal/store
workflows     workflows                ./activities
workflows     workflows                net/http
workflows     workflows                os
workflows     workflows                math/rand
contract      workflows/contract       ./workflows
contract      workflows/contract       ./models
activities    activities               ./api
activities    activities               ./workflows
activities    activities               ./worker
bulk          internal/bulk            ./api
bulk          internal/bulk            ./activities
worker        worker                   ./api
worker        worker                   ./internal/outbox
models        models                   ./internal/store
models        models                   ./playbooks
playbooks     playbooks                ./internal/store
playbooks     playbooks                ./activities
playbooks     playbooks                net/http
migrations    migrations               ./models
foundation    internal/config          ./internal/store
foundation    internal/clock           ./internal/fault
foundation    internal/fault           ./models
store         internal/store           ./playbooks
store         internal/store           ./internal/auth
sealing       internal/seal            ./internal/store
sealing       internal/codec           ./internal/runs
sealing       internal/blob            ./models
identity      internal/auth            ./api
identity      internal/tenancy         ./internal/runs
identity      internal/audit           ./internal/notify
egress        internal/egress          ./internal/store
velociraptor  internal/velociraptor    ./internal/store
fleet         internal/fleet           ./api
threat        internal/threat          ./internal/store
rows          internal/rawjson         ./internal/intake
rows          internal/rawjson         os
rows          internal/intake          ./internal/store
rows          internal/intake          net/http
indicator     internal/indicator       ./internal/store
indicator     internal/indicator       ./internal/intake
indicator     internal/indicator       net
report        internal/report          ./internal/store
export        internal/export          ./models
delivery      internal/notify          ./internal/runs
delivery      internal/siem            ./api
runs          internal/runs            ./workflows
runs          internal/runs            ./internal/outbox
outbox        internal/outbox          ./api
outbox        internal/outbox          ./workflows
rehearsal     internal/rehearsal       ./activities
telemetry     internal/telemetry       ./internal/store
testkit       internal/testkit         ./api
bench         bench                    ./worker
deploy        deploy/temporal          ./internal/config
web           web                      ./internal/store
app           internal/app             ./cmd/velocicompanion
standalone    standalone/probe         ./api
PLANTED

# No package may import a command: one planted in every package shows that each stands under a rule.
room cmd/other
while read -r package; do
  dir="${package#"$module"}"
  dir="${dir#/}"
  [ -n "$dir" ] || continue
  plant "$dir" "$module/cmd/other" any
done < <(go list ./...)

# Every rule must have been tried.
for rule in $(sed -nE 's/^        ([a-z]+):$/\1/p' .golangci.yml); do
  grep -q " $rule " "$tree/expected" || { echo "no violation is planted for the rule $rule" >&2; exit 1; }
done

cd "$tree"
go tool -modfile="$root/tools/go.mod" golangci-lint run --enable-only depguard --output.json.path "$tree/found.json" \
  --output.text.path stderr --issues-exit-code 0 ./... >/dev/null 2>"$tree/log" || true
[ -s "$tree/found.json" ] || { echo 'golangci-lint gave no answer' >&2; exit 1; }

node - "$tree" <<'NODE'
const fs = require("fs");
const tree = process.argv[2];
const found = new Set();
for (const issue of JSON.parse(fs.readFileSync(`${tree}/found.json`, "utf8")).Issues ?? []) {
  const match = /import '([^']+)' is not allowed from list '([^']+)'/.exec(issue.Text);
  if (match) for (const rule of [match[2], "any"]) found.add(`${issue.Pos.Filename} ${rule} ${match[1]}`);
}
const expected = fs.readFileSync(`${tree}/expected`, "utf8").trim().split("\n");
const missed = expected.filter((line) => !found.has(line));
for (const line of missed) {
  const [file, rule, imported] = line.split(" ");
  console.error(`not reported: ${file} imports ${imported} (rule ${rule})`);
}
if (missed.length > 0) {
  console.error(fs.readFileSync(`${tree}/log`, "utf8").split("\n").filter((l) => l.includes("typecheck")).join("\n"));
  process.exit(1);
}
console.log(`${expected.length} planted violations, each reported`);
NODE

# The same for workflowcheck: it must still see what differs on replay through the exceptions of workflowcheck.yaml.
mkdir "$tree/replay"
cp "$root/go.sum" "$tree/replay/"
sed 's/^module .*/module planted/' "$root/go.mod" >"$tree/replay/go.mod"
cat >"$tree/replay/planted.go" <<'GO'
package planted

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"go.temporal.io/sdk/workflow"
)

func Clock(workflow.Context) int64        { return time.Now().Unix() }
func Dice(workflow.Context) int           { return rand.Int() }
func Thread(workflow.Context)             { go func() {}() }
func Order(_ workflow.Context, m map[string]int) (s string) {
	for k := range m {
		s += k
	}
	return s
}
func Good(ctx workflow.Context) (string, error) {
	b, err := json.Marshal(map[string]any{"now": workflow.Now(ctx)})
	return fmt.Sprintf("%s", b), err
}
GO
cd "$tree/replay"
go tool -modfile="$root/tools/go.mod" workflowcheck -config "$root/workflowcheck.yaml" . >"$tree/replay.log" 2>&1 || true
for name in Clock Dice Thread Order; do
  grep -q "planted\.$name is non-deterministic" "$tree/replay.log" ||
    { echo "workflowcheck does not report $name" >&2; head -n 20 "$tree/replay.log" >&2; exit 1; }
done
if grep -q 'planted\.Good ' "$tree/replay.log"; then
  echo 'workflowcheck reports what is deterministic' >&2
  exit 1
fi
echo '4 planted differences on replay, each reported'

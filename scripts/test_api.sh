#!/usr/bin/env bash
# A walk through the main job with curl: sign in, a host, its rows, a playbook, its run, the case it opened, the
# notification it sent, sign out. Every step is checked; the last line counts them.
#   BASE_URL=http://127.0.0.1:8080 VC_USERNAME=… VC_PASSWORD=… scripts/test_api.sh
# Needs curl and jq. It leaves a host, a case, a user and a playbook behind, named with the time of the run.
set -uo pipefail

BASE_URL="${BASE_URL:-http://127.0.0.1:8080}"
: "${VC_USERNAME:?set VC_USERNAME to a user with the role admin or super_admin}"
: "${VC_PASSWORD:?set VC_PASSWORD}"
for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: install the package $tool" >&2; exit 2; }
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
run_id="$(date -u +%Y%m%d%H%M%S)-$$"
token=""
status=0
passed=0
failed=0

# call METHOD PATH [BODY [CONTENT-TYPE]]: answers in $status, $work/body and $work/headers.
call() {
  local args=(-sS --max-time 30 -X "$1" -o "$work/body" -D "$work/headers" -w '%{http_code}' -H 'Accept: application/json')
  [ -z "$token" ] || args+=(-H "Authorization: Bearer $token")
  [ $# -lt 3 ] || args+=(-H "Content-Type: ${4:-application/json}" --data-binary "$3")
  : >"$work/body"
  status="$(curl "${args[@]}" "$BASE_URL$2" 2>"$work/error")" || status="000 ($(head -n 1 "$work/error"))"
}

# expect NAME STATUS [JQ-FILTER [JQ-ARGUMENT…]]: the last answer has the status and satisfies the filter.
expect() {
  local name=$1 want=$2 filter=${3:-}
  shift $(($# < 3 ? $# : 3))
  if [ "$status" != "$want" ]; then
    failed=$((failed + 1))
    printf 'FAIL  %s: status %s, want %s\n      %s\n' "$name" "$status" "$want" "$(head -c 600 "$work/body")"
    return 1
  fi
  if [ -n "$filter" ] && ! jq -e "$@" "$filter" <"$work/body" >/dev/null 2>&1; then
    failed=$((failed + 1))
    printf 'FAIL  %s: the answer does not satisfy %s\n      %s\n' "$name" "$filter" "$(head -c 600 "$work/body")"
    return 1
  fi
  passed=$((passed + 1))
  printf 'ok    %s\n' "$name"
}
field() { jq -r "$1" <"$work/body"; }

# finish: the count; what came before it may make going on senseless.
finish() {
  echo
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
}

echo "walking through $BASE_URL as $VC_USERNAME"

call GET /health
expect 'health' 200 '.status == "healthy"' || finish
call GET /ready
expect 'ready' 200
call GET /
expect 'the service says its name and version' 200 '(.name | length > 0) and (.version | length > 0)'
call GET /openapi.json
expect 'the OpenAPI document' 200 '(.openapi | startswith("3.1")) and (.paths | has("/api/hosts"))'

call GET /api/hosts
expect 'no token, no hosts' 401 '.code | length > 0'
call POST /api/auth/login "$(jq -nc --arg u "$VC_USERNAME" '{username: $u, password: "not the password"}')"
expect 'a wrong password is refused' 401 '.detail | length > 0'
call POST /api/auth/login "$(jq -rn --arg u "$VC_USERNAME" --arg p "$VC_PASSWORD" '"username=\($u | @uri)&password=\($p | @uri)"')" \
  application/x-www-form-urlencoded
expect 'login with a form' 200 '.token_type == "bearer" and (.expires_in > 0)'
call POST /api/auth/login "$(jq -nc --arg u "$VC_USERNAME" --arg p "$VC_PASSWORD" '{username: $u, password: $p}')"
expect 'login with JSON' 200 '.access_token and .refresh_token' || finish
token="$(field .access_token)"
refresh="$(field .refresh_token)"
call GET /api/auth/me
expect 'who I am' 200 '.username == $u' --arg u "$VC_USERNAME"
role="$(field .role)"

if [ "$role" = super_admin ]; then
  call POST /api/tenants "$(jq -nc --arg n "walk-$run_id" '{name: $n, description: "made by the API walk"}')"
  expect 'create a tenant' 201 '.id > 0'
fi
call POST /api/users "$(jq -nc --arg u "analyst-$run_id" \
  '{username: $u, email: "\($u)@example.com", role: "user", password: "walk-in-The-w00ds"}')"
expect 'create a user' 201 '.role == "user" and (has("password") | not)'

host="WALK-$run_id"
call POST /api/hosts "$(jq -nc --arg h "$host" '{hostname: $h, ip_address: "192.0.2.17", os: "windows", labels: ["walk"]}')"
expect 'create a host' 201 '.id > 0 and .hostname == $h' --arg h "$host"
host_id="$(field .id)"
call POST /api/hosts '{"hostname": "x", "colour": "red"}'
expect 'an unknown field is named' 422 '[.errors[].location] | join(" ") | contains("colour")'
call GET "/api/hosts?hostname=walk-${run_id%-*}*&sort=-created_at&limit=10"
expect 'find it with a wildcard' 200 'map(.id) | index($id) != null' --argjson id "$host_id"
call GET /api/hosts/999999999
expect 'a host that is not there' 404

# The playbook comes before the rows: their event is what starts it.
playbook="$(cat <<YAML
name: Walk $run_id
description: Opens a case for a host that was ingested with suspicious rows.
trigger:
  type: event
  event: host.ingested
  when: event.host.hostname == "$host" && event.rows > 0
inputs:
  host_id: {type: host, required: true, default: "\${event.host_id}"}
actions:
  - id: case
    type: create_case
    params: {title: "Walk $run_id", description: "Opened by the API walk", severity: high}
  - id: indicator
    type: add_artifact
    params: {case_id: "\${steps.case.id}", artifact_type: ip, value: 198.51.100.23}
  - id: tell
    type: send_notification
    params: {title: "Walk $run_id", message: "Case opened for host \${inputs.host_id}"}
YAML
)"
call POST /api/playbooks/validate "$(jq -nc --arg s "$playbook" '{source: $s}')"
expect 'validate the playbook' 200 '.valid and ([.diagnostics[] | select(.severity == "error")] == [])'
call POST /api/playbooks/validate "$(jq -nc --arg s "${playbook/create_case/open_case}" '{source: $s}')"
expect 'a mistake is shown with its line' 200 '(.valid | not) and ([.diagnostics[] | select(.line > 0)] | length > 0)'
call POST /api/playbooks "$(jq -nc --arg s "$playbook" '{source: $s}')"
expect 'create the playbook from YAML' 201 '.id > 0 and .trigger_type == "event"' || finish
playbook_id="$(field .id)"
call POST /api/playbooks '{"name": "broken", "actions": [{"type": "launch_rocket", "params": {}}]}'
expect 'an unknown action is refused' 422 '[.errors[].message] | join(" ") | contains("launch_rocket")'

# wait_run EXECUTION: polls until the run is over, at most 30 s; the last answer is the run.
wait_run() {
  for _ in $(seq 120); do
    call GET "/api/playbooks/executions/$1"
    case "$(field .status 2>/dev/null)" in
      completed | failed | cancelled | timed_out | compensated) return ;;
    esac
    sleep 0.25
  done
}

call POST "/api/playbooks/$playbook_id/execute" "$(jq -nc --argjson id "$host_id" '{inputs: {host_id: $id}}')"
expect 'run it by hand' 202 '.id > 0' || finish
manual="$(field .id)"
wait_run "$manual"
expect 'the run completes with its steps' 200 \
  '.status == "completed" and ([.steps[] | select(.status == "completed") | .key] | length == 3)'
expect 'the run names its workflow' 200 '(.workflow_id | length > 0) and (.started_at != null)'

rows='[{"Pid": 4242, "Name": "rundll32.exe", "Ppid": 884}, {"Pid": 4243, "Name": "whoami.exe", "Ppid": 4242}]'
call POST /api/ingestion/ingest "$(jq -nc --arg h "$host" --argjson rows "$rows" \
  '{hostname: $h, os: "windows", source: "Windows.System.Pslist", rows: $rows}')"
expect 'ingest rows of the host' 200 '.id == $id' --argjson id "$host_id"
event_run=""
for _ in $(seq 120); do
  call GET "/api/playbooks/$playbook_id/executions?limit=50"
  event_run="$(field '[.[] | select(.trigger_type == "event")][0].id // empty' 2>/dev/null)"
  [ -z "$event_run" ] || break
  sleep 0.25
done
expect 'the event started a run' 200 '[.[] | select(.trigger_type == "event")] | length == 1'
if [ -n "$event_run" ]; then
  wait_run "$event_run"
  expect 'that run completes as well' 200 '.status == "completed"'
fi

call GET '/api/cases?sort=-created_at&limit=50'
expect 'each run opened one case' 200 '[.[] | select(.title == $t)] | length == 2' --arg t "Walk $run_id"
case_id="$(field "[.[] | select(.title == \"Walk $run_id\")][0].id")"
call GET "/api/cases/$case_id"
expect 'the case' 200 '.severity == "high" and .status == "open"'
call GET "/api/cases/$case_id/artifacts"
expect 'its indicator' 200 '[.[] | select(.artifact_type == "ip" and .value == "198.51.100.23")] | length == 1'
call PATCH "/api/cases/$case_id" '{"status": "investigating"}'
expect 'take the case on' 200 '.status == "investigating"'

call GET '/api/notifications?limit=50'
expect 'the notifications' 200 '[.[] | select(.title == $t)] | length == 2' --arg t "Walk $run_id"
notification="$(field "[.[] | select(.title == \"Walk $run_id\")][0].id")"
call PUT "/api/notifications/$notification" '{"is_read": true}'
expect 'mark one read' 200 '.is_read == true'

call POST /api/auth/refresh "$(jq -nc --arg r "$refresh" '{refresh_token: $r}')"
expect 'refresh the session' 200 '.access_token and .refresh_token'
token="$(field .access_token)"
refresh="$(field .refresh_token)"
call POST /api/auth/logout "$(jq -nc --arg r "$refresh" '{refresh_token: $r}')"
expect 'log out' 204
call POST /api/auth/refresh "$(jq -nc --arg r "$refresh" '{refresh_token: $r}')"
expect 'the session is over' 401

finish

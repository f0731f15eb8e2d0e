#!/usr/bin/env bash
# Fails when a tracked file holds what has no place in the repository.
set -uo pipefail
cd "$(dirname "$0")/.."
bad=0
self=scripts/repo_hygiene.sh

# report TITLE: prints what comes on standard input as findings, if anything does.
report() {
  local lines
  lines="$(cat)"
  [ -n "$lines" ] || return 0
  printf '%s:\n%s\n' "$1" "$(printf '%s\n' "$lines" | head -n 20 | sed 's/^/  /')" >&2
  bad=1
}
files() { git ls-files -z --cached --others --exclude-standard -- "$@"; }
search() { # search REGEX PATHSPEC...: path:line:text
  local regex=$1
  shift
  files "$@" ":!$self" | xargs -0 -r grep -InE -- "$regex" 2>/dev/null
}

search '(^|[^A-Za-z0-9_.-])/(work|home/[a-z]+|root|Users/[A-Za-z]+|tmp/brief)/' | cut -c1-160 | report 'a path of some machine'
search '(registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org|sum\.golang\.org|deb\.debian\.org|gcr\.io/|ghcr\.io/|quay\.io/)' |
  cut -c1-160 | report 'a registry host'
search '"resolved":' '*package-lock.json' | head -n 3 | report 'a lock file with download addresses (set omit-lockfile-registry-resolved=true in web/.npmrc)'
search '(TODO|FIXME|XXX:|HACK:)' '*.go' '*.ts' '*.tsx' '*.sql' '*.sh' Makefile ':!*_test.go' ':!*.test.ts' ':!*.test.tsx' |
  cut -c1-160 | report 'unfinished work noted in production code'
files | xargs -0 -r stat -c '%s %n' 2>/dev/null | awk '$1 > 1048576 {print $2 ": " $1 " bytes"}' | report 'a file over 1 MB'
files '*.go' '*.ts' '*.tsx' ':!web/src/api/schema.d.ts' ':!*.pb.go' | xargs -0 -r wc -l |
  awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines"}' | report 'a source file over 500 lines'
files '*.key' '*.pem' '.env' '*.sqlite' '*.db' | tr '\0' '\n' | report 'a key, an environment or a database'

[ "$bad" = 0 ] && echo 'repository: clean'
exit "$bad"

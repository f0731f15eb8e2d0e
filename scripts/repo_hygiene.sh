#!/usr/bin/env bash
# Fails when a tracked file holds what has no place in the repository.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
bad=0
self=scripts/repo_hygiene.sh

# report TITLE COMMAND…: what the command prints are findings.
report() {
  local title=$1 lines
  shift
  lines="$("$@")"
  [ -n "$lines" ] || return 0
  printf '%s:\n%s\n' "$title" "$(printf '%s\n' "$lines" | head -n 20 | cut -c1-160 | sed 's/^/  /')" >&2
  bad=1
}
files() { git ls-files -z --cached --others --exclude-standard -- "$@"; }
search() { # search REGEX PATHSPEC...: path:line:text
  local regex=$1
  shift
  files "$@" ":!$self" | xargs -0 -r grep -InE -- "$regex" 2>/dev/null
}
# In the Dockerfile such paths are the image's own; Homebrew on Linux lives in a home of that name everywhere.
machine_paths() {
  search '(^|[^A-Za-z0-9_.$}-])/(work|home/[a-z]+|root|Users/[A-Za-z]+|tmp/[a-z]+)/' ':!deploy/Dockerfile' | grep -v '/home/linuxbrew/'
}
heavy() { files | xargs -0 -r stat -c '%s %n' 2>/dev/null | awk '$1 > 1048576 {print $2 ": " $1 " bytes"}'; }
long() {
  files '*.go' '*.ts' '*.tsx' ':!web/src/api/schema.d.ts' ':!*.pb.go' | xargs -0 -r wc -l 2>/dev/null |
    awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines"}'
}
broken_links() {
  files '*.md' | xargs -0 -r node -e '
    const fs = require("fs"), path = require("path");
    for (const file of process.argv.slice(1)) {
      const text = fs.readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
      for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        if (!fs.existsSync(path.join(path.dirname(file), target))) console.log(`${file}: ${target}`);
      }
    }'
}
private() { files '*.key' '*.pem' '.env' '*.sqlite' '*.db' | tr '\0' '\n'; }

production=('*.go' '*.ts' '*.tsx' '*.sql' '*.sh' Makefile ':!*_test.go' ':!*.test.ts' ':!*.test.tsx')
report 'a path of some machine' machine_paths
report 'a registry host' search '(registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org|sum\.golang\.org|deb\.debian\.org|gcr\.io/|ghcr\.io/|quay\.io/)'
report 'a lock file with download addresses (omit-lockfile-registry-resolved=true in web/.npmrc)' search '"resolved":' '*package-lock.json'
report 'unfinished work in production code' search '(TODO|FIXME|XXX:|HACK:)' "${production[@]}"
report 'a file over 1 MB' heavy
report 'a source file over 500 lines' long
report 'a link to nowhere' broken_links
report 'a key, an environment or a database' private

[ "$bad" = 0 ] && echo 'repository: clean'
exit "$bad"

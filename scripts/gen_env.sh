#!/usr/bin/env bash
# Writes .env from .env.example with secrets made on this machine. Never overwrites one.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-.env}
if [ -e "$target" ]; then
  echo "$target is there already; move it away first (its keys open your data: keep it)" >&2
  exit 1
fi
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }
word() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; } # fits into a URL as it is

umask 077
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    SECRET_KEY=*) echo "SECRET_KEY=$(random 48)" ;;
    ENCRYPTION_KEY=*) echo "ENCRYPTION_KEY=$(random 32)" ;;
    AUDIT_KEY=*) echo "AUDIT_KEY=$(random 32)" ;;
    SETUP_TOKEN=* | *_PASSWORD=change-me*) echo "${line%%=*}=$(word)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <.env.example >"$target"
echo "wrote $target; SETUP_TOKEN in it is what the first registration asks for"

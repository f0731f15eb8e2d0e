#!/usr/bin/env bash
# The two walks through the main job: by curl, then by a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/test_api.sh
cd web && npm run browser

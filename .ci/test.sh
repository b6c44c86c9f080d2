#!/usr/bin/env bash
# Runs a command that runs tests, and names in its last lines what failed: the log of a whole run is long.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
  echo "Failed:"
  grep -aE 'recorded an issue|Fatal error|crashed|unexpected signal|error:' "$log" | cut -c1-400 | tail -n 20
fi
exit "$status"

#!/bin/sh
# Installs the Debian packages named as arguments that are not there yet, and says so.
set -eu

missing=
for package in "$@"; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "AgentDesk needs these Debian packages and installs them now:$missing"
run=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "Not root and no sudo. Please run as root: apt-get install$missing" >&2
    exit 1
  }
  run=sudo
fi
# The package lists of a fresh machine may be empty or old: refresh them when the first try fails.
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $run apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
  { $run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $run apt-get install -y --no-install-recommends $missing; }

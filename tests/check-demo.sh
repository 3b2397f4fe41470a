#!/usr/bin/env bash
# check-demo.sh BUILD: the demonstration does what README says, in both languages, and leaves nothing behind; in TAP.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
here=$(dirname "$(realpath "$0")")
number=0 failures=0

# One test case: $1 holds if the command does.
holds () {
  local name=$1
  shift
  number=$((number + 1))
  if "$@" >/dev/null; then
    echo "ok $number $name"
  else
    failures=$((failures + 1))
    sed 's/^/# /' "$work/output"
    echo "not ok $number $name"
  fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"

# Runs it without a screen, under the language $1, with a place of its own for temporary files.
# shellcheck disable=SC2317 # holds() calls it
demonstrate () {
  env -u DISPLAY -u WAYLAND_DISPLAY -u LC_MESSAGES LC_ALL="$1" LANGUAGE= TMPDIR="$work/tmp" \
    "$here/demo/run" "$build" >"$work/output" 2>&1
}

build=$1
echo '1..8'
holds 'in English, it ends well' demonstrate C.UTF-8
holds 'it shows the preview, both runs and the sheet' test "$(grep -c '^[1-4]\. ' "$work/output")" = 4
holds 'the sheet has rows' grep -Eq '^[1-9][0-9]+ rows in all$' "$work/output"
holds 'without a screen it says so' grep -q '^No screen here' "$work/output"
holds 'its profile is gone' rmdir "$work/tmp"
mkdir -p "$work/tmp"
holds 'in French, it ends well' demonstrate fr_FR.UTF-8
holds 'it speaks French' grep -q '^4\. La feuille$' "$work/output"
holds 'its processes are gone' bash -c "! grep -lqsz '$work/tmp' /proc/[0-9]*/environ"
exit $((failures > 0))

#!/usr/bin/env bash
# check-po.sh: each language of po/LINGUAS is well-formed and says everything that the program says today; in TAP.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failures=0

# One test case: $1 holds if $2, what is wrong, is empty.
holds () {
  number=$((number + 1))
  if [[ -z $2 ]]; then
    echo "ok $number $1"
  else
    failures=$((failures + 1))
    printf '# %s\n' "${2//$'\n'/$'\n# '}"
    echo "not ok $number $1"
  fi
}

mapfile -t languages < <(sed 's/#.*//; /^ *$/d' po/LINGUAS)
if ((${#languages[@]} == 0)); then
  echo '1..0 # SKIP po/LINGUAS names no language yet'
  exit
fi

echo "1..$((2 * ${#languages[@]}))"
xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dngettext:2,3 \
  --files-from=po/POTFILES --output="$work/now.pot"
for language in "${languages[@]}"; do
  holds "$language: well-formed" "$(msgfmt --check --output-file=/dev/null "po/$language.po" 2>&1)"
  msgmerge --quiet --no-fuzzy-matching --output-file="$work/$language.po" "po/$language.po" "$work/now.pot"
  holds "$language: complete" "$(msgattrib --untranslated "$work/$language.po"; msgattrib --only-fuzzy "po/$language.po")"
done
exit $((failures > 0))

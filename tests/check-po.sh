#!/usr/bin/env bash
# check-po.sh: each language of po/LINGUAS is well-formed and says everything that the program says today; in TAP.
# `check-po.sh --update` first writes po/connectors.h, the words of the connectors' manifests, which xgettext cannot read.
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

# What the manifests and templates show to people, as C that xgettext reads.
connector_words () {
  python3 - resources/connectors/*.json resources/templates/*.json <<'END'
import json
import sys


def words(node):
    for name, value in node.items() if isinstance(node, dict) else enumerate(node):
        if name == "discover":
            continue
        if name == "choices" and isinstance(value, dict):
            yield from value.get("values", {}).values()
        elif name in ("name", "label", "help", "description"):
            yield value
        elif name == "integration":
            yield value["name"]
            yield from headings(value)
        elif name == "steps":
            yield from value
        elif name == "warnings":
            yield from value.values()
        elif isinstance(value, (dict, list)):
            yield from words(value)


def headings(integration):
    """The columns of files and sheets, which people read; a service's own names stay."""
    for end, member in (("source", "from"), ("destination", "to")):
        if integration[end]["connector"] in ("csv", "google-sheets"):
            yield from (rule[member] for rule in integration["mapping"] if member in rule)


print("/* connectors.h: the words of resources/connectors and templates, for xgettext only; written by tests/check-po.sh --update.")
print(" * SPDX-License-Identifier: GPL-3.0-or-later */\n")
for sentence in sorted({word for path in sys.argv[1:] for word in words(json.load(open(path)))}):
    print(f"N_ ({json.dumps(sentence, ensure_ascii=False)})")
END
}

if [[ ${1:-} == --update ]]; then
  connector_words >po/connectors.h
fi

mapfile -t languages < <(sed 's/#.*//; /^ *$/d' po/LINGUAS)
if ((${#languages[@]} == 0)); then
  echo '1..0 # SKIP po/LINGUAS names no language yet'
  exit
fi

echo "1..$((2 * ${#languages[@]} + 1))"
holds "po/connectors.h is up to date" "$(connector_words | diff po/connectors.h - || true)"
xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dngettext:2,3 \
  --files-from=po/POTFILES --output="$work/now.pot"
for language in "${languages[@]}"; do
  holds "$language: well-formed" "$(msgfmt --check --output-file=/dev/null "po/$language.po" 2>&1)"
  msgmerge --quiet --no-fuzzy-matching --output-file="$work/$language.po" "po/$language.po" "$work/now.pot"
  holds "$language: complete" "$(msgattrib --untranslated "$work/$language.po"; msgattrib --only-fuzzy "po/$language.po")"
done
exit $((failures > 0))

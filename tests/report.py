#!/usr/bin/env python3
"""report.py: counts every test case in the logs of the build folders given, shows what failed, and closes on one line.

Reads meson's own log, not its summary: a program that speaks TAP counts once per case, any other once; one that crashed,
timed out or stopped before its plan was done counts as a failed case beside those it reported.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import re
import sys

CASE = re.compile(r"^(not )?ok\b[\s\d-]*(.*?)(?:\s*#\s*(skip|todo)\b.*)?$", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)", re.MULTILINE)
WHOLE = {"OK": (1, [], 0), "EXPECTEDFAIL": (1, [], 0), "SKIP": (0, [], 1)}
HEAD, TAIL = 30, 50  # lines of a failed program's output


def count(test):
    """The (passed, names of the failed, skipped) of one entry of the log."""
    output, result = test.get("stdout", ""), test["result"]
    plan = PLAN.search(output)
    if not plan or plan[1] == "0":
        return WHOLE.get(result, (0, [result.lower()], 0))
    passed, failed, skipped = 0, [], 0
    for bad, name, directive in (case.groups() for case in map(CASE.match, output.splitlines()) if case):
        if directive:
            skipped += 1
        elif bad:
            failed.append(name)
        else:
            passed += 1
    if result not in WHOLE and not failed:
        failed.append(result.lower())
    return passed, failed, skipped


def show(folder, test, failed):
    print(f"\n--- {folder}: {test['name']}: {', '.join(failed)}")
    lines = (test.get("stdout", "") + "\n" + test.get("stderr", "")).strip().splitlines()
    lines = [line for line in lines if not re.match(r"^(ok\b|# (Start|End) of|# [\w-]+-DEBUG)", line)]
    if len(lines) > HEAD + TAIL:
        lines[HEAD:-TAIL] = [f"… {len(lines) - HEAD - TAIL} lines more, in {folder}/meson-logs …"]
    print("\n".join(lines))


def sentence(passed, failed, skipped):
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def report(folder):
    """Shows and counts one folder; no log means that it was not built or that nothing ran: one failure."""
    logs = sorted(pathlib.Path(folder, "meson-logs").glob("testlog*.json"))
    tests = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    totals = [0, 0, 0]
    for test in tests:
        passed, failed, skipped = count(test)
        if failed:
            show(folder, test, failed)
        totals = [a + b for a, b in zip(totals, (passed, len(failed), skipped))]
    if not tests:
        print(f"\n--- {folder}: not built, or no test ran")
        totals[1] += 1
    return totals


def main(folders):
    results = [(folder, report(folder)) for folder in folders]
    print()
    for folder, totals in results:
        print(f"{folder}: {sentence(*totals)}")
    totals = [sum(column) for column in zip(*(totals for _, totals in results))]
    print(sentence(*totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

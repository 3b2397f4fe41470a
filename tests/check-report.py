#!/usr/bin/env python3
"""check-report.py: report.py counts what really happened; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys
import tempfile

REPORT = pathlib.Path(__file__).with_name("report.py")
OK = {"name": "a", "stdout": "TAP version 13\n1..2\nok 1 /a/x\n# note\nok 2 - /a/y\n", "result": "OK"}
CASES = {
    "every TAP case counts": ([OK], "2 passed, 0 failed", 0),
    "a program without TAP counts once": ([{"name": "b", "stdout": "ok then\n", "result": "OK"}], "1 passed, 0 failed", 0),
    "a failed case counts beside those that passed": (
        [{"name": "c", "stdout": "1..2\nok 1 /x\nnot ok 2 /y\n", "result": "FAIL"}], "1 passed, 1 failed", 1),
    "a crash is a failure": ([OK, {"name": "d", "stdout": "1..3\nok 1 /x\n", "result": "ERROR"}], "3 passed, 1 failed", 1),
    "an exit status after good cases is a failure": (
        [{"name": "e", "stdout": "1..1\nok 1 /x\n", "stderr": "leaked", "result": "ERROR"}], "1 passed, 1 failed", 1),
    "a timeout is a failure": ([{"name": "f", "stdout": "", "result": "TIMEOUT"}], "0 passed, 1 failed", 1),
    "skipped cases are told": (
        [OK, {"name": "g", "stdout": "1..1\nok 1 /x # SKIP no display\n", "result": "SKIP"}],
        "2 passed, 0 failed, 1 skipped", 0),
    "a skipped program is told": ([OK, {"name": "h", "stdout": "1..0 # SKIP why\n", "result": "SKIP"}],
                                  "2 passed, 0 failed, 1 skipped", 0),
    "nothing but skipped is no success": ([{"name": "i", "stdout": "", "result": "SKIP"}],
                                          "0 passed, 0 failed, 1 skipped", 1),
    "an empty log is a failure": ([], "0 passed, 1 failed", 1),
    "a missing log is a failure": (None, "0 passed, 1 failed", 1),
}


def holds(log, line, status):
    with tempfile.TemporaryDirectory() as folder:
        logs = pathlib.Path(folder, "meson-logs")
        logs.mkdir()
        if log is not None:
            logs.joinpath("testlog.json").write_text("".join(json.dumps(test) + "\n" for test in log))
        done = subprocess.run([sys.executable, REPORT, folder], capture_output=True, text=True)
        found = done.stdout.splitlines()[-1]
        if (found, done.returncode) != (line, status):
            print(f"# “{found}”, status {done.returncode}; expected “{line}”, status {status}")
            return False
        return True


print(f"1..{len(CASES)}")
failures = 0
for number, (name, case) in enumerate(CASES.items(), 1):
    good = holds(*case)
    failures += not good
    print(f"{'ok' if good else 'not ok'} {number} {name}")
sys.exit(failures > 0)

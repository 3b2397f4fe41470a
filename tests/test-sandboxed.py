#!/usr/bin/python3
"""test-sandboxed.py: a sandbox like Flatpak's: what would end with it is not called written; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ["HUB_PROGRAM"]


def enter(lost):
    """The words before a command that run it in a sandbox where @lost is a folder in memory."""
    words = ["bwrap", "--proc", "/proc", "--dev", "/dev", "--ro-bind", "/dev/null", "/.flatpak-info"]
    for entry in sorted(pathlib.Path("/").iterdir()):
        if entry.is_symlink():
            words += ["--symlink", os.readlink(entry), str(entry)]
        elif entry.name not in ("proc", "dev", ".flatpak-info"):
            words += ["--bind-try", str(entry), str(entry)]
    return [*words, "--tmpfs", str(lost)]


def run(folder, sandbox, name, destination):
    """The status and the sentence of a run that writes to @destination."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"format": "integration-hub/1", "integrations": [{
        "name": name, "source": {"connector": "csv", "object": "rows", "options": {"path": str(folder / "source.csv")}},
        "destination": {"connector": "csv", "object": "rows", "options": {"path": str(destination)}},
        "write": {"mode": "upsert", "key": "ID"}, "mapping": [{"from": "ID", "to": "ID"}]}]}))
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run([*sandbox, PROGRAM, "import", file], env=environment, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([*sandbox, PROGRAM, "run", name], env=environment, capture_output=True, text=True)
    return done.returncode, done.stderr


def is_memory(folder):
    return subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip() == "tmpfs"


def check(folder):
    (folder / "source.csv").write_text("ID\n1\n")
    lost = folder / "lost"
    lost.mkdir()
    sandbox = enter(lost)
    if not shutil.which("bwrap") or subprocess.run([*sandbox, "true"], capture_output=True).returncode != 0:
        return ["ok 1 - nothing # SKIP bwrap cannot make a sandbox here"]
    status, sentence = run(folder, sandbox, "Perdu", lost / "new.csv")
    ok = status == 1 and "was not given access" in sentence
    lines = [f"{'ok' if ok else 'not ok'} 1 - a file that would end with the sandbox is refused: {status} {sentence.strip()}"]
    status, sentence = run(folder, sandbox, "Gardé", folder / "new.csv")
    ok = status == 0 and (folder / "new.csv").read_text() == "ID\n1\n" if not is_memory(folder) else True
    lines.append(f"{'ok' if ok else 'not ok'} 2 - a file that outlives it is written: {status} {sentence.strip()}")
    return lines


with tempfile.TemporaryDirectory(prefix="hub-sandboxed-", dir=os.getcwd()) as name:
    results = check(pathlib.Path(name))
print("\n".join([f"1..{len(results)}", *results]))
sys.exit(any(line.startswith("not ok") for line in results))

"""check.py: reads `runs --json` of two runs over the same records: the first created all, the second wrote nothing.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import sys

second, first = json.load(sys.stdin)  # newest first
sys.exit(not (
    first["status"] == second["status"] == "success"
    and first["created"] == first["read"] - first["filtered"] > 0
    and second["created"] == second["updated"] == second["rejected"] == 0
    and second["unchanged"] == first["created"]))

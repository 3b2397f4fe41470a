#!/usr/bin/env python3
"""crash.py: runs are killed at random instants, or lose the answer of an accepted write, and are started again until done: nothing
is lost, nothing doubled, nothing wrong, the database intact. In TAP, one case per destination and kind of fault.
SPDX-License-Identifier: GPL-3.0-or-later

crash.py [RUNS]   RUNS kills in all (12 by default), and a third as many lost answers
"""
import csv
import random
import signal
import sqlite3
import subprocess
import sys
import time

from profile_under_test import NAME, PROGRAM, SHEET, Profile

RECORDS = 2000
MAX_TRIES = 50


class Sheet:
    name = 'Google Sheets'
    mode = 'upsert'

    def integrate(self, profile):
        profile.integrate(mode=self.mode)

    def keys(self, profile):
        values = profile.control('/sheet?spreadsheet=sheet-1&sheet=Paiements')['values']
        return [row[0] for row in values[1:]]

    def lose_answer(self, profile):
        profile.control('/faults', {'service': 'google', 'path': ':batchUpdate', 'fault': 'lost', 'times': 1})


class SheetAppend(Sheet):
    name = 'Google Sheets, append'
    mode = 'append'


class Csv(Sheet):
    name = 'a CSV file'

    def path(self, profile):
        return f'{profile.folder}/out.csv'

    def integrate(self, profile):
        profile.integrate(destination={'connector': 'csv', 'object': 'rows', 'options': {'path': self.path(profile)}})

    def keys(self, profile):
        with open(self.path(profile), newline='') as file:
            return [row[0] for row in list(csv.reader(file))[1:]]

    lose_answer = None


def start(profile):
    return subprocess.Popen([PROGRAM, 'run', NAME], env=profile.env, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def finish(profile, usual, kill):
    """Runs until it is done; kills the tries at random instants of the time a run usually takes. Returns the kills."""
    for kills in range(MAX_TRIES):
        child = start(profile)
        try:
            status = child.wait(random.uniform(0.02, usual) if kill and kills < 5 else None)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            continue
        if status == 0:
            return kills
    raise AssertionError(f'not done after {MAX_TRIES} tries')


def check(profile, destination, expected):
    keys = destination.keys(profile)
    database = sqlite3.connect(f'{profile.folder}/data/integration-hub/hub.db')
    intact = database.execute('PRAGMA integrity_check').fetchone()[0]
    doubts = database.execute("SELECT count(*) FROM deliveries WHERE state = 'sent'").fetchone()[0]
    database.close()
    assert len(keys) == len(set(keys)), f'{len(keys) - len(set(keys))} doubled'
    assert set(keys) == expected, f'{len(expected - set(keys))} lost, {len(set(keys) - expected)} too many'
    assert intact == 'ok', intact
    assert doubts == 0, f'{doubts} deliveries still in doubt'


def measure():
    """How long an undisturbed run takes, and which keys it delivers."""
    with Profile(RECORDS) as profile:
        sheet = Sheet()
        sheet.integrate(profile)
        begin = time.monotonic()
        finish(profile, 0, False)
        return time.monotonic() - begin, set(sheet.keys(profile))


def case(destination, runs, usual, expected, lost):
    kills = 0
    for _ in range(runs):
        with Profile(RECORDS) as profile:
            destination.integrate(profile)
            if lost:
                destination.lose_answer(profile)
            kills += finish(profile, usual, not lost)
            check(profile, destination, expected)
    return kills


def main(runs):
    usual, expected = measure()
    cases = [(destination, False) for destination in (Sheet(), SheetAppend(), Csv())]
    cases += [(destination, True) for destination in (Sheet(), SheetAppend())]
    print(f'1..{len(cases)}')
    failed = 0
    for number, (destination, lost) in enumerate(cases, 1):
        share = max(1, runs // 3 // (3 if lost else 1))
        title = f'{share} runs of {RECORDS} records to {destination.name}, {"answer lost" if lost else "killed"}'
        try:
            kills = case(destination, share, usual, expected, lost)
            print(f'ok {number} {title}: {kills} interruptions, 0 lost, 0 doubled', flush=True)
        except (AssertionError, OSError) as error:
            failed += 1
            print(f'not ok {number} {title}: {error}', flush=True)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 12))

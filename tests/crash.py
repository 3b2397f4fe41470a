#!/usr/bin/env python3
"""crash.py: runs are killed at random instants, or lose the answer of an accepted write, and are started again until done: nothing
is lost, nothing doubled, nothing wrong, the database intact. In TAP, one case per destination and kind of fault.
SPDX-License-Identifier: GPL-3.0-or-later

crash.py [RUNS]   RUNS kills in all (12 by default), and a third as many lost answers
"""
import csv
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request

from profile_under_test import NAME, PROGRAM, SHEET, Profile

RECORDS = 2000
MAX_TRIES = 50
CUSTOMER_KEYS = {f'c{number:04}' for number in range(RECORDS)}


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


class Customers(Sheet):
    """An upsert REST destination: Stripe's customers, by e-mail, out of a CSV file."""
    name = 'Stripe customers'

    def integrate(self, profile):
        path = f'{profile.folder}/in.csv'
        with open(path, 'w', newline='') as file:
            rows = csv.writer(file)
            rows.writerow(('email', 'name'))
            rows.writerows(sorted((f'{key}@example.com', 'Ada') for key in CUSTOMER_KEYS))
        profile.integrate(source={'connector': 'csv', 'object': 'rows', 'options': {'path': path}},
                          destination={'connector': 'stripe', 'account': 'S', 'object': 'customers'}, key='email',
                          fields=(('email', 'email'), ('name', 'name')))

    def keys(self, profile):
        """The customers made by us, by what stands before the @."""
        keys, after = [], ''
        while True:
            request = urllib.request.Request(
                f'{profile.urls["stripe"]}/v1/customers?limit=100{after}',
                headers={'Authorization': 'Bearer sk_test_profile', 'Stripe-Version': '2026-10-28.endive'})
            with urllib.request.urlopen(request) as answer:
                page = json.load(answer)
            keys += [found['email'].split('@')[0] for found in page['data']
                     if re.match(r'c\d{4}@', found['email'] or '')]
            if not page['has_more']:
                return keys
            after = f'&starting_after={page["data"][-1]["id"]}'

    def lose_answer(self, profile):
        profile.control('/faults', {'service': 'stripe', 'path': '/v1/customers', 'method': 'POST', 'fault': 'lost',
                                    'skip': 100, 'times': 3})


def start(profile):
    return subprocess.Popen([PROGRAM, 'run', NAME], env=profile.env, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def cut_power(profile):
    """What is on the disk is copied and goes on in its place; what was only in memory, the log's index, is gone."""
    data = f'{profile.folder}/data/integration-hub'
    shutil.copytree(data, f'{data}.copy', ignore=shutil.ignore_patterns('hub.db-shm'))
    shutil.rmtree(data)
    os.rename(f'{data}.copy', data)


def finish(profile, usual, kill):
    """Runs until it is done; kills the tries at random instants of the time a run usually takes. Returns the kills."""
    for kills in range(MAX_TRIES):
        child = start(profile)
        try:
            status = child.wait(random.uniform(0.02, usual) if kill and kills < 5 else None)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            cut_power(profile)
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


def fill_disk():
    """In the child: files may not grow beyond 150 kB, as on a full disk; a write that fails is an error, not a signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


def full_disk(expected):
    """A disk that fills up in the middle of a run ends it with one sentence; with room again, the next run finishes the work."""
    with Profile(RECORDS) as profile:
        Sheet().integrate(profile)
        run = subprocess.run([PROGRAM, 'run', NAME], env=profile.env, preexec_fn=fill_disk, capture_output=True,
                             text=True)
        assert run.returncode == 1, f'exit status {run.returncode}: {run.stderr}'
        assert run.stderr.count('\n') == 1, run.stderr
        finish(profile, 0, False)
        check(profile, Sheet(), expected)


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
            check(profile, destination, CUSTOMER_KEYS if isinstance(destination, Customers) else expected)
    return kills


def main(runs):
    usual, expected = measure()
    cases = [(destination, False) for destination in (Sheet(), SheetAppend(), Csv(), Customers())]
    cases += [(destination, True) for destination in (Sheet(), SheetAppend(), Customers())]
    print(f'1..{len(cases) + 1}')
    failed = 0
    for number, (destination, lost) in enumerate(cases, 1):
        share = max(1, runs // (9 if lost else 4))
        title = f'{share} runs of {RECORDS} records to {destination.name}, {"answer lost" if lost else "killed"}'
        try:
            kills = case(destination, share, usual, expected, lost)
            print(f'ok {number} {title}: {kills} interruptions, 0 lost, 0 doubled', flush=True)
        except (AssertionError, OSError) as error:
            failed += 1
            print(f'not ok {number} {title}: {error}', flush=True)
    try:
        full_disk(expected)
        print(f'ok {len(cases) + 1} a full disk loses nothing', flush=True)
    except AssertionError as error:
        failed += 1
        print(f'not ok {len(cases) + 1} a full disk loses nothing: {error}', flush=True)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 12))

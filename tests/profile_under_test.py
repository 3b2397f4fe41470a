"""profile_under_test.py: a sandbox and a throw-away profile whose accounts point at it, for scripts that run the program.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

BUILD = os.environ.get('HUB_BUILD', 'build')
PROGRAM = os.environ.get('HUB_PROGRAM', f'{BUILD}/src/integration-hub')
SANDBOX = os.environ.get('HUB_SANDBOX', f'{BUILD}/tests/sandbox/hub-sandbox')
FLOOR = f'{BUILD}/tests/bench/bare-loop'
NAME = 'Synchro'
STRIPE = {'connector': 'stripe', 'account': 'S', 'object': 'payment_intents'}
SHEET = {'connector': 'google-sheets', 'account': 'G', 'object': 'rows',
         'options': {'spreadsheet': 'sheet-1', 'sheet': 'Paiements'}}
FIELDS = (('id', 'ID'), ('amount', 'Montant'), ('currency', 'Devise'), ('status', 'Statut'), ('created', 'Date'),
          ('description', 'Libellé'), ('receipt_email', 'E-mail'))


class Profile:
    """A sandbox with so many payments, and a throw-away profile whose accounts point at it."""

    def __init__(self, records, latency=0):
        self.folder = tempfile.mkdtemp(prefix='hub-profile-')
        self.key = f'{self.folder}/key.json'
        self.sandbox = subprocess.Popen(
            [SANDBOX, '--payments', str(records), '--latency', str(latency), '--key-file', self.key],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls = json.loads(self.sandbox.stdout.readline())
        self.env = dict(os.environ, XDG_DATA_HOME=f'{self.folder}/data', LC_ALL='C.UTF-8', SECRET_BACKEND='file',
                        SECRET_FILE_TEST_PATH=f'{self.folder}/keyring', SECRET_FILE_TEST_PASSWORD='test')
        self.hub('account', 'add', 'stripe', '--name', 'S', '--set', f'base_url={self.urls["stripe"]}',
                 stdin='{"api_key": "sk_test_profile"}')
        with open(self.key) as key:
            self.hub('account', 'add', 'google-sheets', '--name', 'G', '--set', f'base_url={self.urls["google"]}',
                     stdin=key.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sandbox.stdin.close()
        self.sandbox.wait()
        shutil.rmtree(self.folder)

    def integrate(self, source=STRIPE, destination=SHEET, mode='upsert', key='ID', fields=FIELDS):
        """Imports the integration NAME."""
        with open(f'{self.folder}/file.json', 'w') as file:
            json.dump({'format': 'integration-hub/1', 'integrations': [{
                'name': NAME, 'source': source, 'destination': destination, 'write': {'mode': mode, 'key': key},
                'mapping': [{'from': origin, 'to': target} for origin, target in fields]}]}, file)
        self.hub('import', f'{self.folder}/file.json')

    def hub(self, *arguments, stdin=''):
        return subprocess.run([PROGRAM, *arguments], input=stdin, env=self.env, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def control(self, path, body=None, method=None):
        """Asks the sandbox's control port."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.urls['control'] + path, data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b'null')

    def timed(self, command):
        """Wall seconds and peak MiB of one command, and what it printed."""
        start = time.monotonic()
        child = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f'{command} ended with {child.returncode}: {output}')
        return time.monotonic() - start, usage.ru_maxrss / 1024, output

    def run(self, *options):
        seconds, peak, output = self.timed([PROGRAM, 'run', NAME, '--json', *options])
        return seconds, peak, json.loads(output)

    def floor(self, what):
        """Seconds of the bare loop: 'read', 'write' or 'all'."""
        return self.timed([FLOOR, self.urls['stripe'], self.urls['google'], self.key, what])[0]

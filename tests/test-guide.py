#!/usr/bin/env python3
"""test-guide.py: the worked example of the guides to “Your own API” reads a shop, and manifests written from the guide alone read
services that nobody has seen; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import csv
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get('HUB_PROGRAM', 'build/src/integration-hub')
GUIDES = ('your-own-api.md', 'votre-api.md')
RECORDS = 230


def manifest_of(guide):
    """The manifest in the guide, as text."""
    return re.search(r'```json\n(.*?)```', (ROOT / 'data/help' / guide).read_text(), re.S)[1]


class Shop:
    """WooCommerce's orders, as its own documentation has them: only known parameters."""
    KNOWN = {'per_page', 'page', 'orderby', 'order', 'modified_after', 'dates_are_gmt'}

    def __init__(self):
        self.orders = [{'id': number, 'number': f'{number:05}', 'status': 'completed', 'currency': 'EUR',
                        'total': f'{number}.50', 'date_created_gmt': '2026-11-01T10:00:00',
                        'date_modified_gmt': '2026-11-01T10:00:00',
                        'billing': {'first_name': 'Zoé', 'last_name': f'N° {number}', 'email': f'c{number}@x.test'}}
                       for number in range(1, RECORDS + 1)]

    def answer(self, path, query, headers, origin):
        expected = 'Basic ' + base64.b64encode(b'ck_1:cs_2').decode()
        if headers.get('Authorization') != expected:
            return 401, {'code': 'woocommerce_rest_cannot_view', 'message': 'Sorry, you cannot list resources.'}, {}
        if path != '/wp-json/wc/v3/orders' or set(query) - self.KNOWN:
            return 404, {'message': f'No route: {path} {query}'}, {}
        found = [order for order in self.orders if order['date_modified_gmt'] > query.get('modified_after', '')]
        size, page = int(query.get('per_page', 10)), int(query.get('page', 1))
        pages = -(-len(found) // size)
        links = {}
        if page < pages:
            following = urllib.parse.urlencode({**query, 'page': page + 1})
            links = {'Link': f'<{origin}{path}?page=1>; rel="prev", <{origin}{path}?{following}>; rel="next"'}
        return 200, found[(page - 1) * size:page * size], {'X-WP-TotalPages': str(pages), **links}


class Bookings:
    """Invented: pages by offset, records inside records, cents and unix times, a bearer token."""

    def __init__(self):
        self.asked = []

    def answer(self, path, query, headers, origin):
        if headers.get('Authorization') != 'Bearer b-token':
            return 401, {'problem': {'text': 'who are you?'}}, {}
        if path != '/v2/bookings' or set(query) - {'skip', 'take'}:
            return 404, {}, {}
        self.asked.append(query)
        first = int(query.get('skip', 0))
        rows = [{'booking': {'ref': f'B-{number:04}', 'guest': {'mail': f'g{number}@x.test'}},
                 'nights': [{'price': {'cents': 100 * number + 5, 'cur': 'eur'}}, {'price': {'cents': 1, 'cur': 'eur'}}],
                 'at': 1795350000 + number} for number in range(RECORDS)]
        return 200, {'meta': {'count': RECORDS}, 'payload': {'rows': rows[first:first + int(query['take'])]}}, {}


class Till:
    """Invented: the next page is in the Link header, relative to this one; the key in a header of its own."""

    def answer(self, path, query, headers, origin):
        if headers.get('X-Till-Key') != 't-key':
            return 403, {}, {}
        if path != '/till/receipts' or query.get('size') != '50':
            return 404, {}, {}
        first = int(query.get('from', 0))
        receipts = [{'no': number, 'paid': number % 2 == 0, 'sum': {'value': f'{number}.10'}} for number in range(RECORDS)]
        more = first + 50 < RECORDS
        return 200, receipts[first:first + 50], {'Link': f'</till/receipts?size=50&from={first + 50}>; rel=next'} if more else {}


BOOKINGS = '''{
  "id": "bookings", "name": "Bookings", "base_url": "https://bookings.example/v2",
  "auth": {"kind": "bearer", "fields": [{"id": "token", "label": "Token", "kind": "secret", "required": true}]},
  "verify": {"paths": ["/bookings?take=1"]}, "error_message": "problem.text",
  "objects": [
    { "id": "bookings", "label": "Bookings", "key": "booking.ref",
      "read": {"path": "/bookings", "query": {"take": "40"}, "records": "payload.rows",
        "page": "offset", "page_param": "skip", "total": "meta.count"},
      "fields": [
        {"path": "booking.ref", "label": "Reference", "unique": true},
        {"path": "booking.guest.mail", "label": "E-mail", "type": "email"},
        {"path": "nights.0.price.cents", "label": "First night", "type": "money", "format": "minor_units", "currency": "nights.0.price.cur"},
        {"path": "at", "label": "Made", "type": "datetime", "format": "unix_seconds"}
      ] }
  ]
}'''

TILL = '''{
  "id": "till", "name": "Till", "base_url": "https://till.example/till",
  "auth": {"kind": "header", "header": "X-Till-Key", "fields": [{"id": "key", "label": "Key", "kind": "secret", "required": true}]},
  "verify": {"paths": ["/receipts?size=50"]},
  "objects": [
    { "id": "receipts", "label": "Receipts", "key": "no",
      "read": {"path": "/receipts", "query": {"size": "50"}, "records": "", "page": "link"},
      "fields": [
        {"path": "no", "label": "Number"}, {"path": "paid", "label": "Paid", "type": "boolean"},
        {"path": "sum.value", "label": "Sum", "type": "decimal"}
      ] }
  ]
}'''


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, service):
        super().__init__(('127.0.0.1', 0), Handler)
        self.service, self.queries = service, []
        self.origin = f'http://127.0.0.1:{self.server_port}'
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.server.queries.append(query)
        status, body, headers = self.server.service.answer(url.path, query, self.headers, self.server.origin)
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {'Content-Type': 'application/json', 'Content-Length': str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Profile:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='hub-guide-')
        self.env = dict(os.environ, XDG_DATA_HOME=f'{self.folder}/data', LC_ALL='C.UTF-8', SECRET_BACKEND='file',
                        SECRET_FILE_TEST_PATH=f'{self.folder}/keyring', SECRET_FILE_TEST_PASSWORD='test')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def hub(self, *arguments, stdin='', status=0):
        done = subprocess.run([PROGRAM, *arguments], input=stdin, env=self.env, text=True, capture_output=True, check=False)
        assert done.returncode == status, f'{arguments}: {done.returncode}: {done.stderr}'
        return done.stdout if status == 0 else done.stderr

    def install(self, name, text):
        folder = pathlib.Path(self.folder, 'data/integration-hub/connectors')
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'{name}.json').write_text(text)

    def copy_to_csv(self, connector, thing, fields, full=False):
        """Reads all into a CSV file: what the run says, and the rows."""
        out = f'{self.folder}/{connector}.csv'
        pathlib.Path(self.folder, 'file.json').write_text(json.dumps({'format': 'integration-hub/1', 'integrations': [{
            'name': connector, 'source': {'connector': connector, 'account': connector, 'object': thing},
            'destination': {'connector': 'csv', 'object': 'rows', 'options': {'path': out}},
            'write': {'mode': 'upsert', 'key': 'K'},
            'mapping': [{'from': path, 'to': name} for name, path in fields.items()]}]}))
        self.hub('import', f'{self.folder}/file.json')
        said = json.loads(self.hub('run', connector, '--json'))
        with open(out, newline='') as file:
            return said, list(csv.DictReader(file))


def the_guides_say_the_same():
    english, french = (json.loads(manifest_of(guide)) for guide in GUIDES)
    assert len(manifest_of(GUIDES[0]).splitlines()) <= 30

    def bare(node):
        if isinstance(node, dict):
            return {name: bare(value) for name, value in node.items() if name != 'label'}
        return [bare(value) for value in node] if isinstance(node, list) else node
    assert bare(english) == bare(french)
    tables = [re.findall(r'^\| `([^|]*?)` ?\|', (ROOT / 'data/help' / guide).read_text(), re.M) for guide in GUIDES]
    assert tables[0] == tables[1] and len(tables[0]) > 40


def every_member_is_in_the_guides():
    schema = json.loads((ROOT / 'resources/schemas/manifest.json').read_text())

    def names(node):
        if isinstance(node, dict):
            if isinstance(node.get('properties'), dict):
                yield from node['properties']
            for value in node.values():
                yield from names(value)
        elif isinstance(node, list):
            for value in node:
                yield from names(value)
    for guide in GUIDES:
        text = (ROOT / 'data/help' / guide).read_text()
        missing = {name for name in names(schema) if f'`{name}`' not in text}
        # what only built-in connectors need is said to be theirs
        assert missing <= {'request', 'item', 'items', 'results', 'errors', 'trace', 'values'}, f'{guide}: {missing}'


def the_example_reads_a_shop():
    shop = Shop()
    server = Server(shop)
    for guide in GUIDES:
        with Profile() as profile:
            file = f'{profile.folder}/woocommerce.json'
            pathlib.Path(file).write_text(manifest_of(guide))
            assert profile.hub('objects', file).startswith('orders\t')
            assert 'billing.email' in profile.hub('fields', file, 'orders')
            profile.install('woocommerce', manifest_of(guide))
            listed = [line.split('\t')[0] for line in profile.hub('objects').splitlines()]
            assert listed == ['stripe', 'google-sheets', 'mailchimp', 'hubspot', 'brevo', 'csv', 'woocommerce'], listed
            url = f'base_url={server.origin}'
            refused = profile.hub('account', 'add', 'woocommerce', '--name', 'x', '--set', url,
                                  stdin='{"key": "ck_1", "secret": "wrong"}', status=4)
            assert 'cannot list resources' in refused and refused.count('\n') == 1, refused
            profile.hub('account', 'add', 'woocommerce', '--name', 'woocommerce', '--set', url,
                        stdin='{"key": "ck_1", "secret": "cs_2"}')
            server.queries.clear()
            fields = {'K': 'number', 'Total': 'total', 'E-mail': 'billing.email', 'Made': 'date_created_gmt'}
            said, rows = profile.copy_to_csv('woocommerce', 'orders', fields)
            assert said['created'] == RECORDS == len(rows), said
            assert rows[7] == {'K': '00008', 'Total': '8.50', 'E-mail': 'c8@x.test', 'Made': '2026-11-01T10:00:00Z'}, rows[7]
            assert len(server.queries) == 3, server.queries
            shop.orders[4].update(total='99.90', date_modified_gmt='2999-01-01T00:00:00')
            said = json.loads(profile.hub('run', 'woocommerce', '--json'))
            assert (said['read'], said['updated']) == (1, 1), said
            shop.orders[4].update(total='5.50', date_modified_gmt='2026-11-01T10:00:00')


def a_service_with_offsets_is_read():
    with Profile() as profile:
        service = Bookings()
        profile.install('bookings', BOOKINGS)
        profile.hub('account', 'add', 'bookings', '--name', 'bookings', '--set', f'base_url={Server(service).origin}',
                    stdin='{"token": "b-token"}')
        fields = {'K': 'booking.ref', 'E-mail': 'booking.guest.mail', 'Price': 'nights.0.price.cents', 'Made': 'at'}
        said, rows = profile.copy_to_csv('bookings', 'bookings', fields)
        assert said['created'] == RECORDS == len({row['K'] for row in rows}), said
        assert rows[12]['Price'] == '12.05' and rows[12]['E-mail'] == 'g12@x.test', rows[12]
        assert rows[12]['Made'] == '2026-11-22T12:20:12Z', rows[12]


def a_service_with_links_is_read():
    with Profile() as profile:
        profile.install('till', TILL)
        profile.hub('account', 'add', 'till', '--name', 'till', '--set', f'base_url={Server(Till()).origin}',
                    stdin='{"key": "t-key"}')
        said, rows = profile.copy_to_csv('till', 'receipts', {'K': 'no', 'Paid': 'paid', 'Sum': 'sum.value'})
        assert said['created'] == RECORDS == len({row['K'] for row in rows}), said
        assert rows[3] == {'K': '3', 'Paid': 'false', 'Sum': '3.10'}, rows[3]
        os.remove(f'{profile.folder}/data/integration-hub/connectors/till.json')
        assert 'there is no connector “till”' in profile.hub('run', 'till', status=1)
        profile.hub('account', 'remove', 'till')  # also when nobody knows any more what it was


def a_mistake_is_told_with_its_line():
    with Profile() as profile:
        file = f'{profile.folder}/wrong.json'
        lines = manifest_of(GUIDES[0]).splitlines()
        cases = {'"records"': '"recrods"', '"kind": "basic"': '"kind": "basik"', '"page": "link"': '"page": "number"',
                 '"base_url": "https://': '"base_url": "http://', '"key": "id"': '"key": 7', '"{path}/{key}"': '"{path}/{id}"'}
        for right, wrong in cases.items():
            number = next(index for index, line in enumerate(lines, 1) if right in line)
            pathlib.Path(file).write_text('\n'.join(lines).replace(right, wrong, 1))
            said = profile.hub('objects', file, status=2)
            assert said.startswith(f'integration-hub: {file}, line {number}') or '"page"' in right, said
            assert said.count('\n') == 1, said
        pathlib.Path(file).write_text('\n'.join(lines).replace('"records"', '"recrods"', 1))
        assert 'unknown member “recrods”; did you mean “records”?' in profile.hub('objects', file, status=2)
        assert 'No such file' in profile.hub('objects', './absent.json', status=2)


CASES = {
    'both guides have the same manifest, of 30 lines, and the same tables': the_guides_say_the_same,
    'every member of the schema is in the guides': every_member_is_in_the_guides,
    'the worked example reads a shop, and then what has changed': the_example_reads_a_shop,
    'a service with offsets and nested records is read': a_service_with_offsets_is_read,
    'a service with links and a key in a header is read': a_service_with_links_is_read,
    'a mistake is told with file, line and a suggestion': a_mistake_is_told_with_its_line,
}

print(f'1..{len(CASES)}')
failures = 0
for number, (name, case) in enumerate(CASES.items(), 1):
    try:
        case()
        print(f'ok {number} {name}', flush=True)
    except Exception as error:  # whatever it is, the others are told too
        failures += 1
        print(f'# {type(error).__name__}: {str(error).strip()}'.replace('\n', '\n# '))
        print(f'not ok {number} {name}', flush=True)
sys.exit(failures > 0)

#!/usr/bin/python3
"""shots.py: pictures of every screen in build/shots, in English and French, light and dark, wide and narrow: `./dev shots`.
SPDX-License-Identifier: GPL-3.0-or-later

HUB_SHOTS: the folder for the pictures. They show a throw-away profile: sandbox services, runs, rejects, an undo, a month of history.
"""
import contextlib
import csv
import gettext
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

import desktop
from gi.repository import GLib

from desktop import Profile, Window, main, passed, wait_for

PAYMENTS = 240
DAY = 24 * 3600 * 1000
SCREEN = "1320x860"
SIZES = {"wide": (1280, 800), "narrow": (360, 720)}
if "HUB_SIZES" in os.environ:
    SIZES = {name: SIZES[name] for name in os.environ["HUB_SIZES"].split()}
SCHEMES = os.environ.get("HUB_SCHEMES", "light dark").split()
SHOTS = pathlib.Path(os.environ["HUB_SHOTS"])
desktop.LIMIT = 900

NAMES = {
    "en": {"payments": "Stripe Payments to the Ledger", "customers": "Customers to a File", "orders": "Shop Orders to the Ledger",
           "refused": "Old Shop to the Ledger", "paused": "Customers to the Mailing List", "silent": "Invoices to the Accountant",
           "shop": "Shop", "ledger": "Ledger", "old": "Old Shop", "tab": "Payments", "amount": "Amount", "date": "Date",
           "name": "Name", "mail": "E-mail", "order": "Order"},
    "fr": {"payments": "Paiements Stripe vers la compta", "customers": "Clients vers un fichier",
           "orders": "Commandes de la boutique vers la compta", "refused": "Ancienne boutique vers la compta",
           "paused": "Clients vers la lettre d’information", "silent": "Factures pour l’expert-comptable", "shop": "Boutique",
           "ledger": "Compta", "old": "Ancienne boutique", "tab": "Paiements", "amount": "Montant", "date": "Date", "name": "Nom",
           "mail": "E-mail", "order": "Commande"},
}


def stripe(account, thing):
    return {"connector": "stripe", "account": account, "object": thing, "options": {}}


def sheet(names, tab):
    return {"connector": "google-sheets", "account": names["ledger"], "object": "rows",
            "options": {"spreadsheet": "sheet-1", "sheet": tab}}


def table(path):
    return {"connector": "csv", "object": "rows", "options": {"path": str(path)}}


def integration(name, source, destination, mapping, schedule=None, enabled=True):
    return {"name": name, "enabled": enabled, "source": source, "destination": destination, "filter": [],
            "write": {"mode": "upsert", "key": mapping[0]["to"]}, "mapping": mapping, "schedule": schedule}


def write_orders(path, names):
    """A shop's orders; in some of them the date is none."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([names["order"], names["name"], names["mail"], names["date"], names["amount"]])
        for n in range(1, 61):
            date = "31/02/2026" if n % 23 == 0 else f"{n % 28 + 1:02}/10/2026"
            writer.writerow([f"C-{n:04}", f"Camille Petit {n}", f"camille.petit{n}@example.org", date, f"{n * 7 % 90 + 12},50"])


def make_integrations(folder, names):
    orders, clients, invoices = folder / "commandes.csv", folder / "clients.csv", folder / "factures.csv"
    write_orders(orders, names)
    date = {"to": names["date"], "steps": [{"op": "date", "format": "%d/%m/%Y", "zone": "Europe/Paris"}]}
    payment = [{"from": "id", "to": "ID"}, {"from": "amount", "to": names["amount"]}, {"from": "created", **date},
               {"from": "currency", "to": "Currency", "steps": [{"op": "upper"}]}, {"from": "description", "to": "Description"}]
    client = [{"from": "id", "to": "ID"}, {"from": "email", "to": names["mail"]}, {"from": "name", "to": names["name"]}]
    order = [{"from": names["order"], "to": names["order"]}, {"from": names["name"], "to": names["name"]},
             {"from": names["date"], **date}, {"from": names["amount"], "to": names["amount"]}]
    return [
        integration(names["payments"], stripe(names["shop"], "payment_intents"), sheet(names, names["tab"]), payment, {"every": "15m"}),
        integration(names["customers"], stripe(names["shop"], "customers"), table(clients), client, {"daily": "07:30"}),
        integration(names["orders"], table(orders), sheet(names, names["order"]), order, {"every": "1h"}),
        integration(names["refused"], stripe(names["old"], "payment_intents"), sheet(names, names["tab"]), payment, {"every": "1h"}),
        integration(names["paused"], stripe(names["shop"], "customers"), table(folder / "lettre.csv"), client, enabled=False),
        integration(names["silent"], stripe(names["shop"], "payment_intents"), table(invoices), payment,
                    {"weekly": {"days": ["mon"], "at": "08:00"}}),
    ]


def age(folder, names):
    """Gives the profile a month of history, which no real run can have."""
    now = time.time() * 1000
    today = now - now % DAY
    with contextlib.closing(sqlite3.connect(folder / "data_home/integration-hub/hub.db")) as database, database:
        number = "SELECT id FROM integrations WHERE name = ?"
        for back in range(29, 0, -1):
            when, count = today - back * DAY + 9 * 3600 * 1000, (back * 37) % 53 + (40 if back % 7 else 5)
            run = database.execute(
                f"INSERT INTO runs (integration_id, version, kind, status, started, finished, read, created) VALUES (({number}),"
                " 1, 'run', 'success', ?, ?, ?, ?)", (names["payments"], when, when + 4000, count, count)).lastrowid
            database.execute(
                "INSERT INTO deliveries (run_id, source_key, key, operation, sent, state, time) SELECT ?, source_key, key, operation, sent,"
                " CASE WHEN ? % 6 = 0 AND id % 9 = 0 THEN 'dismissed' ELSE state END, ? FROM deliveries WHERE run_id ="
                f" (SELECT min (id) FROM runs WHERE integration_id = ({number})) LIMIT ?", (run, back, when, names["payments"], count))
        database.execute(f"UPDATE runs SET started = started - ?1, finished = finished - ?1 WHERE integration_id = ({number.replace('?', '?2')})",
                         (5 * DAY, names["silent"]))
        # the newest run is the one that counts as the last
        database.execute("UPDATE runs SET id = id + 100000 WHERE id IN (SELECT max (id) FROM runs WHERE started > ?)", (today - DAY,))


def fill(profile, folder, names):
    """Accounts, integrations, runs."""
    services = profile.services
    for name in (names["shop"], names["old"]):
        profile.cli("account", "add", "stripe", "--name", name, "--set", f"base_url={services['stripe']}", "--no-check",
                    text='{"api_key": "sk_test_shots"}' if name == names["shop"] else '{"api_key": "sk_test_REFUSED"}')
    profile.cli("account", "add", "google-sheets", "--name", names["ledger"], "--set", f"base_url={services['google']}",
                text=profile.key_file.read_text())
    profile.cli("import", profile.file(*make_integrations(folder, names)))
    for name in ("payments", "orders", "silent", "refused", "customers"):
        profile.cli("run", names[name], status=(0, 1, 3, 4))
    profile.cli("undo", str(profile.last_run(names["customers"])["run"]))
    profile.cli("run", names["customers"])
    age(folder, names)


class Shots(Window):
    """The window, in one language, scheme and size."""

    def __init__(self, profile, language, scheme, size):
        self.language, self.look = language, f"{language}-{scheme}-{size}"
        catalog = gettext.translation("integration-hub", os.environ["HUB_LOCALEDIR"], [language], fallback=True)
        self.say = catalog.gettext
        width, height = SIZES[size]
        state = profile.folder / "state_home/integration-hub/window-size"
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(f"{width} {height} 0\n")
        settings = profile.folder / "config_home/gtk-4.0/settings.ini"  # as GNOME has it
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[Settings]\ngtk-decoration-layout=appmenu:close\ngtk-font-name=Cantarell 11\n")
        super().__init__(profile.program, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}",
                         LC_ALL="fr_FR.UTF-8" if language == "fr" else "en_US.UTF-8")

    def settle(self, seconds=3):
        """Waits until two pictures in a row are the same."""
        before, end = None, time.monotonic() + seconds
        while time.monotonic() < end:
            picture = subprocess.run(["import", "-window", "root", "rgb:-"], check=True, capture_output=True).stdout
            if picture == before:
                return
            before = picture
            time.sleep(0.1)

    def keep(self, name):
        """Keeps a picture of the window on top of the others, or of the whole of them where it is small."""
        subprocess.run(["xdotool", "mousemove", "1319", "859"], check=True)
        self.settle()
        frame = self.frame
        x, y = wait_for("the window on the screen", lambda: self.origin(frame))
        width, height = frame.box()[2:]
        (SHOTS / self.look).mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "+repage",
                        str(SHOTS / self.look / f"{name}.png")], check=True)

    def control(self, name, role=None, within=None):
        """What can be pressed under the English @name."""
        return self.wait(role, self.say(name).replace("_", ""), lambda node: node.has("sensitive"), within, 8)

    def press(self, name, role=None):
        self.control(name, role).act()

    def tab(self, name):
        self.press(name, ("tab", "page tab", "toggle button", "radio button", "button"))

    def open_menu(self, name, item=None):
        """Opens the menu of the card @name, and chooses @item in it."""
        self.tab("Integrations")
        card = wait_for(name, lambda: next((row for row in self.frame.all("list item", name) if row.find("switch")), None))
        card.find("button", self.say("More")).find("button").act()
        self.settle()
        if item:
            self.control(item, "menu item").act()

    def edit(self, name, steps):
        """The wizard with the integration @name, after so many steps."""
        self.open_menu(name, "_Edit")
        for _ in range(steps):
            self.settle()
            self.press("Next", "button")
        self.settle(6)

    def show_part(self, name):
        self.tab("History")
        self.settle()
        self.press(name, ("tab", "page tab", "toggle button", "radio button", "button"))

    def show_first(self, part):
        """What the first row of that part of the history leads to."""
        self.show_part(part)
        self.settle()
        self.click(self.wait("list item"))

    def select_rule(self, name):
        self.edit(name, 2)
        self.click(self.wait("list item"))
        self.press_key("Return")

    def open_main_menu(self, *keys):
        self.press_key("F10")
        self.settle()
        self.press_key(*keys)

    def back(self):
        """Leaves what lies on top of the tabs, and discards it where that is asked."""
        for _ in range(4):
            self.press_key("Escape")
            self.settle(1)
            for word in ("Discard", "Leave", "Discard Changes"):
                if (dialog := self.top()) != self.frame and (button := dialog.find("button", self.say(f"_{word}").replace("_", ""))):
                    self.click(button)

    def perform(self, screens):
        """Opens one screen after the other."""
        for name, open_it in screens:
            try:
                open_it()
                self.keep(name)
            except (AssertionError, GLib.Error) as error:
                print(f"not ok - {self.look} {name}: {error}".replace("\n", " "), flush=True)
            self.back()


def screens(window, names):
    yield "dashboard", lambda: window.tab("Dashboard")
    yield "integrations", lambda: window.tab("Integrations")
    yield "menu", lambda: window.open_menu(names["payments"])
    yield "preview", lambda: window.open_menu(names["orders"], "_Preview")
    yield "history", lambda: window.tab("History")
    yield "run", lambda: window.show_first("Runs")
    yield "rejects", lambda: window.show_part("Rejects")
    yield "reject", lambda: window.show_first("Rejects")
    yield "search", lambda: window.show_part("Search")
    yield "accounts", lambda: window.tab("Accounts")
    yield "wizard-new", lambda: window.open_main_menu("Return")
    for number, step in enumerate(("source", "destination", "mapping", "when", "preview")):
        yield f"wizard-{number + 1}-{step}", lambda number=number: window.edit(names["payments"], number)
    yield "rule", lambda: window.select_rule(names["payments"])
    yield "preferences", lambda: window.open_main_menu("Down", "Down", "Down", "Return")
    yield "shortcuts", lambda: window.press_key("ctrl+question")
    yield "about", lambda: window.open_main_menu("Up", "Return")


def shoot(language, folder):
    names = NAMES[language]
    profile = Profile(folder, PAYMENTS, accounts=False)
    looks = [(scheme, size) for size in SIZES for scheme in SCHEMES]
    for look in looks:
        window = Shots(profile, language, *look)
        window.perform([("welcome", lambda: None)])
        window.close()
    fill(profile, folder, names)
    for look in looks:
        window = Shots(profile, language, *look)
        window.perform(screens(window, names))
        window.close()
        passed(f"{window.look}: every screen")
    profile.close()


SCENARIOS = {
    "en": ("en_US.UTF-8", lambda folder: shoot("en", folder)),
    "fr": ("fr_FR.UTF-8", lambda folder: shoot("fr", folder)),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, SCREEN))

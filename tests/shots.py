#!/usr/bin/python3
"""shots.py: pictures of every screen in build/shots, in English and French, light and dark, wide and narrow: `./dev shots`.
SPDX-License-Identifier: GPL-3.0-or-later

HUB_SHOTS: the folder for the pictures; HUB_SIZES: “wide narrow”, or “store” for the program's page in a software store;
HUB_SCHEMES: “light dark”. They show a throw-away profile: sandbox services, runs, rejects, an undo, a month of history.
"""
import contextlib
import csv
import gettext
import json
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
SIZES = {"wide": (1280, 800), "narrow": (360, 720), "store": (1000, 640)}
LOOKS = [(scheme, size) for size in os.environ.get("HUB_SIZES", "wide narrow").split()
         for scheme in os.environ.get("HUB_SCHEMES", "light dark").split()]
TABS = ("tab", "toggle button", "radio button")
SHOTS = pathlib.Path(os.environ["HUB_SHOTS"])
desktop.LIMIT = 3600

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
    """Gives the profile a month of history, which no real run can have: copies of the first run, at other times."""
    now = time.time() * 1000
    today = now - now % DAY
    run = "SELECT max (id) FROM runs WHERE integration_id = (SELECT id FROM integrations WHERE name = ?)"
    with contextlib.closing(sqlite3.connect(folder / "data_home/integration-hub/hub.db")) as database, database:
        for name, days in (("payments", 29), ("silent", 5)):
            number = database.execute(run, (names[name],)).fetchone()[0]
            database.execute("UPDATE runs SET started = started - ?1, finished = finished - ?1 WHERE id = ?2", (days * DAY, number))
            database.execute("UPDATE deliveries SET time = time - ?1 WHERE run_id = ?2", (days * DAY, number))
        first = database.execute(run, (names["payments"],)).fetchone()[0]
        for back in range(28, 0, -1):
            when, count = today - back * DAY + 9 * 3600 * 1000, (back * 37) % 53 + (90 if back % 7 else 5)
            copy = database.execute(
                "INSERT INTO runs (integration_id, version, kind, status, started, finished, read, created)"
                " SELECT integration_id, version, kind, status, ?, ?, ?, ? FROM runs WHERE id = ?",
                (when, when + 4000, count, count, first)).lastrowid
            database.execute(
                "INSERT INTO deliveries (run_id, source_key, key, operation, sent, state, time) SELECT ?, source_key, key, operation, sent,"
                " state, ? FROM deliveries WHERE run_id = ? LIMIT ?", (copy, when, first, count))


def fill(profile, folder, names):
    """Accounts, integrations, runs."""
    services = profile.services
    for name, key in (("shop", "sk_test_shots"), ("old", "sk_test_REFUSED")):
        profile.cli("account", "add", "stripe", "--name", names[name], "--set", f"base_url={services['stripe']}", "--no-check",
                    text=json.dumps({"api_key": key}))
    profile.cli("account", "add", "google-sheets", "--name", names["ledger"], "--set", f"base_url={services['google']}",
                text=profile.key_file.read_text())
    profile.cli("import", profile.file(*make_integrations(folder, names)))
    profile.cli("run", names["payments"])
    profile.cli("run", names["silent"])
    age(folder, names)
    for name in ("refused", "customers"):
        profile.cli("run", names[name], status=(0, 4))
    profile.cli("undo", str(profile.last_run(names["customers"])["run"]))
    profile.cli("run", names["customers"])
    profile.cli("run", names["payments"])
    profile.cli("run", names["orders"], status=(3,))


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
        settings.write_text("[Settings]\ngtk-decoration-layout=appmenu:close\ngtk-font-name=Cantarell 11\ngtk-cursor-blink=0\n")
        super().__init__(profile.program, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}",
                         LC_ALL="fr_FR.UTF-8" if language == "fr" else "en_US.UTF-8")

    def settle(self, seconds=3):
        """Waits until the picture has stood still for a moment: nothing slides or turns any more."""
        before, still, end = None, 0, time.monotonic() + seconds
        while still < 3 and time.monotonic() < end:
            time.sleep(0.08)
            picture = subprocess.run(["import", "-window", "root", "rgb:-"], check=True, capture_output=True).stdout
            still = still + 1 if picture == before else 0
            before = picture

    def keep(self, name):
        """Keeps a picture of the window on top of the others, or of the whole of them where it is small."""
        subprocess.run(["xdotool", "mousemove", "1319", "859"], check=True)
        self.settle()
        frame = self.frame
        _, x, y = wait_for("the window on the screen", lambda: self.on_screen(frame))
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
        self.press(name, TABS)

    def open_menu(self, name, item=None):
        """Opens the menu of the card @name, and chooses @item in it."""
        self.tab("Integrations")
        card = wait_for(name, lambda: next((row for row in self.frame.all("list item", name) if row.find("switch")), None))
        card.find("button", self.say("More")).find("button").act()
        self.settle()
        if item:
            self.control(item, "menu item").act()

    def edit(self, name, *buttons):
        """The wizard with the integration @name, which begins with its fields; then @buttons."""
        self.open_menu(name, "_Edit")
        for button in (*buttons, None):
            self.settle(20)
            if button:
                self.press(button, "button")

    def show_part(self, name):
        self.tab("History")
        self.settle()
        self.press(name, TABS)

    def show_first(self, part):
        """What the first row of that part of the history leads to."""
        self.show_part(part)
        self.settle()
        self.click(self.wait("list", self.say(part)).find("list item"))

    def select_rule(self, name):
        self.edit(name)
        self.click(self.wait("list", self.say("Destination Fields")).find("list item"))
        self.press_key("Return")

    def open_main_menu(self, item):
        self.frame.find("button", self.say("Main Menu")).find("button").act()
        self.settle()
        self.control(item, "menu item").act()

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
    yield "wizard-new", lambda: window.open_main_menu("_New Integration")
    for number, (step, *buttons) in enumerate((("source", "Back", "Back"), ("destination", "Back"), ("mapping",), ("when", "Next"),
                                               ("preview", "Next", "Next")), 1):
        yield f"wizard-{number}-{step}", lambda buttons=buttons: window.edit(names["orders"], *buttons)
    yield "rule", lambda: window.select_rule(names["payments"])
    yield "preferences", lambda: window.open_main_menu("_Preferences")
    yield "shortcuts", lambda: window.open_main_menu("_Keyboard Shortcuts")
    yield "about", lambda: window.open_main_menu("_About Integration Hub")


def shoot(language, folder):
    names = NAMES[language]
    profile = Profile(folder, PAYMENTS, accounts=False)
    for look in LOOKS:
        window = Shots(profile, language, *look)
        window.perform([("welcome", lambda: None)])
        window.close()
    fill(profile, folder, names)
    for look in LOOKS:
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

#!/usr/bin/python3
"""test-story.py: an owner's first hour, from the empty window to a run that is taken back, against the sandbox; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later

The story is written once. It is played by mouse alone and by keyboard alone (what is read is read over the accessibility bus),
and its first part in French, with the words of the catalogue.
"""
import functools
import gettext
import os
import sys

from accessible import Focus
from desktop import Profile, Window, main, passed, wait_for

PAYMENTS = 25
HEADER = ["ID", "Montant", "Commande"]
BAD = {"id": "pi_bad", "object": "payment_intent", "amount": 4200, "currency": "eur", "status": "succeeded", "created": 1735600000,
       "metadata": {"order_id": "twelve"}}
ENTRIES = ("text box", "search box")


def exactly(name):
    return lambda node: node.name == name and node.has("sensitive")


class Mouse:
    """Does everything with the pointer; only text is typed."""

    def __init__(self, window):
        self.window = window

    def press(self, role, name):
        self.window.click(self.window.wait(role, name, exactly(name)))

    def fill(self, name, text, role="text box"):
        self.press(role, name)
        self.window.press_key("ctrl+a")
        self.window.type(text)
        wait_for(f"{name}: {text}", lambda: self.window.wait(role, name, exactly(name)).text == str(text))

    def choose(self, name, option):
        """One of the options that a row unfolds."""
        combo = self.window.wait("combo box", name, exactly(name))
        self.window.click(combo)
        popover = wait_for(f"the options of {name}", lambda: combo.find(where=lambda node: node.is_popover()))
        self.window.click(self.window.wait("label", option, lambda node: node.name == option, popover))
        wait_for(option, lambda: self.window.wait("combo box", name, exactly(name)).find("label", option))

    def open_menu(self, name):
        self.press("button", name)

    def press_item(self, name):
        self.press("menu item", name)

    def press_row(self, start):
        """The row of a list whose name begins with @start."""
        self.window.click(self.window.wait("list item", start, lambda node: node.name.startswith(start)))

    def select(self, column, field):
        self.window.click(self.row(column, field))

    def row(self, column, field):
        return self.window.wait("list item", f"{field}", lambda node: node.name.split(",")[0] == field,
                                self.window.wait("list", column))

    def link(self, columns, source, destination):
        self.window.drag(self.row(columns[0], source), self.row(columns[1], destination))

    def unlink(self, column, field, button):
        self.select(column, field)
        self.press("button", button)


class Keyboard(Mouse):
    """Does everything with the keyboard."""

    def __init__(self, window):
        super().__init__(window)
        self.focus = Focus(window.bus)
        self.focus.node = window.focused()


class Story:
    def __init__(self, profile, window, hand, translations):
        self.profile, self.window, self.hand, self.translations = profile, window, hand, translations

    def say(self, text, *values):
        """@text as the program says it, without its mnemonic."""
        said = self.translations.gettext(text).replace("_", "")
        for number, value in enumerate(values, 1):
            said = said.replace(f"%{number}$s", value).replace("%s", value, 1)
        return said

    def press(self, text, role="button", *values):
        self.hand.press(role, self.say(text, *values))

    def welcome(self):
        self.window.wait("label", self.say("Welcome"))
        self.press("_Create an Integration")
        passed("the first start welcomes, and begins an integration")

    def connect(self, address):
        """The end of the dialog for an account, at the sandbox."""
        self.press("Advanced", "list item")
        self.hand.fill(self.say("Server Address"), address)
        self.press("C_onnect")

    def choose_source(self):
        address = self.profile.services["stripe"]
        self.press("Stripe", "list item")
        self.press("Connect %s…", "list item", "Stripe")
        self.window.dialog()
        self.hand.fill(self.say("Restricted key"), "sk_wrong_12345678")
        self.connect(address)
        self.window.wait("alert", self.say("%s does not accept this key. Copy all of it once more, or make a new one.", "Stripe"))
        assert self.window.wait("text box", self.say("Server Address")).text == address
        passed("a wrong key is refused in plain words, and nothing that was typed is lost")
        self.hand.fill(self.say("Restricted key"), "rk_test_window")
        self.press("C_onnect")
        self.window.wait("combo box", self.say("Account"))
        self.window.wait("label", self.say("Payments"))
        self.press("_Next")
        passed("the right key connects the account in place")

    def choose_destination(self, sheet):
        self.press("Google Sheets", "list item")
        self.press("Connect %s…", "list item", "Google Sheets")
        self.press("Choose the Key File…")
        self.window.choose_file(self.profile.key_file, self.say("Choose the Key File"))
        self.window.wait("text box", self.say("Key File: %s", "google-key.json"))
        self.connect(self.profile.services["google"])
        self.window.wait("combo box", self.say("Account"))
        self.hand.fill(self.say("Spreadsheet"), "sheet-1")
        self.hand.choose(self.say("Sheet"), sheet)
        self.press("_Next")
        self.window.wait("list", self.say("Destination Fields"))
        passed("a key file connects the other account, and its columns are found")

    def clear_matches(self):
        """What the program linked by itself."""
        filled = [node.name.split(",")[0] for node in self.window.wait("list", self.say("Destination Fields")).all("list item")
                  if self.say("filled from %s").replace("%s", "") in node.name]
        for field in filled:
            self.hand.unlink(self.say("Destination Fields"), field, self.say("Remove the link"))
            self.window.wait("status", self.say("Nothing fills “%s” any more.", field))

    def link(self, source, destination):
        columns = self.say("Source Fields"), self.say("Destination Fields")
        self.hand.link(columns, source, destination)
        new = self.say("New Column…")
        self.window.wait("status", self.say("“%1$s” now fills “%2$s”.", source, source if destination == new else destination))

    def map_fields(self, *links):
        self.clear_matches()
        for source, destination in links:
            self.hand.fill(self.say("Source Fields"), source, "search box")
            self.link(source, destination)
        passed(f"{len(links)} fields are found and linked")

    def add_step(self, field):
        self.hand.select(self.say("Destination Fields"), field)
        self.press("Edit what fills the field")
        self.hand.open_menu(self.say("Add Step"))
        self.hand.press_item(self.say("Read as a number"))
        self.window.wait("label", "024 → 24")
        self.press("_Fields")
        passed("a step is added, and what it does to the example is shown")

    def plan(self, name):
        self.press("_Next")
        self.hand.fill(self.say("Name of the Integration"), name)
        self.window.wait("combo box", self.say("Records Are Told Apart By")).find("label", "ID")
        self.press("_Next")
        passed("it has a name, and the field is known by which records are told apart")

    def create(self, new):
        counts = self.window.wait("label", f"{new} new").name
        self.press("_Create")
        passed(f"the preview says “{counts}”; then it is created")

    def run(self, name, result):
        self.press("Run")
        self.window.wait("list item", name)
        self.window.wait("label", result)
        passed(f"Run ends, and the card says “{result}”")

    def rows(self, sheet):
        return self.profile.control(f"/sheet?spreadsheet=sheet-1&sheet={sheet}")["values"]

    def repair(self, record, field, value):
        self.press("History", "tab")
        self.press("Rejects (%'u)", "tab", "1")
        self.hand.press_row(record)
        self.window.dialog()
        self.hand.fill(field, value)
        self.press("_Save and Retry")
        wait_for("the end of the dialog", lambda: self.window.frames(1))
        self.window.wait("label", self.say("No Rejects"))
        passed("a reject is mended and tried again")

    def take_back(self, result):
        """The newest run that says @result."""
        self.press("Runs", "tab")
        self.hand.press_row(self.window.wait("list item", result).name)
        self.window.wait("list", self.say("Deliveries"))
        self.press("_Undo This Run")
        self.press("_Take Back")
        self.window.wait("label", self.say("taken back"))
        self.press("Back")
        passed(f"the run that says “{result}” is taken back")


def play(Hand, folder):
    profile = Profile(folder, PAYMENTS, accounts=False)
    profile.control("/sheet", {"spreadsheet": "sheet-1", "sheet": "Paiements", "values": [HEADER]})
    profile.control("/stripe", {"object": "payment_intents", "record": BAD})
    window = Window(profile.program)
    story = Story(profile, window, Hand(window), gettext.NullTranslations())
    story.welcome()
    story.choose_source()
    story.choose_destination("Paiements")
    story.map_fields(("ID", "ID"), ("Amount", "Montant"), ("order_id", "Commande"))
    story.add_step("Commande")
    story.plan("Paiements")
    story.create(PAYMENTS)
    story.run("Paiements", f"{PAYMENTS} created, 1 rejected")
    rows = story.rows("Paiements")
    assert rows[0] == HEADER and len(rows) == PAYMENTS + 1 and ["pi_3SBX0000000000000024", 901.56, 24] in rows, rows
    story.repair("pi_bad", "metadata.order_id", "12")
    assert ["pi_bad", 42, 12] in story.rows("Paiements"), story.rows("Paiements")
    story.take_back("1 created")
    story.take_back(f"{PAYMENTS} created")
    assert story.rows("Paiements") == [HEADER], story.rows("Paiements")
    passed("the sheet is as it was")
    window.close()
    profile.close()


SCENARIOS = {
    "mouse": ("C.UTF-8", functools.partial(play, Mouse)),
    "keyboard": ("C.UTF-8", functools.partial(play, Keyboard)),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, "1280x1000"))

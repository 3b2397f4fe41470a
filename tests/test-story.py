#!/usr/bin/python3
"""test-story.py: an owner's first hour, from the empty window to a run that is taken back, against the sandbox; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later

The story is written once. It is played by mouse alone and by keyboard alone (what is read is read over the accessibility bus),
and its first part in French, with the words of the catalogue.
"""
import functools
import gettext
import os
import re
import sys

from accessible import Focus
from desktop import BUTTONS, Profile, Window, main, passed, wait_for

PAYMENTS = 25
MANY = 1300  # enough for a group separator
HEADER = ["ID", "Montant", "Commande"]
BAD = {"id": "pi_bad", "object": "payment_intent", "amount": 4200, "currency": "eur", "status": "succeeded", "created": 1735600000,
       "metadata": {"order_id": "twelve"}}
SAME = ("Stripe", "Google Sheets", "ID")  # in both languages
MOST_PRESSES = 60
ENTRIES = ("text box", "search box")


def exactly(name):
    return lambda node: node.name == name and node.has("sensitive")


def is_hidden(said, text):
    """Whether @said tells of @text no more than its length."""
    return said is None or len(said) == len(text) and len(set(said)) == 1


class Mouse:
    """Does everything with the pointer; only text is typed."""

    def __init__(self, window):
        self.window = window

    def find(self, role, name):
        return self.window.wait(role, name, exactly(name))

    def find_row(self, start):
        return self.window.wait("list item", start, lambda node: node.name.startswith(start))

    def use(self, node):
        """Presses, unfolds or ticks it."""
        self.window.click(node)

    enter = choose = use

    def press(self, role, name):
        self.use(self.find(role, name))

    def fill(self, name, text, role="text box"):
        self.enter(self.find(role, name))
        self.window.press_key("ctrl+a")
        self.window.type(text)
        wait_for(f"{name}: {text}", lambda: (said := self.find(role, name).text) in (str(text), None) or is_hidden(said, str(text)))

    def choose_option(self, name, option):
        """One of the options that a row unfolds."""
        combo = self.find("combo box", name)
        self.use(combo)
        popover = wait_for(f"the options of {name}", lambda: combo.find(where=lambda node: node.is_popover()))
        self.choose(self.window.wait("list item", where=lambda node: node.find("label", option), within=popover))
        wait_for(f"the end of the options of {name}", lambda: not combo.find(where=lambda node: node.is_popover()))

    def choose_row(self, start, menu=None, item=None):
        """The row of a list whose name begins with @start."""
        self.choose(self.find_row(start))

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

    def leave(self, button):
        self.press("button", button)


class Keyboard(Mouse):
    """Does everything with the keyboard, where a hand on the mouse would look for the place with its eyes."""

    def __init__(self, window):
        super().__init__(window)
        self.focus = Focus(window.bus)
        self.focus.node, self.backward = window.focused(), False

    def find(self, role, name):
        return self.window.wait(BUTTONS if role == "button" else role, name, lambda node: exactly(name)(node) and node.has("focusable"))

    def here(self, nodes):
        """Where the focus is among @nodes: GTK 4.8 tells nothing of a focused text, so those in turn since the last known place are counted."""
        if node := self.focus.update():
            return node
        start = nodes.index(self.focus.last) if self.focus.last in nodes else -1
        texts = [node for node in (nodes[:start][::-1] if self.backward else nodes[start + 1:]) if node in self.texts]
        return texts[self.focus.unknown - 1] if len(texts) >= self.focus.unknown else None

    def go(self, target):
        """Brings the focus to @target with Tab, and with the arrows within a list, a menu or a row of tabs."""
        self.window.give_keyboard()
        nodes = wait_for("the page", lambda: [node for node in self.window.top().walk() if node.has("focusable") and node.has("sensitive")])
        self.texts = wait_for("the page", lambda: {node for node in nodes if node.role in ENTRIES} | {None})
        self.backward = self.backward and self.focus.last in nodes
        for _ in range(MOST_PRESSES):
            here = self.here(nodes)
            if here == target:
                return
            known = here in nodes and target in nodes
            back = known and nodes.index(here) > nodes.index(target)
            if known and (target.role == "menu item" or here.role == target.role == "list item" and here.parent() == target.parent()):
                self.move("Up" if back else "Down")
            elif known and here.role == target.role == "tab" and here.parent() == target.parent():
                self.move("Left" if back else "Right")
            else:
                self.move("shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {target}; it stays at {here}")

    def move(self, key):
        before = self.focus.update()
        self.backward = key == "shift+Tab"
        self.window.press_key(key)
        self.window.let_it_work()
        self.focus.unknown = 1 if self.focus.update() or before else self.focus.unknown + 1

    def use(self, node):
        self.go(node)
        self.window.press_key("space")

    def enter(self, node):
        self.go(node)

    def choose(self, node):
        self.go(node)
        self.window.press_key("Return")

    def choose_row(self, start, menu=None, item=None):
        """A row with a button in it is no place for the focus: its @menu's @item does the same."""
        row = self.find_row(start)
        if not menu:
            self.choose(row)
            return
        self.use(row.find(BUTTONS, menu, lambda node: node.has("focusable")))
        self.press("menu item", item)

    def select(self, column, field):
        self.go(self.row(column, field))

    def link(self, columns, source, destination):
        """The first attempt is given up with Escape."""
        for key in "Escape", "Return":
            self.go(self.row(columns[0], source))
            self.window.press_key("Return")
            wait_for("the other column", lambda: self.focus.update() and self.focus.node.is_within(self.window.wait("list", columns[1])))
            self.go(self.row(columns[1], destination))
            self.window.press_key(key)
            wait_for("the first column", lambda: self.focus.update() and self.focus.node.is_within(self.window.wait("list", columns[0])))

    def unlink(self, column, field, button):
        self.select(column, field)
        self.window.press_key("Delete")

    def leave(self, button):
        self.window.press_key("Escape")


class Story:
    def __init__(self, profile, window, hand, translations):
        self.profile, self.window, self.hand, self.translations = profile, window, hand, translations
        self.french = type(translations) is gettext.GNUTranslations

    def say(self, text, *values):
        """@text as the program says it, without its mnemonic. A French catalogue has it: else the program may say something else."""
        said = self.translations.gettext(text)
        assert said != text or text in SAME or not self.french, f"not in the catalogue: {text}"
        said, left = said.replace("_", ""), list(values)
        return re.sub(r"%(?:(\d)\$)?'?[a-z]+", lambda place: values[int(place[1]) - 1] if place[1] else left.pop(0), said) if values else said

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
        assert is_hidden(self.window.wait("text box", self.say("Restricted key")).text, "sk_wrong_12345678")
        passed("the key is not told to the accessibility bus")
        self.hand.fill(self.say("Restricted key"), "rk_test_window")
        self.press("C_onnect")
        self.window.wait("combo box", self.say("Account"))
        self.window.wait("label", self.say("Payments"))
        self.press("_Next")
        passed("the right key connects the account in place")

    def choose_destination(self, sheet, new=False):
        self.press("Google Sheets", "list item")
        self.press("Connect %s…", "list item", "Google Sheets")
        self.press("Choose the Key File…")
        self.window.choose_file(self.profile.key_file, self.say("Choose the Key File"))
        self.window.wait("text box", self.say("Key File: %s", "google-key.json"))
        self.connect(self.profile.services["google"])
        self.window.wait("combo box", self.say("Account"))
        self.hand.fill(self.say("Spreadsheet"), "sheet-1")
        self.hand.choose_option(self.say("Sheet"), self.say("Other…") if new else sheet)
        if new:
            self.hand.fill(self.say("Sheet"), sheet)
        self.press("_Next")
        self.window.wait("list", self.say("Destination Fields"))
        passed("a key file connects the other account, and its columns are found")

    def clear_matches(self):
        """What the program linked by itself."""
        words = self.say("filled from %s", "")
        filled = wait_for("the fields", lambda: [[node.name.split(",")[0] for node in self.window.wait(
            "list", self.say("Destination Fields")).all("list item", words)]])[0]
        for field in filled:
            self.hand.unlink(self.say("Destination Fields"), field, self.say("Remove the link"))
            self.window.wait("status", self.say("Nothing fills “%s” any more.", field))

    def link(self, source, destination):
        columns = self.say("Source Fields"), self.say("Destination Fields")
        self.hand.link(columns, source, destination)
        new = self.say("New Column…")
        self.window.wait("status", self.say("“%s” now fills “%s”.", source, source if destination == new else destination))

    def map_fields(self, *links):
        self.clear_matches()
        for source, destination in links:
            self.hand.fill(self.say("Source Fields"), source, "search box")
            self.link(source, destination)
        passed(f"{len(links)} fields are found and linked")

    def add_step(self, field):
        self.hand.select(self.say("Destination Fields"), field)
        self.press("Edit what fills the field")
        self.press("Add Step")
        self.press("Read as a number", "menu item")
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
        self.hand.choose_row(record, self.say("More"), self.say("_Mend…"))
        self.window.dialog()
        self.hand.fill(field, value)
        self.press("_Save and Retry")
        wait_for("the end of the dialog", lambda: self.window.frames(1))
        self.window.wait("label", self.say("No Rejects"))
        passed("a reject is mended and tried again")

    def take_back(self, result):
        """The newest run that says @result."""
        self.press("Runs", "tab")
        self.hand.choose_row(self.window.wait("list item", result).name)
        self.window.wait("list", self.say("Deliveries"))
        assert not self.window.top().find("button", self.say("_Mend the Rejects"), lambda node: node.box()[2] > 0), "all of them are mended"
        self.press("_Undo This Run")
        self.press("_Take Back")
        self.window.wait("label", self.say("taken back"))
        self.window.wait("button", self.say("_Undo This Run"), lambda node: not node.has("sensitive"))
        self.hand.leave(self.say("Back"))
        passed(f"the run that says “{result}” is taken back")


def french(folder):
    """The first third in French, and a number and a date as France writes them."""
    profile = Profile(folder, MANY, accounts=False)
    window = Window(profile.program)
    story = Story(profile, window, Mouse(window), gettext.translation("integration-hub", os.environ["HUB_LOCALEDIR"], ["fr"]))
    story.welcome()
    story.choose_source()
    profile.control("/sheet", {"spreadsheet": "sheet-1", "sheet": "Paiements", "values": [HEADER]})
    story.choose_destination("Paiements")
    story.map_fields((story.say("Amount"), "Montant"), (story.say("ID"), "ID"))
    story.plan("Paiements")
    new = story.translations.ngettext("new", "new", MANY)
    story.window.wait("label", f"1\u202f300 {new}")
    story.window.wait("list item", where=lambda node: re.search("Montant : [0-9]+,[0-9]{2}", node.name.replace("\u00a0", " ")))
    story.press("_Create")
    story.press("Run")
    created = f"1\u202f300 {story.translations.ngettext('created', 'created', MANY)}"
    story.window.wait("label", created, lambda node: "·" not in node.name)  # the run is over
    passed("the preview and the card count in French")
    window.close()
    profile.close()


def play(Hand, sheet, columns, folder):
    """The whole story. Without @columns, the sheet is a new one, and what is linked makes its columns."""
    profile = Profile(folder, PAYMENTS, accounts=False)
    profile.control("/stripe", {"object": "payment_intents", "record": BAD})
    if columns:
        profile.control("/sheet", {"spreadsheet": "sheet-1", "sheet": sheet, "values": [columns]})
    window = Window(profile.program)
    story = Story(profile, window, Hand(window), gettext.NullTranslations())
    story.welcome()
    story.choose_source()
    story.choose_destination(sheet, new=not columns)
    sources = "ID", "Amount", "order_id"
    story.map_fields(*zip(sources, columns or ["New Column…"] * len(sources)))
    story.add_step((columns or sources)[-1])
    story.plan("Paiements")
    story.create(PAYMENTS)
    story.run("Paiements", f"{PAYMENTS} created, 1 rejected")
    rows = story.rows(sheet)
    assert rows[0] == list(columns or sources) and len(rows) == PAYMENTS + 1, rows
    assert ["pi_3SBX0000000000000024", 901.56, 24] in rows, rows
    story.repair("pi_bad", "metadata.order_id", "12")
    assert ["pi_bad", 42, 12] in story.rows(sheet), story.rows(sheet)
    story.take_back("1 created")
    story.take_back(f"{PAYMENTS} created")
    assert story.rows(sheet) == ([columns] if columns else []), story.rows(sheet)
    passed("the sheet is as it was")
    window.close()
    profile.close()


SCENARIOS = {
    "mouse": ("C.UTF-8", functools.partial(play, Mouse, "Paiements", HEADER)),
    "keyboard": ("C.UTF-8", functools.partial(play, Keyboard, "Nouvelle", None)),
    "french": ("fr_FR.UTF-8", french),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, "1280x1000"))

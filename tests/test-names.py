#!/usr/bin/python3
"""test-names.py: walks through every screen, dialog and menu: whatever can be used has a name, and a place in a narrow window; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re
import sys

from desktop import Profile, Window, main, passed, wait_for

CONTROLS = ("button", "toggle button", "checkbox", "check box", "radio button", "text box", "search box", "spin button", "combo box",
            "switch", "tab", "list item", "menu item", "link", "slider", "meter", "progress bar", "list")
NAMED_BY_CONTENT = ("button", "toggle button", "tab", "list item", "menu item", "link")  # as ARIA has it
NOT_OURS = ("Keyboard Shortcuts",)  # GTK 4.8 gives no name to the search button of its window of shortcuts
NARROW = 360
OVER = 1  # a header bar begins a pixel beside the window, and newer GTK tells nothing of its padding that makes up for it
CLASS_NAME = re.compile(r"(Gtk|Adw|Hub)[A-Z]\w+")  # what GTK 4.8 says of a widget without a name
BAD = {"id": "pi_bad", "object": "payment_intent", "amount": 4200, "currency": "eur", "status": "succeeded", "created": 1735600000,
       "metadata": {"order_id": "twelve"}}
INTEGRATION = {
    "name": "Paiements", "source": {"connector": "stripe", "account": "Boutique", "object": "payment_intents"},
    "destination": {"connector": "google-sheets", "account": "Compta", "object": "rows",
                    "options": {"spreadsheet": "sheet-1", "sheet": "Paiements"}},
    "write": {"mode": "upsert", "key": "ID"},
    "mapping": [{"from": "id", "to": "ID"}, {"from": "metadata.order_id", "to": "Commande", "steps": [{"op": "number"}]}]}


def name_of(node):
    """What a screen reader calls @node."""
    own = [node.name, node.description] + (node.labels() if node.role in NAMED_BY_CONTENT else [])
    return next((name for name in own if name.strip() and not CLASS_NAME.fullmatch(name)), None)


def check_names(window, top):
    """Whatever the keyboard stops at, and whatever shows how far something is."""
    nameless = [f"{node.role} “{node.name}” {node.box()}" for node in top.walk() if node.box()[2] > 0
                and (node.has("focusable") and node.role in CONTROLS and node.role != "list" or node.role in ("meter", "progress bar"))
                and not name_of(node) and top.name not in NOT_OURS]
    if CLASS_NAME.fullmatch(top.name) and top in window.frames():
        nameless.append("the window itself")
    return [f"without a name: {what}" for what in nameless]


def check_places(window, top):
    """Whatever can be used lies between the window's left and right edge, and that is narrow indeed."""
    surface = window.surface(top)
    left, _, width, _ = surface.content().box()
    if surface == window.frame and width > NARROW:
        return [f"the window is {width} pixels wide"]
    return [f"outside of {width} pixels: {node.role} “{node.name}” {node.box()}" for node in top.walk()
            if node.has("focusable") and node.role in CONTROLS and node.box()[2] > 0 and window.surface(node) == surface
            and not left - OVER <= node.box()[0] <= node.box()[0] + node.box()[2] <= left + width + OVER]


class Tour:
    """Visits everything, and checks each place."""

    def __init__(self, window, check):
        self.window, self.check_place, self.found = window, check, []

    def see(self, place, role, name, where=None):
        """Waits until @place shows that, and checks all that it shows."""
        self.window.wait(role, name, where)
        self.check(place)

    def check(self, place):
        problems = wait_for(place, lambda: [self.check_place(self.window, self.window.top())])[0]
        self.found += [f"{place}: {problem}" for problem in problems]
        passed(f"{place}") if not problems else print(f"not ok - {place}: {'; '.join(problems)}", flush=True)

    def press(self, role, name, within=None):
        self.window.click(self.window.wait(role, name, lambda node: node.name == name and node.has("sensitive"), within))

    def menu(self, place, button, within=None):
        """Opens a menu, checks it, and leaves it open."""
        self.window.click(self.window.wait("button", button, lambda node: node.name == button, within))
        self.see(place, "menu item", "")

    def dialog(self, place, name=""):
        self.window.dialog(name)
        self.see(place, "button", "")

    def leave(self):
        number = len(self.window.frames())
        self.window.press_key("Escape")
        if number > 1:
            wait_for("the end of the dialog", lambda: len(self.window.frames()) < number)

    def empty(self):
        self.see("the welcome", "label", "Welcome")
        self.menu("the menu of templates", "Start from a Template")
        self.leave()
        self.press("button", "Create an Integration")
        self.see("the choice of a source", "list item", "Stripe")
        self.press("list item", "broken")
        self.dialog("the mistake in the description of a service", "Something Is Missing or Wrong")
        self.window.wait("label", "broken.json")
        self.leave()
        for service in "Stripe", "Google Sheets":
            self.press("list item", service)
            self.press("list item", f"Connect {service}…")
            self.dialog(f"the account at {service}")
            self.leave()
            self.press("button", "Change…")
        self.press("button", "Back")
        self.press("button", "Keep as Draft")
        self.press("button", "Create an Integration")
        self.dialog("the question about a draft")
        self.press("button", "Start Again")
        self.see("the choice of a source, once more", "list item", "Stripe")
        self.press("button", "Back")

    def tabs(self):
        for tab, role, name in ("Dashboard", "label", ""), ("Accounts", "label", "Boutique"), ("History", "list item", "Paiements"):
            self.press("tab", tab)
            self.see(f"the tab {tab}", role, name)
        self.press("tab", "Accounts")
        self.press("button", "Remove “broken”")
        self.dialog("the question before a connector goes")
        self.press("button", "Remove")
        wait_for("the end of the connector", lambda: not self.window.top().find("list item", "broken"))
        self.press("tab", "History")
        self.press("tab", "Search")
        self.see("the search", "search box", "")
        self.press("tab", "Rejects (1)")
        self.see("the rejects", "list item", "pi_bad")
        self.window.click(self.window.wait("list item", "pi_bad"))
        self.dialog("a reject")
        self.leave()
        self.press("tab", "Runs")
        self.window.click(self.window.wait("list item", "1 rejected"))
        self.see("a run", "list", "Deliveries")
        self.press("button", "Undo This Run")
        self.dialog("the question before an undo")
        self.leave()
        self.press("button", "Back")

    def menus(self):
        self.press("tab", "Integrations")
        self.see("the cards", "list item", "Paiements")
        self.menu("the menu of what is new", "New Integration")
        self.leave()
        for item in "Preferences", "Keyboard Shortcuts", "About Integration Hub":
            self.menu("the main menu", "Main Menu")
            self.press("menu item", item)
            self.dialog(item)
            self.leave()
        self.menu("the menu of a card", "More")
        self.press("menu item", "Preview")
        self.see("the preview", "list", "Records")
        self.press("button", "Back")

    def wizard(self):
        self.menu("the menu of a card", "More")
        self.press("menu item", "Edit")
        self.see("the mapping", "list", "Destination Fields")
        self.window.click(self.window.wait("list item", "Commande,"))
        if edit := self.window.top().find("button", "Edit what fills the field"):
            self.window.click(edit)
        self.see("what fills a field", "button", "Add Step")
        self.menu("the menu of steps", "Add Step")
        self.leave()
        self.press("button", "Next")
        self.see("when and how", "text box", "Name of the Integration")
        self.press("button", "Add a Condition")
        self.see("a condition", "combo box", "Field")
        self.press("button", "Remove the Condition")
        self.window.wait("label", "All records")
        self.press("button", "Next")
        self.see("the preview of the wizard", "list", "Records")
        for place, role, name in (("when and how again", "text box", "Name of the Integration"), ("the fields again", "label", "Fields"),
                                  ("the destination", "text box", "Spreadsheet"), ("the source", "combo box", "What to Read")):
            self.press("button", "Back")
            self.see(place, role, name)


def visit(check, folder, size=None):
    profile = Profile(folder, 25)
    profile.control("/sheet", {"spreadsheet": "sheet-1", "sheet": "Paiements", "values": [["ID", "Commande"]]})
    profile.control("/stripe", {"object": "payment_intents", "record": BAD})
    if size:
        file = pathlib.Path(os.environ["XDG_STATE_HOME"], "integration-hub/window-size")
        file.parent.mkdir()
        file.write_text(f"{size[0]} {size[1]} 0\n")
    profile.cli("account", "remove", "Boutique")
    profile.cli("account", "remove", "Compta")
    broken = pathlib.Path(os.environ["XDG_DATA_HOME"], "integration-hub/connectors/broken.json")
    broken.parent.mkdir()
    broken.write_text("{}\n")
    tour = Tour(Window(profile.program), check)
    tour.empty()
    tour.window.close()
    for connector, name, key, address in (("stripe", "Boutique", '{"api_key": "sk_test_window"}', "stripe"),
                                          ("google-sheets", "Compta", profile.key_file.read_text(), "google")):
        profile.cli("account", "add", connector, "--name", name, "--set", f"base_url={profile.services[address]}", text=key)
    profile.cli("import", profile.file(INTEGRATION))
    profile.cli("run", "Paiements", status=(3,))
    tour.window = Window(profile.program)
    tour.tabs()
    tour.menus()
    tour.wizard()
    tour.window.process.kill()
    profile.close()
    assert not tour.found, f"{len(tour.found)} found"


SCENARIOS = {
    "names": ("C.UTF-8", lambda folder: visit(check_names, folder)),
    "narrow": ("C.UTF-8", lambda folder: visit(check_places, folder, (NARROW, 720))),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, "1280x1000"))

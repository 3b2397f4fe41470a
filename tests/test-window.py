#!/usr/bin/python3
"""test-window.py: drives the real window on a virtual screen, as a screen reader does, against the sandbox; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import functools
import json
import sys

from desktop import BUTTONS, Profile, Turns, Window, ask_pointer, main, passed, wait_for

PAYMENTS = 1300  # enough for a group separator
MANY = 100_000
GAP = 250  # milliseconds that a turn of the main loop may take
WORK = 50  # and for which it may have the processor
WORDS = {
    "english": {"empty": "Welcome", "import": "Import a File", "never": "Never run", "run": "Run",
                "created": f"{PAYMENTS} created", "unchanged": f"{PAYMENTS} unchanged", "failed": ("failed", "needs you")},
    "french": {"empty": "Bienvenue", "import": "Importer un fichier", "never": "Jamais lancée",
               "run": "Lancer", "created": "1\u202f300 créés", "unchanged": "1\u202f300 inchangés",
               "failed": ("échec", "votre intervention")},
}


def integration(name, spreadsheet, sheet="Paiements"):
    return {
        "name": name, "enabled": True,
        "source": {"connector": "stripe", "account": "Boutique", "object": "payment_intents", "options": {}},
        "destination": {"connector": "google-sheets", "account": "Compta", "object": "rows",
                        "options": {"spreadsheet": spreadsheet, "sheet": sheet}},
        "write": {"mode": "upsert", "key": "ID"}, "filter": [],
        "mapping": [{"from": "id", "to": "ID"}, {"from": "amount", "to": "Montant"}, {"from": "created", "to": "Date"}],
        "schedule": None,
    }


class Cards(Window):
    """The window with the cards of the integrations."""

    def card(self, name):
        return self.frame.find("list item", name)

    def texts(self, name):
        """What the labels of the card called @name say."""
        card = self.card(name)
        return card.labels() if card else []

    def says(self, name, *words):
        return next((text for text in self.texts(name) if any(word in text for word in words)), None)

    def result(self, name, word):
        """What the card says of a run that is over; during it, the counters stand between dots."""
        said = self.says(name, word)
        return said if said and " · " not in said else None

    def button(self, name, label):
        card = self.card(name)
        return card and card.find("button", label)

    def press(self, name, label):
        wait_for(f"{label} of {name}", lambda: self.button(name, label)).act()

    def reload(self):
        self.press_key("F5")


def check_buttons(window):
    """Whatever can be pressed or filled in the window on top has a name."""
    roles = ("button", "toggle button", "check box", "text box", "combo box", "list item", "switch", "menu item")
    nameless = [f"{node.role} {node.box()}" for node in window.top().all(roles) if not node.name.strip()]
    assert not nameless, f"without a name: {nameless}"


def speak(language, folder):
    """A first day: nothing there, an import, a run, a second run, one that fails."""
    words = WORDS[language]
    profile = Profile(folder, PAYMENTS)
    window = Cards(profile.program)
    window.wait("label", words["empty"])
    check_buttons(window)
    passed("an empty profile is welcomed, and every button has a name")

    window.press_key("ctrl+o")
    window.choose_file(profile.file({**integration("Paiements", "sheet-1"), "surprise": 1}))
    window.wait("label", "surprise")
    check_buttons(window)
    window.press_key("Escape")
    wait_for("the dialog's end", lambda: window.frames(1))
    window.press_key("ctrl+o")
    window.choose_file(profile.file(integration("Paiements", "sheet-1")))
    wait_for("the card", lambda: window.says("Paiements", words["never"]))
    passed("a wrong file is refused with its place; a good one is imported")

    profile.cli("import", profile.file(integration("Perdu", "nowhere")))
    window.reload()
    wait_for("the other card", lambda: window.says("Perdu", words["never"]))
    for text in ("Paiements", "Stripe · Boutique", "Google Sheets · Compta"):
        assert window.says("Paiements", text), window.texts("Paiements")
    check_buttons(window)
    passed("what the command line imports appears after a reload")

    window.press("Paiements", words["run"])
    said = wait_for("the result", lambda: window.result("Paiements", words["created"]))
    run = profile.last_run("Paiements")
    assert (run["status"], run["read"], run["created"]) == ("success", PAYMENTS, PAYMENTS), run
    rows = profile.control("/sheet?spreadsheet=sheet-1&sheet=Paiements")["values"]
    assert len(rows) == PAYMENTS + 1 and len({json.dumps(row) for row in rows}) == len(rows), f"{len(rows)} rows"
    passed(f"Run carries every payment to the sheet and says so: {said}")

    window.press("Paiements", words["run"])
    wait_for("the second result", lambda: window.result("Paiements", words["unchanged"]))
    assert profile.last_run("Paiements")["unchanged"] == PAYMENTS
    passed("a second run writes nothing")

    window.tab_to(name="Perdu")
    window.press_key("ctrl+Return")
    wait_for("the failure", lambda: window.says("Perdu", *words["failed"]))
    message = profile.last_run("Perdu")["message"]
    assert message and window.says("Perdu", message), (message, window.texts("Perdu"))
    check_buttons(window)
    passed("the keyboard starts a run too, and a failure is shown with its sentence")
    window.close()
    profile.close()
    passed("the window closes, and the program ends well")


def many(folder):
    """A large run: the window goes on answering, and Cancel stops it."""
    profile = Profile(folder, MANY)
    profile.cli("import", profile.file(integration("Paiements", "sheet-1")))
    turns, seen = Turns(folder), set()
    window = Cards(profile.program, **turns.environment)
    wait_for("the card", lambda: window.says("Paiements", "Never run"))
    turns.begin(window)
    window.press("Paiements", "Run")
    wait_for("the result", lambda: seen.add(window.says("Paiements", " read · ")) or window.result("Paiements", f"{MANY} created"), 120)
    gaps, work = turns.end(window)
    assert gaps[-1] < GAP, f"a turn of the main loop took {gaps[-1]:.0f} ms"
    assert work < WORK, f"a turn of the main loop worked for {work:.0f} ms"
    assert len(seen) > 2, f"the counters did not move: {seen}"
    passed(f"while {MANY} records go through, none of {len(gaps)} turns of the main loop takes longer than {gaps[-1]:.0f} ms")

    profile.control("/latency", {"ms": 30})
    profile.cli("import", profile.file(integration("Lent", "sheet-1", "Lent")))
    window.reload()
    window.press("Lent", "Run")
    wait_for("the first records", lambda: window.says("Lent", " read · "))
    window.press("Lent", "Cancel")
    wait_for("the cancellation", lambda: window.says("Lent", ": cancelled"))
    run = profile.last_run("Lent")
    assert run["status"] == "cancelled" and 0 < run["read"] < MANY, run
    wait_for("nothing to cancel any more", lambda: not window.button("Lent", "Cancel"))
    passed("Cancel stops it, and the run is kept as cancelled")

    window.press("Lent", "Run")
    wait_for("the next records", lambda: window.says("Lent", " read · "))
    window.process.kill()
    window.process.wait()
    window = Cards(profile.program)
    wait_for("the interruption", lambda: window.says("Lent", "The run was interrupted"))
    assert window.says("Lent", ": failed"), window.texts("Lent")
    passed("a run that was killed is shown as interrupted")
    profile.close()


def closing(folder):
    """A run under way when the window is closed."""
    profile = Profile(folder, MANY)
    profile.control("/latency", {"ms": 30})
    profile.cli("import", profile.file(integration("Lent", "sheet-1", "Lent")))
    window = Cards(profile.program)
    wait_for("the card", lambda: window.says("Lent", "Never run"))
    window.press("Lent", "Run")
    wait_for("more records", lambda: window.says("Lent", " read · "))
    window.press_key("ctrl+q")
    window.dialog()
    check_buttons(window)
    window.wait("button", "Stop").act()
    assert window.process.wait(20) == 0, f"the program ended with {window.process.returncode}"
    assert profile.last_run("Lent")["status"] == "cancelled"
    passed("closing the window during a run asks, then cancels it in good order")

    window = Cards(profile.program)
    wait_for("the card", lambda: window.says("Lent", "cancelled"))
    window.press_key("alt+4")
    check = window.wait("button", "Check “Boutique”")
    profile.control("/latency", {"ms": 60_000})
    check.act()
    wait_for("the check to begin", lambda: not check.has("sensitive"))
    window.close()
    passed("what a service is being asked does not keep the program")
    profile.close()


def copying(name, column):
    """An integration from a file that has the column Mail."""
    return {"name": name, "source": {"connector": "csv", "object": "rows", "options": {"path": "clients.csv"}},
            "destination": {"connector": "csv", "object": "rows", "options": {"path": f"{name}.csv"}},
            "write": {"mode": "append", "key": "Mail"}, "mapping": [{"from": column, "to": "Mail"}]}


def mending(folder):
    """A field that is missing leads to the mapping; what the command line does meanwhile is seen on coming back."""
    def bring(name, column):
        integration = copying(name, column)
        for side in "source", "destination":
            integration[side]["options"]["path"] = str(folder / integration[side]["options"]["path"])
        profile.cli("import", profile.file(integration))

    profile = Profile(folder, 1, accounts=False)
    (folder / "clients.csv").write_text("Nom,Mail\nAnne,anne@example.org\n")
    bring("Copie", "Courriel")
    window = Cards(profile.program)
    window.press("Copie", "Run")
    wait_for("what helps", lambda: window.button("Copie", "Mend the Mapping"))
    assert profile.last_run("Copie")["status"] == "needs-attention"
    check_buttons(window)
    window.press("Copie", "Mend the Mapping")
    window.wait("label", "Broken")
    window.press_key("alt+1")
    window.wait("button", "Mend the Mapping").act()
    window.wait("label", "Fields")
    window.press_key("alt+2")
    window.close()
    window = Cards(profile.program)
    wait_for("what helps, after a new start", lambda: window.button("Copie", "Mend the Mapping"))
    passed("a run that stopped for a missing field leads to the mapping, from the card and from the dashboard")

    window.click(window.button("Copie", "More"))
    window.wait("menu item", "Preview", within=window.frame)
    bring("Autre", "Mail")
    window.press_key("Escape")
    with contextlib.suppress(AssertionError):
        wait_for("what is not read", lambda: window.card("Autre"), 2)
    assert not window.card("Autre"), "a menu that closes makes the window read everything again"
    ask_pointer("windowfocus", 0)  # nothing on the screen has the keyboard
    wait_for("the window to be left", lambda: not window.frame.has("active"))
    window.with_keyboard = None
    window.give_keyboard()
    wait_for("the news", lambda: window.card("Autre"))
    passed("who comes back to the window sees what the command line did; who closes a menu was not away")
    window.close()
    profile.close()


def edges(folder):
    """The mapper's columns scroll under a pointer that drags a field to their edge; what is dropped there goes where it is shown to go."""
    names = [f"Column {number}" for number in range(60)]
    for name in ("from", "to"):
        (folder / f"{name}.csv").write_text(",".join(names) + "\n" + ",".join(names) + "\n")
    profile = Profile(folder, 1, accounts=False)
    ends = {side: {"connector": "csv", "object": "rows", "options": {"path": str(folder / f"{name}.csv")}}
            for side, name in (("source", "from"), ("destination", "to"))}
    profile.cli("import", profile.file({"name": "Wide", "write": {"mode": "upsert", "key": names[0]},
                                        "mapping": [{"from": names[0], "to": names[0]}], **ends}))
    window = Cards(profile.program)
    wait_for("the card", lambda: window.button("Wide", "More")).find(BUTTONS).act()
    window.wait("menu item", "Edit").act()
    columns = [window.wait("list", title) for title in ("Source Fields", "Destination Fields")]

    def row(column, name):
        return window.wait("list item", where=lambda node: node.name.split(",")[0] == name, within=column)

    def fills(name):
        return "Column 1" == row(columns[1], name).name.partition("filled from ")[2]

    def take(target_x, target_y):
        window.take(row(columns[0], names[1]))
        ask_pointer("mousemove", "--sync", target_x, target_y - 60, "mousemove", "--sync", target_x, target_y)

    left, top, width, height = window.place(columns[1])
    edge = left + width // 2, top + height - 4

    def is_in_sight(node):
        x, y, wide, high = node.box()
        return high > 0 and columns[1].holds(x + wide // 2, y + high // 2)

    take(*edge)
    wait_for("the column to be scrolled", lambda: columns[1].find("list item", names[30], is_in_sight))
    ask_pointer("mouseup", 1)
    said = window.wait("status", "“Column 1” now fills “").name.split("“")[2].rstrip("”.")
    x, y, wide, high = window.place(row(columns[1], said))
    assert y <= edge[1] + high // 8 and edge[1] - high // 8 <= y + high, f"{said} stands at {y}, and the pointer was at {edge[1]}"
    passed(f"the column is scrolled, and the field is linked with {said}, which stands where it was dropped")

    window.press_key("ctrl+z")
    wait_for("the link to go", lambda: not fills(said))
    window.press_key("ctrl+shift+z")
    wait_for("the link to come back", lambda: fills(said))
    window.press_key("ctrl+z")
    wait_for("the link to go again", lambda: not fills(said))
    passed("undo and redo")

    take(left - 40, top + height // 2)
    ask_pointer("mouseup", 1)
    wait_for("what was dragged to fly back", lambda: len(list(window.windows())) == 1)
    assert window.wait("status", "Undone.") and not columns[1].find("list item", "filled from Column 1,")
    passed("what is dropped beside the fields is put back")
    window.press_key("ctrl+q")
    window.dialog()
    window.process.kill()
    window.process.wait()
    profile.close()


SCENARIOS = {
    "english": ("C.UTF-8", functools.partial(speak, "english")),
    "french": ("fr_FR.UTF-8", functools.partial(speak, "french")),
    "many": ("C.UTF-8", many),
    "mending": ("C.UTF-8", mending),
    "closing": ("C.UTF-8", closing),
    "edges": ("C.UTF-8", edges),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS))

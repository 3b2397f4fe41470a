#!/usr/bin/python3
"""test-window.py: drives the real window on a virtual screen, as a screen reader does, against the sandbox; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import functools
import json
import sys

from desktop import Profile, Turns, Window, main, passed, wait_for

PAYMENTS = 1300  # enough for a group separator
MANY = 100_000
GAP = 250  # milliseconds that a turn of the main loop may take
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
    gaps = turns.end(window)
    assert gaps[-1] < GAP, f"a turn of the main loop took {gaps[-1]:.0f} ms"
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
    profile.close()


SCENARIOS = {
    "english": ("C.UTF-8", functools.partial(speak, "english")),
    "french": ("fr_FR.UTF-8", functools.partial(speak, "french")),
    "many": ("C.UTF-8", many),
    "closing": ("C.UTF-8", closing),
}

if __name__ == "__main__":
    sys.exit(main(SCENARIOS))

#!/usr/bin/python3
"""test-window.py: drives the real window on a virtual screen, as a screen reader does, against the sandbox; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later

HUB_PROGRAM, HUB_SANDBOX: the built programs; HUB_LOCALEDIR: where the program looks for its translations.
Each scenario runs in a child of its own, with its own screen, session bus, keyring and profile.
"""
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib

PAYMENTS = 1300  # enough for a group separator
MANY = 100_000
TRIES = 3
GAP = 0.250  # seconds for which the window may leave a question unanswered
SCENARIOS = {"english": "C.UTF-8", "french": "fr_FR.UTF-8", "many": "C.UTF-8", "closing": "C.UTF-8"}
WORDS = {
    "english": {"empty": "No Integrations Yet", "import": "Import a File", "never": "Never run", "run": "Run",
                "created": f"{PAYMENTS} created", "unchanged": f"{PAYMENTS} unchanged", "failed": ("failed", "needs you")},
    "french": {"empty": "Aucune intégration pour l’instant", "import": "Importer un fichier", "never": "Jamais lancée",
               "run": "Lancer", "created": "1\u202f300 créés", "unchanged": "1\u202f300 inchangés",
               "failed": ("échec", "votre intervention")},
}


def wait_for(what, condition, seconds=30):
    """Waits until @condition gives something true, and returns that. What it looks at may go away meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
        except GLib.Error:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} seconds")


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


class Profile:
    """A keyring, the sandbox and the two accounts, all of one scenario."""

    def __init__(self, folder, payments):
        self.folder = folder
        self.program = os.environ["HUB_PROGRAM"]
        self.keyring = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.keyring.stdin.write(b"test")
        self.keyring.stdin.close()
        wait_for("the keyring", self.has_keyring)
        key_file = folder / "google-key.json"
        self.sandbox = subprocess.Popen([os.environ["HUB_SANDBOX"], "--payments", str(payments), "--key-file", key_file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.services = json.loads(self.sandbox.stdout.readline())
        self.cli("account", "add", "stripe", "--name", "Boutique", "--set", f"base_url={self.services['stripe']}",
                 text='{"api_key": "sk_test_window"}')
        self.cli("account", "add", "google-sheets", "--name", "Compta", "--set", f"base_url={self.services['google']}",
                 text=key_file.read_text())

    @staticmethod
    def has_keyring():
        answer = subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
                                 "/org/freedesktop/DBus", "--method", "org.freedesktop.DBus.NameHasOwner",
                                 "org.freedesktop.secrets"], capture_output=True, text=True)
        return "true" in answer.stdout

    def cli(self, *arguments, text=""):
        done = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True)
        assert done.returncode == 0, f"integration-hub {' '.join(arguments)}: {done.returncode} {done.stderr}"
        return done.stdout

    def file(self, *integrations):
        file = self.folder / "integrations.json"
        file.write_text(json.dumps({"format": "integration-hub/1", "integrations": integrations}))
        return str(file)

    def last_run(self, name):
        return json.loads(self.cli("runs", name, "--json"))[0]

    def control(self, path, body=None):
        """Asks the sandbox, or tells it @body."""
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(self.services["control"] + path, data) as answer:
            return json.load(answer)

    def close(self):
        self.sandbox.stdin.close()
        self.sandbox.wait(10)
        self.keyring.terminate()
        self.keyring.wait(10)


class Window:
    """The program, found and pressed through the accessibility bus."""

    def __init__(self, program):
        Atspi.set_timeout(10_000, 10_000)
        environment = {**os.environ, "GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "ADW_DISABLE_PORTAL": "1",
                       "G_DEBUG": "fatal-warnings"}
        self.process = subprocess.Popen([program], env=environment)
        self.frame = wait_for("the window", lambda: self.frames(1))[0]

    def frames(self, number):
        """The windows of the program once there are @number."""
        desktop = Atspi.get_desktop(0)
        desktop.clear_cache()
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application and application.get_process_id() == self.process.pid:
                application.clear_cache()
                frames = [application.get_child_at_index(i) for i in range(application.get_child_count())]
                return frames if len(frames) == number else None
        return None

    def dialog(self):
        return next(frame for frame in wait_for("a dialog", lambda: self.frames(2)) if frame != self.frame)

    def import_file(self, path):
        """Types @path into the file chooser that is about to open."""
        dialog = self.dialog()
        wait_for("the file chooser", lambda: list(self.nodes("push button", dialog)))
        subprocess.run(["xdotool", "type", str(path)], check=True)
        wait_for("the path", lambda: str(path) in [self.content(node) for node in self.nodes("text", dialog)])
        self.press_key("Return")

    def content(self, entry):
        return Atspi.Text.get_text(entry, 0, Atspi.Text.get_character_count(entry))

    def nodes(self, role=None, node=None):
        """All nodes below @node that are to be seen, with @role if it is given."""
        node = node or self.frame
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is None or not child.get_state_set().contains(Atspi.StateType.VISIBLE):
                continue
            if role in (None, child.get_role_name()):
                yield child
            yield from self.nodes(role, child)

    def card(self, name):
        self.frame.clear_cache()
        return next((item for item in self.nodes("list item") if item.get_name() == name), None)

    def texts(self, name):
        """What the labels of the card called @name say."""
        card = self.card(name)
        return [label.get_name() for label in self.nodes("label", card)] if card else []

    def says(self, name, *words):
        return next((text for text in self.texts(name) if any(word in text for word in words)), None)

    def result(self, name, word):
        """What the card says of a run that is over; during it, the counters stand between dots."""
        said = self.says(name, word)
        return said if said and " · " not in said else None

    def button(self, name, label):
        return next((button for button in self.nodes("push button", self.card(name)) if label in button.get_name()), None)

    def act(self, node, name):
        """Does the action @name of @node."""
        for i in range(Atspi.Action.get_n_actions(node)):
            if Atspi.Action.get_action_name(node, i) == name:
                assert Atspi.Action.do_action(node, i)
                return
        raise AssertionError(f"{node.get_name()} has no action {name}")

    def round_trip(self):
        """How long the program's main loop takes to answer one question."""
        start = time.monotonic()
        Atspi.Action.get_action_name(self.frame, 0)
        return time.monotonic() - start

    def press_key(self, key):
        subprocess.run(["xdotool", "key", key], check=True)

    def is_focused(self, name):
        card = self.card(name)
        return any(node.get_state_set().contains(Atspi.StateType.FOCUSED) for node in [card, *self.nodes(node=card)])

    def tab_to(self, name):
        """Brings the keyboard focus to the card called @name as a person does."""
        for _ in range(30):
            self.press_key("Tab")
            if self.is_focused(name):
                return
        raise AssertionError(f"Tab does not reach {name}")

    def close(self):
        self.act(self.frame, "window.close")
        assert self.process.wait(20) == 0, f"the program ended with {self.process.returncode}"


def check_buttons(window, frame=None):
    roles = ("push button", "toggle button", "check box", "text", "combo box", "list item")
    nameless = [node.get_role_name() for role in roles
                for node in window.nodes(role, frame) if not node.get_name().strip()]
    assert not nameless, f"without a name: {nameless}"


def speak(language, folder):
    """A first day: nothing there, an import, a run, a second run, one that fails."""
    words = WORDS[language]
    profile = Profile(folder, PAYMENTS)
    window = Window(profile.program)
    labels = lambda: [node.get_name() for node in window.nodes("label")]
    wait_for("the welcome", lambda: words["empty"] in labels())
    check_buttons(window)
    passed("an empty profile is welcomed, and every button has a name")

    window.act(next(node for node in window.nodes("push button") if words["import"] in node.get_name()), "click")
    window.import_file(profile.file({**integration("Paiements", "sheet-1"), "surprise": 1}))
    dialog = wait_for("the refusal", lambda: (frames := window.frames(2)) and next(
        (frame for frame in frames for label in window.nodes("label", frame) if "surprise" in label.get_name()), None))
    check_buttons(window, dialog)
    window.press_key("Escape")
    wait_for("the dialog's end", lambda: window.frames(1))
    window.press_key("ctrl+o")
    window.import_file(profile.file(integration("Paiements", "sheet-1")))
    wait_for("the card", lambda: window.says("Paiements", words["never"]))
    passed("a wrong file is refused with its place; a good one is imported")

    profile.cli("import", profile.file(integration("Perdu", "nowhere")))
    window.act(window.frame, "win.reload")
    wait_for("the other card", lambda: window.says("Perdu", words["never"]))
    for text in ("Paiements", "Stripe · Boutique", "Google Sheets · Compta"):
        assert window.says("Paiements", text), window.texts("Paiements")
    check_buttons(window)
    passed("what the command line imports appears after a reload")

    window.act(window.button("Paiements", words["run"]), "click")
    said = wait_for("the result", lambda: window.result("Paiements", words["created"]))
    run = profile.last_run("Paiements")
    assert (run["status"], run["read"], run["created"]) == ("success", PAYMENTS, PAYMENTS), run
    rows = profile.control("/sheet?spreadsheet=sheet-1&sheet=Paiements")["values"]
    assert len(rows) == PAYMENTS + 1 and len({json.dumps(row) for row in rows}) == len(rows), f"{len(rows)} rows"
    passed(f"Run carries every payment to the sheet and says so: {said}")

    window.act(window.button("Paiements", words["run"]), "click")
    wait_for("the second result", lambda: window.result("Paiements", words["unchanged"]))
    assert profile.last_run("Paiements")["unchanged"] == PAYMENTS
    passed("a second run writes nothing")

    window.tab_to("Perdu")
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
    window = Window(profile.program)
    wait_for("the card", lambda: window.says("Paiements", "Never run"))
    idle = max(window.round_trip() for _ in range(100))
    window.act(window.button("Paiements", "Run"), "click")
    trips, seen = [], set()
    end = time.monotonic() + 60
    while not window.result("Paiements", f"{MANY} created"):
        assert time.monotonic() < end, window.texts("Paiements")
        trips += [window.round_trip() for _ in range(50)]
        seen.add(window.says("Paiements", " read · "))
    worst = max(trips)
    assert worst < GAP + idle, f"no answer for {worst * 1000:.0f} ms (idle: {idle * 1000:.0f} ms)"
    assert len(seen) > 2, f"the counters did not move: {seen}"
    passed(f"while {MANY} records go through, the window answers within {worst * 1000:.0f} ms of {len(trips)} questions")

    profile.control("/latency", {"ms": 30})
    profile.cli("import", profile.file(integration("Lent", "sheet-1", "Lent")))
    window.act(window.frame, "win.reload")
    window.act(wait_for("the card", lambda: window.button("Lent", "Run")), "click")
    wait_for("the first records", lambda: window.says("Lent", " read · "))
    window.act(window.button("Lent", "Cancel"), "click")
    wait_for("the cancellation", lambda: window.says("Lent", ": cancelled"))
    run = profile.last_run("Lent")
    assert run["status"] == "cancelled" and 0 < run["read"] < MANY, run
    assert not window.button("Lent", "Cancel"), "there is nothing to cancel any more"
    passed("Cancel stops it, and the run is kept as cancelled")

    window.act(window.button("Lent", "Run"), "click")
    wait_for("the next records", lambda: window.says("Lent", " read · "))
    window.process.kill()
    window.process.wait()
    window = Window(profile.program)
    wait_for("the interruption", lambda: window.says("Lent", "The run was interrupted"))
    assert window.says("Lent", ": failed"), window.texts("Lent")
    passed("a run that was killed is shown as interrupted")
    profile.close()


def closing(folder):
    """A run under way when the window is closed."""
    profile = Profile(folder, MANY)
    profile.control("/latency", {"ms": 30})
    profile.cli("import", profile.file(integration("Lent", "sheet-1", "Lent")))
    window = Window(profile.program)
    wait_for("the card", lambda: window.says("Lent", "Never run"))
    window.act(window.button("Lent", "Run"), "click")
    wait_for("more records", lambda: window.says("Lent", " read · "))
    window.act(window.frame, "window.close")
    question = window.dialog()
    check_buttons(window, question)
    window.act(next(node for node in window.nodes("push button", question) if "Stop" in node.get_name()), "click")
    assert window.process.wait(20) == 0, f"the program ended with {window.process.returncode}"
    assert profile.last_run("Lent")["status"] == "cancelled"
    passed("closing the window during a run asks, then cancels it in good order")
    profile.close()


def passed(what):
    print(f"ok - {what}", flush=True)


def child(scenario, folder):
    try:
        if scenario in ("many", "closing"):
            (many if scenario == "many" else closing)(folder)
        else:
            speak(scenario, folder)
    except Exception as error:  # a TAP line for whatever went wrong
        print(f"not ok - {scenario}: {type(error).__name__}: {error}".replace("\n", " "), flush=True)
        raise


@contextlib.contextmanager
def virtual_screen():
    """An X server on a number that it finds free itself."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "900x640x24", "-nolisten", "tcp", "-noreset"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as line:
        number = line.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def profile_environment(folder, locale, display):
    environment = {key: value for key, value in os.environ.items() if key not in ("LANGUAGE", "WAYLAND_DISPLAY", "XAUTHORITY")}
    for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "STATE_HOME", "RUNTIME_DIR"):
        path = folder / name.lower()
        path.mkdir(mode=0o700)
        environment[f"XDG_{name}"] = str(path)
    services = folder / "data_home/dbus-1/services"  # no portals: they would bring in the machine's own services
    services.mkdir(parents=True)
    for name in ("Desktop", "Documents"):
        (services / f"{name}.service").write_text(f"[D-BUS Service]\nName=org.freedesktop.portal.{name}\nExec=/bin/false\n")
    return {**environment, "HOME": str(folder), "LC_ALL": locale, "DISPLAY": display, "GTK_A11Y": "atspi"}


def deep_stack():
    """For libatspi, which goes one call deeper for each message that came while it waited for an answer."""
    limit = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (limit if limit != resource.RLIM_INFINITY else 1 << 30, limit))


def scenario_lines(scenario, locale):
    """The TAP lines of one scenario, without numbers. libatspi 2.46, with which the questions are asked, at times calls itself without
    end while windows come and go, and takes this script with it: the scenario is then played again, and in the end said to be
    skipped. A crash of the program itself is another thing: it shows in its exit status, or in an answer that never comes."""
    for _ in range(TRIES):
        lines, status = play(scenario, locale)
        if status not in (128 + signal.SIGSEGV, -signal.SIGSEGV):
            return lines
        print(f"# {scenario}: libatspi crashed", flush=True)
    return [line for line in lines if line.startswith("ok")] + [f"ok - {scenario} # SKIP libatspi crashed {TRIES} times"]


def play(scenario, locale):
    """The TAP lines of one performance, and the exit status of its session."""
    catalogue = pathlib.Path(os.environ.get("HUB_LOCALEDIR", ""), "fr/LC_MESSAGES/integration-hub.mo")
    if scenario == "french" and not catalogue.exists():
        return ["ok - french # SKIP the translations are not installed where the program looks for them"], 0
    with tempfile.TemporaryDirectory(prefix="hub-window-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        command = ["dbus-run-session", "--", sys.executable, __file__, scenario, name]
        with open(folder / "log", "w") as log, virtual_screen() as display:
            session = subprocess.Popen(command, env=profile_environment(folder, locale, display), stdout=subprocess.PIPE,
                                       stderr=log, text=True, start_new_session=True, preexec_fn=deep_stack)
            try:
                output, _ = session.communicate(timeout=95)
            except subprocess.TimeoutExpired:
                os.killpg(session.pid, signal.SIGKILL)
                output = session.communicate()[0] + f"not ok - {scenario}: still not over after 95 seconds\n"
        lines = [line for line in output.splitlines() if line.startswith(("ok ", "not ok "))]
        if session.returncode != 0:
            print("".join(f"# {line}\n" for line in (folder / "log").read_text().splitlines()[-40:]), end="", file=sys.stderr)
            if not any(line.startswith("not ok") for line in lines):
                lines.append(f"not ok - {scenario}: ended with {session.returncode}")
        return lines, session.returncode


def main():
    if len(sys.argv) == 3:
        child(sys.argv[1], pathlib.Path(sys.argv[2]))
        sys.stdout.flush()
        os._exit(0)  # taken apart in order, the many accessible objects can overflow libatspi's stack
    lines = [line for scenario, locale in SCENARIOS.items() for line in scenario_lines(scenario, locale)]
    print(f"1..{len(lines)}")
    for number, line in enumerate(lines, 1):
        result, _, what = line.partition(" - ")
        print(f"{result} {number} - {what}")
    return 1 if any(line.startswith("not ok") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())

"""desktop.py: a throw-away desktop session for scripts that drive the real window: screen, buses, keyring, profile, sandbox.
SPDX-License-Identifier: GPL-3.0-or-later

HUB_PROGRAM, HUB_SANDBOX: the built programs; HUB_LOCALEDIR: where the program looks for its translations;
HUB_BUILT_LOCALEDIR, HUB_CATALOGUE_LIBRARY: where they were built, and what shows the program that place.
A script calls main() with its scenarios; each plays in a child of its own, within its own session, and reports in TAP.
"""
import contextlib
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from accessible import Bus
from gi.repository import GLib

LIMIT = 240  # seconds for one scenario
MAX_BORDER = 100  # pixels of frame and shadow, both sides together
ROUND_TRIPS = 3  # after which a key has had its effect
KEYCODES = {"F5": "71"}  # which xdotool presses with Alt where the keymap has an F5 of its own for Alt
BUTTONS = ("button", "toggle button")  # within the one that opens a menu, newer GTK has one of the other kind for the keyboard
MOST_TURNS = 60  # of the wheel, to bring something in sight
WARNING = re.compile(r"\(integration-hub:\d+\): (\w.*-)?WARNING \*\*: [\d:.]+ (.*)")  # as the program's libraries write them
NOT_OURS = re.compile(r"gdk_frame_timings_submitted\(\) called on submitted frame\."  # GTK 4.24, of a popover on a bare X screen
                      r"|Trying to measure GtkLabel \w+ for width of \d+, but")  # libadwaita 1.7, of any AdwMessageDialog


def wait_for(what, condition, seconds=30):
    """Waits until @condition gives something true, and returns that. What it looks at may go away meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(GLib.Error):
            if value := condition():
                return value
        time.sleep(0.03)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def passed(what):
    print(f"ok - {what}", flush=True)


def ask_pointer(*words):
    """Real events of pointer and keyboard, and what the screen knows about windows."""
    return subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True).stdout


def pixels(x, y, width, height):
    """A part of the screen as it looks now."""
    return subprocess.run(["import", "-silent", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "rgb:-"],
                          capture_output=True, check=True).stdout


class Profile:
    """A keyring and the sandbox of one scenario; the two accounts too, unless the scenario makes them itself."""

    def __init__(self, folder, payments, accounts=True):
        self.folder = folder
        self.program = os.environ["HUB_PROGRAM"]
        self.keyring = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.keyring.stdin.write(b"test")
        self.keyring.stdin.close()
        wait_for("the keyring", self.has_keyring)
        self.key_file = folder / "google-key.json"
        self.sandbox = subprocess.Popen([os.environ["HUB_SANDBOX"], "--payments", str(payments), "--key-file", self.key_file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.services = json.loads(self.sandbox.stdout.readline())
        if accounts:
            self.cli("account", "add", "stripe", "--name", "Boutique", "--set", f"base_url={self.services['stripe']}",
                     text='{"api_key": "sk_test_window"}')
            self.cli("account", "add", "google-sheets", "--name", "Compta", "--set", f"base_url={self.services['google']}",
                     text=self.key_file.read_text())

    @staticmethod
    def has_keyring():
        answer = subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
                                 "/org/freedesktop/DBus", "--method", "org.freedesktop.DBus.NameHasOwner",
                                 "org.freedesktop.secrets"], capture_output=True, text=True)
        return "true" in answer.stdout

    def cli(self, *arguments, text="", status=(0,)):
        done = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True)
        assert done.returncode in status, f"integration-hub {' '.join(arguments)}: {done.returncode} {done.stderr}"
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
    """The program, with its windows found through the accessibility bus and moved by real pointer and key events."""

    def __init__(self, program, **environment):
        settings = {"GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "ADW_DISABLE_PORTAL": "1", "G_DEBUG": "fatal-criticals"}
        self.bus = Bus()
        self.process = subprocess.Popen([program], env={**os.environ, **settings, **environment})
        self.frame = wait_for("the window", lambda: self.frames(1))[0]
        wait_for("the window on the screen", lambda: self.on_screen(self.frame))
        self.with_keyboard = None

    def frames(self, number=None):
        """The windows of the program once there are @number."""
        application = self.bus.application(self.process.pid)
        frames = application.children() if application else []
        return frames if number in (None, len(frames)) else None

    def top(self):
        """The dialog that is open, else the page on top of the window."""
        frame = self.frames()[-1]
        pages = frame.find(name="AdwLeaflet") if frame == self.frame else None
        return pages.children()[0] if pages else frame

    def dialog(self, name=""):
        """The dialog on top, called @name (or with that in its name), once it is there."""
        def find():
            frame = self.frames()[-1]
            return frame if frame != self.frame and name in frame.name else None
        return wait_for(f"the dialog {name}", find)

    def wait(self, role=None, name=None, where=None, within=None, seconds=30):
        """The first node with that role and name (or part of it) that is to be seen in the window on top (or @within)."""
        def seen(node):
            return node.box()[2] > 0 and (not where or where(node))
        return wait_for(f"{role or ''} “{name or ''}”", lambda: (within or self.top()).find(role, name, seen), seconds)

    def surface(self, node):
        """What has a window of its own on the screen and holds @node: a popover, or the frame."""
        frames = self.frames()
        while node not in frames and not node.is_popover():
            node = node.parent()
        return node

    def windows(self):
        """The program's windows on the screen: number, x, y, width, height."""
        found = ask_pointer("search", "--onlyvisible", "--pid", self.process.pid).split()
        for number in reversed(found):
            lines = ask_pointer("getwindowgeometry", "--shell", number).split()
            shape = {name: int(value) for name, value in (line.split("=") for line in lines)}
            if shape.get("WIDTH", 1) > 1:  # it may have gone meanwhile; a pixel beside the screen is GTK's own
                yield number, shape["X"], shape["Y"], shape["WIDTH"], shape["HEIGHT"]

    def on_screen(self, surface):
        """The number of the window of @surface, and where what it holds begins on the screen; None while it is not there."""
        width, height = surface.box()[2:]
        most = 1 if surface.is_popover() else MAX_BORDER
        number, x, y, wide, high = next((window for window in self.windows() if 0 <= window[3] - width < most
                                         and window[3] - width == window[4] - height), [None] * 5)
        if not number:
            return None
        width, height = surface.content().box()[2:]
        border = (wide - width) // 2
        arrow = high - height - 2 * border
        if arrow and surface.is_popover() and y > self.middle(surface.parent())[1]:
            y += arrow
        return number, x + border, y + border

    def place(self, node):
        """x, y, width and height of @node on the screen, once it stands still there."""
        surface = self.surface(node)
        _, left, top = wait_for("the window on the screen", lambda: self.on_screen(surface))
        x, y, width, height = wait_for(f"{node} to stand still", lambda: (box := node.box()) == node.box() and box)
        start = surface.content().box()
        return left + x - start[0], top + y - start[1], width, height

    def middle(self, node):
        x, y, width, height = self.place(node)
        return x + width // 2, y + height // 2

    def reach(self, node):
        """The middle of @node on the screen, once it was brought in sight with the wheel if need be, and nothing lies on it."""
        surface = self.surface(node)
        for _ in range(MOST_TURNS):
            x, y, width, height = node.box()
            view = next((around for around in node.around(surface) if not around.holds(x + width // 2, y + height // 2)), None)
            if not view:
                break
            self.turn(view, down=y > view.box()[1])
            with contextlib.suppress(AssertionError):
                wait_for("the wheel", lambda: node.box()[1] != y, 0.5)
        node.know_all()
        if node.is_on_top(surface.content()) is None:
            surface.know_all()
        wait_for(f"{node} to be in sight", lambda: node.is_on_top(surface.content()) is not False)
        return self.middle(node)

    def turn(self, view, down):
        """Turns the wheel by one notch over @view."""
        ask_pointer("mousemove", *self.middle(view), "click", 5 if down else 4)

    def click(self, node):
        ask_pointer("mousemove", *self.reach(node), "click", 1)

    def take(self, node):
        """Takes @node with the pointer, until a window moves with that: a tooltip would not."""
        x, y = self.reach(node)
        places = {}

        def moves():
            before = dict(places)
            places.update((number, left) for number, left, *_ in self.windows())
            return any(places[number] != left for number, left in before.items())

        ask_pointer("mousemove", x, y, "mousedown", 1, "mousemove", "--sync", x + 6, y, "mousemove", "--sync", x + 24, y)
        self.wiggle("what is dragged", x + 24, y, moves)

    def drag(self, start, end):
        """Takes @start with the pointer and drops it on @end, as soon as that shows that it takes it."""
        x, y = self.reach(end)
        left, top, _, height = self.place(end)
        corner = left, top, 24, height // 2
        self.take(start)
        before = pixels(*corner)
        ask_pointer("mousemove", "--sync", x, y - height, "mousemove", "--sync", x, y)
        self.wiggle(f"{end} to take it", x, y, lambda: before != pixels(*corner) == pixels(*corner))
        self.let_it_work()  # what takes it answers what is dragged
        ask_pointer("mouseup", 1)

    @staticmethod
    def wiggle(what, x, y, condition):
        """Moves as a hand does, never quite still: newer GTK takes a jump for a single step, and goes by the step after it."""
        steps = itertools.cycle((0, 3))
        wait_for(what, lambda: condition() or ask_pointer("mousemove", "--sync", x + next(steps), y))

    def give_keyboard(self):
        """Lets the window on top have the keyboard: no window manager does on this screen."""
        top = self.frames()[-1]
        if top != self.with_keyboard:
            number, _, _ = wait_for("the window on the screen", lambda: self.on_screen(top))
            ask_pointer("windowfocus", "--sync", number)
            self.let_it_work()
            self.with_keyboard = top

    def press_key(self, *keys):
        self.give_keyboard()
        ask_pointer("key", *(KEYCODES.get(key, key) for key in keys))

    def type(self, text):
        self.give_keyboard()
        ask_pointer("type", "--delay", 5, text)

    def focused(self):
        return self.top().find(where=lambda node: node.has("focused"))

    def tab_to(self, role=None, name=None, key="Tab", presses=80):
        """Brings the keyboard focus to the node with that role and name (or part of it) as a person does."""
        for _ in range(presses):
            node = self.focused()
            if node and (role is None or node.role == role) and (name is None or name in node.name):
                return node
            self.press_key(key)
        raise AssertionError(f"{key} does not reach {role} “{name}”; it stays at {self.focused()}")

    def choose_file(self, path, title=""):
        """Types @path into the file chooser called @title that is about to open."""
        dialog = self.dialog(title)
        wait_for("the file chooser", lambda: dialog.find("button"))
        self.type(path)
        wait_for("the path", lambda: dialog.find("text box", where=lambda node: (node.text or "").startswith(str(path))))
        self.press_key("shift+End", "Delete")  # what newer GTK completes it with
        wait_for("the path alone", lambda: dialog.find("text box", where=lambda node: node.text == str(path)))
        self.press_key("Return")
        wait_for("the end of the file chooser", lambda: dialog not in self.frames())

    def shoot(self, file):
        """Takes a picture of the screen."""
        subprocess.run(["import", "-window", "root", str(file)], check=True)

    def round_trip(self):
        """How long the program's main loop takes to answer one question."""
        start = time.monotonic()
        self.frame.get("Accessible", "Name")
        return time.monotonic() - start

    def let_it_work(self):
        """Comes back when what was pressed has had its effect."""
        for _ in range(ROUND_TRIPS):
            self.round_trip()

    def close(self):
        self.press_key("ctrl+q")
        assert self.process.wait(20) == 0, f"the program ended with {self.process.returncode}"


class Turns:
    """How long each turn of the window's main loop takes, measured within it by tests/bench/gaps.c."""

    def __init__(self, folder):
        self.file = folder / "gaps"
        self.environment = {"LD_PRELOAD": os.environ["HUB_GAPS_LIBRARY"], "HUB_GAPS": str(self.file)}

    def begin(self, window):
        window.process.send_signal(signal.SIGUSR1)

    def end(self, window):
        """Milliseconds in order of length, and the most that a turn had the processor for, in milliseconds too."""
        window.process.send_signal(signal.SIGUSR2)
        wait_for("the figures", lambda: self.file.exists() and self.file.stat().st_size > 0)
        passed_by, worked = zip(*([int(word) / 1000 for word in line.split()] for line in self.file.read_text().splitlines()))
        return sorted(passed_by), max(worked)


@contextlib.contextmanager
def virtual_screen(size):
    """An X server on a number that it finds free itself."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as line:
        number = line.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def bus_settings(folder):
    """Of the machine's services, which belong to the machine, the session has one alone: the accessibility bus."""
    services = folder / "services"
    services.mkdir()
    (services / "org.a11y.Bus.service").symlink_to("/usr/share/dbus-1/services/org.a11y.Bus.service")
    settings = folder / "bus.conf"
    settings.write_text(f'''<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={tempfile.gettempdir()}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
''')
    return settings


def profile_environment(folder, locale, display):
    environment = {key: value for key, value in os.environ.items() if key not in ("LANGUAGE", "WAYLAND_DISPLAY", "XAUTHORITY")}
    for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "STATE_HOME", "RUNTIME_DIR"):
        path = folder / name.lower()
        path.mkdir(mode=0o700)
        environment[f"XDG_{name}"] = str(path)
    settings = folder / "config_home/gtk-4.0/settings.ini"
    settings.parent.mkdir()
    settings.write_text("[Settings]\ngtk-enable-animations=0\n")  # a button does not move while it is being pressed
    environment |= {"GIO_USE_VFS": "local", "GIO_USE_VOLUME_MONITOR": "unix", "GSETTINGS_BACKEND": "memory"}  # nor its mounts and settings
    return {**environment, "HOME": str(folder), "LC_ALL": locale, "DISPLAY": display, "GTK_A11Y": "atspi"}


def find_translations():
    """The settings with which the program finds its translations; None if there are none."""
    places = [os.environ.get(name, "") for name in ("HUB_BUILT_LOCALEDIR", "HUB_LOCALEDIR")]
    place = next((place for place in places if place and pathlib.Path(place, "fr/LC_MESSAGES/integration-hub.mo").exists()), None)
    return place and {"HUB_LOCALEDIR": place} | ({"LD_PRELOAD": os.environ["HUB_CATALOGUE_LIBRARY"]} if place != places[1] else {})


def play(scenario, locale, size):
    """The TAP lines of one scenario, without numbers."""
    translations = find_translations() if locale.startswith("fr") else {}
    if translations is None:
        return [f"ok - {scenario} # SKIP the translations were neither built nor installed"]
    with tempfile.TemporaryDirectory(prefix="hub-window-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        command = ["dbus-run-session", "--config-file", str(bus_settings(folder)), "--", sys.executable, sys.argv[0], scenario, name]
        with open(folder / "log", "w") as log, virtual_screen(size) as display:
            session = subprocess.Popen(command, env=profile_environment(folder, locale, display) | translations, stdout=subprocess.PIPE,
                                       stderr=log, text=True, start_new_session=True)
            try:
                output, _ = session.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(session.pid, signal.SIGKILL)
                output = session.communicate()[0] + f"not ok - {scenario}: still not over after {LIMIT} seconds\n"
        lines = [line for line in output.splitlines() if line.startswith(("ok ", "not ok "))]
        warnings = [said[2] for said in WARNING.finditer((folder / "log").read_text()) if not NOT_OURS.match(said[2])]
        lines += [f"not ok - {scenario}: warning: {warning}" for warning in warnings]
        if session.returncode != 0:
            print("".join(f"# {line}\n" for line in (folder / "log").read_text().splitlines()[-int(os.environ.get("HUB_LOG_LINES", "40")):]), end="", file=sys.stderr)
            if not any(line.startswith("not ok") for line in lines):
                lines.append(f"not ok - {scenario}: ended with {session.returncode}")
        return lines


def perform(function, scenario, folder):
    try:
        function(folder)
    except Exception as error:  # a TAP line for whatever went wrong, and a picture where one is wanted
        print(f"not ok - {scenario}: {type(error).__name__}: {error}".replace("\n", " "), flush=True)
        if pictures := os.environ.get("HUB_PICTURES"):
            subprocess.run(["import", "-window", "root", f"{pictures}/{scenario}.png"])
        raise


def main(scenarios, size="900x640"):
    """Plays @scenarios, {name: (locale, function of the profile's folder)}: all, or those named on the command line."""
    if len(sys.argv) == 3 and os.path.isdir(sys.argv[2]):
        perform(scenarios[sys.argv[1]][1], sys.argv[1], pathlib.Path(sys.argv[2]))
        return 0
    names = sys.argv[1:] or scenarios
    lines = [line for name in names for line in play(name, scenarios[name][0], size)]
    print(f"1..{len(lines)}")
    for number, line in enumerate(lines, 1):
        result, _, what = line.partition(" - ")
        print(f"{result} {number} - {what}")
    return 1 if any(line.startswith("not ok") for line in lines) else 0

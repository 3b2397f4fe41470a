"""accessible.py: the program as a screen reader sees it, asked over the accessibility bus itself.
SPDX-License-Identifier: GPL-3.0-or-later

Nothing is cached but what never changes: each question goes to the program, and its answer is what stands there now.
"""
import contextlib

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

TIMEOUT_MS = 10_000
MOST_LOOKS = 20  # at what changes while it is looked at
ATSPI = "org.a11y.atspi."
STATES = {"active": 1, "checked": 4, "enabled": 8, "expanded": 10, "focusable": 11, "focused": 12, "pressed": 20, "selected": 23,
          "sensitive": 24, "showing": 25, "visible": 30, "required": 33, "checkable": 41}

CONTAINERS = ("widget", "group", "generic", "panel", "filler")  # what may lay its children on top of each other
POPUP_LAYER = 5
LABELLED_BY = 2
LARGEST = 1 << 14  # pixels of a widget: more than any screen has
ROOT = "/org/a11y/atspi/accessible/root"


def overlap(one, other):
    """Whether more than half of the smaller of two boxes lies within the other."""
    width, height = (min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) for i in (0, 1))
    areas = one[2] * one[3], other[2] * other[3]
    return width > 0 and height > 0 and 2 * width * height > min(areas)


class Gone(GLib.Error):
    """The object that was asked is no longer there: a window never stands still."""


class Bus:
    """The accessibility bus of this session."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, TIMEOUT_MS)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address.unpack()[0], flags, None, None)
        self.roles, self.popovers = {}, {}  # of nodes, by path: these never change

    def call(self, name, path, interface, method, arguments=None):
        try:
            return self.connection.call_sync(name, path, interface, method, arguments, None, 0, TIMEOUT_MS).unpack()
        except GLib.Error as error:
            if Gio.DBusError.get_remote_error(error) == "org.freedesktop.DBus.Error.UnknownMethod":  # its words are translated
                raise Gone(error.message) from error
            raise

    def process_of(self, name):
        return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                         GLib.Variant("(s)", (name,)))[0]

    def application(self, pid):
        """The root of the program with @pid, or None while it is not there."""
        root = Node(self, ATSPI + "Registry", ROOT)
        return next((node for node in root.children() if self.process_of(node.bus_name) == pid), None)


class Node:
    """One accessible object. Two of them are equal when they stand for the same."""

    def __init__(self, bus, bus_name, path):
        self.bus, self.bus_name, self.path = bus, bus_name, path

    def __eq__(self, other):
        return isinstance(other, Node) and self.path == other.path

    def __hash__(self):
        return hash(self.path)

    def __repr__(self):
        return f"{self.role} “{self.name}”"

    def ask(self, interface, method, signature=None, *arguments):
        variant = GLib.Variant(signature, arguments) if signature else None
        return self.bus.call(self.bus_name, self.path, ATSPI + interface, method, variant)

    def get(self, interface, name):
        return self.bus.call(self.bus_name, self.path, "org.freedesktop.DBus.Properties", "Get",
                             GLib.Variant("(ss)", (ATSPI + interface, name)))[0]

    @property
    def name(self):
        """Without the mnemonic: GTK 4.8 says “_Next Next” of a button."""
        name = self.get("Accessible", "Name") or self.label()
        words = name.split(" ")
        half = " ".join(words[len(words) // 2:])
        return half if " ".join(words[:len(words) // 2]).replace("_", "") == half else name

    def label(self):
        """What stands in for a name: of a status GTK 4.18 tells its text alone, and of an item in a menu newer GTK tells which label
        names it, but keeps that from its children as mere presentation."""
        if self.role == "status":
            return self.text or ""
        relations = self.ask("Accessible", "GetRelationSet")[0] if self.role == "menu item" else []
        return " ".join(Node(self.bus, *label).text or "" for kind, labels in relations if kind == LABELLED_BY for label in labels)

    @property
    def description(self):
        return self.get("Accessible", "Description")

    @property
    def role(self):
        if self.path not in self.bus.roles:
            self.bus.roles[self.path] = self.ask("Accessible", "GetRoleName")[0]
        return self.bus.roles[self.path]

    def children(self):
        return [Node(self.bus, *child) for child in self.ask("Accessible", "GetChildren")[0]]

    def parent(self):
        return Node(self.bus, *self.get("Accessible", "Parent"))

    def has(self, state):
        words = self.ask("Accessible", "GetState")[0]
        return bool(words[STATES[state] // 32] >> STATES[state] % 32 & 1)

    def walk(self):
        """All that is shown below this node, in order."""
        for child in self.shown():
            yield child
            yield from child.walk()

    def shown(self):
        """The visible children; asked again where one of them goes while they are looked at."""
        for _ in range(MOST_LOOKS):
            with contextlib.suppress(Gone):
                return self.shown_now()
            if not self.is_there():
                return []
        return self.shown_now()

    def is_there(self):
        try:
            return bool(self.ask("Accessible", "GetState"))
        except Gone:
            return False

    def shown_now(self):
        """The visible children, without those pages of a stack that were never shown or lie behind another."""
        children = [child for child in self.children() if child.has("visible")]
        if len(children) < 2 or self.role not in CONTAINERS:
            return children
        boxes = {child: child.box() for child in children if not child.is_popover() and child.role != "scroll bar"}
        children = [child for child in children if child not in boxes or boxes[child][2] > 0]
        piled = [child for child in boxes if any(overlap(boxes[child], box) for other, box in boxes.items() if other != child)
                 and not child.has("showing")]  # newer GTK lists those that show, and tells so of them
        return [child for child in children if child not in piled or child.is_above(piled, self)]

    def has_place(self):
        return ATSPI + "Component" in self.ask("Accessible", "GetInterfaces")[0]

    def is_popover(self):
        if self.path not in self.bus.popovers:
            self.bus.popovers[self.path] = self.has_place() and self.ask("Component", "GetLayer")[0] == POPUP_LAYER
        return self.bus.popovers[self.path]

    def may_be_met(self, x, y):
        """Newer GTK lists the pages of a stack that lie behind another too, but nothing that they hold."""
        with contextlib.suppress(Gone):
            return self.holds(x, y) and not self.is_popover() and not (self.role == "tab panel" and not self.children())
        return False

    def is_above(self, others, root):
        """Whether this node, and none of @others, is what a pointer within @root meets."""
        above = self.is_on_top(root)
        if above is None:
            for other in others:
                other.know_all()
            above = self.is_on_top(root)
        return above is not False

    def at(self, x, y):
        """What a pointer at that place of the window meets within this node, unless that is mere decoration."""
        if self.has("showing"):  # newer GTK: its own answer may be hidden, or scrolled out of sight, but what it lists is not
            children = [child for child in self.children() if child.may_be_met(x, y)]
            return children[-1].at(x, y) if children else self
        answer = self.ask("Component", "GetAccessibleAtPoint", "(iiu)", x, y, 1)[0]
        return Node(self.bus, *answer) if answer[0] else None

    def is_within(self, node):
        while self != node and self.path != ROOT:
            self = self.parent()
        return self == node

    def is_on_top(self, root):
        """Whether a pointer within @root meets this node, in its middle or else near an edge; None if it meets what the bus ignores."""
        x, y, width, height = self.box()
        for dx, dy in (width // 2, height // 2), (2, height // 2), (width - 3, height // 2), (width // 2, 2):
            if met := root.at(x + dx, y + dy):
                return met.is_within(self)
        return None

    def know_all(self):
        """What was never asked for is not known to the bus, and cannot be met by a pointer."""
        with contextlib.suppress(Gone):
            for child in self.children():
                child.know_all()

    def around(self, end):
        """The nodes around this one that have a place, up to @end. A page of a stack is one twice, once without."""
        while self != end:
            self = self.parent()
            if self.has_place():
                yield self

    def holds(self, x, y):
        left, top, width, height = self.box()
        return left <= x < left + width and top <= y < top + height

    def find(self, role=None, name=None, where=None):
        """The first node below with that role (or one of them), that name (or part of it), and for which @where holds."""
        return next(self.all(role, name, where), None)

    def all(self, role=None, name=None, where=None):
        roles = (role,) if isinstance(role, str) else role
        for node in self.walk():
            if node.matches(roles, name, where):
                yield node

    def matches(self, roles, name, where):
        with contextlib.suppress(Gone):
            return (roles is None or self.role in roles) and (name is None or name in self.name) and (not where or where(self))
        return False

    def labels(self):
        return [node.name for node in self.all("label")]

    def actions(self):
        return [action[0] for action in self.ask("Action", "GetActions")[0]]

    def act(self, name=None):
        """Does the action @name, or the first one that there is."""
        number = 0
        if name:
            number = next((i for i in range(self.get("Action", "NActions"))
                           if self.ask("Action", "GetName", "(i)", i)[0] == name), None)
        assert number is not None and self.ask("Action", "DoAction", "(i)", number)[0], f"{self} does not {name}"

    def focus(self):
        assert self.ask("Component", "GrabFocus")[0], f"{self} takes no focus"

    @property
    def text(self):
        """What it holds; None where it tells that to nobody."""
        if ATSPI + "Text" not in self.ask("Accessible", "GetInterfaces")[0]:
            return None
        return self.ask("Text", "GetText", "(ii)", 0, self.get("Text", "CharacterCount"))[0]

    def type(self, text):
        """Replaces what an entry holds."""
        assert self.ask("EditableText", "SetTextContents", "(s)", text)[0], f"{self} takes no text"

    def box(self):
        """x, y, width and height within the window; nothing, where newer GTK tells random numbers of what was never laid out."""
        box = self.ask("Component", "GetExtents", "(u)", 1)[0]
        return box if max(box[2:]) < LARGEST and min(box[2:]) >= 0 else (0, 0, 0, 0)

    def content(self):
        """What a window or popover holds: newer GTK counts shadow, border and arrow as part of the window itself."""
        return self.children()[0] if self.has("showing") else self


class Focus:
    """Where the keyboard is, as the program tells it: @node, or None; then @last is the last known place."""

    def __init__(self, bus):
        self.bus, self.node, self.last, self.unknown = bus, None, None, 1
        bus.call(ATSPI + "Registry", "/org/a11y/atspi/registry", ATSPI + "Registry", "RegisterEvent",
                 GLib.Variant("(sass)", ("object:state-changed:focused", [], "")))  # newer GTK tells only what is listened for
        rule = "type='signal',interface='org.a11y.atspi.Event.Object',member='StateChanged',arg0='focused'"
        bus.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", GLib.Variant("(s)", (rule,)))
        bus.connection.signal_subscribe(None, ATSPI + "Event.Object", "StateChanged", None, "focused", Gio.DBusSignalFlags.NO_MATCH_RULE,
                                        self.on_changed)

    def on_changed(self, connection, sender, path, interface, signal, parameters):
        node = Node(self.bus, sender, path)
        if parameters[1]:
            self.node = self.last = node
        elif self.node == node:
            self.node = None

    def update(self):
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass
        return self.node

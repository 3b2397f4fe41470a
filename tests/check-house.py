#!/usr/bin/env python3
"""check-house.py: the rules of the house that a compiler does not see: sizes, floors, one place for each library; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
SOURCES = sorted(SRC.rglob("*.[ch]"))

BUDGET, MODULE_LINES, FUNCTION_LINES = 8000, 400, 60
PROGRAM_LINES = 20950  # where the house stands above its budget: this only ever goes down
FLOORS = ["core", "connectors", "sync", "ui", "src"]  # from the ground up; src: main.c and cli.c
ROOMS = {  # the only files that may know a library
    r"sqlite3\.h": r"core/database\.[ch]",
    r"libsecret/.*": r"core/keyring\.c",
    r"libsoup/.*": r"connectors/http\.c",
    r"gnutls/.*": r"connectors/google-auth\.c",
    r"(gtk/.*|adwaita\.h)": r"(ui/.*|main\.c)",
}
TOP = {"README.md", "meson.build", "src", "data", "po", "resources", "tests", "flatpak", "LICENSE", "CONTRIBUTING.md",
       "meson_options.txt", "dev"}


def name(path):
    return str(path.relative_to(SRC))


def code_lines(path):
    """The lines that are neither blank nor comment."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("//")]


def includes(path, pattern):
    return re.findall(rf"^#\s*include {pattern}", path.read_text(), flags=re.M)


def floor(path):
    return FLOORS.index(path.parent.name)


def program_size():
    total = sum(len(code_lines(path)) for path in SOURCES)
    print(f"# {total} lines of code in {len({path.with_suffix('') for path in SOURCES})} modules; the budget is {BUDGET}")
    return [] if total < PROGRAM_LINES else [f"src has {total} lines of code; fewer than {PROGRAM_LINES} are allowed"]


def module_size():
    sizes = {}
    for path in SOURCES:
        module = path.with_suffix("")
        sizes[module] = sizes.get(module, 0) + len(code_lines(path))
    return [f"{name(module)} has {size} lines of code, {MODULE_LINES} are allowed"
            for module, size in sizes.items() if size > MODULE_LINES]


def functions(path):
    """The (first line, lines of the body) of each function, wherever its opening brace stands."""
    text = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), path.read_text(), flags=re.S)
    head, start, macro = "", 0, False
    for number, line in enumerate(map(str.rstrip, text.splitlines()), 1):
        if start:
            if line.startswith("}"):
                yield start, number - start - 1
                start = 0
            continue
        macro, was_macro = (macro or line.startswith("#")) and line.endswith("\\"), macro or line.startswith("#")
        if not line or was_macro or line.endswith(";"):
            head = ""
            continue
        head += line
        if head.endswith("{"):
            if re.match(r"(?!typedef|struct|enum|union)\w[^=]*\(", head):
                start = number
            head = ""


def function_size():
    return [f"{name(path)}:{start}: a function of {lines} lines"
            for path in SOURCES for start, lines in functions(path) if lines > FUNCTION_LINES]


def includes_point_down():
    headers = {path.name: path for path in SOURCES if path.suffix == ".h"}
    wrong = []
    for path in SOURCES:
        for header in includes(path, r'"((?!\w+-resources\.h)[^"]+)"'):
            if header not in headers:
                wrong.append(f"{name(path)} includes “{header}”, which no floor has")
            elif floor(headers[header]) > floor(path):
                wrong.append(f"{name(path)} includes {name(headers[header])}, which is above it")
    return wrong


def one_place_for_each_library():
    return [f"{name(path)} includes <{header}>, which only {room} may"
            for path in SOURCES for header in includes(path, r"<([^>]+)>") for library, room in ROOMS.items()
            if re.fullmatch(library, header) and not re.fullmatch(room, name(path))]


def first_lines():
    return [f"{name(path)} does not begin with “/* {path.name}: what it is for” and its licence" for path in SOURCES
            if not path.read_text().startswith(f"/* {path.name}: ")
            or "SPDX-License-Identifier: GPL-3.0-or-later" not in path.read_text()]


def json_parses():
    def unique(pairs):
        names = [pair[0] for pair in pairs]
        for member in set(names):
            if names.count(member) > 1:
                raise ValueError(f"“{member}” stands twice")
        return dict(pairs)

    wrong = []
    for path in sorted([*ROOT.glob("resources/**/*.json"), *ROOT.glob("flatpak/*.json")]):
        try:
            json.loads(path.read_text(), object_pairs_hook=unique)
        except ValueError as error:
            wrong.append(f"{path.relative_to(ROOT)}: {error}")
    return wrong


def translated_files():
    listed = {line for line in (ROOT / "po/POTFILES").read_text().splitlines() if line and not line.startswith("#")}
    wrong = [f"po/POTFILES lists {path}, which is not there" for path in sorted(listed) if not (ROOT / path).exists()]
    marks = {"*.c": r"\b(_|N_|C_|NC_|ngettext|g_dngettext) ?\(\"", "*.ui": r"translatable=\"(yes|true)\""}
    for pattern, mark in marks.items():
        for path in sorted([*SRC.rglob(pattern), *ROOT.glob(f"resources/**/{pattern}")]):
            relative = str(path.relative_to(ROOT))
            if relative not in listed and re.search(mark, path.read_text()):
                wrong.append(f"{relative} has sentences, but po/POTFILES does not list it")
    return wrong


def whole_sentences():
    """xgettext cannot see through GLib's format macros: such a sentence would never be translated. PRIu64 it knows."""
    macro = r"\b_ ?\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\")*?G_G\w+_FORMAT"
    return [f"{name(path)}: a sentence is cut by a format macro; use PRId64 or PRIu64"
            for path in SOURCES if re.search(macro, path.read_text())]


def top_level():
    found = {path.name for path in ROOT.iterdir() if not re.match(r"[._]|build", path.name)}
    return [f"{entry} does not belong at the top" for entry in sorted(found - TOP)] + \
           [f"{entry} is missing at the top" for entry in sorted(TOP - found)]


RULES = {
    f"src has fewer than {PROGRAM_LINES} lines of code": program_size,
    f"no module (.c with its .h) has more than {MODULE_LINES} lines of code": module_size,
    f"no function has more than {FUNCTION_LINES} lines": function_size,
    "includes point down": includes_point_down,
    "each library is known in one place": one_place_for_each_library,
    "every source says what it is for, and its licence": first_lines,
    "every JSON file parses, without a member twice": json_parses,
    "po/POTFILES lists all that has sentences": translated_files,
    "no sentence is cut by a macro": whole_sentences,
    "the top level holds what it should": top_level,
}

print(f"1..{len(RULES)}")
failures = 0
for number, (rule, check) in enumerate(RULES.items(), 1):
    wrong = check()
    failures += bool(wrong)
    print("".join(f"# {sentence}\n" for sentence in wrong), end="")
    print(f"{'not ok' if wrong else 'ok'} {number} {rule}")
sys.exit(failures > 0)

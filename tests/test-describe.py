#!/usr/bin/python3
"""test-describe.py: a user makes a connector of her own API in the window: a wrong description is told with its line, a good one
is connected like the others and can be removed; in TAP.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import sys

from desktop import Profile, Window, main, passed, wait_for

MANIFEST = """{
  "id": "boutique",
  "name": "Ma boutique",
  "base_url": "https://shop.example/api",
  "auth": {"kind": "bearer", "fields": [{"id": "token", "label": "Token", "kind": "secret", "required": true}]},
  "verify": {"paths": ["/v1/account"]},
  "objects": [{"id": "sales", "label": "Sales", "key": "id", "read": {"path": "/v1/charges", "records": "data"}}]
}
"""


def picture(window, name):
    if folder := os.environ.get("HUB_PICTURES"):
        window.shoot(pathlib.Path(folder, f"{name}.png"))


def describe(folder):
    profile = Profile(folder, 1)
    (folder / "shop.json").write_text(MANIFEST)
    (folder / "wrong.json").write_text(MANIFEST.replace('"records"', '"recrods"'))
    window = Window(profile.program)
    window.press_key("alt+4")
    opens = window.wait("button", "Open a Description…")
    picture(window, "describe-empty")
    window.click(opens)
    window.choose_file(folder / "wrong.json")
    problem = window.dialog()
    wait_for("the mistake", lambda: problem.find("label", "wrong.json, line 7: objects[0].read: unknown member “recrods”; did you mean “records”?"))
    picture(window, "describe-mistake")
    window.press_key("Escape")
    wait_for("the end of the dialog", lambda: window.frames(1))
    passed("a wrong description is told with its line, and is not installed")

    window.click(window.wait("button", "Open a Description…"))
    window.choose_file(folder / "shop.json")
    connect = window.wait("button", "Connect “Ma boutique”")
    picture(window, "describe-installed")
    window.click(connect)
    window.dialog("Ma boutique")
    picture(window, "describe-connect")
    window.press_key("Escape")
    wait_for("the end of the dialog", lambda: window.frames(1))
    assert "sales" in profile.cli("objects", "boutique")
    passed("a good one is a connector that can be connected")

    profile.cli("account", "add", "boutique", "--name", "Vitrine", "--set", f"base_url={profile.services['stripe']}", "--no-check",
                text='{"token": "sk_test_x"}')
    window.press_key("F5")
    window.click(window.wait("button", "Remove “Ma boutique”"))
    window.dialog()
    window.wait("button", "Remove").act()
    wait_for("why not", lambda: window.dialog().find("label", "“Vitrine” uses the connector “boutique”; remove that first"))
    window.press_key("Escape")
    wait_for("the end of the dialog", lambda: window.frames(1))
    profile.cli("account", "remove", "Vitrine")
    window.click(window.wait("button", "Remove “Ma boutique”"))
    window.dialog()
    window.wait("button", "Remove").act()
    wait_for("the end of the dialog", lambda: window.frames(1))
    wait_for("its end", lambda: not window.top().find("button", "Connect “Ma boutique”"))
    profile.cli("objects", "boutique", status=(2,))
    passed("one in use stays, another one is removed")
    window.close()
    profile.close()


if __name__ == "__main__":
    sys.exit(main({"describe": ("C.UTF-8", describe)}))

"""The three figures and the closing calls on the front door, each from the room that can prove it."""

from typing import Any

from flask import url_for


def facts() -> dict[str, Any]:
    """Return what web/home.html shows."""
    return {
        "figures": [],
        "calls": [],
        "ways": {name: url_for("web.help") for name in ("apply", "review", "give", "accounts")},
    }

"""The menu and a person's desk, arranged from what each room names."""

from dataclasses import dataclass
from typing import Any, Literal

import pyotp
from flask import Flask, current_app, request, url_for

from core.context import actor
from core.language import _, current_language, localised
from core.money import currency_name
from core.navigation import DeskItem, NavItem
from core.settings import setting
from web.demo.people import SECOND_FACTOR_SECRET


@dataclass(frozen=True, slots=True)
class Link:
    """A menu link as base.html draws it. `current` is its `aria-current`: its own page, one within, or neither."""

    label: str
    url: str
    current: Literal["page", "true", ""] = ""


def install(app: Flask) -> None:
    """Collect every room's entries and give templates what the frame of a page needs."""
    from web.factory import ROOMS, room_module  # local: the factory imports this module

    items: list[NavItem] = []
    desk: list[DeskItem] = []
    for room in (*ROOMS, "web"):
        routes = room_module(room, "routes")
        items.extend(getattr(routes, "NAVIGATION", ()))
        desk.extend(getattr(routes, "DESK", ()))
    app.extensions["navigation"] = sorted(items, key=lambda item: item.order)
    app.extensions["desk"] = desk
    app.context_processor(frame)


def menu(*, own: bool) -> list[Link]:
    """Return the links everybody may follow or, with `own`, those that are this person's alone."""
    who = actor()
    shown = [
        (item, url_for(item.endpoint))
        for item in current_app.extensions["navigation"]
        if (item.roles is not None) == own
        and (item.roles is None or (not who.is_anonymous and (not item.roles or who.has(*item.roles))))
    ]
    here = max(shown, key=lambda one: _reach(*one), default=None)
    return [
        Link(_(item.label), url, _mark(url) if (item, url) == here and _reach(item, url) else "") for item, url in shown
    ]


def _mark(url: str) -> Literal["page", "true"]:
    return "page" if request.path == url else "true"


def _reach(item: NavItem, url: str) -> int:
    """How much of the present address an item covers: the one that covers most is where the reader is."""
    home = f"/{current_language()}/"
    paths = (url, *(home + path for path in item.under))
    return max(len(path) if f"{request.path}/".startswith(f"{path}/") else 0 for path in paths)


def desk_items() -> list[tuple[str, str, int]]:
    """Return what waits for this person: label, address and how many."""
    who = actor()
    return [
        (_(item.label), url_for(item.endpoint, **item.values), item.count())
        for item in current_app.extensions["desk"]
        if who.has(*item.roles)
    ]


def frame() -> dict[str, Any]:
    """Return the variables base.html reads."""
    who = actor()
    return {
        "city_name": localised(setting("CITY_NAME")),
        "trust_name": localised(setting("TRUST_NAME")),
        "city_money": currency_name(setting("BASE_CURRENCY"), current_language()),
        "territory_label": localised(setting("TERRITORY_LABEL")),
        "contact_email": setting("CONTACT_EMAIL"),
        "navigation": menu(own=False) if request.endpoint else [],
        "own_navigation": menu(own=True) if request.endpoint else [],
        "current_user": None if who.is_anonymous else who,
        "desk_url": None if who.is_anonymous else url_for("web.desk"),
        "account_url": url_for("accounts.account_show"),
        "sign_in_url": url_for("accounts.sign_in"),
        "sign_out_url": url_for("accounts.sign_out"),
        "app_version": current_app.config["VERSION"],
        "source_url": setting("SOURCE_URL"),
        "test_mode": not setting("STRIPE_SECRET_KEY"),
        "demo_code": _demo_code(),
    }


def _demo_code() -> str | None:
    # Who tries the demo has no authenticator with its secret; production never comes here.
    if setting("MODE") != "demo" or request.endpoint != "accounts.second_factor":
        return None
    return pyotp.TOTP(SECOND_FACTOR_SECRET).now()

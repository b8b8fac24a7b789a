"""The menu and a person's desk, arranged from what each room names."""

from dataclasses import dataclass
from typing import Any

import pyotp
from flask import Flask, current_app, request, url_for

from core.context import actor
from core.language import _, localised
from core.navigation import DeskItem, NavItem
from core.settings import setting
from web.demo.people import SECOND_FACTOR_SECRET


@dataclass(frozen=True, slots=True)
class Link:
    """A menu link as base.html draws it."""

    label: str
    url: str
    current: bool


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
    links = []
    for item in current_app.extensions["navigation"]:
        if (item.roles is not None) != own:
            continue
        if item.roles is not None and (who.is_anonymous or (item.roles and not who.has(*item.roles))):
            continue
        url = url_for(item.endpoint)
        links.append(Link(_(item.label), url, request.path == url or request.path.startswith(url + "/")))
    return links


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

"""Doors: a route without a guard stays shut, and an auditor reads all and changes nothing."""

import pytest
from flask import Flask

from core.access import enforce, ensure, pending_sign_in, public, roles, signed_in
from core.context import ANONYMOUS, Actor, acting_as
from core.errors import Conflict, NotFound, Refusal
from core.roles import Role

ROUTES = {
    "unguarded": lambda view: view,
    "public": public,
    "signed_in": signed_in,
    "pending": pending_sign_in,
    "treasury": roles(Role.TREASURER),
    "private": roles(Role.TREASURER, auditor=False),
    "books": roles(Role.AUDITOR),
}
APPLICANT = Actor(1, frozenset({Role.APPLICANT}))
TREASURER = Actor(2, frozenset({Role.TREASURER}))
AUDITOR = Actor(3, frozenset({Role.AUDITOR}))
BOTH = Actor(4, frozenset({Role.AUDITOR, Role.TREASURER}))
ALL_ROLES = Actor(5, frozenset(Role))


@pytest.fixture(scope="module")
def doors() -> Flask:
    """A house of seven doors and nothing behind them."""
    house = Flask("doors")
    house.before_request(enforce)
    house.register_error_handler(Refusal, lambda refusal: (type(refusal).__name__, refusal.status))
    for name, guard in ROUTES.items():

        def view() -> str:
            return "in"

        house.add_url_rule(f"/{name}", name, guard(view), methods=["GET", "POST"])
    return house


def knock(doors: Flask, route: str, who: Actor) -> tuple[int, int]:
    """The answers to reading and to writing."""
    with acting_as(who):
        client = doors.test_client()
        return client.get(f"/{route}").status_code, client.post(f"/{route}").status_code


@pytest.mark.parametrize("who", [ANONYMOUS, APPLICANT, TREASURER, AUDITOR, ALL_ROLES])
def test_a_door_without_a_sign_stays_shut_for_everybody(doors: Flask, who: Actor) -> None:
    assert knock(doors, "unguarded", who) == (403, 403)


@pytest.mark.parametrize(
    ("route", "who", "answers"),
    [
        ("public", ANONYMOUS, (200, 200)),
        ("signed_in", ANONYMOUS, (401, 401)),
        ("signed_in", APPLICANT, (200, 200)),
        ("pending", ANONYMOUS, (401, 401)),
        ("pending", APPLICANT, (200, 200)),
        ("treasury", ANONYMOUS, (401, 401)),
        ("treasury", APPLICANT, (403, 403)),
        ("treasury", TREASURER, (200, 200)),
        ("treasury", AUDITOR, (200, 403)),
        ("treasury", BOTH, (200, 200)),
        ("private", TREASURER, (200, 200)),
        ("private", AUDITOR, (403, 403)),
        ("books", AUDITOR, (200, 403)),
        ("books", ALL_ROLES, (200, 403)),
    ],
)
def test_each_guard_lets_in_whom_it_names(doors: Flask, route: str, who: Actor, answers: tuple[int, int]) -> None:
    assert knock(doors, route, who) == answers


def test_an_unknown_address_is_nobodys_door(doors: Flask) -> None:
    assert knock(doors, "nowhere", ANONYMOUS) == (404, 404)


def test_ensure_hides_by_default_and_says_why_when_told() -> None:
    ensure(1)
    with pytest.raises(NotFound):
        ensure(None)
    with pytest.raises(Conflict):
        ensure([], Conflict())

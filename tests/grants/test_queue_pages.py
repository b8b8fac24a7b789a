"""The officers' list page by page is the whole list: nothing twice, nothing left out, whichever way it is ordered."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import User
from core.clock import FrozenClock
from core.database import session
from grants.models import Application, Call
from grants.queries.queue import ORDERS, QueueFilter, queue, queue_page
from tests.factories.accounts import make_user
from tests.factories.grants import make_open_call, make_submitted_application
from tests.stories import told_once

pytestmark = pytest.mark.usefixtures("session")
NAMES = ("Óscar", "ana", "Zoé", "ana", "Beto", "Ñusta", "nadia")


@pytest.fixture
def call(clock: FrozenClock) -> Call:
    return seven(clock, make_user())


@told_once
def seven(clock: FrozenClock, _officer: User) -> Call:
    """An open call with seven applications, some of one amount and some of one moment."""
    call = make_open_call()
    for number, name in enumerate(NAMES):
        person = make_user()
        person.name = f"{name} Prueba"
        application = make_submitted_application(call, person)
        application.requested_cents = 1_000 * (number % 3)
        clock.advance(minutes=number % 2)
    return call


def numbers(applications: Any) -> list[int]:
    return [application.id for application in applications]


@pytest.mark.parametrize("order", [sign + name for name in ORDERS for sign in ("", "-")])
@pytest.mark.parametrize("per_page", [1, 2, 3, 7, 25])
def test_pages_together_are_the_list(call: Call, order: str, per_page: int) -> None:
    wanted = QueueFilter(order=order)
    whole = numbers(session().scalars(queue(call, wanted)))
    pages = -(-len(NAMES) // per_page)
    found = [queue_page(call, wanted, page=page, per_page=per_page) for page in range(1, pages + 1)]
    assert [number for listing in found for number in numbers(listing.rows)] == whole
    assert len(whole) == len(NAMES)
    beyond = queue_page(call, wanted, page=pages + 5, per_page=per_page)
    assert (numbers(beyond.rows), beyond.page) == (numbers(found[-1].rows), pages)


def test_empty_list_has_a_page(clock: FrozenClock) -> None:
    listing = queue_page(make_open_call(), QueueFilter(), page=3)
    assert (list(listing.rows), listing.total, listing.page) == ([], 0, 1)


def test_folio_is_found_in_small_letters_and_a_name_without_accents(call: Call) -> None:
    one = session().scalars(select(Application).order_by(Application.id)).first()
    assert one is not None
    assert one.folio is not None
    for text, names in ((one.folio.lower()[4:], ["Óscar Prueba"]), ("oscar", ["Óscar Prueba"]), ("%", []), ("_", [])):
        listing = queue_page(call, QueueFilter(text=text), page=1)
        assert [row.name for row in listing.rows] == names
        assert listing.total == len(names)


def test_last_page_costs_as_many_queries_as_the_first(call: Call, count_queries: Callable[..., Any]) -> None:
    counts = []
    for page in (1, 4):
        session().expire_all()
        _known = call.id
        with count_queries() as sent:
            queue_page(call, QueueFilter(order="folio"), page=page, per_page=2)
        counts.append(len(sent))
    assert counts == [4, 4]

"""Lists: their page, filters and search come from an address anybody can write."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from core.audit import AuditEvent, record
from core.clock import FrozenClock
from core.folding import Folded
from core.listing import LARGEST_PAGE, Listing, chosen, contains, like_pattern, page_number, paginate, searched


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("1", 1),
        ("7", 7),
        ("0", 1),
        ("-1", 1),
        ("", 1),
        ("x", 1),
        ("1e3", 1),
        ("٣", 1),
        ("9" * 50, 1),
        ("9999999", LARGEST_PAGE),
    ],
)
def test_the_page_is_a_positive_number_whatever_the_address_says(text: str, page: int) -> None:
    assert page_number({"pagina": text}) == page
    assert page_number({}) == 1


@pytest.mark.parametrize(
    ("total", "page", "pages", "first", "last"), [(0, 1, 1, 0, 0), (25, 1, 1, 1, 25), (26, 2, 2, 26, 26)]
)
def test_a_listing_knows_where_it_is(total: int, page: int, pages: int, first: int, last: int) -> None:
    listing: Listing[int] = Listing([], total, page, 25)
    assert (listing.pages, listing.first, listing.last) == (pages, first, last)


@pytest.mark.parametrize("rows", [1, 30])
def test_a_page_costs_two_queries_however_long_the_list(
    session: Session, clock: FrozenClock, count_queries: Callable[[], AbstractContextManager[list[str]]], rows: int
) -> None:
    for number in range(rows):
        record("thing.happened", "thing", number)
    session.flush()
    with count_queries() as sent:
        listing = paginate(select(AuditEvent).order_by(AuditEvent.id), page=1, per_page=10)
    assert (len(listing.rows), listing.total, len(sent)) == (min(rows, 10), rows, 2)


def test_a_page_past_the_end_is_the_last_one(session: Session) -> None:
    numbers = union_all(*[select(literal(n).label("n")) for n in range(5)]).subquery()
    listing = paginate(select(numbers.c.n).order_by(numbers.c.n), page=99, per_page=2)
    assert (list(listing.rows), listing.page, listing.pages) == ([4], 3, 3)


def test_rows_of_several_columns_stay_rows(session: Session) -> None:
    query: Any = select(literal(1), literal(2)).order_by(literal(1))
    assert [tuple(row) for row in paginate(query, page=1, scalars=False).rows] == [(1, 2)]


def test_an_unknown_filter_is_no_filter() -> None:
    assert chosen({"estado": "dead"}, "estado", ["dead", "done"]) == "dead"
    assert chosen({"estado": "' OR 1=1"}, "estado", ["dead", "done"]) is None
    assert chosen({}, "estado", ["dead", ""]) == ""


def test_a_search_is_short_printable_and_literal(session: Session) -> None:
    assert searched({"q": "  mú\x00si\u202eca\n "}) == "música"
    assert len(searched({"q": "a" * 5000})) == 100
    found = session.scalars(
        select(literal("50%_\\")).where(literal("50%_\\").like(like_pattern("%_\\"), escape="\\"))
    ).all()
    assert list(found) == ["50%_\\"]
    assert (
        session.scalars(select(literal("50 x")).where(literal("50 x").like(like_pattern("%_"), escape="\\"))).all()
        == []
    )


NAMES = ["Ñandú Álvarez", "Zoë Peña", "ana ruiz", "100%_puro"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("alvarez", ["Ñandú Álvarez"]),
        ("ÁLVAREZ", ["Ñandú Álvarez"]),
        ("nandu", ["Ñandú Álvarez"]),
        ("ZOE", ["Zoë Peña"]),
        ("Zoe\u0308", ["Zoë Peña"]),
        ("RUÍZ", ["ana ruiz"]),
        ("0%_p", ["100%_puro"]),
        ("_", ["100%_puro"]),
        ("x", []),
    ],
)
def test_a_search_folds_accents_and_case_on_either_database(session: Session, typed: str, found: list[str]) -> None:
    names = union_all(*(select(literal(name).label("name")) for name in NAMES)).subquery()
    assert session.scalars(select(names.c.name).where(contains(names.c.name, typed))).all() == found


def test_names_are_ordered_without_accents_and_case_on_either_database(session: Session) -> None:
    names = union_all(*(select(literal(name).label("name")) for name in NAMES)).subquery()
    ordered = session.scalars(select(names.c.name).order_by(Folded(names.c.name))).all()
    assert ordered == ["100%_puro", "ana ruiz", "Ñandú Álvarez", "Zoë Peña"]

"""Two applications that share a person, a journey or a file are shown to who screens them, and decide nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from core.clock import FrozenClock, city_moment, now
from core.database import session
from core.files import store_upload
from grants import services
from grants.models import Application, Call
from grants.queries.likeness import likeness_of
from grants.queries.queue import QueueFilter, queue_page
from grants.rules.itinerary import Leg
from grants.rules.likeness import ACCOUNTS, PEOPLE, Likeness, LikenessKind, Trait, itinerary_key, likenesses, marks_in
from grants.states.call import CallState
from tests.factories.accounts import make_user
from tests.factories.grants import (
    a_journey,
    a_pdf,
    answers_for,
    make_draft_application,
    make_open_call,
    make_published_call,
)

pytestmark = pytest.mark.usefixtures("session")


def a_leg(city: str, first: int, last: int) -> Leg:
    return Leg("MX", "Ciudad de México", "FR", city, date(2026, 5, first), date(2026, 5, last))


def test_a_journey_is_the_same_for_the_same_cities_and_days() -> None:
    two = [a_leg("París", 3, 9), a_leg("Lyon", 10, 12)]
    assert itinerary_key(two) == itinerary_key([a_leg("lyon", 10, 12), a_leg("PARIS", 3, 9)])
    assert itinerary_key(two) != itinerary_key([a_leg("París", 3, 8), a_leg("Lyon", 10, 12)])
    assert itinerary_key(two) != itinerary_key(two[:1])
    assert itinerary_key([]) is None
    assert itinerary_key([a_leg("", 3, 9)]) is None


CURP, RFC, CLABE = "PEGA850315MDFRRN09", "PEGA850315AB1", "002115016003269411"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Mi CURP es {CURP.lower()}.", [("curp", "…RN09")]),
        (f"RFC {RFC}, tel. (55) 1234-5678", [("rfc", "…5AB1"), ("phone", "…5678")]),
        ("+52 1 55 1234 5678 o 5512345678", [("phone", "…5678")]),
        (f"CLABE {CLABE}", [("clabe", "…9411")]),
        ("002 115 01600326941 1", [("clabe", "…9411")]),
        ("002115016003269412", []),  # its check digit is another
        ("En 2024-2025 gasté $1,234,567.00 del 2026-05-03 al 2026-05-10; 300 x 40", []),
        (f"X{CURP}", []),
    ],
)
def test_what_belongs_to_one_person_is_read_out_of_an_answer(text: str, told: list[tuple[str, str]]) -> None:
    assert [(one.kind.value, one.said) for one in marks_in([text, text])] == told


def test_a_name_says_nothing_more_where_the_person_is_the_same() -> None:
    mine = [Trait(1, kind, "k", "Ana Luz") for kind in (LikenessKind.PERSON, LikenessKind.NAME)]
    same, other = [Trait(2, one.kind, "k", "x") for one in mine], [Trait(3, LikenessKind.NAME, "k", "x")]
    assert likenesses(mine, [*same, *other]) == [
        Likeness(2, LikenessKind.PERSON, "Ana Luz"),
        Likeness(3, LikenessKind.NAME, "Ana Luz"),
    ]


def sent(
    call: Call, city: str, pages: int = 1, *, person: Any = None, companion: str | None = None, said: str = "Nadie"
) -> Application:
    kind = "collective" if companion else "person"
    journey = a_journey(city=city)
    application = make_draft_application(
        call, person or make_user(), kind=kind, journey=journey, answers={"public_name": said}
    )
    for attachment in application.current_attachments:
        services.detach_file(attachment)
    # Two files of as many pages are the same bytes: each application has its own length unless a file is to be shared.
    services.attach_file(application, "invitation", store_upload(a_pdf(pages), "carta.pdf", purpose="application"))
    if companion:
        services.invite_companion(application, name="Ana Compañera", email=companion)
    services.submit_application(application)
    return application


def told(application: Application) -> list[Likeness]:
    return likenesses(*likeness_of(application))


def test_what_is_shared_is_told_and_filters_the_queue(clock: FrozenClock) -> None:
    call, beside = make_open_call(), make_open_call()
    alone = sent(call, "Lyon", 1)
    journey = [sent(call, "Niza", 2), sent(call, "NIZA", 3)]
    files = [sent(call, "Lille", 4), sent(call, "Burdeos", 4)]
    person = make_user()
    people = [sent(call, "Nantes", 5, person=person), sent(beside, "Rennes", 6, companion=person.email)]
    gone = sent(call, "Lyon", 7)
    services.withdraw_application(gone, reason="Ya no viajo")
    session().flush()
    assert told(alone) == []
    assert told(journey[0]) == [Likeness(journey[1].id, LikenessKind.ITINERARY, "")]
    assert told(files[1]) == [Likeness(files[0].id, LikenessKind.FILE, "carta.pdf")]
    assert told(people[0]) == [Likeness(people[1].id, LikenessKind.PERSON, person.name)]
    marked = {*(one.id for one in (*journey, *files)), people[0].id}
    assert {one.id for one in queue_page(call, QueueFilter(alike=tuple(LikenessKind)), page=1).rows} == marked
    assert {one.id for one in queue_page(beside, QueueFilter(alike=tuple(LikenessKind)), page=1).rows} == {people[1].id}


def test_two_accounts_of_one_person_are_told_and_filtered_and_forgotten(clock: FrozenClock) -> None:
    call = make_open_call()
    twice = [sent(call, city, pages, person=make_user(name=name)) for city, pages, name in TWO_ACCOUNTS]
    bank = [sent(call, city, pages, said=f"{CLABE} {city}") for city, pages in (("Brest", 3), ("Dijon", 4))]
    assert told(twice[0]) == [Likeness(twice[1].id, LikenessKind.NAME, "Ana Peña Ruiz")]
    assert told(bank[0]) == [Likeness(bank[1].id, LikenessKind.CLABE, "…9411")]

    def filtered(kinds: tuple[LikenessKind, ...]) -> set[int]:
        return {one.id for one in queue_page(call, QueueFilter(alike=kinds), page=1).rows}

    assert filtered(PEOPLE) == {one.id for one in twice}
    assert filtered(ACCOUNTS) == {one.id for one in bank}
    services.save_draft(bank[0], answers=answers_for(public_name="Sin cuenta"))
    services.submit_application(bank[0])
    assert told(bank[1]) == []
    assert filtered(ACCOUNTS) == set()


TWO_ACCOUNTS = (("Nantes", 5, "Ana Peña Ruiz"), ("Rennes", 6, "ANA  PENA RUIZ"))


@pytest.mark.parametrize(
    ("year_end", "counts"),
    [(timedelta(seconds=-1), True), (timedelta(), False)],
    ids=["last second of the year", "first second of the next"],
)
def test_likeness_with_another_call_of_the_year_stays_when_that_call_is_over(
    clock: FrozenClock, year_end: timedelta, counts: bool
) -> None:
    clock.set(city_moment(date(2026, 12, 20)))
    call = make_open_call()
    beside = make_published_call(
        opens_at=city_moment(date(2027, 1, 1)) + year_end, closes_at=now() + timedelta(days=30)
    )
    person = make_user()
    mine = sent(call, "Nantes", 5, person=person)
    clock.advance(days=14)
    services.bring_up_to_date(beside)
    other = sent(beside, "Rennes", 6, person=person)
    wanted = [Likeness(other.id, LikenessKind.PERSON, person.name)] if counts else []
    for days in (0, 100):  # while both are open, and when officers screen
        clock.advance(days=days)
        services.bring_up_to_date(beside)
        assert told(mine) == wanted
        listing = queue_page(call, QueueFilter(alike=PEOPLE), page=1)
        assert [one.id for one in listing.rows] == [mine.id] * counts
        assert [one.alike for one in queue_page(call, QueueFilter(), page=1).rows] == [counts]
    assert beside.state is CallState.CLOSED


def test_nothing_is_shared_with_a_call_that_was_cancelled(clock: FrozenClock) -> None:
    call, beside, person = make_open_call(), make_open_call(), make_user()
    mine = sent(call, "Nantes", 5, person=person)
    sent(beside, "Rennes", 6, person=person)
    assert len(told(mine)) == 1
    services.cancel_call(beside, "No hay dinero.")
    assert told(mine) == []
    assert queue_page(call, QueueFilter(alike=PEOPLE), page=1).total == 0

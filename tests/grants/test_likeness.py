"""Two applications that share a person, a journey or a file are shown to who screens them, and decide nothing."""

from datetime import date
from typing import Any

import pytest

from core.clock import FrozenClock
from core.database import session
from core.files import store_upload
from grants import services
from grants.models import Application, Call
from grants.queries.likeness import likeness_of
from grants.queries.queue import QueueFilter, queue_page
from grants.rules.itinerary import Leg
from grants.rules.likeness import Likeness, LikenessKind, itinerary_key, likenesses
from tests.factories.accounts import make_user
from tests.factories.grants import a_journey, a_pdf, make_draft_application, make_open_call

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


def sent(call: Call, city: str, pages: int = 1, *, person: Any = None, companion: str | None = None) -> Application:
    kind = "collective" if companion else "person"
    application = make_draft_application(call, person or make_user(), kind=kind, journey=a_journey(city=city))
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
    assert {one.id for one in queue_page(call, QueueFilter(alike=True), page=1).rows} == marked
    assert {one.id for one in queue_page(beside, QueueFilter(alike=True), page=1).rows} == {people[1].id}

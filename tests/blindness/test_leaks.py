"""A reviewer looks everywhere and learns nobody's name. Each way of telling is then tried, and each is noticed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.clock import FrozenClock, now
from core.context import acting_as
from core.roles import Role
from grants.queries import determinations
from scoring import queries, services
from scoring.models import Assignment
from tests.blindness.conftest import Blind, Browser
from tests.blindness.rounds import declared, discussed, everything_told, look, met, recorded, released, reviewed, said
from tests.blindness.watch import leaks_in, leaks_in_pdf, secrets_of, secrets_of_person
from tests.factories import scoring as make
from tests.factories.accounts import make_user
from tests.factories.awards import closed_call, hand_over, officer_actor

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database


Counting = Callable[[], Any]


@pytest.mark.parametrize(
    "phase", [lambda _blind, _session: None, declared, reviewed, discussed, said, met, recorded, released]
)
def test_a_reviewer_learns_nobody_s_name(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None]
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    assert list(everything_told(browser.client, blind)) == []


def test_every_kind_of_applicant_is_before_the_committee(blind: Blind) -> None:
    """Else nothing of companies or of those who travel along could be told, and the round above would prove nothing."""
    assert [application.kind for application in blind.applications] == ["person", "collective", "organisation"]
    assert sorted(row.assignment.dossier.code for row in queries.desk_rows(blind.reviewer.id, now())) == sorted(
        blind.code_of(application) for application in blind.applications
    )


STEPS = ("", "/enviar", "/reconozco", "/preguntar", "/archivos/1", "/cambiar/calidad")


def told_of(browser: Browser, code: str, count_queries: Counting) -> list[tuple[int, str, int]]:
    """Return status, page and number of statements of every address of a dossier: what can be seen and timed."""
    told = []
    for step in STEPS:
        with count_queries() as sent:
            answer = browser.client.get(f"/es/evaluacion/{code}{step}")
        told.append((answer.status_code, _but_for(code, answer), len(sent)))
    return told


def code_of_others(session: Session) -> str:
    panel = make.assigned_panel(1, 3, call_key="otra")
    session.commit()
    return queries.open_dossiers(panel)[0].code


def test_a_dossier_of_others_is_the_same_as_none_at_all(
    browser: Browser, session: Session, blind: Blind, count_queries: Counting
) -> None:
    code = code_of_others(session)
    browser.sign_in(blind.reviewer)
    told = told_of(browser, code, count_queries)
    assert {status for status, _page, _count in told} == {404}
    assert told == told_of(browser, "D-XXXXX", count_queries)


def test_one_more_look_at_what_exists_is_noticed(
    browser: Browser, session: Session, blind: Blind, count_queries: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(reviewer_id: int, code: str) -> Assignment | None:
        found = queries.dossier_by_code(code)
        if found is not None:
            queries.seats_of_panel(found.panel)
        return None

    code = code_of_others(session)
    browser.sign_in(blind.reviewer)
    monkeypatch.setattr("scoring.queries.assignment_by_code", slower)
    assert told_of(browser, code, count_queries) != told_of(browser, "D-XXXXX", count_queries)


def test_searching_and_sorting_the_desk_tell_nothing(browser: Browser, blind: Blind) -> None:
    browser.sign_in(blind.reviewer)
    desk = _rows(browser.client.get("/es/evaluacion"))
    assert desk
    for application in blind.applications:
        for way in ("q", "orden", "nombre", "folio"):
            asked = browser.client.get("/es/evaluacion", query_string={way: application.applicant.name})
            assert _rows(asked) == desk


def _rows(answer: TestResponse) -> list[str]:
    return re.findall(r"<tr.*?</tr>", answer.get_data(as_text=True), flags=re.DOTALL)


def _but_for(code: str, answer: TestResponse) -> str:
    """Return a page without what is its own anyway: the code asked for and the number of the request."""
    return re.sub(r"<code[^>]*>[^<]*</code>", "", answer.get_data(as_text=True).replace(code, ""))


@pytest.mark.usefixtures("session", "clock")
def test_dossiers_do_not_stand_in_the_order_they_came_in() -> None:
    panel = make.assigned_panel(7, 1)
    codes = sorted(dossier.code for dossier in queries.open_dossiers(panel))
    assert [row.assignment.dossier.code for row in queries.desk_rows(901, now())] == codes
    assert [dossier.code for dossier in queries.open_dossiers(panel)] == codes


def test_a_code_is_drawn_and_not_worked_out(session: Session, clock: FrozenClock) -> None:
    """Handed over twice from the same state, nobody has the same code: nothing that somebody knows leads to it."""
    call, found = closed_call(clock, applications=2)
    drawn = []
    with acting_as(officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        for _again in range(2):
            before = session.begin_nested()
            hand_over(call)
            drawn.append(set(determinations.applications_by_code(call)))
            before.rollback()
    assert [len(codes) for codes in drawn] == [len(found), len(found)]
    assert not drawn[0] & drawn[1]


def test_minutes_say_nothing_of_names_in_their_text_or_their_data(session: Session, blind: Blind) -> None:
    recorded(blind, session)
    secrets = set().union(*(secrets_of(application) for application in blind.applications))
    for seat in queries.seats_of_panel(blind.panel):
        person = session.get(type(blind.reviewer), seat.reviewer_id)
        assert person is not None
        secrets |= secrets_of_person(person) - {"persona"}
    meeting = queries.meetings_of(blind.panel)[0]
    seat = next(seat for seat in queries.seats_of_panel(blind.panel) if seat.reviewer_id == blind.reviewer.id)
    services.sign_minutes(meeting, seat, meeting.minutes_sha256 or "")
    data = services.minutes_pdf(meeting)
    assert list(leaks_in_pdf("minutes", data, secrets)) == []
    assert list(leaks_in_pdf("minutes", data, {"sala 2"})) != []


def test_an_applicant_learns_no_reviewer_s_name(browser: Browser, session: Session, blind: Blind) -> None:
    released(blind, session)
    secrets = set[str]()
    for seat in queries.seats_of_panel(blind.panel):
        person = session.get(type(blind.reviewer), seat.reviewer_id)
        assert person is not None
        secrets |= secrets_of_person(person)
    secrets -= {"persona"}
    browser.sign_in(blind.applications[0].applicant)
    answers = look(browser.client, ("/es/mi-espacio", "/es/solicitudes", f"/es/solicitudes/{blind.applications[0].id}"))
    assert [leak for answer in answers for leak in leaks_in(answer, secrets)] == []

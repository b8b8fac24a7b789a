"""The wait after an award is checked against our own record, not only the applicant's word."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.context import acting_as
from core.database import session
from core.roles import Role
from grants import services
from grants.forms.questions import with_number
from grants.models import Application, Award
from grants.rules.earlier_awards import EarlierAward, later, still_waiting, wait_of
from grants.services.applications import eligibility_of, known_awards
from grants.services.screening import evaluate
from grants.states.award import AwardState
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import close, determined, make_award, officer_actor
from tests.factories.grants import make_draft_application, make_open_call


def an_award(until: date) -> EarlierAward:
    return EarlierAward(1, "MOV-1", "Viaje", "Ana", date(2024, 3, 2), until)


def test_the_wait_ends_on_its_last_day_and_is_as_long_as_the_rule_says() -> None:
    awards = [an_award(date(2026, 3, 2))]
    assert still_waiting(awards, date(2026, 3, 1)) == awards
    assert still_waiting(awards, date(2026, 3, 2)) == []
    assert later(date(2024, 2, 29), 2) == date(2026, 2, 28)
    wait = {"fact": "previous_award", "operator": "is", "value": False}
    assert wait_of({"rules": [wait]}) == 2
    assert wait_of({"rules": [{"fact": "days", "operator": "at_least", "value": 7}, {**wait, "years": 3}]}) == 3
    assert wait_of({"rules": [{**wait, "value": True}]}) is None
    longer = with_number({**wait, "question": {"es": "¿Dos años?", "en": "Two years?"}}, 4)
    assert (wait_of({"rules": [longer]}), "4 años" in longer["question"]["es"], longer["value"]) == (4, True, False)


@pytest.fixture
def officer(session: Any, clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def award(officer: Any, clock: FrozenClock) -> Award:
    return make_award(clock, officer)


def told(application: Application) -> list[str]:
    return [one.who for one in known_awards([application]).get(application.id, [])]


def test_an_award_counts_for_its_person_and_who_travels_with_them_until_it_lapses(
    award: Award, clock: FrozenClock, count_queries: Any
) -> None:
    holder, call = award.application.applicant, make_open_call()
    mine = make_draft_application(call, holder)
    stranger = make_draft_application(call, make_user())
    group = make_draft_application(call, make_user(), kind="collective")
    assert (told(mine), told(stranger), told(group)) == ([holder.name], [], [])
    companion = services.invite_companion(group, name="Ana, del grupo", email=holder.email)
    assert told(group) == []  # who was only named has not said that it is them
    services.answer_invitation(companion, holder, accept=True)
    assert told(group) == [holder.name]
    assert eligibility_of(mine).eligible is False
    assert [one.rule for one in eligibility_of(stranger).failed] == []
    with count_queries() as one:
        known_awards([mine])
    with count_queries() as many:
        known_awards([mine, stranger, group])
    assert len(many) == len(one)
    clock.advance(days=2 * 366)
    assert told(mine) == []


def test_whoever_says_no_is_shown_what_we_know_and_screening_too(
    client: FlaskClient, award: Award, officer: Any, clock: FrozenClock
) -> None:
    holder, call = award.application.applicant, make_open_call()
    draft = make_draft_application(call, holder)
    sign_in_as(client, holder)
    for page in ("quien", "revision"):
        shown = client.get(f"/es/solicitudes/{draft.id}/{page}").get_data(as_text=True)
        assert "Según nuestros registros, todavía toca esperar" in shown, page
        assert award.application.sent_title in shown
    services.submit_application(draft)
    close(call, clock)
    assert [one.rule for one in evaluate(draft).failed] == ["wait"]
    sign_in_as(client, officer)
    shown = client.get(f"/es/programa/solicitudes/{draft.id}").get_data(as_text=True)
    assert f"/es/programa/solicitudes/{award.application_id}" in shown
    assert "La solicitud dice que no hubo apoyo" in shown
    with acting_as(officer_actor(officer)):
        tally = services.screen_applications(call, refuse_failing=True)
    assert (tally.eligible, tally.ineligible) == (0, 1)


def test_what_was_declined_makes_nobody_wait(award: Award) -> None:
    mine = make_draft_application(make_open_call(), award.application.applicant)
    assert told(mine) != []
    award.state, award.declined_reason = AwardState.DECLINED, "Ya no viaja"
    session().flush()
    assert told(mine) == []


def test_money_that_is_committed_tells_nobody_a_result_before_it_is_out(
    client: FlaskClient, officer: Any, clock: FrozenClock
) -> None:
    first, found = determined(clock, officer, applications=1)
    holder = found[0].applicant
    mine = make_draft_application(make_open_call(), holder)
    session().commit()
    sign_in_as(client, holder)
    page = f"/es/solicitudes/{mine.id}/revision"
    assert (told(mine), eligibility_of(mine).eligible) == ([], True)
    assert "todavía toca esperar" not in client.get(page).text
    with acting_as(officer_actor(officer)):
        services.release_determinations(first)
    session().commit()
    assert (told(mine), eligibility_of(mine).eligible) == ([holder.name], False)
    assert "todavía toca esperar" in client.get(page).text

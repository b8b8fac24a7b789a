"""The diagram of how a call is decided says what its rulebook and its calendar say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.database import session
from grants.rules.process import Calendar, steps
from grants.states.call import COURSE, CallState
from tests.factories.grants import make_draft_call, make_open_call
from tests.factories.rules import standard_rulebook

RESULTS = date(2026, 6, 22)


def calendar(appeal_days: int = 5) -> Calendar:
    return Calendar(None, None, None, RESULTS, appeal_days)


@pytest.mark.usefixtures("app")
def test_committee_and_order_come_from_the_rulebook() -> None:
    found = steps(calendar(), standard_rulebook({"es": "x", "en": "x"}, reviewers=4), 3)
    told = {step.name: " ".join(step.decides) for step in found}
    assert "Leen cada proyecto 4 personas." in told["Evaluación anónima"]
    assert (
        "Calidad de la propuesta (30 %), Beneficio para la ciudad (30 %), Viabilidad (25 %)"
        in (told["Evaluación anónima"])
    )
    assert "Hacen falta 60 puntos" in told["Evaluación anónima"]
    assert "Primera vez que recibe apoyo: 2 lugares reservados." in told["Orden y selección"]
    assert told["Orden y selección"].endswith(
        "Un empate lo deciden, en orden: Beneficio para la ciudad, Calidad de la propuesta, Primera vez que recibe "
        "apoyo, un sorteo que cualquiera puede comprobar. Si el dinero no alcanza para un proyecto, se pasa al "
        "siguiente que sí cabe."
    )
    assert "Deciden 3 requisitos publicados." in told["Revisión de requisitos"]


@pytest.mark.usefixtures("app")
def test_other_rules_are_told_otherwise() -> None:
    document = standard_rulebook({"es": "x", "en": "x"}, reviewers=1)
    document["score"] = {"decimals": 2}
    document["discrepancy"] = {}
    document |= {"bonus": [], "reserved": [], "ties": ["lot"], "selection": {"skip_rule": "stop"}}
    told = " ".join(line for step in steps(calendar(), document, 1) for line in step.decides)
    assert "Lee cada proyecto 1 persona." in told
    assert "Hacen falta" not in told
    assert "se llama a otra persona" not in told
    assert "Un empate lo deciden, en orden: un sorteo que cualquiera puede comprobar. Si el dinero no" in told
    assert "la lista se detiene ahí" in told


@pytest.mark.usefixtures("app")
def test_every_public_state_is_one_step_and_appeals_only_where_there_are_any() -> None:
    states = [state for step in steps(calendar(), None, 1) for state in step.states]
    assert states == [state for state in COURSE if state is not CallState.DRAFT]
    without = steps(calendar(appeal_days=0), None, 1)
    assert CallState.APPEALS not in [state for step in without for state in step.states]
    appeals = next(step for step in steps(calendar(5), None, 1) if step.states == (CallState.APPEALS,))
    assert (appeals.begins, appeals.ends) == (RESULTS, RESULTS + timedelta(days=5))


def test_a_review_that_was_given_more_time_shows_when_it_ends_now() -> None:
    opens, closes, later = (datetime(2026, 5, day, 12, tzinfo=UTC) for day in (1, 20, 27))
    document = standard_rulebook({"es": "x", "en": "x"})
    document["calendar"] = {"review_opens": opens.isoformat(), "review_closes": closes.isoformat()}
    shown = []
    for window, rules in ((None, document), ((opens, closes), document), ((opens, later), document), (None, None)):
        told = steps(replace(calendar(), review=window), rules, 1)
        review = next(step for step in told if step.states == (CallState.REVIEW,))
        shown.append((review.begins, review.ends, review.first_ends))
    assert shown == [(opens, closes, None), (opens, closes, None), (opens, later, closes), (None, None, None)]


def test_page_of_a_call_draws_its_process(client: FlaskClient, clock: FrozenClock) -> None:
    call, draft = make_open_call(), make_draft_call()
    session().commit()
    page = client.get(f"/es/convocatorias/{call.slug}").text
    assert page.count('class="process-done"') == 1
    assert page.count('class="process-current" aria-current="step"') == 1
    assert page.count('class="process-ahead"') == 6
    assert "Leen cada proyecto 3 personas." in page
    assert draft.rulebook is None

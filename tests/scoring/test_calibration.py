"""Samples before real dossiers: scored once, compared with what was agreed, and counted nowhere."""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import now
from core.roles import Role
from scoring import queries, services
from scoring.errors import ReviewIncomplete, ScoreOffScale
from scoring.errors.calibration import CalibrationFirst, CalibrationWithoutSamples, SampleIncomplete, SampleRead
from scoring.models import Assignment, Panel, SampleDossier
from scoring.rules.calibration import distance
from scoring.rules.rulebook import parse
from scoring.rules.samples import SAMPLES, agreed_value, agreement
from tests.factories import scoring as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., User]
Counting = Callable[[], Any]


@pytest.fixture
def reviewer(session: Session) -> User:
    person = make_user(Role.REVIEWER, name="Ramiro Oyarzábal")
    session.commit()
    return person


@pytest.fixture
def panel(session: Session, reviewer: User) -> Panel:
    made = make.assigned_panel(2, 3, first_reviewer_id=reviewer.id)
    services.add_invented_samples(made)
    session.commit()
    return made


def sent(*values: int) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, entry in make.entries(*values).items():
        fields |= {f"score_{name}": entry.value or "", f"why_{name}": entry.justification}
    return fields


def mine(reviewer: User) -> list[Assignment]:
    return [row.assignment for row in queries.desk_rows(reviewer.id, now())]


def test_the_invented_samples_fit_any_scale() -> None:
    rules = parse(make.rulebook_document())
    strong, weak = ({name: value for name, (value, _why) in agreement(rules, one).items()} for one in SAMPLES)
    assert strong == {"calidad": 4, "impacto": 5, "viabilidad": 4, "alcance": 5}
    assert weak == {"calidad": 2, "impacto": 1, "viabilidad": 1, "alcance": 1}
    document = make.rulebook_document()
    for criterion in document["criteria"]:
        criterion["scale"]["better"] = "lower"
    golf = parse(document | {"score": {"threshold": "40", "decimals": 2, "rounding": "half_even"}})
    assert [agreed_value(one, SAMPLES[0]) for one in golf.criteria] == [1, 0, 1, 0]


def test_a_distance_is_exact_criterion_by_criterion_and_in_all() -> None:
    rules = parse(make.rulebook_document())
    given = dict.fromkeys(make.CRITERIA, Fraction(3))
    agreed = dict(zip(make.CRITERIA, map(Fraction, (4, 3, 2, 3)), strict=True))
    found = distance(rules, given, agreed)
    assert [gap.difference for gap in found.gaps] == [-1, 0, 1, 0]
    assert [found.given, found.agreed, found.difference] == [60, 61, -1]


def test_a_sample_is_scored_once_and_enters_nothing(session: Session, panel: Panel) -> None:
    seat, (first, _second) = queries.seats_of_panel(panel)[0], queries.samples_of(panel)
    before = (queries.submitted_sheets(panel), queries.reviews_stamp(panel), len(queries.assignments_of_panel(panel)))
    reading = services.read_sample(first, seat, make.entries(3, 3, 3, 3))
    assert reading.sheet() == dict.fromkeys(make.CRITERIA, 3)
    with pytest.raises(SampleRead):
        services.read_sample(first, seat, make.entries(4, 5, 4, 5))
    after = (queries.submitted_sheets(panel), queries.reviews_stamp(panel), len(queries.assignments_of_panel(panel)))
    assert after == before


def test_what_is_read_changes_no_order(session: Session) -> None:
    orders = []
    for key in ("con", "sin"):
        panel = make.reviewed_panel(3, 3, [(5, 5, 5, 5), (3, 3, 3, 3), (4, 4, 4, 4)], call_key=key)
        if key == "con":
            for sample in services.add_invented_samples(panel):
                for seat in queries.seats_of_panel(panel):
                    services.read_sample(sample, seat, make.entries(1, 1, 1, 1))
        lines = queries.ranking_lines(services.compute_ranking(panel))
        orders.append([(line.position, line.score_text) for line in lines])
    assert orders[0] == orders[1]


def test_a_sample_is_whole_or_refused(panel: Panel) -> None:
    seat, sample = queries.seats_of_panel(panel)[0], queries.samples_of(panel)[0]
    with pytest.raises(ReviewIncomplete):
        services.read_sample(sample, seat, make.entries(3, 3, 3, 3, justification="Corta"))
    with pytest.raises(ScoreOffScale):
        services.read_sample(sample, seat, make.entries(9, 3, 3, 3))
    with pytest.raises(SampleIncomplete):
        services.add_sample(panel, heading="Muestra", summary=" ", body="Texto", agreed=make.entries(3, 3, 3, 3))
    with pytest.raises(ReviewIncomplete):
        services.add_sample(panel, heading="Muestra", summary="Resumen", body="Texto", agreed={})


def test_real_dossiers_open_after_the_samples_where_the_committee_asks(
    session: Session, panel: Panel, reviewer: User
) -> None:
    services.save_review_draft(mine(reviewer)[0], make.entries(4, 4, 4, 4))  # off by default
    services.require_calibration(panel, True)
    with pytest.raises(CalibrationFirst):
        services.save_review_draft(mine(reviewer)[0], make.entries(4, 4, 4, 4))
    first, second = queries.samples_of(panel)
    seat = mine(reviewer)[0].seat
    services.read_sample(first, seat, make.entries(3, 3, 3, 3))
    with pytest.raises(CalibrationFirst):
        services.submit_review(mine(reviewer)[0], make.entries(4, 4, 4, 4))
    services.retire_sample(second)
    services.submit_review(mine(reviewer)[0], make.entries(4, 4, 4, 4))
    services.require_calibration(panel, False)
    assert queries.count_samples_owed(queries.seats_of_panel(panel)[1]) == 0


def test_nothing_is_asked_for_that_is_not_there(session: Session) -> None:
    with pytest.raises(CalibrationWithoutSamples):
        services.require_calibration(make.panel("otra"), True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sample_reading SET read_at = read_at",
        "DELETE FROM sample_reading",
        "UPDATE sample_dossier SET agreed = '{}', retired_at = written_at",
        "UPDATE sample_dossier SET retired_at = NULL",
        "DELETE FROM sample_dossier",
    ],
)
def test_the_database_rewrites_no_sample_and_no_reading(session: Session, panel: Panel, statement: str) -> None:
    services.read_sample(queries.samples_of(panel)[0], queries.seats_of_panel(panel)[0], make.entries(3, 3, 3, 3))
    session.commit()
    with pytest.raises(DBAPIError):
        session.execute(text(statement))
    session.rollback()


# --- pages -------------------------------------------------------------------


def test_a_reviewer_scores_a_sample_and_then_sees_what_was_agreed(
    client: FlaskClient, login: Login, session: Session, panel: Panel, reviewer: User
) -> None:
    services.require_calibration(panel, True)
    session.commit()
    login(reviewer)
    code = mine(reviewer)[0].dossier.code
    assert client.get(f"/es/evaluacion/{code}").headers["Location"] == "/es/evaluacion/calibracion"
    assert client.post(f"/es/evaluacion/{code}", data={"accion": "borrador"}).status_code == 409
    assert client.get(f"/es/evaluacion/{code}/archivos/1").status_code == 409
    assert "Llevas 0 de 2 muestras." in client.get("/es/evaluacion").text
    for sample in queries.samples_of(panel):
        here = f"/es/evaluacion/calibracion/{sample.id}"
        reason = next(iter(json.loads(sample.agreed).values()))[1]
        assert reason not in client.get(here).text
        assert client.post(here, data=sent(3, 3, 3, 3) | {"why_calidad": ""}).status_code == 422
        assert client.post(here, data=sent(3, 3, 3, 3)).status_code == 303
        page = client.get(here).text
        assert reason in page
        assert "calificaste" in page
        assert client.post(here, data=sent(4, 4, 4, 4)).status_code == 409
    assert client.get(f"/es/evaluacion/{code}").status_code == 200


def test_a_sample_of_others_is_no_sample(client: FlaskClient, login: Login, panel: Panel) -> None:
    seated = {seat.reviewer_id for seat in queries.seats_of_panel(panel)}
    login(next(one for one in (make_user(Role.REVIEWER) for _number in range(9)) if one.id not in seated))
    sample = queries.samples_of(panel)[0]
    assert client.get(f"/es/evaluacion/calibracion/{sample.id}").status_code == 404
    assert sample.heading not in client.get("/es/evaluacion/calibracion").text


def test_the_programme_writes_samples_and_sees_how_far_each_letter_is(
    client: FlaskClient, login: Login, session: Session, panel: Panel
) -> None:
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}/calibracion"
    texts = {"heading": "Otra muestra", "summary": "Un resumen.", "body": "Un texto."}
    assert client.post(f"{base}/nueva", data=sent(3, 3, 3, 3) | texts | {"body": " "}).status_code == 422
    assert client.post(f"{base}/nueva", data=texts).status_code == 422
    assert client.post(f"{base}/nueva", data=sent(3, 3, 3, 3) | texts).status_code == 303
    assert client.post(base, data={"accion": "retirar", "muestra": "3"}).status_code == 303
    assert client.post(base, data={"accion": "retirar", "muestra": "99"}).status_code == 404
    assert client.post(base, data={"accion": "exigir"}).status_code == 303
    services.read_sample(queries.samples_of(panel)[0], queries.seats_of_panel(panel)[0], make.entries(3, 3, 3, 3))
    session.commit()
    page = client.get(base).text
    assert "Cuando la persona ya calificó todas las muestras." in page
    assert re.findall(r"[-+]?29\.0", page) == ["-29.0", "29.0"]  # above or below, and how far
    empty = make.panel("otra")
    session.commit()
    answer = client.post(f"/es/paneles/{empty.id}/calibracion", data={"accion": "exigir"})
    assert (answer.status_code, "Primero agrega al menos una muestra." in answer.text) == (409, True)


def test_pages_ask_the_same_number_of_questions_however_many_samples(
    client: FlaskClient, login: Login, session: Session, panel: Panel, count_queries: Counting
) -> None:
    member = session.get_one(User, queries.seats_of_panel(panel)[0].reviewer_id)
    officer = make_user(Role.PROGRAMME_OFFICER)
    paths = (("/es/evaluacion/calibracion", member), ("/es/evaluacion", member))
    services.read_sample(queries.samples_of(panel)[0], queries.seats_of_panel(panel)[0], make.entries(3, 3, 3, 3))
    session.commit()

    def counted() -> list[int]:
        found = []
        for path, person in (*paths, (f"/es/paneles/{panel.id}/calibracion", officer)):
            login(person)
            client.get(path)
            with count_queries() as asked:
                assert client.get(path).status_code == 200
            found.append(len(asked))
        return found

    few = counted()
    for _round in range(3):
        for sample in services.add_invented_samples(panel):
            for seat in queries.seats_of_panel(panel):
                services.read_sample(sample, seat, make.entries(3, 3, 3, 3))
    session.commit()
    assert counted() == few


def test_a_sample_is_no_dossier(panel: Panel) -> None:
    assert not set(SampleDossier.__table__.columns.keys()) & {"dossier_id", "assignment_id"}

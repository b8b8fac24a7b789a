"""How a large committee's reviews are going is worked out by a job, and again only when a score changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import db
from core.jobs import Job, JobState, run_due
from core.roles import Role
from scoring import queries, services
from scoring.models import Panel
from scoring.rules.course import course, kept, summary
from scoring.services import courses
from tests.factories import scoring as make
from tests.trust.at_once import at_once

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def panel(session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Panel:
    """A committee that counts as large: five reviews are in, the sixth is due."""
    monkeypatch.setattr(courses, "AT_ONCE", 2)
    made = make.assigned_panel(2, 3)
    for assignment in queries.assignments_of_panel(made)[:5]:
        make.review(assignment, 5 if assignment.seat.letter == "A" else 2, 4, 4, 4)
    session.commit()
    return made


def jobs() -> int:
    return db.session.scalar(select(func.count(Job.id)).where(Job.kind == queries.WORK_OUT)) or 0


def test_what_is_kept_says_what_was_found(panel: Panel) -> None:
    found = course(panel.rulebook.rules, queries.submitted_sheets(panel))
    shown = summary(kept(found, 1))
    assert [pair[1].calls_reviewer for pair in found.disagreements] == [True, True]
    assert (shown.asked, shown.asked_count, shown.apart_count) == (found.disagreements[:1], 2, 0)
    assert (shown.leanings, shown.alpha, shown.refused) == (found.leanings, found.alpha, found.model)


def test_the_page_asks_a_job_and_shows_what_it_found_until_a_score_changes(
    client: FlaskClient, login: Callable[..., Any], session: Session, panel: Panel, clock: FrozenClock
) -> None:
    login(Role.PROGRAMME_OFFICER)
    url = f"/es/paneles/{panel.id}/marcha"

    def page() -> str:
        session.rollback()
        return client.get(url).text

    for _again in range(2):
        shown = page()
        assert "Se está calculando" in shown
        assert 'data-job="waiting"' in shown
        assert "¿Dónde difieren?" not in shown
        assert "Falta 1 evaluación." in shown  # what needs no reckoning is there at once
    assert jobs() == 1
    run_due()
    clock.advance(minutes=1)
    shown = page()
    assert "Calculado el 2 mar 2026, 12:00" in shown
    assert "con 5 evaluaciones." in shown
    assert "¿Dónde difieren?" in shown
    assert "data-job" not in shown
    make.review(queries.assignments_of_panel(panel)[5])
    session.commit()
    shown = page()
    assert "Desde entonces llegó 1 más." in shown
    assert "a partir del 2 mar 2026, 12:05" in shown
    assert jobs() == 1
    clock.advance(minutes=5)
    shown = page()
    assert "Se está calculando" in shown
    assert "con 5 evaluaciones." in shown  # the older one stays in view meanwhile
    assert jobs() == 2
    run_due()
    assert "con 6 evaluaciones." in page()
    assert jobs() == 2


def test_a_job_that_gave_up_is_not_asked_again_until_a_score_changes(session: Session, panel: Panel) -> None:
    services.ask_for_course(panel)
    job = queries.course_job(panel)
    assert job is not None
    job.state, job.finished_at = JobState.DEAD, job.created_at
    session.commit()
    standing = services.course_of(panel)
    assert (standing.failed, standing.is_wanted) == (True, False)
    make.review(queries.assignments_of_panel(panel)[5])
    assert services.course_of(panel).is_wanted


def test_what_an_earlier_version_kept_in_another_way_is_worked_out_again(session: Session, panel: Panel) -> None:
    row = services.work_course_out(panel)
    assert services.course_of(panel).is_current
    row.found = {"format": 0}
    session.flush()
    standing = services.course_of(panel)
    assert (standing.found, standing.is_wanted) == (None, True)


def test_a_small_committee_waits_for_nobody(session: Session, clock: FrozenClock) -> None:
    standing = services.course_of(make.reviewed_panel(2, 3))
    assert (standing.reviews, standing.is_current, standing.computed_at) == (6, True, clock.now())
    assert standing.found is not None
    assert (jobs(), standing.found.apart_count) == (0, 2)  # everybody gave the same marks


@pytest.mark.only_on("postgresql")
def test_many_who_look_at_once_ask_for_one_job(app: Flask, session: Session, panel: Panel) -> None:
    number = panel.id
    acts = [lambda: services.ask_for_course(db.session.get_one(Panel, number)) for _each in range(4)]
    assert at_once(app, acts) == ["done"] * 4
    assert jobs() == 1
    assert timedelta(0) < courses.PAUSE

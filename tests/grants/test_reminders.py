"""Reviewers hear when there is work, a week before it is due and two days before; of it they learn a number."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.context import acting_as
from core.jobs import Job, JobState, run_due
from core.roles import Role
from grants.models import Application
from grants.services.reminders import REMIND, remind_reviewers
from mail.models import OutboxMessage
from scoring import queries
from scoring import services as scoring
from scoring.models import Panel
from scoring.states import PanelState
from tests.factories import scoring as make
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor, under_review

ABOUT = "grants.review_reminder"


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def found(clock: FrozenClock, officer: User) -> list[Application]:
    return under_review(clock, officer)[1]


@pytest.fixture
def panel(found: list[Application], officer: User) -> Panel:
    panel = queries.panel_of_call(found[0].call.slug)
    assert panel is not None
    with acting_as(officer_actor(officer)):
        scoring.assign_reviewers(panel)
        scoring.advance_panel(panel, PanelState.DECLARATIONS)
    return panel


def letters(session: Session) -> list[OutboxMessage]:
    return session.query(OutboxMessage).filter_by(about=ABOUT).order_by(OutboxMessage.id).all()


def waiting(session: Session) -> list[tuple[str, datetime]]:
    """Return which letters are planned, and when each leaves."""
    jobs = session.query(Job).filter_by(kind=REMIND, state=JobState.QUEUED).order_by(Job.run_after).all()
    return [(job.payload["when"], job.run_after) for job in jobs]


def test_letters_are_planned_with_the_committee(session: Session, panel: Panel) -> None:
    assert waiting(session) == [
        ("begins", panel.review_opens_at),
        ("week", panel.review_closes_at - timedelta(days=7)),
        ("eve", panel.review_closes_at - timedelta(days=2)),
    ]


def test_each_reviewer_hears_of_their_own_number_and_of_nobody(
    session: Session, panel: Panel, found: list[Application], clock: FrozenClock
) -> None:
    session.commit()
    run_due()
    sent = letters(session)
    due = queries.due_by_reviewer(panel)
    assert sorted(letter.to for letter in sent) == sorted(session.get_one(User, one).email for one in due)
    assert sum(due.values()) == len(queries.assignments_of_panel(panel))
    for letter in sent:
        assert not any(one.applicant.name in letter.body_text or str(one.folio) in letter.body_text for one in found)
        assert "3 expedientes esperan tu evaluación." in letter.body_text


def test_who_has_sent_everything_is_left_in_peace(session: Session, panel: Panel) -> None:
    scoring.advance_panel(panel, PanelState.REVIEW)
    done = queries.seats_of_panel(panel)[0].reviewer_id
    for assignment in queries.assignments_of_panel(panel):
        if assignment.seat.reviewer_id == done:
            scoring.declare_no_conflict(assignment.seat, assignment.dossier)
            make.review(assignment, 4, 4, 4, 4)
    panel.review_closes_at -= timedelta(days=13)  # the week before the end is now
    assert remind_reviewers(panel, "week") == len(queries.due_by_reviewer(panel)) == 2
    assert session.get_one(User, done).email not in {letter.to for letter in letters(session)}


def test_more_time_moves_the_letter(session: Session, panel: Panel, officer: User, clock: FrozenClock) -> None:
    clock.set(panel.review_closes_at - timedelta(days=7))
    with acting_as(officer_actor(officer)):
        scoring.extend_window(panel, panel.review_closes_at + timedelta(days=10), reason="Se pidió más tiempo.")
    assert remind_reviewers(panel, "week") == 0
    assert ("week", panel.review_closes_at - timedelta(days=7)) in waiting(session)
    assert letters(session) == []


def test_more_time_after_the_letters_went_brings_them_again(
    session: Session, panel: Panel, officer: User, clock: FrozenClock
) -> None:
    session.commit()
    clock.set(panel.review_closes_at - timedelta(days=1))
    run_due()
    reviewers = len(queries.due_by_reviewer(panel))
    assert (waiting(session), len(letters(session))) == ([], 3 * reviewers)
    with acting_as(officer_actor(officer)):
        scoring.extend_window(panel, panel.review_closes_at + timedelta(days=4), reason="Se pidió más tiempo.")
    assert waiting(session) == [("eve", panel.review_closes_at - timedelta(days=2))]


def test_a_committee_that_has_not_begun_is_looked_at_tomorrow(
    session: Session, found: list[Application], clock: FrozenClock
) -> None:
    panel = queries.panel_of_call(found[0].call.slug)
    assert panel is not None
    assert remind_reviewers(panel, "begins") == 0
    assert ("begins", clock.now() + timedelta(days=1)) in waiting(session)


def test_nobody_is_written_to_after_the_end(session: Session, panel: Panel, clock: FrozenClock) -> None:
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    assert remind_reviewers(panel, "eve") == 0
    assert letters(session) == []

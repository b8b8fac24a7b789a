"""Several members at the same moment: each double click and each race ends in an answer, never in an error."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.clock import now
from core.database import db
from scoring import queries, services
from scoring.models import Meeting, Panel, PanelSeat, SampleDossier
from scoring.states import MeetingState, PanelState
from tests.factories import scoring as make
from tests.trust.at_once import at_once

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.only_on("postgresql")]


@pytest.fixture
def panel(session: Session) -> Panel:
    made = make.reviewed_panel(2, 3)
    services.advance_panel(made, PanelState.DISCUSSION)
    session.commit()
    return made


def voting(panel: Panel) -> tuple[int, list[int]]:
    """Put a point to the vote with everybody there; return the session and who sits in it, by id."""
    meeting = services.open_meeting(
        services.convene_meeting(panel, starts_at=now() + timedelta(days=1), place="Sala 2")
    )
    for member in meeting.members:
        services.register_attendance(meeting, member.seat)
    services.add_point(meeting, "Dar por discutida la diferencia entre evaluaciones.")
    services.open_point(meeting, 1)
    return meeting.id, [member.seat_id for member in meeting.members]


def on(meeting_id: int, seat_id: int, act: Callable[[Meeting, PanelSeat], object]) -> Callable[[], object]:
    """Return an act on a session by a member, both read in the transaction that acts."""

    def acted() -> object:
        return act(db.session.get_one(Meeting, meeting_id), db.session.get_one(PanelSeat, seat_id))

    return acted


def test_everybody_votes_at_once_and_a_double_click_is_one_vote(app: Flask, session: Session, panel: Panel) -> None:
    meeting, seats = voting(panel)
    acts = [
        on(meeting, seat, lambda one, by: services.cast_vote(one, 1, by, "in_favour"))
        for seat in seats
        for _twice in "ab"
    ]
    assert at_once(app, acts) == ["done"] * 6
    session.expire_all()
    point = services.close_point(session.get_one(Meeting, meeting), 1)
    assert (point.in_favour, point.against) == (3, 0)


def test_a_vote_that_comes_with_the_close_counts_or_is_refused(app: Flask, session: Session, panel: Panel) -> None:
    meeting, seats = voting(panel)
    acts = [on(meeting, seat, lambda one, by: services.cast_vote(one, 1, by, "in_favour")) for seat in seats]
    answers = at_once(app, [*acts, on(meeting, seats[0], lambda one, _by: services.close_point(one, 1))])
    assert set(answers) <= {"done", "PointClosed"}
    session.expire_all()
    point = queries.hold_meeting(session.get_one(Meeting, meeting)).points[0]
    assert point.in_favour == len(point.votes) == answers[:3].count("done")


def test_everybody_signs_at_once_and_the_minutes_are_settled_once(app: Flask, session: Session, panel: Panel) -> None:
    meeting, seats = voting(panel)
    services.close_point(session.get_one(Meeting, meeting), 1)
    digest = services.close_meeting(session.get_one(Meeting, meeting)).minutes_sha256 or ""
    acts = [
        on(meeting, seat, lambda one, by: services.sign_minutes(one, by, digest)) for seat in seats for _twice in "ab"
    ]
    assert sorted(at_once(app, acts)) == ["AlreadySigned"] * 3 + ["done"] * 3
    session.expire_all()
    assert queries.hold_meeting(session.get_one(Meeting, meeting)).state is MeetingState.SIGNED


def test_the_last_signature_and_the_end_of_the_signing_at_once_are_one_of_the_two(
    app: Flask, session: Session, panel: Panel
) -> None:
    meeting, seats = voting(panel)
    held = session.get_one(Meeting, meeting)
    services.close_point(held, 1)
    digest = services.close_meeting(held).minutes_sha256 or ""
    for seat in seats[:2]:
        services.sign_minutes(held, session.get_one(PanelSeat, seat), digest)
    acts = [
        on(meeting, seats[2], lambda one, by: services.sign_minutes(one, by, digest)),
        *[on(meeting, seats[2], lambda one, _by: services.end_signing(one, reason="No contesta."))] * 2,
    ]
    assert sorted(at_once(app, acts)) == ["MeetingOver", "MeetingOver", "done"]
    session.expire_all()
    assert session.get_one(Meeting, meeting).state is MeetingState.SIGNED


def test_two_sessions_called_at_once_have_two_numbers(app: Flask, session: Session, panel: Panel) -> None:
    number = panel.id

    def call() -> Meeting:
        found = queries.panel_by_id(number)
        assert found is not None
        return services.convene_meeting(found, starts_at=now() + timedelta(days=1), place="Sala 2")

    assert at_once(app, [call, call]) == ["done", "done"]
    session.expire_all()
    assert [one.number for one in queries.meetings_of(session.get_one(Panel, number))] == [2, 1]


def test_a_sample_sent_twice_is_scored_once(app: Flask, session: Session, panel: Panel) -> None:
    sample = services.add_invented_samples(panel)[0].id
    seat = queries.seats_of_panel(panel)[0].id

    def read() -> object:
        entries = make.entries(3, 3, 3, 3)
        return services.read_sample(
            db.session.get_one(SampleDossier, sample), db.session.get_one(PanelSeat, seat), entries
        )

    assert sorted(at_once(app, [read, read])) == ["SampleRead", "done"]


def test_a_comment_struck_twice_at_once_is_struck(app: Flask, session: Session, panel: Panel) -> None:
    assignment = queries.assignments_of_panel(panel)[0]
    note_id = services.write_note(assignment, "El calendario no alcanza.").id
    code, by = assignment.dossier.code, assignment.seat.reviewer_id

    def strike() -> object:
        mine = queries.assignment_by_code(by, code)
        assert mine is not None
        return services.strike_note(next(one for one in queries.notes_for(mine) if one.id == note_id), mine)

    assert at_once(app, [strike, strike]) == ["done", "done"]

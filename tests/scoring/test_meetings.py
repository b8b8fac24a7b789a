"""Sessions of a committee: quorum, votes kept to whom they belong, and minutes that nobody changes once signed."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.audit import events_of
from core.clock import FrozenClock, now
from core.errors import IllegalTransition
from core.files import read
from scoring import queries, services
from scoring.errors import ReasonMissing, WrongPhase
from scoring.errors.meetings import (
    AlreadyObjected,
    AlreadySigned,
    AnotherPointOpen,
    ChoiceUnknown,
    MeetingInThePast,
    MeetingNotFound,
    MeetingOver,
    MinutesChanged,
    MotionMissing,
    NobodySigned,
    NobodyToCall,
    NoQuorum,
    NotAttending,
    PlaceMissing,
    PointClosed,
    RecusedFromPoint,
    SigningGoesOn,
)
from scoring.models import Meeting, Panel, PanelSeat
from scoring.states import ConflictKind, MeetingState, MotionOutcome, PanelState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")
MOTION = "Dar por discutida la diferencia entre evaluaciones."


@pytest.fixture
def panel(session: Session) -> Panel:
    made = make.reviewed_panel(2, 3)
    services.advance_panel(made, PanelState.DISCUSSION)
    session.commit()
    return made


def seats(panel: Panel) -> list[PanelSeat]:
    return queries.seats_of_panel(panel)


def convened(panel: Panel, **changes: Any) -> Meeting:
    facts: dict[str, Any] = {"starts_at": now() + timedelta(days=3), "place": "Sala 2"}
    return services.convene_meeting(panel, **(facts | changes))


def under_way(panel: Panel, present: int = 3, **changes: Any) -> Meeting:
    meeting = services.open_meeting(convened(panel, **changes))
    for seat in seats(panel)[:present]:
        services.register_attendance(meeting, seat)
    return meeting


def voted(panel: Panel, *choices: str, **changes: Any) -> Meeting:
    meeting = under_way(panel, **changes)
    services.add_point(meeting, MOTION, queries.open_dossiers(panel)[0])
    services.open_point(meeting, 1)
    for seat, choice in zip(seats(panel), choices, strict=False):
        services.cast_vote(meeting, 1, seat, choice)
    services.close_point(meeting, 1)
    return meeting


def closed(panel: Panel) -> Meeting:
    return services.close_meeting(voted(panel, "in_favour", "in_favour", "against"))


def signed(panel: Panel) -> Meeting:
    meeting = closed(panel)
    for seat in seats(panel):
        services.sign_minutes(meeting, seat, meeting.minutes_sha256 or "")
    return queries.hold_meeting(meeting)


# --- calling and attending ---------------------------------------------------


def test_everybody_who_sits_is_called_and_the_quorum_is_fixed_then(session: Session, panel: Panel) -> None:
    services.unseat_reviewer(seats(panel)[2], reason="Renunció.")
    meeting = convened(panel)
    assert (meeting.number, meeting.quorum, meeting.state) == (1, 2, MeetingState.CONVENED)
    assert [member.seat.letter for member in queries.hold_meeting(meeting).members] == ["A", "B"]
    assert convened(panel).number == 2


def test_a_session_needs_a_place_a_moment_and_somebody(panel: Panel) -> None:
    with pytest.raises(PlaceMissing):
        convened(panel, place="  ")
    with pytest.raises(MeetingInThePast):
        convened(panel, starts_at=now() - timedelta(seconds=1))
    with pytest.raises(NobodyToCall):
        convened(make.panel("otra"))


def test_attending_counts_once_and_ends_with_leaving(panel: Panel) -> None:
    meeting = under_way(panel, present=2)
    first = seats(panel)[0]
    moment = services.register_attendance(meeting, first).present_at
    assert services.register_attendance(meeting, first).present_at == moment
    services.register_leaving(meeting, first)
    held = queries.hold_meeting(meeting)
    assert ([one.seat.letter for one in held.present], [one.seat.letter for one in held.attended]) == (
        ["B"],
        ["A", "B"],
    )


def test_nobody_attends_before_it_begins_nor_without_being_called(panel: Panel) -> None:
    meeting = convened(panel)
    with pytest.raises(MeetingOver):
        services.register_attendance(meeting, seats(panel)[0])
    services.open_meeting(meeting)
    with pytest.raises(MeetingNotFound):
        services.register_attendance(meeting, make.seat(panel, 999))


def test_a_session_is_called_off_with_its_reason_before_it_begins(panel: Panel) -> None:
    meeting = convened(panel)
    with pytest.raises(ReasonMissing):
        services.cancel_meeting(meeting, reason=" ")
    assert services.cancel_meeting(meeting, reason="Sin sala.").state is MeetingState.CANCELLED
    with pytest.raises(IllegalTransition):
        services.open_meeting(meeting)


# --- voting ------------------------------------------------------------------


def test_without_quorum_nothing_is_voted_and_what_is_missing_is_said(panel: Panel) -> None:
    meeting = under_way(panel, present=1)
    services.add_point(meeting, MOTION)
    with pytest.raises(NoQuorum) as refusal:
        services.open_point(meeting, 1)
    assert refusal.value.message() == "No hay quórum: asisten 1 de las 2 personas que hacen falta."


def test_a_vote_is_changed_until_the_point_closes(panel: Panel) -> None:
    meeting = under_way(panel)
    services.add_point(meeting, MOTION)
    services.open_point(meeting, 1)
    first, second, third = seats(panel)
    for seat, choice in ((first, "against"), (second, "against"), (third, "in_favour"), (first, "in_favour")):
        services.cast_vote(meeting, 1, seat, choice)
    point = services.close_point(meeting, 1)
    assert (point.outcome, point.in_favour, point.against, point.abstained) == (MotionOutcome.CARRIED, 2, 1, 0)
    with pytest.raises(PointClosed):
        services.cast_vote(meeting, 1, first, "against")
    with pytest.raises(PointClosed):
        services.close_point(meeting, 1)
    with pytest.raises(PointClosed):
        services.open_point(meeting, 1)


def test_only_who_attends_votes_and_only_three_ways(panel: Panel) -> None:
    meeting = under_way(panel, present=2)
    services.add_point(meeting, MOTION)
    services.open_point(meeting, 1)
    with pytest.raises(NotAttending):
        services.cast_vote(meeting, 1, seats(panel)[2], "in_favour")
    with pytest.raises(ChoiceUnknown):
        services.cast_vote(meeting, 1, seats(panel)[0], "maybe")


def test_one_point_is_voted_at_a_time(panel: Panel) -> None:
    meeting = under_way(panel)
    services.add_point(meeting, MOTION)
    services.add_point(meeting, MOTION)
    services.open_point(meeting, 1)
    with pytest.raises(AnotherPointOpen):
        services.open_point(meeting, 2)
    with pytest.raises(AnotherPointOpen):
        services.close_meeting(meeting)


def test_who_has_a_conflict_is_kept_out_of_that_dossier_by_the_code_and_the_database(
    session: Session, panel: Panel
) -> None:
    meeting = under_way(panel)
    dossier, first = queries.open_dossiers(panel)[0], seats(panel)[0]
    services.add_point(meeting, MOTION, dossier)
    services.open_point(meeting, 1)
    services.cast_vote(meeting, 1, first, "in_favour")
    services.cast_vote(meeting, 1, seats(panel)[1], "against")
    services.declare_conflict(first, dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    with pytest.raises(RecusedFromPoint):
        services.cast_vote(meeting, 1, first, "against")
    session.commit()
    point = queries.hold_meeting(meeting).points[0]
    with pytest.raises(DBAPIError, match="not theirs to cast"):
        session.execute(text("UPDATE meeting_vote SET choice = 'against' WHERE seat_id = :seat"), {"seat": first.id})
    session.rollback()
    with pytest.raises(DBAPIError, match="not theirs to cast"):
        session.execute(
            text(
                "INSERT INTO meeting_vote (point_id, seat_id, choice, cast_at) VALUES (:point, :seat, 'against', :at)"
            ),
            {"point": point.id, "seat": make.seat(panel, 998).id, "at": now()},
        )
    session.rollback()
    found = services.close_point(meeting, 1)
    assert (found.in_favour, found.against, found.outcome) == (0, 1, MotionOutcome.REJECTED)
    content = services.minutes_of(services.close_meeting(meeting))["points"][0]
    assert (content["votes"], content["recused"]) == ([["B", "against"]], ["A"])


def test_a_dossier_is_voted_in_the_deliberation_only(session: Session) -> None:
    panel = make.assigned_panel(1, 3)
    meeting = under_way(panel)
    services.add_point(meeting, MOTION, queries.open_dossiers(panel)[0])
    with pytest.raises(WrongPhase):
        services.open_point(meeting, 1)


def test_the_chair_breaks_a_tie_where_the_rulebook_says_so(session: Session) -> None:
    for tie, outcome in (("chair", MotionOutcome.REJECTED), ("not_carried", MotionOutcome.TIED)):
        document = make.simple_rulebook(2, sessions={"quorum_percent": "50", "tie": tie})
        panel = make.reviewed_panel(1, 2, call_key=tie, document=document)
        services.advance_panel(panel, PanelState.DISCUSSION)
        meeting = voted(panel, "in_favour", "against", chair=seats(panel)[1])
        assert queries.hold_meeting(meeting).points[0].outcome is outcome


def test_a_motion_says_something(panel: Panel) -> None:
    meeting = convened(panel)
    for words in ("", "Corto", "x" * 1001):
        with pytest.raises(MotionMissing):
            services.add_point(meeting, words)


def test_a_vote_changes_no_score(session: Session, panel: Panel) -> None:
    before = queries.submitted_sheets(panel)
    closed(panel)
    assert queries.submitted_sheets(panel) == before


# --- minutes -----------------------------------------------------------------


def test_everybody_who_attended_signs_and_then_the_minutes_stand(session: Session, panel: Panel) -> None:
    meeting = closed(panel)
    digest = meeting.minutes_sha256 or ""
    assert hashlib.sha256((meeting.minutes or "").encode()).hexdigest() == digest
    first, second, third = seats(panel)
    with pytest.raises(MinutesChanged):
        services.sign_minutes(meeting, first, "0" * 64)
    services.sign_minutes(meeting, first, digest)
    with pytest.raises(AlreadySigned):
        services.sign_minutes(meeting, first, digest)
    services.sign_minutes(meeting, second, digest)
    assert queries.hold_meeting(meeting).state is MeetingState.CLOSED
    services.sign_minutes(meeting, third, digest)
    held = queries.hold_meeting(meeting)
    assert held.state is MeetingState.SIGNED
    assert held.minutes_file is not None
    event = events_of("meeting", held.id)[-1]
    assert (event.action, event.after) == ("meeting.signed", {"minutes": digest, "pdf": held.minutes_file.sha256})
    assert read(held.minutes_file) == services.minutes_pdf(held)


def test_who_did_not_attend_does_not_sign(panel: Panel) -> None:
    meeting = services.close_meeting(under_way(panel, present=2))
    with pytest.raises(MeetingNotFound):
        services.sign_minutes(meeting, seats(panel)[2], meeting.minutes_sha256 or "")


def test_nobody_came_so_nobody_signs(panel: Panel) -> None:
    with pytest.raises(MeetingOver):
        services.close_meeting(under_way(panel, present=0))


def test_minutes_know_letters_and_codes_and_the_same_bytes_always(panel: Panel, clock: FrozenClock) -> None:
    meeting = signed(panel)
    first = services.minutes_pdf(meeting)
    clock.advance(days=3)
    assert services.minutes_pdf(meeting) == first
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Acta de la sesión 1"
    content = json.loads(meeting.minutes or "")
    assert content["called"] == ["A", "B", "C"]
    assert content["points"][0]["dossier"] == queries.open_dossiers(panel)[0].code
    assert content["points"][0]["votes"] == [["A", "in_favour"], ["B", "in_favour"], ["C", "against"]]


def test_signed_minutes_are_the_file_on_record_and_not_drawn_again(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = signed(panel)
    monkeypatch.setattr("scoring.services.minutes.render_minutes", lambda *_args, **_others: b"another drawing")
    data = services.minutes_pdf(meeting)
    told = events_of("meeting", meeting.id)[-1].after or {}
    assert hashlib.sha256(data).hexdigest() == told["pdf"]


def test_minutes_say_who_was_missing_and_who_came_after_the_first_vote(panel: Panel, clock: FrozenClock) -> None:
    first, second, third = seats(panel)
    meeting = under_way(panel, present=2)
    services.add_point(meeting, MOTION)
    clock.advance(minutes=1)
    services.open_point(meeting, 1)
    services.close_point(meeting, 1)
    clock.advance(minutes=1)
    services.register_leaving(meeting, second)
    alone = services.minutes_of(services.close_meeting(meeting))
    assert (alone["came"], alone["missing"]) == (
        "A; B (hasta el 2 mar 2026, 12:02:00 (hora de la Ciudad de México))",
        "C",
    )
    other = under_way(panel, present=2)
    services.add_point(other, MOTION)
    clock.advance(minutes=1)
    services.open_point(other, 1)
    services.close_point(other, 1)
    clock.advance(minutes=1)
    services.register_attendance(other, third)
    late = services.minutes_of(services.close_meeting(other))
    assert (late["came"], late["missing"]) == (
        "A; B; C (desde el 2 mar 2026, 12:04:00 (hora de la Ciudad de México))",
        "",
    )
    assert first.letter == "A"


def test_minutes_stand_without_who_never_signs_after_the_published_days(
    session: Session, panel: Panel, clock: FrozenClock
) -> None:
    meeting = closed(panel)
    digest = meeting.minutes_sha256 or ""
    first, second, _third = seats(panel)
    clock.advance(days=10)  # the tenth day counts to its last second
    with pytest.raises(NobodySigned):
        services.end_signing(meeting, reason="Nadie contestó.")
    services.sign_minutes(meeting, second, digest)
    until = services.signing_until(meeting)
    assert until is not None
    clock.set(until)
    with pytest.raises(SigningGoesOn):
        services.end_signing(meeting, reason="No contestan.")
    clock.advance(seconds=1)
    with pytest.raises(ReasonMissing):
        services.end_signing(meeting, reason=" ")
    held = services.end_signing(meeting, reason="Dejaron de contestar.")
    session.commit()
    assert (held.state, held.minutes_sha256) == (MeetingState.SIGNED, digest)
    assert [one.seat.letter for one in held.unsigned] == ["A", "C"]
    with pytest.raises(MeetingOver):
        services.sign_minutes(meeting, first, digest)
    assert held.minutes_file is not None
    content = read(held.minutes_file)
    assert content == services.minutes_pdf(held)
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "No firmaron: A, C." in " ".join(told.split())
    assert "Dejaron de contestar." in " ".join(told.split())
    signing, ended = events_of("meeting", held.id)[-2:]
    assert signing.after == {"minutes": digest, "pdf": held.minutes_file.sha256}
    assert ended.after == {"missing": ["A", "C"], "reason": "Dejaron de contestar.", "minutes": digest}


def test_a_single_one_missing_of_three_is_not_waited_for(session: Session, panel: Panel) -> None:
    meeting = closed(panel)
    for seat in seats(panel)[:2]:
        services.sign_minutes(meeting, seat, meeting.minutes_sha256 or "")
    session.commit()
    for alone in ("", ", unsigned_reason = 'x', minutes = 'otra'"):  # the database asks for the reason, and no more
        with pytest.raises(DBAPIError):
            session.execute(
                text(f"UPDATE meeting SET state = 'signed', signed_at = closed_at, minutes_file_id = 1{alone}")
            )
        session.rollback()
    assert services.end_signing(meeting, reason="Está de viaje.").state is MeetingState.SIGNED
    session.commit()
    with pytest.raises(DBAPIError, match="minutes are fixed"):
        session.execute(text("UPDATE meeting SET unsigned_reason = 'Otra razón.'"))
    session.rollback()
    with pytest.raises(MeetingOver):
        services.end_signing(meeting, reason="Otra vez.")


FORBIDDEN = (
    "UPDATE meeting SET minutes = 'otra'",
    "UPDATE meeting SET state = 'open', minutes = NULL, minutes_sha256 = NULL, closed_at = NULL",
    "UPDATE meeting SET quorum = 1",
    "DELETE FROM meeting",
    "UPDATE meeting_member SET signed_at = NULL, signed_sha256 = NULL",
    "UPDATE meeting_member SET left_at = present_at",
    "DELETE FROM meeting_member",
    "UPDATE meeting_point SET outcome = 'rejected'",
    "UPDATE meeting_point SET motion = 'Otra propuesta'",
    "DELETE FROM meeting_point",
    "UPDATE meeting_vote SET choice = 'against'",
    "DELETE FROM meeting_vote",
    "INSERT INTO meeting_point (meeting_id, position, motion, by_chair) SELECT id, 9, 'Tarde', by_chair FROM "
    "(SELECT m.id, p.by_chair FROM meeting m JOIN meeting_point p ON p.meeting_id = m.id) AS late",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("ended", [closed, signed])
def test_the_database_changes_nothing_of_a_session_that_ended(
    session: Session, panel: Panel, statement: str, ended: Any
) -> None:
    ended(panel)
    session.commit()
    if ended is closed and "signed_at = NULL" in statement:
        statement = statement.replace("SET signed_at = NULL, signed_sha256 = NULL", "SET present_at = signed_at")
    with pytest.raises(DBAPIError):
        session.execute(text(statement))
    session.rollback()


def test_who_does_not_sign_says_why_and_is_waited_for_no_longer(
    session: Session, panel: Panel, clock: FrozenClock
) -> None:
    meeting = closed(panel)
    digest = meeting.minutes_sha256 or ""
    first, second, third = seats(panel)
    with pytest.raises(ReasonMissing):
        services.object_to_minutes(meeting, second, reason=" ")
    services.object_to_minutes(meeting, second, reason="No voté así.")
    with pytest.raises(AlreadyObjected):
        services.object_to_minutes(meeting, second, reason="Otra vez.")
    told_at_length = "Llegué tarde y no lo dice. " * 60
    kept = services.object_to_minutes(meeting, third, reason=told_at_length)
    assert kept.reason == told_at_length.strip()  # no word of it is cut
    with pytest.raises(NobodySigned):
        services.end_signing(meeting, reason="Dos no firman.")
    services.sign_minutes(meeting, first, digest)
    with pytest.raises(AlreadySigned):
        services.object_to_minutes(meeting, first, reason="Lo pensé mejor.")
    held = services.end_signing(meeting, reason="B y C no firman: piden corregir la asistencia.")
    session.commit()
    assert held.minutes_sha256 == digest
    assert [(one.seat.letter, one.signed_at) for one in held.unsigned] == [("B", None), ("C", None)]
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(services.minutes_pdf(held))).pages)
    assert "No firmaron: B, C." in " ".join(told.split())
    assert "No voté así." not in told
    with pytest.raises(MeetingOver):
        services.object_to_minutes(meeting, third, reason="Ya tarde.")
    for statement in ("UPDATE minutes_objection SET reason = 'Otra'", "DELETE FROM minutes_objection"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_who_does_not_sign_may_sign_after_all_and_nobody_objects_for_others(session: Session, panel: Panel) -> None:
    meeting = closed(panel)
    digest = meeting.minutes_sha256 or ""
    session.commit()
    row = (
        "INSERT INTO minutes_objection (meeting_member_id, reason, said_at) SELECT a.id, 'x', m.closed_at "
        "FROM meeting_member a JOIN meeting m ON m.id = a.meeting_id"
    )
    for seat in seats(panel):
        services.object_to_minutes(meeting, seat, reason="No estoy de acuerdo.")
        services.sign_minutes(meeting, seat, digest)
    session.commit()
    assert queries.hold_meeting(meeting).state is MeetingState.SIGNED
    with pytest.raises(DBAPIError, match="not theirs to make"):
        session.execute(text(row))
    session.rollback()


def test_the_database_takes_no_signature_of_other_minutes_nor_the_last_step_without_all(
    session: Session, panel: Panel
) -> None:
    meeting = closed(panel)
    session.commit()
    with pytest.raises(DBAPIError, match="minutes are fixed"):
        session.execute(text("UPDATE meeting_member SET signed_at = present_at, signed_sha256 = 'otra'"))
    session.rollback()
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE meeting SET state = 'signed', signed_at = closed_at"))
    session.rollback()
    assert queries.hold_meeting(meeting).state is MeetingState.CLOSED


def test_a_correction_is_new_minutes_that_name_the_old(session: Session, panel: Panel) -> None:
    meeting = closed(panel)
    with pytest.raises(MeetingOver):
        convened(panel, corrects=meeting)
    for seat in seats(panel):
        services.sign_minutes(meeting, seat, meeting.minutes_sha256 or "")
    later = under_way(panel, corrects=queries.hold_meeting(meeting))
    content = services.minutes_of(services.close_meeting(later))
    assert content["corrects"] == {"number": 1, "sha256": meeting.minutes_sha256}
    assert [one.number for one in queries.corrections_of(meeting)] == [2]

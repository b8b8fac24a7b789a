"""Members of a committee are written to when something begins to wait for them; of it they learn a number or a code."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, now
from core.roles import Role
from grants.services import write_to_awaited
from grants.services.reminders import BEGINS, remind_reviewers
from mail.models import OutboxMessage
from scoring import queries, services
from scoring.models import Panel
from scoring.services import Awaited, Waiting
from scoring.states import PanelState
from tests.factories import scoring as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("clock", "app")


@pytest.fixture
def members(session: Session) -> list[User]:
    return [make_user(Role.REVIEWER) for _number in range(4)]


@pytest.fixture
def panel(members: list[User]) -> Panel:
    """A committee of four at work, two readers a dossier, whose first letter went out."""
    made = make.panel(document=make.simple_rulebook(2))
    for _number in range(2):
        make.dossier(made)
    for person in members:
        make.seat(made, person.id)
    services.advance_panel(made, PanelState.DECLARATIONS)
    services.assign_reviewers(made)
    for assignment in queries.assignments_of_panel(made):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(made, PanelState.REVIEW)
    remind_reviewers(made, BEGINS)
    return made


def letters(session: Session, about: str) -> list[OutboxMessage]:
    return session.query(OutboxMessage).filter_by(about=f"grants.{about}").order_by(OutboxMessage.id).all()


def test_who_is_called_later_is_written_to_and_the_first_readings_are_told_by_the_first_letter(
    session: Session, panel: Panel, members: list[User]
) -> None:
    assert letters(session, "review_assigned") == []
    first = queries.assignments_of_panel(panel)[0]
    before = {(one.dossier_id, one.seat_id) for one in queries.assignments_of_panel(panel)}
    services.recognise_person(first)
    services.fill_gaps(panel)
    (added,) = [one for one in queries.assignments_of_panel(panel) if (one.dossier_id, one.seat_id) not in before]
    (letter,) = letters(session, "review_assigned")
    person = next(one for one in members if one.id == added.seat.reviewer_id)
    assert (letter.to, letter.subject) == (person.email, "Te asignamos 1 expediente más: Movilidad 2026")
    assert "Se reciben hasta el 22 de marzo de 2026" in letter.body_text
    assert "/es/evaluacion" in letter.body_text
    assert added.dossier.code not in letter.body_text


def test_who_is_called_into_the_deliberation_is_awaited_there(
    session: Session, panel: Panel, clock: FrozenClock
) -> None:
    first, *others = queries.assignments_of_panel(panel)
    for assignment in others:
        make.review(assignment)
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    services.advance_panel(panel, PanelState.DISCUSSION)
    told = letters(session, "deliberation")
    assert sorted(one.to for one in told) == sorted(
        {user.email for user in session.query(User) if user.id in {one.seat.reviewer_id for one in others}}
    )
    assert {one.subject for one in told} == {"Empezó la deliberación: Movilidad 2026"}
    services.withdraw_assignment(first, reason="No contesta.")
    services.fill_gaps(panel)
    (letter,) = letters(session, "review_assigned")
    assert "El comité ya delibera y espera tu evaluación" in letter.body_text


def test_an_answer_is_told_to_who_asked_and_a_question_of_who_stepped_back_waits_for_nothing(
    session: Session, panel: Panel, members: list[User]
) -> None:
    first, second, *_others = queries.assignments_of_panel(panel)
    one, two = services.ask_programme(first, "¿Incluye el IVA?"), services.ask_programme(second, "¿Y el seguro?")
    assert queries.count_unanswered() == 2
    services.answer_reviewer(one, "Sí, está en el anexo.")
    (letter,) = letters(session, "answer")
    person = next(user for user in members if user.id == first.seat.reviewer_id)
    assert letter.to == person.email
    assert f"/es/evaluacion/{first.dossier.code}#preguntas" in letter.body_text
    assert "anexo" not in letter.body_text
    services.recognise_person(second)
    assert queries.count_unanswered() == 0
    assert queries.questions_in(panel) == [one]
    services.answer_reviewer(two, "Sí.")
    assert len(letters(session, "answer")) == 1


def test_minutes_wait_for_the_signature_of_each_who_attended(
    session: Session, panel: Panel, members: list[User], clock: FrozenClock
) -> None:
    meeting = services.convene_meeting(panel, starts_at=now() + timedelta(hours=1), place="Sala 3")
    clock.advance(hours=1)
    services.open_meeting(meeting)
    came = [member.seat for member in meeting.members[:3]]
    for seat in came:
        services.register_attendance(meeting, seat)
    services.close_meeting(meeting)
    told = letters(session, "minutes")
    expected = {user.email for user in members if user.id in {seat.reviewer_id for seat in came}}
    assert {one.to for one in told} == expected
    assert all(f"/es/evaluacion/sesiones/{meeting.id}/firmar" in one.body_text for one in told)


def test_nobody_without_an_account_or_a_seat_is_written_to(session: Session, panel: Panel) -> None:
    stranger = make.seat(panel, 999_999)
    left, stays, *_others = queries.seats_of_panel(panel)
    services.unseat_reviewer(left, reason="Se va.")
    seats = {stranger: 1, left: 1, stays: 1}
    assert write_to_awaited(Waiting(Awaited.DELIBERATION, panel, seats)) == 1

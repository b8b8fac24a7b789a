"""How many readers a dossier has is kept by the database: the same as counting again, whatever was done and by whom."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.database import db
from core.errors import Refusal
from scoring import queries, services
from scoring.models import Assignment, Dossier, Panel, PanelSeat, Review
from scoring.services import KnownConflict
from scoring.states import AssignmentState, ConflictKind, PanelState
from tests.factories import scoring as make
from tests.trust.at_once import at_once

pytestmark = pytest.mark.usefixtures("clock", "app")

ENDED = (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)
NEEDED = 2


def kept(session: Session) -> dict[int, int]:
    session.flush()
    return {row[0]: int(row[1]) for row in session.execute(select(Dossier.id, Dossier.readers))}


def recounted(session: Session) -> dict[int, int]:
    query = select(Dossier.id, func.count(Assignment.id)).outerjoin(
        Assignment, (Assignment.dossier_id == Dossier.id) & Assignment.state.not_in(ENDED)
    )
    return {row[0]: int(row[1]) for row in session.execute(query.group_by(Dossier.id))}


def is_true(session: Session, panel: Panel) -> None:
    """Everything that is counted for a chair, counted again."""
    session.expire_all()
    found = recounted(session)
    assert kept(session) == found
    open_ones = [one for one in queries.dossiers_of_panel(panel) if one.is_open]
    short = [one.code for one in open_ones if found[one.id] < NEEDED]
    assert queries.count_short(panel) == len(short)
    first = queries.coverage(panel, per_page=2)
    pages = [queries.coverage(panel, page=number, per_page=2) for number in range(1, first.page.pages + 1)]
    codes = [row.dossier.code for page in pages for row in page.rows]
    assert codes == short + [one.code for one in queries.dossiers_of_panel(panel) if one.code not in short]
    due = [
        one
        for one in queries.assignments_of_panel(panel)
        if one.dossier.withdrawn_at is None and one.state in (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
    ]
    assert queries.count_readings_due(panel) == len(due)
    assert {one.id for one in queries.readings_due(panel, most=99)} == {one.id for one in due}
    for load in first.loads:
        mine = [one for one in queries.assignments_of_panel(panel) if one.seat_id == load.seat.id]
        standing = [one for one in mine if one.state not in ENDED]
        assert (load.assigned, load.submitted, load.recused) == (
            len(standing),
            sum(one.state == AssignmentState.SUBMITTED for one in mine),
            sum(one.state == AssignmentState.RECUSED for one in mine),
        )


def a_step(chance: Random, panel: Panel) -> None:
    """Something that happens in a committee, or is refused."""
    assignment = chance.choice(queries.assignments_of_panel(panel))
    seats = queries.seats_of_panel(panel)
    act = chance.choice(("review", "recuse", "withdraw", "assign", "found", "leave", "gone", "fill"))
    if act == "review":
        make.review(assignment)
    elif act == "recuse":
        services.recognise_person(assignment)
    elif act == "withdraw":
        services.withdraw_assignment(assignment, reason="No contesta.")
    elif act == "assign":
        services.assign_reviewers(panel, leave_gaps=True)
    elif act == "found":
        known = KnownConflict(assignment.dossier.code, assignment.seat.reviewer_id, ConflictKind.OTHER)
        services.record_conflicts(panel, [known])
    elif act == "leave" and len(seats) > 3:
        services.unseat_reviewer(chance.choice(seats), reason="Se va.")
    elif act == "gone" and len(queries.open_dossiers(panel)) > 3:
        services.withdraw_dossier(assignment.dossier, reason="Lo retira.")
    elif act == "fill":
        services.fill_gaps(panel)


@pytest.mark.parametrize("seed", range(3))
def test_after_every_step_of_a_story_what_is_kept_is_what_is_counted(session: Session, seed: int) -> None:
    panel = make.assigned_panel(5, 6, document=make.simple_rulebook(NEEDED))
    is_true(session, panel)
    chance, done = Random(seed), 0
    for _number in range(14):
        session.commit()
        try:
            a_step(chance, panel)
            session.commit()
            done += 1
        except Refusal:
            session.rollback()
        is_true(session, panel)
    assert done > 5


def test_many_at_once_a_reading_that_moves_and_one_that_is_deleted_are_counted_too(session: Session) -> None:
    panel = make.assigned_panel(3, 5, document=make.simple_rulebook(NEEDED))
    numbers = [one.id for one in queries.dossiers_of_panel(panel)]
    table = Assignment.__table__
    copied = dict(session.execute(select(table)).mappings().first() or {})
    del copied["id"]
    taken = {(one.dossier_id, one.seat_id) for one in queries.assignments_of_panel(panel)}
    free = [
        (dossier, seat)
        for dossier in numbers
        for seat in session.scalars(select(PanelSeat.id))
        if (dossier, seat) not in taken
    ]
    session.execute(insert(Assignment), [copied | {"dossier_id": one, "seat_id": seat} for one, seat in free[:-1]])
    is_true(session, panel)
    dossier, seat = free[-1]
    moved = session.scalars(
        select(Assignment.id).where(Assignment.seat_id == seat, Assignment.dossier_id != dossier)
    ).first()
    session.execute(update(Assignment).where(Assignment.id == moved).values(dossier_id=dossier))
    assert kept(session) == recounted(session)
    session.execute(delete(Review))
    session.execute(delete(Assignment).where(Assignment.dossier_id == numbers[0]))
    is_true(session, panel)
    assert kept(session)[numbers[0]] == 0


@pytest.mark.only_on("postgresql")
def test_readers_who_step_back_while_the_programme_takes_away_wait_for_nobody_in_a_circle(
    app: Flask, session: Session
) -> None:
    panel = make.assigned_panel(4, 5, document=make.simple_rulebook(3))
    pairs = [(one.seat_id, one.dossier_id) for one in queries.assignments_of_panel(panel)]
    seats = sorted({seat for seat, _dossier in pairs})
    dossiers = sorted({dossier for _seat, dossier in pairs})

    def steps_back(seat: int, dossier: int) -> object:
        found = (db.session.get_one(PanelSeat, seat), db.session.get_one(Dossier, dossier))
        return services.declare_conflict(*found, kind=ConflictKind.RECOGNISED)

    def leaves(seat: int) -> object:
        return services.unseat_reviewer(db.session.get_one(PanelSeat, seat), reason="Se va.")

    def is_gone(dossier: int) -> object:
        return services.withdraw_dossier(db.session.get_one(Dossier, dossier), reason="Lo retira.")

    acts = [
        lambda: leaves(seats[0]),
        lambda: leaves(seats[1]),
        lambda: is_gone(dossiers[-1]),
        *[lambda pair=pair: steps_back(*pair) for pair in pairs[-6:]],
    ]
    answers = at_once(app, acts)
    assert set(answers) <= {"done", "SeatNotFound", "IllegalTransition"}
    session.expire_all()
    assert kept(session) == recounted(session)
    assert panel.state == PanelState.REVIEW

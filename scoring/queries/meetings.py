"""Sessions of a committee, for the programme and for who is called to them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import session
from scoring.models import (
    Assignment,
    ConflictDeclaration,
    Dossier,
    Meeting,
    MeetingMember,
    MeetingPoint,
    Panel,
    PanelSeat,
)
from scoring.queries.desk import SHOWN
from scoring.states import MeetingState

AHEAD = (MeetingState.CONVENED, MeetingState.OPEN, MeetingState.CLOSED)


def _whole(query: Select[Meeting]) -> Select[Meeting]:
    return query.options(
        joinedload(Meeting.panel),
        joinedload(Meeting.chair),
        joinedload(Meeting.corrects),
        selectinload(Meeting.members).joinedload(MeetingMember.seat),
        selectinload(Meeting.members).joinedload(MeetingMember.objection),
        selectinload(Meeting.points).joinedload(MeetingPoint.dossier),
        selectinload(Meeting.points).selectinload(MeetingPoint.votes),
    )


def meetings_of(panel: Panel) -> list[Meeting]:
    """Return the sessions of a committee with who was called, the latest first."""
    query = (
        select(Meeting)
        .where(Meeting.panel_id == panel.id)
        .options(selectinload(Meeting.members))
        .order_by(Meeting.number.desc())
    )
    return list(session().scalars(query))


def meeting_by_number(panel: Panel, number: int) -> Meeting | None:
    """Return a session with all its page needs."""
    return session().scalar(_whole(select(Meeting).where(Meeting.panel_id == panel.id, Meeting.number == number)))


def meeting_for(reviewer_id: int, meeting_id: int) -> Meeting | None:
    """Return a session a reviewer was called to with all its page needs; None when they were not."""
    called = (
        select(MeetingMember.meeting_id)
        .join(PanelSeat, PanelSeat.id == MeetingMember.seat_id)
        .where(PanelSeat.reviewer_id == reviewer_id)
    )
    return session().scalar(_whole(select(Meeting).where(Meeting.id == meeting_id, Meeting.id.in_(called))))


def meetings_ahead(reviewer_id: int) -> list[Meeting]:
    """Return the sessions that wait for a reviewer: to be held, under way, or with minutes they have not signed."""
    query = (
        select(Meeting)
        .join(Meeting.members)
        .join(MeetingMember.seat)
        .join(Meeting.panel)
        .where(
            PanelSeat.reviewer_id == reviewer_id,
            Meeting.state.in_(AHEAD),
            (Meeting.state != MeetingState.CLOSED)
            | (MeetingMember.present_at.is_not(None) & MeetingMember.signed_at.is_(None)),
        )
        .options(contains_eager(Meeting.panel))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return list(session().scalars(query))


def meetings_past(reviewer_id: int, *, most: int = 50) -> list[Meeting]:
    """Return the sessions whose minutes a reviewer has signed or can only read, the latest first; at most `most`."""
    query = (
        select(Meeting)
        .join(Meeting.members)
        .join(MeetingMember.seat)
        .join(Meeting.panel)
        .where(
            PanelSeat.reviewer_id == reviewer_id,
            Meeting.minutes.is_not(None),
            (Meeting.state == MeetingState.SIGNED)
            | MeetingMember.present_at.is_(None)
            | MeetingMember.signed_at.is_not(None),
        )
        .options(contains_eager(Meeting.panel))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(most)
    )
    return list(session().scalars(query))


def hold_meeting(meeting: Meeting) -> Meeting:
    """Read a session again with all that hangs on it; until the transaction ends nobody else moves it."""
    session().execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    query = _whole(select(Meeting).where(Meeting.id == meeting.id)).execution_options(populate_existing=True)
    return session().scalars(query).one()


def hold_panel(panel: Panel) -> int:
    """Return how many sessions a committee has had; until the transaction ends nobody else calls one."""
    session().execute(select(Panel.id).where(Panel.id == panel.id).with_for_update())
    return session().scalar(select(func.count(Meeting.id)).where(Meeting.panel_id == panel.id)) or 0


def share_panel(panel: Panel) -> Panel:
    """Read a committee again; until the transaction ends others may score too, and nobody moves it to another phase."""
    session().refresh(panel, with_for_update={"read": True, "of": Panel})
    return panel


def take_panel(panel: Panel) -> Panel:
    """Read a committee again; until the transaction ends nobody else scores, moves it or changes who reads what."""
    session().refresh(panel, with_for_update={"key_share": True, "of": Panel})
    return panel


def corrections_of(meeting: Meeting) -> list[Meeting]:
    """Return the sessions whose minutes correct this one's, oldest first."""
    query = (
        select(Meeting)
        .where(Meeting.corrects_id == meeting.id, Meeting.state != MeetingState.CANCELLED)
        .order_by(Meeting.number)
    )
    return list(session().scalars(query))


def recused_seats(dossier_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Return the (dossier id, seat id) pairs with a conflict of interest on record, among some dossiers."""
    query = (
        select(ConflictDeclaration.dossier_id, ConflictDeclaration.seat_id)
        .where(ConflictDeclaration.dossier_id.in_(dossier_ids), ConflictDeclaration.conflicted)
        .distinct()
        .order_by(ConflictDeclaration.dossier_id, ConflictDeclaration.seat_id)
    )
    return {(dossier_id, seat_id) for dossier_id, seat_id in session().execute(query)}


def read_by(seat: PanelSeat, dossier_ids: Sequence[int]) -> set[int]:
    """Return which of some dossiers a member reads."""
    query = (
        select(Assignment.dossier_id)
        .where(Assignment.seat_id == seat.id, Assignment.dossier_id.in_(dossier_ids), Assignment.state.in_(SHOWN))
        .order_by(Assignment.dossier_id)
    )
    return set(session().scalars(query))


def codes_of(panel: Panel) -> list[str]:
    """Return the codes of the dossiers a session may treat, in order."""
    query = (
        select(Dossier.code)
        .where(Dossier.panel_id == panel.id, Dossier.cleared_at.is_not(None), Dossier.withdrawn_at.is_(None))
        .order_by(Dossier.code)
    )
    return list(session().scalars(query))

"""Calls and what was said about their drafts."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.functions import Function

from core.clock import now
from core.database import session
from core.listing import like_pattern
from grants.models import Application, Call, ConsultationComment, FeedbackText
from grants.queries.feedback import waiting_feedback
from grants.queries.mail import lost_calls
from grants.rules import deadlines
from grants.states.application import ApplicationState
from grants.states.call import CallState


class CallWaits(StrEnum):
    """What of a call waits for the programme's officers."""

    COMMENTS = "comentarios"
    VERDICTS = "veredicto"
    LETTERS = "cartas"
    FEEDBACK = "comentarios-del-comite"


ORDERS = ("cierre", "-cierre", "titulo", "monto")


def state_now(call: Call) -> CallState:
    """Return the state a call is in by the clock, even before the job that moves it has run."""
    return deadlines.effective_state(call.state, call.opens_at, call.closes_at, now())


def accepts_now(call: Call) -> bool:
    """Return whether an application could be sent at this very second."""
    return deadlines.accepts_applications(call.state, call.opens_at, call.closes_at, now())


def call_by_slug(slug: str) -> Call | None:
    """Return the call at an address, drafts included."""
    return session().scalar(select(Call).where(Call.slug == slug))


def closing_soonest(limit: int = 3) -> list[Call]:
    """Return the first few open calls by deadline."""
    return list(session().scalars(public_calls(state=CallState.OPEN).limit(limit)))


def public_calls(
    *,
    axis: int | None = None,
    region: str | None = None,
    audience: str | None = None,
    state: CallState | None = None,
    order: str | None = None,
) -> Select[Call]:
    """Return the SELECT of calls that anyone may see. By default those still to close come first, soonest first."""
    moment = now().replace(microsecond=0)
    query = select(Call).where(Call.consultation_closes_at.is_not(None))  # `is_public`
    for column, value in ((Call.axes, axis), (Call.regions, region), (Call.audience, audience)):
        if value is not None:
            query = query.where(_holds(column, value))
    if state is not None:
        query = query.where(_effective(moment) == state.value)
    return query.order_by(*_order(order, moment))


def _order(order: str | None, moment: datetime) -> tuple[Any, ...]:
    match order:
        case "cierre":
            return (Call.closes_at.is_(None), Call.closes_at, Call.id)
        case "-cierre":
            return (Call.closes_at.is_(None), Call.closes_at.desc(), Call.id)
        case "titulo":
            return (Call.slug, Call.id)
        case "monto":
            return (func.coalesce(Call.budget_cents, 0).desc(), Call.id)
        case _:
            past = case((Call.closes_at >= moment, 0), else_=1)
            return (past, case((Call.closes_at >= moment, Call.closes_at)), Call.closes_at.desc(), Call.id)


def _effective(moment: datetime) -> ColumnElement[str]:
    waiting = Call.state.in_([CallState.PUBLISHED, CallState.OPEN])
    return case(
        (and_(waiting, Call.closes_at < moment), CallState.CLOSED.value),
        (and_(waiting, Call.opens_at <= moment), CallState.OPEN.value),
        (waiting, CallState.PUBLISHED.value),
        else_=cast(Call.state, String),
    )


def _holds(column: Any, value: int | str) -> ColumnElement[bool]:
    # A JSON list as text without its brackets and spaces, between commas: the same on both databases.
    text: Function[str] = func.replace(func.replace(func.replace(cast(column, String), "[", ","), "]", ","), " ", "")
    return text.like(f"%,{like_pattern(json.dumps(value))[1:-1]},%", escape="\\")


def staff_calls(*, state: CallState | None = None, waits: CallWaits | None = None) -> Select[Call]:
    """Return the SELECT of every call for the people who write them, newest first; `waits` asks what has to be done."""
    query = select(Call).order_by(Call.id.desc())
    if state is not None:
        query = query.where(_effective(now().replace(microsecond=0)) == state.value)
    match waits:
        case CallWaits.COMMENTS:
            query = query.where(Call.id.in_(_unanswered().with_only_columns(ConsultationComment.call_id)))
        case CallWaits.VERDICTS:
            query = query.where(Call.id.in_(_unscreened().with_only_columns(Application.call_id)))
        case CallWaits.LETTERS:
            query = query.where(Call.id.in_(lost_calls()))
        case CallWaits.FEEDBACK:
            query = query.where(Call.id.in_(waiting_feedback().with_only_columns(FeedbackText.call_id)))
    return query


def calls_to_advance(moment: datetime) -> list[Call]:
    """Return the calls whose opening or closing has come and is not recorded yet, oldest first."""
    whole = moment.replace(microsecond=0)
    due = or_(
        and_(Call.state == CallState.PUBLISHED, Call.opens_at <= whole),
        and_(Call.state == CallState.OPEN, Call.closes_at < whole),
    )
    return list(session().scalars(select(Call).where(due).order_by(Call.id).with_for_update(of=Call)))


def comments_of(call: Call) -> list[ConsultationComment]:
    """Return what was said about a draft, oldest first."""
    return list(
        session().scalars(
            select(ConsultationComment).where(ConsultationComment.call_id == call.id).order_by(ConsultationComment.id)
        )
    )


def comment_by_id(call: Call, comment_id: int) -> ConsultationComment | None:
    """Return one comment on one call."""
    comment = session().get(ConsultationComment, comment_id)
    return comment if comment is not None and comment.call_id == call.id else None


def unanswered_comments(call: Call) -> int:
    """Return how many comments still wait for their public answer."""
    return (
        session().scalar(
            select(func.count(ConsultationComment.id)).where(
                ConsultationComment.call_id == call.id, ConsultationComment.verdict.is_(None)
            )
        )
        or 0
    )


def comments_waiting() -> int:
    """Return how many comments of any open consultation wait for an answer: a desk's figure."""
    return session().scalar(_unanswered()) or 0


def verdicts_waiting() -> int:
    """Return how many applications wait for a verdict in calls that no longer take any: a desk's figure."""
    return session().scalar(_unscreened()) or 0


def _unanswered() -> Select[int]:
    return (
        select(func.count(ConsultationComment.id))
        .join(Call)
        .where(Call.state == CallState.CONSULTATION, ConsultationComment.verdict.is_(None))
    )


def _unscreened() -> Select[int]:
    return (
        select(func.count(Application.id))
        .join(Application.call)
        .where(Application.state == ApplicationState.SUBMITTED, Call.state.in_([CallState.CLOSED, CallState.SCREENING]))
    )


def received(calls: Sequence[Call]) -> dict[int, int]:
    """Return how many applications each of `calls` has received, in one query; a call with none is left out.

    What was withdrawn afterwards was received, as the results and the accounts count it.
    """
    rows = session().execute(
        select(Application.call_id, func.count(Application.id).label("total"))
        .where(
            Application.call_id.in_([call.id for call in calls]),
            Application.submitted_at.is_not(None),
        )
        .group_by(Application.call_id)
        .order_by(Application.call_id)
    )
    return {row.call_id: row.total for row in rows}


def with_addenda(slug: str) -> Call | None:
    """Return a call with its notices and rulebook loaded, for its page."""
    return session().scalar(
        select(Call).where(Call.slug == slug).options(selectinload(Call.addenda), selectinload(Call.rulebook))
    )


def under_selection() -> list[Call]:
    """Return the calls between the end of their applications and their results."""
    states = [CallState.CLOSED, CallState.SCREENING, CallState.REVIEW, CallState.DELIBERATION]
    return list(session().scalars(select(Call).where(Call.state.in_(states)).order_by(Call.id)))

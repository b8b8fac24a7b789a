"""The officers' list of a call: filtered, ordered, and a page at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql import operators

from accounts.models import Organisation, User
from core.database import session
from core.listing import Listing, contains, contains_folded, like_pattern
from grants.models.application import Application
from grants.models.call import Call
from grants.models.queue import ApplicationOfficer
from grants.queries.likeness import sharing
from grants.rules.likeness import LikenessKind
from grants.states.application import ApplicationState

ORDERS: dict[str, Any] = {
    "folio": Application.folio,
    "fecha": Application.submitted_at,
    "monto": Application.requested_cents,
    "nombre": User.name_folded,
    "estado": Application.state,
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which of a call's submitted applications, and in what order. `officer` attends to it; 0 is nobody.

    `alike` leaves those that share something of these kinds with another one.
    """

    state: ApplicationState | None = None
    kind: str | None = None
    axis: int | None = None
    officer: int | None = None
    alike: Collection[LikenessKind] = ()
    text: str = ""
    order: str = "fecha"


def queue(call: Call, wanted: QueueFilter) -> Select[Application]:
    """Return the SELECT of a call's submitted applications with applicant and organisation, filtered and ordered."""
    query = (
        select(Application)
        .join(Application.applicant)
        .outerjoin(Application.organisation)
        .options(contains_eager(Application.applicant), contains_eager(Application.organisation))
    )
    return query.where(*_conditions(call, wanted)).order_by(*_order(wanted))


def queue_page(call: Call, wanted: QueueFilter, *, page: int, per_page: int = 25) -> Listing[Application]:
    """Return one page of the same list. Counted and ordered by numbers alone: an index has all that is asked for."""
    ids = select(Application.id).where(*_conditions(call, wanted))
    named = ids.join(User, User.id == Application.applicant_user_id)
    ordered = (named if wanted.order.removeprefix("-") == "nombre" else ids).order_by(*_order(wanted))
    if wanted.text:  # finding them once is what costs: not a second time to count
        ordered = named.order_by(*_order(wanted))
        every = session().scalars(ordered).all()
        total, page = len(every), min(page, max(1, -(-len(every) // per_page)))
        numbers = every[(page - 1) * per_page : page * per_page]
    else:
        total = session().scalar(select(func.count()).select_from(ids.subquery())) or 0
        page = min(page, max(1, -(-total // per_page)))
        numbers = _slice(ordered, _order(wanted), total, (page - 1) * per_page, per_page)
    rows = (
        select(Application)
        .options(joinedload(Application.applicant, innerjoin=True), joinedload(Application.organisation))
        .where(Application.id.in_(numbers))
        .order_by(Application.id)
    )
    found = {application.id: application for application in session().scalars(rows)}
    return Listing([found[number] for number in numbers], total, page, per_page)


def _slice(ordered: Select[int], order: tuple[Any, Any], total: int, start: int, length: int) -> Sequence[int]:
    """Return one page of numbers; in the second half counted from the end, where it costs as little as at the start."""
    length = max(0, min(length, total - start))
    if start <= total // 2:
        return session().scalars(ordered.limit(length).offset(start)).all()
    reverse = [_turned(part) for part in order]
    backwards = ordered.order_by(None).order_by(*reverse).limit(length).offset(total - start - length)
    return session().scalars(backwards).all()[::-1]


def _turned(part: Any) -> Any:
    if isinstance(part, UnaryExpression):
        return part.element.asc() if part.modifier is operators.desc_op else part.element.desc()
    return part.desc()


def _conditions(call: Call, wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    yield Application.call_id == call.id
    yield Application.submitted_at.is_not(None)
    if wanted.state is not None:
        yield Application.state == wanted.state
    if wanted.kind is not None:
        yield Application.kind == wanted.kind
    if wanted.axis is not None:
        yield Application.axis == wanted.axis
    if wanted.officer is not None:
        attended = exists().where(ApplicationOfficer.application_id == Application.id)
        yield attended.where(ApplicationOfficer.officer_id == wanted.officer) if wanted.officer else ~attended
    if wanted.alike:
        yield sharing(call, wanted.alike)
    if wanted.text:
        folio = Application.folio.like(like_pattern(wanted.text.upper()), escape="\\")  # written in capitals, always
        bodies = select(Organisation.id).where(contains(Organisation.name, wanted.text))
        yield or_(folio, contains_folded(User.name_folded, wanted.text), Application.organisation_id.in_(bodies))


def _order(wanted: QueueFilter) -> tuple[Any, Any]:
    column = ORDERS.get(wanted.order.removeprefix("-"), ORDERS["fecha"])
    if wanted.order.startswith("-"):  # the other way round whole, so that an index is read backwards and no more of it
        return column.desc(), Application.id.desc()
    return column.asc(), Application.id

"""The officers' list of a call: filtered, ordered, and a page at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, UnaryExpression, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager
from sqlalchemy.sql import operators

from accounts.models import Organisation, User
from core.database import session
from core.listing import Listing, contains, contains_folded, like_pattern
from core.money import Money
from grants.models.application import Application
from grants.models.call import Call
from grants.models.queue import ApplicationOfficer
from grants.queries.likeness import Sharing, calls_beside, sharing
from grants.rules.likeness import FLAGGED, LikenessKind
from grants.states.application import ApplicantKind, ApplicationState

ORDERS: dict[str, Any] = {
    "folio": Application.folio,
    "fecha": Application.submitted_at,
    "monto": Application.requested_cents,
    "nombre": User.name_folded,
    "estado": Application.state,
}
BY_NAME = "nombre"


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


@dataclass(frozen=True, slots=True)
class QueueRow:
    """What the list shows of an application, and no answers.

    `name` is the organisation's where one applies; `alike` says that it shares more than a file with another one.
    """

    id: int
    folio: str
    kind: ApplicantKind
    state: ApplicationState
    requested: Money
    submitted_at: datetime | None
    name: str
    officer: str | None
    alike: bool


def queue(call: Call, wanted: QueueFilter) -> Select[Application]:
    """Return the SELECT of a call's submitted applications with applicant and organisation, filtered and ordered."""
    query = (
        select(Application)
        .join(Application.applicant)
        .outerjoin(Application.organisation)
        .options(contains_eager(Application.applicant), contains_eager(Application.organisation))
    )
    alike = sharing(calls_beside(call), wanted.alike) if wanted.alike else None
    return query.where(*_conditions(call, wanted, alike)).order_by(*_order(wanted))


def queue_page(call: Call, wanted: QueueFilter, *, page: int, per_page: int = 25) -> Listing[QueueRow]:
    """Return one page of the same list. Counted and ordered by numbers alone: an index has all that is asked for."""
    beside = calls_beside(call)
    alike = sharing(beside, wanted.alike) if wanted.alike else None
    ids = select(Application.id).where(*_conditions(call, wanted, alike))
    by_name = wanted.order.removeprefix("-") == BY_NAME
    ordered = (ids.join(User, User.id == Application.applicant_user_id) if by_name else ids).order_by(*_order(wanted))
    if wanted.text:  # finding them once is what costs: not a second time to count
        numbers, total, page = _found(ids, ordered, page, per_page)
    else:
        only_alike = wanted == QueueFilter(alike=wanted.alike, order=wanted.order)
        total = _count(alike.numbers if alike is not None and only_alike else ids)
        page = min(page, max(1, -(-total // per_page)))
        numbers = _slice(ordered, _order(wanted), total, (page - 1) * per_page, per_page)
    return Listing(_rows(numbers, beside), total, page, per_page)


def _count(rows: SelectBase) -> int:
    return session().scalar(select(func.count()).select_from(rows.subquery())) or 0


def _found(ids: Select[int], ordered: Select[int], page: int, per_page: int) -> tuple[Sequence[int], int, int]:
    """Return one page of numbers, how many there are in all, and which page it is: the last, of one past the end."""
    counted = ordered.add_columns(func.count().over()).limit(per_page)
    rows = session().execute(counted.offset((page - 1) * per_page)).all()
    if not rows and page > 1:
        page = max(1, -(-_count(ids) // per_page))
        rows = session().execute(counted.offset((page - 1) * per_page)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0, page


def _rows(numbers: Sequence[int], calls: Sequence[int]) -> list[QueueRow]:
    officer = aliased(User)
    query = (
        select(
            Application.id,
            Application.folio,
            Application.kind,
            Application.state,
            Application.requested_cents,
            Application.currency,
            Application.submitted_at,
            func.coalesce(Organisation.name, User.name),
            officer.name,
            sharing(calls, FLAGGED).of_few,
        )
        .join(User, User.id == Application.applicant_user_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(ApplicationOfficer, ApplicationOfficer.application_id == Application.id)
        .outerjoin(officer, officer.id == ApplicationOfficer.officer_id)
        .where(Application.id.in_(numbers))
        .order_by(Application.id)
    )
    found = {
        number: QueueRow(number, folio or "", kind, state, Money(cents, currency), sent, name, attends, bool(alike))
        for number, folio, kind, state, cents, currency, sent, name, attends, alike in session().execute(query)
    }
    return [found[number] for number in numbers]


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


def _conditions(call: Call, wanted: QueueFilter, alike: Sharing | None) -> Iterator[ColumnElement[bool]]:
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
    if alike is not None:
        yield alike.condition
    if wanted.text:
        folio = Application.folio.like(like_pattern(wanted.text.upper()), escape="\\")  # written in capitals, always
        bodies = select(Organisation.id).where(contains(Organisation.name, wanted.text))
        people = select(User.id).where(contains_folded(User.name_folded, wanted.text))
        yield or_(folio, Application.applicant_user_id.in_(people), Application.organisation_id.in_(bodies))


def _order(wanted: QueueFilter) -> tuple[Any, Any]:
    column = ORDERS.get(wanted.order.removeprefix("-"), ORDERS["fecha"])
    if wanted.order.startswith("-"):  # the other way round whole, so that an index is read backwards and no more of it
        return column.desc(), Application.id.desc()
    return column.asc(), Application.id

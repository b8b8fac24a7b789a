"""What waits for the treasurer about awards: money to be committed, and money to come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.database import session
from core.money import Money
from grants.models import Appeal, Application, Award, Call, Determination, ExpenseReport, Readmission
from grants.queries.readmissions import first_in_turn
from grants.states.application import ApplicationState
from grants.states.award import AwardState, ReportState
from grants.states.call import CallState
from grants.states.determination import AppealState, DeterminationState, Outcome
from grants.states.readmission import ReadmissionState
from treasury.models import Allocation, Commitment


@dataclass(frozen=True, slots=True)
class CallWaiting:
    """A call whose awards wait to be committed together: how many, and how much they add up to."""

    call: Call
    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class NextInLine:
    """Who is first on a call's waiting list, and what the call's allocations have left."""

    application: Application
    left: Money

    @property
    def asked(self) -> Money:
        """What the application asks for."""
        return self.application.requested

    @property
    def is_covered(self) -> bool:
        """Whether what is left pays for it."""
        return self.left >= self.asked and not self.is_reviewed_again

    @property
    def is_reviewed_again(self) -> bool:
        """Whether an upheld appeal has it reviewed again: until its result is out the list stands still."""
        return self.application.state is not ApplicationState.WAITLISTED


@dataclass(frozen=True, slots=True)
class Return:
    """An award that was paid more than it spent."""

    award: Award
    agreed: Money
    returned: Money

    @property
    def missing(self) -> Money:
        """What has not come back yet."""
        return self.agreed - self.returned


def calls_without_budget() -> list[Call]:
    """Return the calls in public consultation that were allotted nothing, whose consultation ends first in front.

    None of them can be published before.
    """
    allotted = exists().where(Allocation.call_id == Call.id)
    query = select(Call).where(Call.state == CallState.CONSULTATION, ~allotted)
    return list(session().scalars(query.order_by(Call.consultation_closes_at, Call.id)))


def calls_waiting() -> list[CallWaiting]:
    """Return the calls whose selected applications wait for their money before the results are out."""
    query = (
        select(Call, func.count(Determination.id), func.sum(Determination.granted_cents))
        .join(Determination, Determination.call_id == Call.id)
        .outerjoin(Award, Award.application_id == Determination.application_id)
        .where(
            Determination.state == DeterminationState.PENDING,
            Determination.outcome == Outcome.AWARDED,
            or_(Award.id.is_(None), Award.state != AwardState.COMMITTED),
        )
        .group_by(Call.id)
        .order_by(Call.id)
    )
    return [
        CallWaiting(call, count, Money(int(cents or 0), call.currency))
        for call, count, cents in session().execute(query)
    ]


def upheld_waiting() -> list[Application]:
    """Return the applications whose appeal was upheld and that may have their award now, oldest decision first.

    One that was found ineligible comes here after its review, when it would have had support with the others; of
    several such of a call, the one whose turn it is.
    """
    query = (
        select(Application, Readmission)
        .join(Determination, Determination.application_id == Application.id)
        .join(Appeal, Appeal.determination_id == Determination.id)
        .join(Application.call)
        .outerjoin(Award, Award.application_id == Application.id)
        .outerjoin(Readmission, Readmission.application_id == Application.id)
        .options(contains_eager(Application.call))
        .where(
            or_(Readmission.by_merit, and_(Readmission.id.is_(None), Determination.outcome != Outcome.INELIGIBLE)),
            Appeal.state == AppealState.UPHELD,
            Award.id.is_(None),
            Application.state.not_in([ApplicationState.AWARDED, ApplicationState.WITHDRAWN]),
        )
        .order_by(Appeal.resolved_at, Appeal.id)
    )
    rows: list[tuple[Application, Readmission | None]] = [(row[0], row[1]) for row in session().execute(query)]
    first = first_in_turn(readmission for _application, readmission in rows if readmission is not None)
    return [application for application, readmission in rows if readmission is None or readmission in first]


# Whoever waits keeps the place while an upheld appeal has the application reviewed again: nobody behind moves past.
_REVIEWED_AGAIN = and_(
    Determination.outcome == Outcome.WAITLISTED,
    Readmission.state == ReadmissionState.ADMITTED,
    Application.state.in_([ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW]),
)
# A place given after the results stands before the one that had its number, and moves nobody.
_PLACE = func.coalesce(2 * Readmission.position - 1, 2 * Determination.position)


def _on_the_list() -> tuple[ColumnElement[bool], ...]:
    return (
        or_(Determination.outcome == Outcome.WAITLISTED, Readmission.outcome == Outcome.WAITLISTED),
        Determination.state == DeterminationState.RELEASED,
        or_(Application.state == ApplicationState.WAITLISTED, _REVIEWED_AGAIN),
    )


def next_in_line() -> list[NextInLine]:
    """Return the first of every waiting list with what its call's allocations have left, by call."""
    first = (
        select(Determination.call_id.label("call_id"), func.min(_PLACE).label("position"))
        .join(Application, Application.id == Determination.application_id)
        .outerjoin(Readmission, Readmission.application_id == Determination.application_id)
        .where(*_on_the_list())
        .group_by(Determination.call_id)
        .subquery()
    )
    query = (
        select(Application, Readmission)
        .join(Determination, Determination.application_id == Application.id)
        .outerjoin(Readmission, Readmission.application_id == Determination.application_id)
        .join(first, and_(first.c.call_id == Determination.call_id, first.c.position == _PLACE))
        .join(Application.call)
        .options(contains_eager(Application.call))
        .where(*_on_the_list(), or_(Readmission.id.is_(None), Readmission.by_merit.is_(False)))  # it is listed above
        .order_by(Determination.call_id, Determination.id)
    )
    rows: list[tuple[Application, Readmission | None]] = [(row[0], row[1]) for row in session().execute(query)]
    whose_turn = first_in_turn(readmission for _application, readmission in rows if readmission is not None)
    left = _left_by_call()
    return [
        NextInLine(application, Money(left.get(application.call_id, 0), application.currency))
        for application, readmission in rows
        if readmission is None or readmission in whose_turn
    ]


def _left_by_call() -> dict[int, int]:
    bound = (
        select(
            Commitment.allocation_id.label("allocation_id"),
            func.sum(Commitment.amount_cents - Commitment.released_cents).label("cents"),
        )
        .group_by(Commitment.allocation_id)
        .subquery()
    )
    query = (
        select(Allocation.call_id, func.sum(Allocation.amount_cents - func.coalesce(bound.c.cents, 0)))
        .outerjoin(bound, bound.c.allocation_id == Allocation.id)
        .group_by(Allocation.call_id)
        .order_by(Allocation.call_id)
    )
    return {call_id: int(cents) for call_id, cents in session().execute(query)}


def may_move_up(application: Application) -> bool:
    """Return whether an application on a waiting list is the next one, or won an appeal and so waits for nobody.

    Of several that an appeal brought back and that would have had support, only the one whose turn it is.
    """
    query = (
        select(Appeal.id, Readmission, _PLACE)
        .select_from(Determination)
        .outerjoin(Appeal, and_(Appeal.determination_id == Determination.id, Appeal.state == AppealState.UPHELD))
        .outerjoin(Readmission, Readmission.application_id == Determination.application_id)
        .where(Determination.application_id == application.id)
    )
    found = session().execute(query).one()
    upheld: int | None = found[0]
    mine: Readmission | None = found[1]
    if upheld is not None and (mine is None or mine.by_merit):
        return mine is None or application in upheld_waiting()
    before = session().scalar(
        select(func.count(Determination.id))
        .join(Application, Application.id == Determination.application_id)
        .outerjoin(Readmission, Readmission.application_id == Determination.application_id)
        .where(*_on_the_list(), Determination.call_id == application.call_id, found[2] > _PLACE)
    )
    return not before and (mine is None or mine in first_in_turn(_sharing(mine)))


def _sharing(readmission: Readmission) -> Sequence[Readmission]:
    """Return those that wait at the same place, this one among them."""
    query = (
        select(Readmission)
        .join(Application, Application.id == Readmission.application_id)
        .where(
            Readmission.call_id == readmission.call_id,
            Readmission.position == readmission.position,
            Application.state == ApplicationState.WAITLISTED,
        )
        .order_by(Readmission.id)
    )
    return session().scalars(query).all()


def awards_to_commit() -> int:
    """Count what the treasurer can commit now: calls, upheld appeals, and waiting lists whose first is covered."""
    return len(calls_waiting()) + len(upheld_waiting()) + sum(1 for one in next_in_line() if one.is_covered)


def _returns() -> Select[Award, int, int]:
    returned = (
        select(Commitment.award_id, func.sum(Commitment.returned_cents).label("cents"))
        .group_by(Commitment.award_id)
        .subquery()
    )
    return (
        select(Award, ExpenseReport.return_cents, func.coalesce(returned.c.cents, 0))
        .join(ExpenseReport, ExpenseReport.award_id == Award.id)
        .outerjoin(returned, returned.c.award_id == Award.id)
        .where(ExpenseReport.state == ReportState.ACCEPTED, ExpenseReport.return_cents > 0)
        .order_by(ExpenseReport.reviewed_at, Award.id)
    )


def returns_waiting() -> list[Return]:
    """Return the awards of which money has still to come back, oldest first, with application and applicant."""
    query = _returns().options(
        joinedload(Award.application).joinedload(Application.applicant),
        joinedload(Award.application).joinedload(Application.call),
    )
    found = [
        Return(award, Money(agreed, award.currency), Money(int(back), award.currency))
        for award, agreed, back in session().execute(query)
    ]
    return [one for one in found if one.missing.amount_cents > 0]


def money_to_return(award: Award) -> Money:
    """Return what of an award has still to come back."""
    row = session().execute(_returns().where(Award.id == award.id)).one_or_none()
    zero = Money.zero(award.currency)
    return max(Money(row[1] - int(row[2]), award.currency), zero) if row is not None else zero

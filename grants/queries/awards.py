"""Awards, what is to be paid of them, and the figures the public reports are made of."""

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from accounts.models import User
from core.database import session
from core.listing import contains, contains_folded
from grants.models.application import Application
from grants.models.award import Award, ExpenseReport, Tranche
from grants.models.call import Call
from grants.models.determination import Determination
from grants.states.award import AwardState, ReportState, TrancheState
from grants.states.determination import DeterminationState


def award_by_id(award_id: int) -> Award | None:
    """Return an award with everything its page shows."""
    return session().scalar(_whole().where(Award.id == award_id))


def hold(award: Award) -> None:
    """Read an award, its agreement, payments and reports again; others wait until the transaction ends."""
    whole = [selectinload(Award.agreement), selectinload(Award.tranches), selectinload(Award.reports)]
    query = select(Award).where(Award.id == award.id).options(*whole).with_for_update(of=Award)
    session().execute(query.execution_options(populate_existing=True)).scalar_one()


def awards_of(call: Call) -> list[Award]:
    """Return a call's awards with application, applicant, payments and agreement, by number."""
    return list(session().scalars(_whole().where(Application.call_id == call.id).order_by(Award.id)))


def awards_of_user(user_id: int) -> list[Award]:
    """Return the awards of a person whose results were released, newest first."""
    query = (
        _whole()
        .join(Determination, Determination.application_id == Award.application_id)
        .where(Application.applicant_user_id == user_id, Determination.state == DeterminationState.RELEASED)
        .order_by(Award.id.desc())
    )
    return list(session().scalars(query))


def agreements_to_accept(user_id: int) -> int:
    """Count the awards of a person whose agreement waits to be accepted."""
    query = _own(user_id).where(Award.state == AwardState.COMMITTED, Award.agreement.has())
    return session().scalar(query) or 0


def reports_to_file(user_id: int) -> int:
    """Count the awards of a person that were paid and wait for a report of expenses, or for a better one."""
    standing = Award.reports.any(ExpenseReport.state != ReportState.RETURNED)
    return session().scalar(_own(user_id).where(Award.state == AwardState.IN_PROGRESS, ~standing)) or 0


def _own(user_id: int) -> Select[int]:
    return (
        select(func.count(Award.id))
        .join(Award.application)
        .join(Determination, Determination.application_id == Award.application_id)
        .where(Application.applicant_user_id == user_id, Determination.state == DeterminationState.RELEASED)
    )


def _whole() -> Select[Award]:
    return (
        select(Award)
        .join(Award.application)
        .options(
            contains_eager(Award.application).joinedload(Application.applicant),
            contains_eager(Award.application).joinedload(Application.organisation),
            contains_eager(Award.application).joinedload(Application.call),
            joinedload(Award.agreement),
            selectinload(Award.tranches),
            selectinload(Award.reports),
        )
    )


def award_listing(*, state: AwardState | None = None, text: str = "") -> Select[Award]:
    """Return the SELECT of awards for a list page of the staff."""
    query = (
        select(Award)
        .join(Award.application)
        .join(Application.applicant)
        .join(Application.call)
        .options(
            contains_eager(Award.application).contains_eager(Application.applicant),
            contains_eager(Award.application).contains_eager(Application.call),
        )
    )
    if state is not None:
        query = query.where(Award.state == state)
    if text:
        query = query.where(or_(contains(Application.folio, text), contains_folded(User.name_folded, text)))
    return query.order_by(Award.id.desc())


def tranches_due() -> list[Tranche]:
    """Return the payments whose condition is met and for which no order exists, oldest first."""
    query = (
        select(Tranche)
        .options(joinedload(Tranche.award).joinedload(Award.application).joinedload(Application.applicant))
        .where(Tranche.state == TrancheState.DUE, Tranche.award.has(Award.state != AwardState.DECLINED))
        .order_by(Tranche.due_at, Tranche.id)
    )
    return list(session().scalars(query))


def has_moving_payment(award: Award) -> bool:
    """Return whether a payment of an award was ordered or made, as the database has it now."""
    moving = [TrancheState.ORDERED, TrancheState.PAID]
    return bool(session().scalar(select(exists().where(Tranche.award_id == award.id, Tranche.state.in_(moving)))))


def report_by_id(report_id: int) -> ExpenseReport | None:
    """Return an expense report with its lines, receipts, award and applicant."""
    query = (
        select(ExpenseReport)
        .options(
            selectinload(ExpenseReport.lines),
            joinedload(ExpenseReport.award).joinedload(Award.application).joinedload(Application.applicant),
        )
        .where(ExpenseReport.id == report_id)
    )
    return session().scalar(query)


def reports_of(award: Award) -> list[ExpenseReport]:
    """Return an award's expense reports with their lines and receipts."""
    query = (
        select(ExpenseReport)
        .options(selectinload(ExpenseReport.lines))
        .where(ExpenseReport.award_id == award.id)
        .order_by(ExpenseReport.number)
    )
    return list(session().scalars(query))


def count_reports_filed() -> int:
    """Count the expense reports that wait for a review."""
    return session().scalar(select(func.count()).where(ExpenseReport.state == ReportState.FILED)) or 0


def filed_reports() -> list[ExpenseReport]:
    """Return the expense reports that wait for a review, oldest first."""
    query = (
        select(ExpenseReport)
        .options(joinedload(ExpenseReport.award).joinedload(Award.application).joinedload(Application.applicant))
        .where(ExpenseReport.state == ReportState.FILED)
        .order_by(ExpenseReport.filed_at, ExpenseReport.id)
    )
    return list(session().scalars(query))

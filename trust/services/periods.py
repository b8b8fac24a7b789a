"""Closing a month: prove the sums, keep the proof, and let the database refuse every later entry."""

from datetime import date

from sqlalchemy import select

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from trust import queries
from trust.errors import EarlierPeriodOpen, PeriodNotFound, PeriodNotOver, PeriodNotProved
from trust.models import FiscalPeriod
from trust.rules import inputs_hash
from trust.services.verification import verify_ledger
from trust.states import PERIOD_STATES, PeriodState


def close_period(year: int, month: int) -> FiscalPeriod:
    """Close a month that has ended, after every earlier one, once the whole ledger is proved.

    The proof keeps the month's sums by account and their fingerprint; `verify_ledger` compares them for ever after.

    Raises:
        PeriodNotFound, IllegalTransition, EarlierPeriodOpen, PeriodNotOver, PeriodNotProved: it stays open.
    """
    name = f"{year}-{month:02d}"
    period = session().scalar(
        select(FiscalPeriod).where(FiscalPeriod.year == year, FiscalPeriod.month == month).with_for_update()
    )
    if period is None:
        raise PeriodNotFound(period=name)
    PERIOD_STATES.check(period.state, PeriodState.CLOSED)
    first_open = queries.first_open_period()
    if first_open is not None and (first_open.year, first_open.month) < (year, month):
        raise EarlierPeriodOpen(period=f"{first_open.year}-{first_open.month:02d}")
    if today() < (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)):
        raise PeriodNotOver(period=name)
    problems = verify_ledger()
    if problems:
        raise PeriodNotProved(count=len(problems))
    sums = queries.month_sums(year, month)
    period.state, period.closed_at, period.closed_by = PeriodState.CLOSED, now(), actor().user_id
    period.proof = {"sums": sums, "sha256": inputs_hash(sums=sums)}
    session().flush()
    record("ledger.period_closed", "fiscal_period", period.id, {"state": "open"}, {"sha256": period.proof["sha256"]})
    return period

"""Closing months and years with their proof, and opening the last closed month again when two people agree."""

from datetime import date

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.errors import MissingCredentials
from trust import emails, queries
from trust.errors import (
    EarlierPeriodOpen,
    NothingClosed,
    NotTheLastClosed,
    OthersReopening,
    OwnReopening,
    PeriodNotFound,
    PeriodNotOver,
    PeriodNotProved,
    ReasonRequired,
    ReopeningWaits,
    YearNotClosable,
)
from trust.models import FiscalPeriod, PeriodClosing, PeriodReopening
from trust.services.closings import keep_closing, keep_reopening, seal_audit
from trust.services.verification import verify_ledger
from trust.states import PERIOD_STATES, REOPENING_STATES, PeriodState, ReopeningState


def check_closable(period: FiscalPeriod) -> None:
    """Refuse a month whose turn to be closed has not come.

    Raises:
        IllegalTransition, EarlierPeriodOpen, PeriodNotOver.
    """
    year, month = period.year, period.month
    PERIOD_STATES.check(period.state, PeriodState.CLOSED)
    first_open = queries.first_open_period()
    if first_open is not None and (first_open.year, first_open.month) < (year, month):
        raise EarlierPeriodOpen(period=f"{first_open.year}-{first_open.month:02d}")
    if today() < (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)):
        raise PeriodNotOver(period=f"{year}-{month:02d}")


def close_period(year: int, month: int, *, confirmed: str = "") -> FiscalPeriod:
    """Close a month that has ended, after every earlier one, once the whole ledger is proved; then prove it again.

    The proof keeps the month's sums by account and their fingerprint; `verify_ledger` compares them for ever after.
    The act is kept as a PDF. `confirmed` says how whoever closes proved who they are.

    Raises:
        PeriodNotFound, IllegalTransition, EarlierPeriodOpen, PeriodNotOver, PeriodNotProved: it stays open.
    """
    sealed = seal_audit()
    queries.hold_books()
    period = queries.period_held(year, month)
    if period is None:
        raise PeriodNotFound(period=f"{year}-{month:02d}")
    check_closable(period)
    _prove()
    closing = keep_closing(year, month, period, sealed=sealed, confirmed=confirmed)
    period.state, period.closed_at, period.closed_by = PeriodState.CLOSED, closing.at, actor().user_id
    period.proof = {"sums": closing.sums, "sha256": closing.sha256}
    session().flush()
    _prove()
    return period


def close_year(year: int, *, confirmed: str = "") -> PeriodClosing:
    """Sign the year as a whole, once its twelve months are closed; the ledger is proved before and after.

    Nothing is posted: income and expense stay on their accounts, and the statements work out by date what they made
    of the net assets. A closing entry would make every sum of a range that holds it say that nothing was given.

    Raises:
        YearNotClosable, PeriodNotProved: the year stays as it was.
    """
    sealed = seal_audit()
    queries.hold_books()
    if year not in queries.years_to_close():
        raise YearNotClosable(year=year)
    _prove()
    closing = keep_closing(year, 0, None, sealed=sealed, confirmed=confirmed)
    _prove()
    return closing


def ask_reopening(year: int, month: int, *, reason: str) -> PeriodReopening:
    """Ask for the last closed month to be opened again; somebody else decides, and is told by e-mail.

    Raises:
        ReasonRequired, NothingClosed, NotTheLastClosed, ReopeningWaits: nothing was asked.
    """
    who = _person()
    if not reason.strip():
        raise ReasonRequired()
    period = _last_closed(year, month)
    if queries.reopening_waiting(period) is not None:
        raise ReopeningWaits(period=f"{year}-{month:02d}")
    wish = PeriodReopening(
        period=period, reason=reason.strip(), state=ReopeningState.ASKED, asked_by_id=who, asked_at=now()
    )
    session().add(wish)
    session().flush()
    record("ledger.reopening_asked", "period_reopening", wish.id, None, {"period": f"{year}-{month:02d}"})
    emails.send_reopening_asked(wish)
    return wish


def grant_reopening(wish: PeriodReopening) -> FiscalPeriod:
    """Agree to open a month again. Its old proof and act stay in its history; a year closed with it opens too.

    Raises:
        OwnReopening: who asked may not grant. IllegalTransition, NotTheLastClosed, PeriodNotProved: it stays closed.
    """
    queries.hold_books()
    who = _decider(wish, ReopeningState.GRANTED)
    period = _last_closed(wish.period.year, wish.period.month)
    PERIOD_STATES.check(period.state, PeriodState.OPEN)
    _prove()
    _decide(wish, ReopeningState.GRANTED, who)
    keep_reopening(wish, period.year, period.month, period)
    if queries.is_year_closed(period.year):
        keep_reopening(wish, period.year, 0, None)
        record("ledger.year_reopened", "fiscal_year", period.year, None, {"reopening": wish.id})
    old = (period.proof or {}).get("sha256")
    period.state, period.closed_at, period.closed_by, period.proof = PeriodState.OPEN, None, None, None
    session().flush()
    record(
        "ledger.period_reopened",
        "fiscal_period",
        period.id,
        {"state": "closed", "sha256": old},
        {"state": "open", "reopening": wish.id, "reason": wish.reason, "asked_by": wish.asked_by_id},
    )
    _prove()
    emails.send_reopening_decided(wish)
    return period


def refuse_reopening(wish: PeriodReopening, *, reason: str) -> None:
    """Say no to opening a month again, and why.

    Raises:
        OwnReopening, IllegalTransition, ReasonRequired: it still waits.
    """
    if not reason.strip():
        raise ReasonRequired()
    _decide(wish, ReopeningState.REFUSED, _decider(wish, ReopeningState.REFUSED), reason.strip())
    emails.send_reopening_decided(wish)


def withdraw_reopening(wish: PeriodReopening) -> None:
    """Take back one's own wish to open a month again.

    Raises:
        OthersReopening, IllegalTransition: it still waits.
    """
    REOPENING_STATES.check(wish.state, ReopeningState.WITHDRAWN)
    who = _person()
    if who != wish.asked_by_id:
        raise OthersReopening()
    _decide(wish, ReopeningState.WITHDRAWN, who)


def _decide(wish: PeriodReopening, state: ReopeningState, who: int, note: str | None = None) -> None:
    wish.state, wish.decided_by_id, wish.decided_at, wish.decision_note = state, who, now(), note
    session().flush()
    session().expire(wish, ["decided_by"])
    record(
        f"ledger.reopening_{state.value}",
        "period_reopening",
        wish.id,
        {"state": "asked"},
        {"state": state.value, "note": note},
    )


def _decider(wish: PeriodReopening, state: ReopeningState) -> int:
    session().refresh(wish, attribute_names=["state"], with_for_update=True)  # whoever comes second finds it decided
    REOPENING_STATES.check(wish.state, state)
    who = _person()
    if who == wish.asked_by_id:
        raise OwnReopening()
    return who


def _last_closed(year: int, month: int) -> FiscalPeriod:
    last = queries.last_closed_period()
    if last is None:
        raise NothingClosed()
    if (last.year, last.month) != (year, month):
        raise NotTheLastClosed(period=f"{last.year}-{last.month:02d}")
    held = queries.period_held(year, month)
    if held is None:
        raise PeriodNotFound(period=f"{year}-{month:02d}")
    return held


def _prove() -> None:
    problems = verify_ledger()
    if problems:
        raise PeriodNotProved(count=len(problems))


def _person() -> int:
    who = actor().user_id
    if who is None:
        raise MissingCredentials()
    return who

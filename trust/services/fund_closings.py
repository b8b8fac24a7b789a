"""Closing a fund: one person asks, says why and where the rest goes; another decides, and nothing is left behind."""

from collections.abc import Callable, Sequence

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.errors import MissingCredentials
from core.files import StoredFile
from core.language import N_
from trust import queries
from trust.errors import (
    ConsentRequired,
    FundClosed,
    FundClosingWaits,
    FundNotSettled,
    OthersFundClosing,
    OwnFundClosing,
    ReasonRequired,
    RestMayNotGo,
)
from trust.models import EntryKind, Fund, FundClosing
from trust.queries.fund_closings import Obstacle, fund_closing_of, obstacles, rest_of, verdict_on
from trust.rules.fund_closings import MayTake
from trust.services.ledger import Line, post_entry
from trust.services.posting import Posted
from trust.states import FUND_CLOSING_STATES, FUND_STATES, FundClosingState, FundState

MEMO = N_("Cierre de una bolsa: lo que quedaba pasa a otra")
Telling = Callable[[Fund], Sequence[Obstacle]]
_others: list[Telling] = []


def also_ask(tell: Telling) -> None:
    """Let a room above say what keeps a fund open."""
    if tell not in _others:
        _others.append(tell)


def what_keeps_open(fund: Fund) -> list[Obstacle]:
    """Return everything that has to end before a fund may."""
    return [*obstacles(fund), *(one for tell in _others for one in tell(fund))]


def ask_fund_closing(fund: Fund, *, target: Fund | None, reason: str, consent: StoredFile | None = None) -> FundClosing:
    """Ask for a fund to be closed and what it has left to go to `target`; somebody else decides.

    Raises:
        ReasonRequired, FundClosed, FundClosingWaits, FundNotSettled, RestMayNotGo, ConsentRequired: nothing is asked.
    """
    who = _person()
    if not reason.strip():
        raise ReasonRequired()
    session().refresh(fund, with_for_update=True)
    if fund.state != FundState.OPEN:
        raise FundClosed(fund=fund.code)
    if fund_closing_of(fund) is not None:
        raise FundClosingWaits(fund=fund.code)
    _check(fund, target, has_consent=consent is not None)
    wish = FundClosing(
        fund=fund,
        target=target if rest_of(fund) else None,
        reason=reason.strip(),
        consent_file_id=consent.id if consent else None,
        state=FundClosingState.ASKED,
        asked_by_id=who,
        asked_at=now(),
    )
    session().add(wish)
    session().flush()
    record(
        "fund.closing_asked", "fund_closing", wish.id, None,
        {"fund": fund.code, "target": target.code if target else None, "reason": wish.reason},
    )  # fmt: skip
    return wish


def grant_fund_closing(wish: FundClosing) -> Fund:
    """Agree to close a fund: what it has left goes to its target in one entry, and it takes and pays nothing more.

    Raises:
        OwnFundClosing: who asked may not grant. IllegalTransition, FundNotSettled, RestMayNotGo, ConsentRequired,
            MissingRate, PeriodClosed: it stays open.
    """
    queries.hold_books()  # nothing enters the fund between the look and the closing
    who = _decider(wish, FundClosingState.GRANTED)
    fund = wish.fund
    session().refresh(fund, with_for_update=True)
    FUND_STATES.check(fund.state, FundState.CLOSED)
    _check(fund, wish.target, has_consent=wish.consent_file_id is not None)
    entry = _move_rest(wish)
    _decide(wish, FundClosingState.GRANTED, who, entry=entry)
    fund.state, fund.accepts_gifts = FundState.CLOSED, False
    session().flush()
    record(
        "fund.closed", "fund", fund.id, {"state": "open"},
        {"state": "closed", "closing": wish.id, "entry": entry.label if entry else None},
    )  # fmt: skip
    return fund


def refuse_fund_closing(wish: FundClosing, *, reason: str) -> None:
    """Say no to closing a fund, and why.

    Raises:
        OwnFundClosing, IllegalTransition, ReasonRequired: it still waits.
    """
    if not reason.strip():
        raise ReasonRequired()
    _decide(wish, FundClosingState.REFUSED, _decider(wish, FundClosingState.REFUSED), note=reason.strip())


def withdraw_fund_closing(wish: FundClosing) -> None:
    """Take back one's own wish to close a fund.

    Raises:
        OthersFundClosing, IllegalTransition: it still waits.
    """
    FUND_CLOSING_STATES.check(wish.state, FundClosingState.WITHDRAWN)
    who = _person()
    if who != wish.asked_by_id:
        raise OthersFundClosing()
    _decide(wish, FundClosingState.WITHDRAWN, who)


def _check(fund: Fund, target: Fund | None, *, has_consent: bool) -> None:
    if what_keeps_open(fund):
        raise FundNotSettled(fund=fund.code)
    if not rest_of(fund):
        return
    if target is None or target.id == fund.id or target.state != FundState.OPEN:
        raise RestMayNotGo()
    verdict = verdict_on(fund, target)
    if verdict is MayTake.NO:
        raise RestMayNotGo()
    if verdict is MayTake.WITH_CONSENT and not has_consent:
        raise ConsentRequired()


def _move_rest(wish: FundClosing) -> Posted | None:
    rest, source, target = rest_of(wish.fund), wish.fund, wish.target
    if not rest or target is None:
        return None
    lines = []
    for account, money in rest:
        lines += [
            Line("4.8.1", source, money),
            Line(account, source, -money),
            Line(account, target, money),
            Line("4.8.1", target, -money),
        ]
    return post_entry(
        kind=EntryKind.TRANSFER,
        entry_date=today(),
        memo=MEMO,
        source=f"trust.fund_closing:{wish.id}",
        lines=lines,
        idempotency_key=f"fund-closing:{wish.id}",
    )


def _decide(
    wish: FundClosing, state: FundClosingState, who: int, *, note: str | None = None, entry: Posted | None = None
) -> None:
    wish.state, wish.decided_by_id, wish.decided_at, wish.decision_note = state, who, now(), note
    wish.entry_id = entry.id if entry else None
    session().flush()
    session().expire(wish, ["decided_by", "entry"])
    record(
        f"fund.closing_{state.value}", "fund_closing", wish.id, {"state": "asked"},
        {"state": state.value, "note": note},
    )  # fmt: skip


def _decider(wish: FundClosing, state: FundClosingState) -> int:
    session().refresh(wish, attribute_names=["state"], with_for_update=True)  # whoever comes second finds it decided
    FUND_CLOSING_STATES.check(wish.state, state)
    who = _person()
    if who == wish.asked_by_id:
        raise OwnFundClosing()
    return who


def _person() -> int:
    who = actor().user_id
    if who is None:
        raise MissingCredentials()
    return who

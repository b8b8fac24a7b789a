"""Open a committee, seat it, and move it through its phases."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from string import ascii_uppercase

from core.audit import record
from core.clock import local, now
from core.database import session
from scoring import queries
from scoring.errors import (
    DeadlineNotLater,
    LotAlreadyDrawn,
    NothingToRank,
    PanelAlreadyOpen,
    ReviewsAwaited,
    RulebookOfAnotherCall,
    SeatTaken,
    WindowBackwards,
    WindowNotOfRules,
)
from scoring.models import Panel, PanelSeat, RulebookVersion
from scoring.rules.rulebook import Rulebook
from scoring.services.assignments import end_assignments_of_seat
from scoring.services.phases import BEFORE_RANKING, hold_phase, in_words, is_window_over, require_phase, require_reason
from scoring.services.telling import Awaited, Waiting, tell
from scoring.states import PANEL, PanelState

Moved = Callable[[Panel], object]
# Whoever writes to reviewers stands above this room: it leaves word to be told.
_after_extension: list[Moved] = []


def when_window_extended(act: Moved) -> Moved:
    """Have `act(panel)` called, in the same transaction, whenever reviewers are given more time."""
    if act not in _after_extension:
        _after_extension.append(act)
    return act


def open_panel(
    *,
    call_key: str,
    rulebook: RulebookVersion,
    title: Mapping[str, str],
    review_opens_at: datetime,
    review_closes_at: datetime,
    is_supplementary: bool = False,
) -> Panel:
    """Open the committee of a call under a frozen rulebook. `title` is the call's own and public.

    A supplementary one has a key of its own below the call's, and reviews by the same rulebook what came back later.

    Raises:
        PanelAlreadyOpen, RulebookOfAnotherCall, WindowBackwards. WindowNotOfRules: the rulebook fixed another window.
    """
    if queries.panel_of_call(call_key) is not None:
        raise PanelAlreadyOpen()
    if call_key != rulebook.call_key and not (is_supplementary and call_key.startswith(f"{rulebook.call_key}/")):
        raise RulebookOfAnotherCall()
    if review_closes_at <= review_opens_at:
        raise WindowBackwards()
    if not is_supplementary:
        _require_window_of_rules(rulebook.rules, review_opens_at, review_closes_at)
    panel = Panel(
        call_key=call_key,
        title=dict(title),
        rulebook=rulebook,
        state=PanelState.SETUP,
        review_opens_at=review_opens_at,
        review_closes_at=review_closes_at,
        opened_at=now(),
        is_supplementary=is_supplementary,
    )
    session().add(panel)
    session().flush()
    record("panel.opened", "panel", panel.id, after={"rulebook": rulebook.sha256})
    return panel


def seat_reviewer(
    panel: Panel, *, reviewer_id: int, keywords: Sequence[str], institution_key: str | None = None
) -> PanelSeat:
    """Give a person a place and a letter. `reviewer_id` and `institution_key` mean nothing in this room.

    Raises:
        SeatTaken: the person has, or had, a place here. WrongPhase: the ranking is computed.
    """
    require_phase(panel, *BEFORE_RANKING)
    taken = queries.seats_by_reviewer(panel)
    if reviewer_id in taken:
        raise SeatTaken()
    seat = PanelSeat(
        panel=panel,
        reviewer_id=reviewer_id,
        letter=_letter(len(taken)),
        institution_key=institution_key,
        keywords=sorted(set(keywords)),
        seated_at=now(),
    )
    session().add(seat)
    session().flush()
    record("panel.reviewer_seated", "panel", panel.id, after={"seat": seat.id, "letter": seat.letter})
    return seat


def unseat_reviewer(seat: PanelSeat, *, reason: str) -> PanelSeat:
    """Let a person leave: what they had not finished is withdrawn, what they submitted stays and counts."""
    hold_phase(seat.panel, *BEFORE_RANKING)
    seat.left_at = now()
    seat.left_reason = require_reason(reason)
    ended = end_assignments_of_seat(seat, reason=seat.left_reason)
    session().flush()
    record("panel.reviewer_left", "panel", seat.panel_id, after={"seat": seat.id, "assignments_ended": ended})
    return seat


def advance_panel(panel: Panel, to: PanelState, *, reason: str = "") -> Panel:
    """Move a panel by hand. Ranking and release have services of their own; cancelling needs a reason.

    Raises:
        IllegalTransition: the life cycle has no such step. NothingToRank: there is no dossier to review.
        ReviewsAwaited: to the deliberation, while reviews may still come. LotAlreadyDrawn: or after the lot.
    """
    queries.hold_panel(panel)
    session().refresh(panel)
    if to in (PanelState.RANKED, PanelState.RELEASED):
        require_phase(panel)  # only compute_ranking and release_ranking lead there
    before = panel.state
    PANEL.check(before, to)
    if to == PanelState.CANCELLED:
        reason = require_reason(reason)
    elif to == PanelState.REVIEW and not queries.open_dossiers(panel):
        raise NothingToRank()
    elif to == PanelState.DISCUSSION and queries.is_lot_drawn(panel):
        raise LotAlreadyDrawn()
    elif to == PanelState.DISCUSSION and not is_window_over(panel) and (awaited := queries.count_readings_due(panel)):
        raise ReviewsAwaited(count=awaited, closes=in_words(panel.review_closes_at))
    panel.state = to
    session().flush()
    record("panel.advanced", "panel", panel.id, {"state": before}, {"state": to, "reason": reason})
    if to is PanelState.DISCUSSION:
        tell(Waiting(Awaited.DELIBERATION, panel, queries.submitted_by_seat(panel)))
    return panel


def _require_window_of_rules(rules: Rulebook, opens_at: datetime, closes_at: datetime) -> None:
    fixed = [(rules.review_opens, opens_at), (rules.review_closes, closes_at)]
    if any(said is not None and said != meant for said, meant in fixed):
        dates = " – ".join(local(said).strftime("%d/%m/%Y %H:%M:%S") for said, _meant in fixed if said is not None)
        raise WindowNotOfRules(dates=dates)


def extend_window(panel: Panel, closes_at: datetime, *, reason: str) -> Panel:
    """Give the reviewers more time, until the deliberation begins. What was sent stays sent.

    Raises:
        DeadlineNotLater: the moment is not later than the deadline and than now. ReasonMissing, WrongPhase.
    """
    require_phase(panel, PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW)
    reason = require_reason(reason)
    before = panel.review_closes_at
    if closes_at <= max(before, now()):
        raise DeadlineNotLater()
    panel.review_closes_at = closes_at
    session().flush()
    told = {"closes_at": closes_at.isoformat(), "reason": reason}
    record("panel.window_extended", "panel", panel.id, {"closes_at": before.isoformat()}, told)
    for act in _after_extension:
        act(panel)
    return panel


def _letter(number: int) -> str:
    """Return A…Z, then AA, AB…"""
    rounds, index = divmod(number, len(ascii_uppercase))
    return (_letter(rounds - 1) if rounds else "") + ascii_uppercase[index]

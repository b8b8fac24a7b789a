"""What changes in a published call: in public, numbered, with its reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.audit import record
from core.clock import local, now
from core.context import actor
from core.database import session
from grants.errors.calls import (
    CallNotOpen,
    CallValueRefused,
    DeadlineOnlyExtends,
    ExtensionPastResults,
    ReasonMissing,
    TextOutOfBounds,
)
from grants.models import Addendum, Call
from grants.queries.awards import awards_of
from grants.rules import deadlines
from grants.rules.moments import spoken_day
from grants.services.awards import decline_award
from grants.services.calls import bilingual
from grants.services.course import bring_up_to_date, move_call, schedule_advances
from grants.services.subscriptions import plan_letters, plan_notice
from grants.states.award import AwardState
from grants.states.call import CALL_STATES, CallState
from scoring.queries import panel_of_call
from scoring.services import advance_panel
from scoring.states import PANEL, PanelState

LONGEST_REASON = 2_000
CORRECTABLE = ("title", "summary", "body")


def extend_deadline(call: Call, closes_at: datetime, reason: str) -> Addendum:
    """Give everybody more time, in public and with the reason.

    Raises:
        DeadlineOnlyExtends: the new moment is not later. CallNotOpen: it is not published, or already in screening.
        ExtensionPastResults: not before the day of the results, which does not move.
    """
    bring_up_to_date(call)
    if call.state not in (CallState.PUBLISHED, CallState.OPEN) or call.closes_at is None:
        raise CallNotOpen()
    if closes_at <= call.closes_at or not deadlines.is_before_closing(closes_at, now()):
        raise DeadlineOnlyExtends()
    if call.results_on is not None and local(closes_at).date() >= call.results_on:
        raise ExtensionPastResults(results=spoken_day(call.results_on))
    return move_closing(call, closes_at, reason)


def move_closing(call: Call, closes_at: datetime, reason: str) -> Addendum:
    """Move a closing by a public notice; a call that closed meanwhile takes applications again.

    Raises:
        IllegalTransition: its screening has begun. ReasonMissing, TextOutOfBounds: the notice says nothing or too much.
    """
    old = call.closes_at
    assert old is not None
    notice = _addendum(call, "extension", reason, old_closes_at=old, new_closes_at=closes_at)
    call.closes_at = closes_at
    session().flush()
    if call.state is CallState.CLOSED:
        move_call(call, CallState.OPEN)
    schedule_advances(call)
    plan_letters(call)
    record(
        "call.deadline_extended",
        "call",
        call.id,
        {"closes_at": old.isoformat()},
        {"closes_at": closes_at.isoformat(), "addendum": notice.number},
    )
    return notice


def correct_text(call: Call, field: str, text: Mapping[str, str], reason: str) -> Addendum:
    """Correct a text of a published call, in public and with the reason; what it said stays in the notice.

    The fingerprint of the rules stays true: it is of the text as it was published.

    Raises:
        CallNotOpen: it is not published, or is over. CallValueRefused: not a text, nothing changed, or a language is
            missing. TextOutOfBounds, ReasonMissing.
    """
    bring_up_to_date(call)
    if call.frozen_sha256 is None or call.state in (CallState.FINAL, CallState.CANCELLED):
        raise CallNotOpen()
    if field not in CORRECTABLE:
        raise CallValueRefused(field=field[:20])
    old, new = dict(getattr(call, field)), bilingual(field, text)
    if new == old or not all(new.values()):
        raise CallValueRefused(field=field)
    notice = _addendum(call, "correction", reason, field=field, old_text=old, new_text=new)
    setattr(call, field, new)
    session().flush()
    record("call.text_corrected", "call", call.id, {field: old}, {field: new, "addendum": notice.number})
    return notice


def cancel_call(call: Call, reason: str) -> Addendum:
    """Stop a call for good, in public and with the reason; of a draft nobody knew, and nobody is told.

    The money its awards had bound goes back to the funds, and its committee has nothing left to do.

    Raises:
        IllegalTransition: it is over already, or one of its awards is being paid. ReasonMissing: nobody said why.
    """
    bring_up_to_date(call)
    CALL_STATES.check(call.state, CallState.CANCELLED)
    notice = _addendum(call, "cancellation", reason)
    move_call(call, CallState.CANCELLED)
    for award in awards_of(call):
        if award.state is not AwardState.DECLINED:
            decline_award(award, reason=notice.reason)
    panel = panel_of_call(call.slug)
    if panel is not None and PANEL.allows(panel.state, PanelState.CANCELLED):
        advance_panel(panel, PanelState.CANCELLED, reason=notice.reason)
    return notice


def _addendum(call: Call, kind: str, reason: str, **changed: Any) -> Addendum:
    said = reason.strip()
    if not said:
        raise ReasonMissing()
    if len(said) > LONGEST_REASON:
        raise TextOutOfBounds(most=LONGEST_REASON)
    number = len(call.addenda) + 1
    notice = Addendum(call=call, number=number, kind=kind, reason=said, at=now(), by_id=actor().user_id, **changed)
    session().add(notice)
    session().flush()
    if call.is_public:
        plan_notice(notice)
    return notice

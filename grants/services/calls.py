"""Write a call, move it through its life, and tell the public of every later change."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.clock import now
from core.context import SYSTEM, acting_as, actor
from core.database import session
from core.jobs import enqueue
from core.money import Money
from core.settings import setting
from grants.errors.calls import (
    CallFrozen,
    CallNotOpen,
    CallValueRefused,
    DeadlineOnlyExtends,
    ReasonMissing,
    SlugTaken,
    TextOutOfBounds,
)
from grants.models import Addendum, Call
from grants.models.call import SLUG_LENGTH
from grants.queries import calls as queries
from grants.rules import deadlines
from grants.rules.eligibility import FORMAT as ELIGIBILITY_FORMAT
from grants.rules.form import FORMAT as FORM_FORMAT
from grants.rules.tariff import FORMAT as TARIFF_FORMAT
from grants.states.call import CALL_STATES, Audience, CallState, Direction
from scoring.services import freeze_rulebook

LONGEST_TITLE = 200
LONGEST_SUMMARY = 600
LONGEST_BODY = 30_000
LONGEST_REASON = 2_000
FORMATS = {"form": FORM_FORMAT, "tariff": TARIFF_FORMAT, "eligibility": ELIGIBILITY_FORMAT}
EDITABLE = (CallState.DRAFT, CallState.CONSULTATION)
Text = Mapping[str, str]


def draft_call(
    *,
    slug: str,
    title: Text,
    summary: Text,
    body: Text,
    axes: Sequence[int],
    regions: Sequence[str],
    audience: Sequence[str],
    direction: Direction | str,
    cap_per_award: Money,
    form: Mapping[str, Any],
    tariff: Mapping[str, Any],
    eligibility: Mapping[str, Any],
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    results_on: date | None = None,
    appeal_days: int = 5,
) -> Call:
    """Begin a call. It may be incomplete: the checklist says what is missing before it is published.

    Raises:
        SlugTaken: another call has this address. CallValueRefused: a value outside the city's catalogues.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or not 3 <= len(slug) <= SLUG_LENGTH:
        raise CallValueRefused(field="slug")
    if queries.call_by_slug(slug) is not None:
        raise SlugTaken(slug=slug)
    call = Call(
        slug=slug,
        title={},
        summary={},
        body={},
        axes=[],
        regions=[],
        audience=[],
        direction=Direction.OUTBOUND,
        state=CallState.DRAFT,
        form={},
        tariff={},
        eligibility={},
        cap_per_award_cents=1,
        currency=cap_per_award.currency,
        version=1,
        created_at=now(),
        created_by_id=actor().user_id,
    )
    _apply(
        call,
        {
            "title": title,
            "summary": summary,
            "body": body,
            "axes": axes,
            "regions": regions,
            "audience": audience,
            "direction": direction,
            "cap_per_award": cap_per_award,
            "form": form,
            "tariff": tariff,
            "eligibility": eligibility,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "results_on": results_on,
            "appeal_days": appeal_days,
        },
    )
    try:
        with session().begin_nested():
            session().add(call)
    except IntegrityError:
        raise SlugTaken(slug=slug) from None
    record("call.drafted", "call", call.id, None, {"slug": slug})
    return call


def edit_call(call: Call, **changes: Any) -> Call:
    """Change a draft, by the names of `draft_call`. Whoever commented in the consultation sees the final text.

    Raises:
        CallFrozen: it is published.
    """
    if call.state not in EDITABLE:
        raise CallFrozen()
    _apply(call, changes)
    session().flush()
    record("call.edited", "call", call.id, None, {"fields": sorted(changes)})
    return call


def _apply(call: Call, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        match name:
            case "title" | "summary" | "body":
                setattr(call, name, _bilingual(name, value))
            case "axes" | "regions" | "audience":
                setattr(call, name, _chosen(name, value))
            case "direction":
                call.direction = Direction(value)
            case "cap_per_award":
                _set_cap(call, value)
            case "form" | "tariff" | "eligibility":
                setattr(call, name, _document(name, value))
            case "opens_at" | "closes_at" | "results_on":
                setattr(call, name, value)
            case "appeal_days" if isinstance(value, int) and 0 <= value <= 90:
                call.appeal_days = value
            case _:
                raise CallValueRefused(field=name)
    if call.opens_at is not None and call.closes_at is not None and call.opens_at >= call.closes_at:
        raise CallValueRefused(field="closes_at")


def _document(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    if value.get("format") != FORMATS[name]:
        raise CallValueRefused(field=name)
    return dict(value)


def _bilingual(name: str, value: Text) -> dict[str, str]:
    most = {"title": LONGEST_TITLE, "summary": LONGEST_SUMMARY, "body": LONGEST_BODY}[name]
    text = {language: str(value.get(language, "")).strip() for language in ("es", "en")}
    if any(len(part) > most for part in text.values()):
        raise TextOutOfBounds(most=most)
    return text


def _chosen(name: str, values: Sequence[Any]) -> list[Any]:
    catalogue = {
        "axes": [axis["id"] for axis in setting("AXES")],
        "regions": [region["id"] for region in setting("REGIONS")],
        "audience": [audience.value for audience in Audience],
    }[name]
    if any(value not in catalogue for value in values):
        raise CallValueRefused(field=name)
    return [value for value in catalogue if value in values]


def _set_cap(call: Call, cap: Money) -> None:
    if cap.amount_cents <= 0 or cap.currency != call.currency:
        raise CallValueRefused(field="cap_per_award")
    call.cap_per_award_cents = cap.amount_cents


def set_rulebook(call: Call, document: dict[str, Any]) -> Call:
    """Fix the rules by which reviewers score this call and link them to it.

    Raises:
        CallFrozen: it is published. RulebookInvalid: the document is not a rulebook.
    """
    if call.state not in EDITABLE:
        raise CallFrozen()
    call.rulebook = freeze_rulebook(document, call_key=call.slug)
    session().flush()
    record("call.rulebook_set", "call", call.id, None, {"sha256": call.rulebook.sha256})
    return call


def set_allocated_budget(call: Call, money: Money) -> Call:
    """Record the budget the treasury allocated. Called by the treasury in its own transaction.

    Raises:
        CallValueRefused: nothing, or another currency than the call's.
    """
    if money.amount_cents <= 0 or money.currency != call.currency:
        raise CallValueRefused(field="budget")
    before = call.budget_cents
    call.budget_cents = money.amount_cents
    session().flush()
    record("call.budget_allocated", "call", call.id, {"cents": before}, {"cents": money.amount_cents})
    return call


def move_call(call: Call, target: CallState) -> Call:
    """Take the next step of a call's life.

    Raises:
        IllegalTransition: the table has no such step; both ends are named.
    """
    CALL_STATES.check(call.state, target)
    before = call.state
    call.state = target
    session().flush()
    record("call.moved", "call", call.id, {"state": before.value}, {"state": target.value})
    return call


def bring_up_to_date(call: Call) -> Call:
    """Record what the clock already says: that the call has opened, or closed."""
    target = queries.state_now(call)
    with acting_as(SYSTEM):  # whoever happened to look at it did not open or close it
        if target is CallState.CLOSED and call.state is CallState.PUBLISHED:
            move_call(call, CallState.OPEN)
        if target is not call.state:
            move_call(call, target)
    return call


def advance_calls() -> int:
    """Open and close every call whose moment has come; return how many moved."""
    due = queries.calls_to_advance(now())
    for call in due:
        bring_up_to_date(call)
    return len(due)


def schedule_advances(call: Call) -> None:
    """Ask the worker to look at the call's state when it opens and right after its last second."""
    over = None if call.closes_at is None else call.closes_at + timedelta(seconds=1)
    for moment in (call.opens_at, over):
        if moment is not None and moment >= now():
            stamp = moment.isoformat()
            enqueue("grants.advance_calls", run_after=moment, unique_key=f"grants.advance_calls:{call.id}:{stamp}")


def extend_deadline(call: Call, closes_at: datetime, reason: str) -> Addendum:
    """Give everybody more time, in public and with the reason.

    Raises:
        DeadlineOnlyExtends: the new moment is not later. CallNotOpen: it is not published, or already in screening.
    """
    bring_up_to_date(call)
    if call.state not in (CallState.PUBLISHED, CallState.OPEN) or call.closes_at is None:
        raise CallNotOpen()
    old = call.closes_at
    if closes_at <= old or not deadlines.is_before_closing(closes_at, now()):
        raise DeadlineOnlyExtends()
    notice = _addendum(call, "extension", reason, old, closes_at)
    call.closes_at = closes_at
    session().flush()
    schedule_advances(call)
    record(
        "call.deadline_extended",
        "call",
        call.id,
        {"closes_at": old.isoformat()},
        {"closes_at": closes_at.isoformat(), "addendum": notice.number},
    )
    return notice


def cancel_call(call: Call, reason: str) -> Addendum:
    """Stop a call for good, in public and with the reason.

    Raises:
        IllegalTransition: it is over already. ReasonMissing: nobody said why.
    """
    bring_up_to_date(call)
    CALL_STATES.check(call.state, CallState.CANCELLED)
    notice = _addendum(call, "cancellation", reason, None, None)
    move_call(call, CallState.CANCELLED)
    return notice


def _addendum(call: Call, kind: str, reason: str, old: datetime | None, new: datetime | None) -> Addendum:
    said = reason.strip()
    if not said:
        raise ReasonMissing()
    if len(said) > LONGEST_REASON:
        raise TextOutOfBounds(most=LONGEST_REASON)
    number = len(call.addenda) + 1
    notice = Addendum(
        call=call,
        number=number,
        kind=kind,
        reason=said,
        old_closes_at=old,
        new_closes_at=new,
        at=now(),
        by_id=actor().user_id,
    )
    session().add(notice)
    session().flush()
    return notice

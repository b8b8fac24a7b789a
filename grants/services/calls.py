"""Write a call while it may still be written: its text, its documents, its rulebook and its budget."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy.exc import IntegrityError

from core.audit import abridged, record
from core.clock import now
from core.context import actor
from core.database import session
from core.language import localised
from core.money import Money
from core.settings import setting
from grants.errors.building import LineDepends, RequirementDepends
from grants.errors.calls import (
    CallFrozen,
    CallValueRefused,
    SlugTaken,
    TextOutOfBounds,
)
from grants.models import Call, LetterWording
from grants.models.call import SLUG_LENGTH
from grants.queries import calls as queries
from grants.rules.eligibility import FORMAT as ELIGIBILITY_FORMAT
from grants.rules.form import FORMAT as FORM_FORMAT
from grants.rules.form import question
from grants.rules.requirements import unanswerable
from grants.rules.rulebook_building import starting_rulebook
from grants.rules.tariff import FORMAT as TARIFF_FORMAT
from grants.rules.tariff_lines import uncounted
from grants.services.editions import values_of
from grants.states.call import Audience, CallState, Direction
from scoring.services import freeze_rulebook

LONGEST_TITLE = 200
LONGEST_SUMMARY = 600
LONGEST_BODY = 30_000
APPEAL_DAYS = 5
FORMATS = {"form": FORM_FORMAT, "tariff": TARIFF_FORMAT, "eligibility": ELIGIBILITY_FORMAT}
EDITABLE = (CallState.DRAFT, CallState.CONSULTATION)
Text = Mapping[str, str]


class CallFields(TypedDict, total=False):
    """What of a draft can be written."""

    title: Text
    summary: Text
    body: Text
    axes: Sequence[int]
    regions: Sequence[str]
    audience: Sequence[str]
    direction: Direction | str
    form: Mapping[str, Any]
    tariff: Mapping[str, Any]
    eligibility: Mapping[str, Any]
    opens_at: datetime | None
    closes_at: datetime | None
    results_on: date | None
    appeal_days: int


class CallChanges(CallFields, total=False):
    """What of a draft can be written again."""

    cap_per_award: Money


def draft_call(*, slug: str, cap_per_award: Money, **fields: Unpack[CallFields]) -> Call:
    """Begin a call. It may be incomplete: the checklist says what is missing before it is published.

    Raises:
        SlugTaken: another call has this address. CallValueRefused: a value outside the city's catalogues.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or not 3 <= len(slug) <= SLUG_LENGTH:
        raise CallValueRefused(field="slug")
    if queries.call_by_slug(slug) is not None:
        raise SlugTaken(slug=slug)
    call = _blank(slug, cap_per_award.currency)
    _apply(call, {"appeal_days": APPEAL_DAYS, **fields, "cap_per_award": cap_per_award})
    try:
        with session().begin_nested():
            session().add(call)
    except IntegrityError:
        raise SlugTaken(slug=slug) from None
    record("call.drafted", "call", call.id, None, {"slug": slug})
    return call


def copy_call(source: Call, *, slug: str, title: Text) -> Call:
    """Begin a call from another: its texts, scope, cap, form, requirements, tariff, letters and rules.

    Its dates, its budget and the rate of its day are not copied: the checklist asks for new ones.

    Raises:
        SlugTaken: another call has this address.
    """
    call = draft_call(
        slug=slug,
        title=title,
        summary=source.summary,
        body=source.body,
        axes=source.axes,
        regions=source.regions,
        audience=source.audience,
        direction=source.direction,
        cap_per_award=Money(source.cap_per_award_cents, source.currency),
        form=deepcopy(source.form),
        tariff={**deepcopy(source.tariff), "rate": {}},
        eligibility=deepcopy(source.eligibility),
        appeal_days=source.appeal_days,
    )
    call.wordings = [
        LetterWording(kind=own.kind, language=own.language, subject=own.subject, body=own.body)
        for own in source.wordings
    ]
    if source.rulebook is not None:
        set_rulebook(call, {**deepcopy(source.rulebook.document), "title": dict(title)})
    record("call.copied", "call", call.id, None, {"from": source.slug})
    return call


def _blank(slug: str, currency: str) -> Call:
    return Call(
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
        currency=currency,
        version=1,
        created_at=now(),
        created_by_id=actor().user_id,
    )


def edit_call(call: Call, **changes: Unpack[CallChanges]) -> Call:
    """Change a draft, by the names of `draft_call`. Whoever commented in the consultation sees the final text.

    The audit event holds what changed, before and after; saving the same again leaves none.

    Raises:
        CallFrozen: it is published. RequirementDepends, LineDepends: a requirement or a line of the budget is about an
        answer that the form would not ask.
    """
    if call.state not in EDITABLE:
        raise CallFrozen()
    if "axes" in changes and "form" not in changes:
        changes = {**changes, "form": _asking_axes(call.form, _chosen("axes", changes["axes"]))}
    before = values_of(call, changes)
    _apply(call, changes)
    if {"form", "eligibility"} & changes.keys():
        for rule in unanswerable(call.eligibility, call.form):
            raise RequirementDepends(reason=localised(rule["reason"]))
    if {"form", "tariff"} & changes.keys():
        for line in uncounted(call.tariff, call.form):
            raise LineDepends(line=line.label)
    session().flush()
    after = values_of(call, changes)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        was, now_is = ({name: values[name] for name in changed} for values in (before, after))
        record("call.edited", "call", call.id, abridged(was), abridged(now_is))
    return call


def _apply(call: Call, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        match name:
            case "title" | "summary" | "body":
                setattr(call, name, bilingual(name, value))
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


def _asking_axes(document: Mapping[str, Any], axes: Sequence[int]) -> dict[str, Any]:
    """Return a form whose question of the axis offers the axes of its call, in the words it already had for them."""
    item = question(document, "axis")
    if item is None or item["type"] != "choice" or not axes:
        return dict(document)
    kept = {option["value"]: option for option in item["options"]}
    every = {str(axis["id"]): {"value": str(axis["id"]), "label": dict(axis["name"])} for axis in setting("AXES")}
    offered = [kept.get(str(axis), every[str(axis)]) for axis in axes]
    sections = [
        {**section, "questions": [{**one, "options": offered} if one is item else one for one in section["questions"]]}
        for section in document["sections"]
    ]
    return {**document, "sections": sections}


def _document(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    if value.get("format") != FORMATS[name]:
        raise CallValueRefused(field=name)
    return dict(value)


def bilingual(name: str, value: Text) -> dict[str, str]:
    """Return a text of a call in both languages, trimmed.

    Raises:
        TextOutOfBounds: one of them is too long.
    """
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


def starting_rules(call: Call) -> dict[str, Any]:
    """Return the rules by which a call is scored unless the clerk changes them."""
    return starting_rulebook(
        call.form,
        call.title,
        currency=call.currency,
        lot_source=setting("LOT_SOURCE"),
        cap_per_award_cents=call.cap_per_award_cents,
    )


def set_rulebook(call: Call, document: dict[str, Any]) -> Call:
    """Fix the rules by which reviewers score this call and link them to it.

    Raises:
        CallFrozen: it is published. RulebookInvalid: the document is not a rulebook.
    """
    if call.state not in EDITABLE:
        raise CallFrozen()
    before = {"sha256": call.rulebook.sha256} if call.rulebook is not None else None
    call.rulebook = freeze_rulebook(document, call_key=call.slug)
    session().flush()
    record("call.rulebook_set", "call", call.id, before, {"sha256": call.rulebook.sha256})
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

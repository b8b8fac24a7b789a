"""Change the rules of evaluation one part at a time: a document goes in, another comes out, the first stays as it was.

What this leaves untouched of a document is kept, also what an editor does not know.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from grants.errors.building import CriterionLast, PartUnknown, TooManyParts
from grants.rules import form as form_rules
from grants.rules.form_building import free_id, slug
from scoring.rules.rulebook import plain
from scoring.rules.templates import standard_rulebook

Document = Mapping[str, Any]
GROUPS = ("bonus", "reserved")
FIRST_TIME = "first_time"  # the question of the standard form whose «yes» the standard reserved places are for
MOST = 20  # of criteria, of bonus points and of reserved places: as the format has it


def starting_rulebook(
    call_form: Mapping[str, Any],
    title: Mapping[str, str],
    *,
    currency: str,
    lot_source: Mapping[str, str],
    cap_per_award_cents: int | None,
) -> dict[str, Any]:
    """Return the rules a call starts from: the standard ones, with no right that no answer of its form gives."""
    document = standard_rulebook(
        title, currency=currency, lot_source=lot_source, cap_per_award_cents=cap_per_award_cents
    )
    question = form_rules.question(call_form, FIRST_TIME)
    reserved = [
        {**entry, "when": {"question": FIRST_TIME, "in": ["yes"], "text": _first_time(question)}}
        for entry in document["reserved"]
        if question is not None
    ]
    kept = {f"reserved:{entry['id']}" for entry in reserved}
    ties = [tie for tie in document["ties"] if not tie.startswith("reserved:") or tie in kept]
    return {**document, "bonus": [], "reserved": reserved, "ties": ties}


def _first_time(question: Mapping[str, Any]) -> dict[str, str]:
    label = question["label"]
    return {"es": f"{label['es']}: Sí", "en": f"{label.get('en') or label['es']}: Yes"}


def part_of(document: Document, kind: str, part_id: str) -> dict[str, Any] | None:
    """Return the criterion, bonus or reserved places of an id; None when there is none."""
    return next((dict(entry) for entry in document[kind] if entry["id"] == part_id), None)


def put_part(document: Document, kind: str, part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with a part in place of the one of its id, or added at the end.

    The total of the weights is worked out again.

    Raises:
        TooManyParts: the format takes no more.
    """
    known = part_of(document, kind, part["id"]) is not None
    if not known and len(document[kind]) >= MOST:
        raise TooManyParts(most=MOST)
    parts = [dict(part) if entry["id"] == part["id"] else entry for entry in document[kind]]
    return _settled({**document, kind: parts if known else [*parts, dict(part)]})


def remove_part(document: Document, kind: str, part_id: str) -> dict[str, Any]:
    """Return the document without a part, nor what broke ties by it.

    Raises:
        PartUnknown. CriterionLast: something has to be scored.
    """
    if part_of(document, kind, part_id) is None:
        raise PartUnknown()
    if kind == "criteria" and len(document[kind]) == 1:
        raise CriterionLast()
    ties = [tie for tie in document["ties"] if tie != f"{_tie_name(kind)}:{part_id}"]
    parts = [entry for entry in document[kind] if entry["id"] != part_id]
    return _settled({**document, kind: parts, "ties": ties})


def move_part(document: Document, kind: str, part_id: str, places: int) -> dict[str, Any]:
    """Return the document with a part moved up (negative) or down, at most to the ends.

    Raises:
        PartUnknown.
    """
    part = part_of(document, kind, part_id)
    if part is None:
        raise PartUnknown()
    order = list(document[kind])
    at = order.index(part)
    order.insert(max(0, min(at + places, len(order) - 1)), order.pop(at))
    return {**document, kind: order}


def possible_ties(document: Document) -> list[str]:
    """Return what may still be added to what breaks ties: the lot is always the last and never missing."""
    everything = [f"criterion:{entry['id']}" for entry in document["criteria"]]
    everything += [f"reserved:{entry['id']}" for entry in document["reserved"]] + ["lower_request"]
    return [tie for tie in everything if tie not in document["ties"]]


def add_tie(document: Document, tie: str) -> dict[str, Any]:
    """Return the document in which `tie` decides right before the lot.

    Raises:
        PartUnknown: it cannot decide, or does already.
    """
    if tie not in possible_ties(document):
        raise PartUnknown()
    return {**document, "ties": [*document["ties"][:-1], tie, "lot"]}


def move_tie(document: Document, tie: str, places: int) -> dict[str, Any]:
    """Return the document with a tie-breaker moved up or down; the lot stays the last.

    Raises:
        PartUnknown.
    """
    order = list(document["ties"][:-1])
    if tie not in order:
        raise PartUnknown()
    at = order.index(tie)
    order.insert(max(0, min(at + places, len(order) - 1)), order.pop(at))
    return {**document, "ties": [*order, "lot"]}


def remove_tie(document: Document, tie: str) -> dict[str, Any]:
    """Return the document in which `tie` does not decide.

    Raises:
        PartUnknown: it did not, or it is the lot.
    """
    if tie not in document["ties"][:-1]:
        raise PartUnknown()
    return {**document, "ties": [one for one in document["ties"] if one != tie]}


def new_id(document: Document, name: str) -> str:
    """Return an id for a new part, readable and not taken by another."""
    taken = {entry["id"] for kind in ("criteria", *GROUPS) for entry in document[kind]}
    wanted = slug(name)[:36].strip("_") or "parte"
    return free_id(wanted if wanted[0].isalpha() else f"p_{wanted}", taken)


def _tie_name(kind: str) -> str:
    return "criterion" if kind == "criteria" else kind


def _settled(document: dict[str, Any]) -> dict[str, Any]:
    total = sum((Fraction(entry["weight"]) for entry in document["criteria"]), Fraction(0))
    return {**document, "weights_total": plain(total)}

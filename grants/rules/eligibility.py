"""Who may take part: rules as data, facts in, a verdict with its reasons out.

The same rules answer the public quiz and the check at submission.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.language import localised
from grants.rules import form as form_rules
from grants.rules.itinerary import Leg, total_days

FORMAT = "puente-eligibility/1"
OPERATORS = ("is", "in", "at_least", "at_most", "before", "from")  # the last two of days, written as 2026-11-30
ANSWER = "answer:"  # before the id of a question whose answer is the fact
NOT_ASKED = object()  # the fact of a question that this applicant is not asked: no rule about it is theirs
ELSEWHERE = "elsewhere"  # the answer of those who live outside the city's territories


@dataclass(frozen=True, slots=True)
class RuleReason:
    """How one rule came out: passed, failed, or None where the fact is not known; with its bilingual reason."""

    rule: str
    passed: bool | None
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The verdict: True only when every rule passed, False when one failed, None while something is unknown."""

    eligible: bool | None
    reasons: tuple[RuleReason, ...]

    @property
    def failed(self) -> tuple[RuleReason, ...]:
        """The rules that say no."""
        return tuple(reason for reason in self.reasons if reason.passed is False)


def evaluate(eligibility: Mapping[str, Any], facts: Mapping[str, Any]) -> Eligibility:
    """Judge `facts` by every rule, in the published order."""
    reasons = tuple(RuleReason(rule["id"], _passes(rule, facts), rule["reason"]) for rule in eligibility["rules"])
    outcomes = {reason.passed for reason in reasons}
    verdict = False if False in outcomes else None if None in outcomes else True
    return Eligibility(verdict, reasons)


def spoken_note(note: str, reasons: Sequence[Mapping[str, Any]]) -> str:
    """Return why an application was refused: the officer's words as they are, or the rules' own in the reader's tongue.

    `reasons` are the verdicts kept beside the note.
    """
    failed = [verdict["reason"] for verdict in reasons if verdict["passed"] is False]
    if note != " ".join(str(reason["es"]) for reason in failed):
        return note
    return " ".join(localised(reason) for reason in failed)


def _passes(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> bool | None:
    condition = rule.get("when")
    if condition is not None and facts.get(condition["fact"]) not in condition["in"]:
        return True  # the rule is not about this applicant
    known = facts.get(rule["fact"])
    if known is NOT_ASKED:
        return True
    wanted = rule["value"]
    match rule["operator"]:
        case _ if known is None:
            passed = None
        case "is":
            passed = bool(known == wanted)
        case "in":
            passed = known in wanted
        case _ if type(known) is not type(wanted):
            passed = None  # an answer kept from before its question changed
        case "at_least" | "from":
            passed = bool(known >= wanted)
        case "before":
            passed = bool(known < wanted)
        case _:
            passed = bool(known <= wanted)
    return passed


def facts_of(
    *,
    kind: str,
    direction: str,
    answers: Mapping[str, Any],
    legs: list[Leg],
    territories: list[str],
    form: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the facts that an application states. A fact nobody stated is None, never guessed."""
    alcaldia = answers.get("alcaldia")
    people = 1 if kind == "person" else answers.get("people")
    return {
        "kind": kind,
        "direction": direction,
        "lives_in_city": None if not alcaldia else alcaldia in territories,
        "adult": _yes_no(answers.get("adult")),
        "previous_award": _yes_no(answers.get("previous_award")),
        "invited": _yes_no(answers.get("invited")),
        "days": total_days(legs) or None,
        "people": int(people) if isinstance(people, int) else None,
        **_answered(form, answers, kind),
    }


def _answered(form: Mapping[str, Any], answers: Mapping[str, Any], kind: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for _step, item in form_rules.questions(form):
        value = answers.get(item["id"])
        if not form_rules.applies(item, answers, kind):
            facts[ANSWER + item["id"]] = NOT_ASKED
        elif value not in (None, "") and form_rules.is_possible(item, value):
            facts[ANSWER + item["id"]] = _yes_no(value) if item["type"] == "yes_no" else value
    return facts


def _yes_no(value: Any) -> bool | None:
    return {"yes": True, "no": False, True: True, False: False}.get(value) if value is not None else None


def faults(eligibility: Mapping[str, Any]) -> list[str]:
    """Return what keeps a document from being a set of rules, as paths; empty when it is one."""
    found = [] if eligibility.get("format") == FORMAT else ["format"]
    rules = eligibility.get("rules") or []
    if not rules:
        found.append("rules")
    for number, rule in enumerate(rules):
        if rule.get("operator") not in OPERATORS or not rule.get("fact") or "value" not in rule:
            found.append(f"rules/{number}")
        if not all(
            (rule.get(name) or {}).get(language) for name in ("question", "reason") for language in ("es", "en")
        ):
            found.append(f"rules/{number}/text")
    return found

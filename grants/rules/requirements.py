"""What a requirement may be about, facts of an application or answers of its form, and what it says in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.language import N_, _, localised
from core.money import Money, format_money
from grants.errors.building import RequirementUnknown, TooManyRequirements
from grants.rules import form as form_rules
from grants.rules.earlier_awards import is_wait, years_of
from grants.rules.eligibility import ANSWER
from grants.rules.form_building import free_id, slug
from grants.rules.moments import spoken_day
from grants.rules.standard.words import text
from grants.states.application import KIND_LABELS
from grants.states.call import DIRECTION_LABELS, Direction

MOST_REQUIREMENTS = 40
LARGEST_NUMBER = 1_000_000
ASKABLE = ("yes_no", "choice", "number", "money", "date")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "yes_no": ("is",),
    "choice": ("in",),
    "number": ("at_least", "at_most"),
    "money": ("at_least", "at_most"),  # cents; the rule says of which currency
    "date": ("before", "from"),
}
OPERATOR_LABELS: Mapping[str, str] = {
    "at_least": N_("Esa cantidad o más"),
    "at_most": N_("Esa cantidad o menos"),
    "before": N_("Antes de ese día"),
    "from": N_("Ese día o después"),
}
Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a requirement may be about: its type, and how the quiz asks for it."""

    id: str
    type: str
    question: Mapping[str, str]
    item: Mapping[str, Any] | None = None  # the question of the form it is the answer to

    @property
    def kinds(self) -> Sequence[str]:
        """Who is asked for it; empty where everybody is."""
        return tuple((self.item or {}).get("kinds", ()))

    @property
    def label(self) -> str:
        """What a clerk reads, in the reader's language."""
        return localised(self.question)


BUILT_IN = (
    Fact("kind", "choice", text("¿Quién solicita?", "Who applies?")),
    Fact("direction", "choice", text("¿En qué sentido es el viaje?", "Which way is the journey?")),
    Fact("days", "number", text("¿Cuántos días durará tu viaje?", "How many days will your journey last?")),
    Fact("people", "number", text("¿Cuántas personas viajan?", "How many people travel?")),
    Fact("lives_in_city", "yes_no", text("¿Vives en la ciudad?", "Do you live in the city?")),
    Fact("adult", "yes_no", text("¿Tienes 18 años o más?", "Are you 18 or older?")),
    Fact(
        "previous_award",
        "yes_no",
        text(
            "¿Recibiste apoyo de este fondo en los últimos dos años?",
            "Did you receive support from this fund in the last two years?",
        ),
    ),
)
# Answers that a fact above is already made of.
_MADE_INTO_FACTS = ("adult", "previous_award", "people")


def facts(form: Mapping[str, Any]) -> list[Fact]:
    """Return what requirements of a call may be about: what every application says, then the answers of its form."""
    answers = [
        Fact(ANSWER + item["id"], item["type"], item["label"], item)
        for _step, item in form_rules.questions(form)
        if item["type"] in ASKABLE and item["id"] not in _MADE_INTO_FACTS
    ]
    return [*BUILT_IN, *answers]


def fact_of(form: Mapping[str, Any], fact_id: str) -> Fact | None:
    """Return one of them by its id, or None."""
    return next((fact for fact in facts(form) if fact.id == fact_id), None)


def options(fact: Fact) -> list[tuple[str, str]]:
    """Return the values of a fact one chooses from, with their names in the reader's language."""
    match fact.id:
        case "kind":
            return [(kind.value, _(label)) for kind, label in KIND_LABELS.items()]
        case "direction":
            return [(one.value, _(label)) for one, label in DIRECTION_LABELS.items() if one is not Direction.BOTH]
        case _:
            return [(one["value"], localised(one["label"])) for one in (fact.item or {}).get("options", ())]


def spoken(rule: Rule, form: Mapping[str, Any]) -> str:
    """Return what a rule compares with, in words: of its reason, the part that a machine reads."""
    value, fact = rule["value"], fact_of(form, rule["fact"])
    match rule["operator"]:
        case "is" if is_wait(rule):
            said = _("No, en los últimos %(years)s años", years=years_of(rule))
        case "is":
            said = _("Sí") if value else _("No")
        case "in":
            names = dict(options(fact)) if fact is not None else {}
            said = ", ".join(names.get(one, str(one)) for one in value)
        case "at_least":
            said = _("%(value)s o más", value=_amount(rule))
        case "at_most":
            said = _("%(value)s o menos", value=_amount(rule))
        case "before":
            said = _("antes del %(day)s", day=spoken_day(date.fromisoformat(value)))
        case _:
            said = _("desde el %(day)s", day=spoken_day(date.fromisoformat(value)))
    only = [_(label) for kind, label in KIND_LABELS.items() if kind.value in (rule.get("when") or {}).get("in", ())]
    return said + "; " + _("solo para: %(kinds)s", kinds=", ".join(only)) if only else said


def _amount(rule: Rule) -> str:
    value, currency = rule["value"], rule.get("currency")
    return format_money(Money(value, currency)) if currency else str(value)


def unanswerable(eligibility: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules about an answer that the form does not ask for, or no longer in that way."""
    for rule in eligibility.get("rules") or ():
        if str(rule.get("fact", "")).startswith(ANSWER) and not _is_asked(rule, fact_of(form, rule["fact"])):
            yield rule


def _is_asked(rule: Rule, fact: Fact | None) -> bool:
    if fact is None or rule["operator"] not in OPERATORS[fact.type]:
        return False
    if (fact.type == "money") != ("currency" in rule):  # both are compared alike, but five pesos are 500 cents
        return False
    return rule["operator"] != "in" or set(rule["value"]) <= dict(options(fact)).keys()


def put(eligibility: Mapping[str, Any], rule: Rule, rule_id: str | None) -> dict[str, Any]:
    """Return the rules with one in the place of `rule_id`, or added at the end under an id of its own.

    Raises:
        RequirementUnknown: there is no such rule any more. TooManyRequirements.
    """
    rules = list(eligibility.get("rules", ()))
    if rule_id is not None:
        rules[_place(rules, rule_id)] = {**rule, "id": rule_id}
        return {**eligibility, "rules": rules}
    if len(rules) >= MOST_REQUIREMENTS:
        raise TooManyRequirements(most=MOST_REQUIREMENTS)
    taken = {"nuevo", "residence", "age", "wait", "stay", *(one["id"] for one in rules)}
    return {**eligibility, "rules": [*rules, {**rule, "id": free_id(slug(rule["fact"]), taken)}]}


def remove(eligibility: Mapping[str, Any], rule_id: str) -> dict[str, Any]:
    """Return the rules without one.

    Raises:
        RequirementUnknown: there is no such rule any more.
    """
    rules = list(eligibility.get("rules", ()))
    del rules[_place(rules, rule_id)]
    return {**eligibility, "rules": rules}


def _place(rules: Sequence[Rule], rule_id: str) -> int:
    at = next((at for at, rule in enumerate(rules) if rule["id"] == rule_id), None)
    if at is None:
        raise RequirementUnknown()
    return at

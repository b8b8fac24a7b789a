"""The public quiz: may somebody with these answers take part? One question for each fact its rules are about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import DateField, RadioField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Optional

from core.forms import MoneyField, choices
from core.language import _, lazy, localised
from core.money import Money
from grants.forms.applications import WholeNumberField
from grants.rules.eligibility import NOT_ASKED
from grants.rules.requirements import BUILT_IN, LARGEST_NUMBER, Fact, fact_of, options

KIND = BUILT_IN[0]


class QuizForm(PlainForm):
    """Asked of anybody, kept nowhere. What does not concern whoever answers may stay empty."""

    rules: list[Mapping[str, Any]]
    asked: dict[str, Fact]

    def facts(self) -> dict[str, Any]:
        """Return the facts a person stated."""
        found = {fact.id: _stated(self[name], fact) for name, fact in self.asked.items()}
        for fact in self.asked.values():
            others = fact.kinds and found.get(KIND.id) not in fact.kinds
            depends = found[fact.id] is None and "when" in (fact.item or {})
            if others or depends:
                found[fact.id] = NOT_ASKED
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that a rule for this person needs is answered."""
        valid = super().validate(extra_validators)
        facts = self.facts()
        needed = {KIND.id, *(rule["fact"] for rule in self.rules if _concerns(rule, facts))}
        for name, fact in self.asked.items():
            field = self[name]
            if fact.id in needed and facts[fact.id] is None and not field.errors:
                field.errors = [_("Responde esta pregunta.")]
                valid = False
        return bool(valid)


def quiz_form(eligibility: Mapping[str, Any], form: Mapping[str, Any], sent: Any) -> QuizForm:
    """Build the quiz from the rules of a call and its form, filled with what was sent."""
    rules = list(eligibility.get("rules", ()))
    facts: dict[str, Fact] = {}
    for rule in rules:
        known = fact_of(form, rule["fact"]) or Fact(rule["fact"], "yes_no", rule["question"])
        facts.setdefault(rule["fact"], Fact(known.id, known.type, rule["question"], known.item))
    if any(rule.get("when") for rule in rules) or any(fact.kinds for fact in facts.values()):
        facts = {KIND.id: facts.pop(KIND.id, KIND), **facts}
    asked = {fact.id.replace(":", "_"): fact for fact in facts.values()}
    kind: type[QuizForm] = type("AskedForm", (QuizForm,), {name: _field(fact, rules) for name, fact in asked.items()})
    built = kind(sent)
    built.rules, built.asked = rules, asked
    return built


def _concerns(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    condition = rule.get("when")
    return condition is None or facts.get(condition["fact"]) in condition["in"]


def _field(fact: Fact, rules: Sequence[Mapping[str, Any]]) -> Any:
    about = [rule for rule in rules if rule["fact"] == fact.id]
    everybody = not fact.kinds and "when" not in (fact.item or {}) and any("when" not in rule for rule in about)
    needed = InputRequired(message=lazy("Responde esta pregunta."))
    label, kept = localised(fact.question), [needed if everybody or fact.id == KIND.id else Optional()]
    match fact.type:
        case "number":
            item = fact.item or {"max": 1_000}
            return WholeNumberField(label, kept, least=item.get("min", 0), most=item.get("max", LARGEST_NUMBER))
        case "money":
            return MoneyField(label, kept, currency=about[0]["currency"])
        case "date":
            return DateField(label, kept)
        case "choice":
            return RadioField(label, kept, choices=choices(options(fact)))
        case _:
            return RadioField(label, kept, choices=choices([("yes", _("Sí")), ("no", _("No"))]))


def _stated(field: Any, fact: Fact) -> Any:
    if isinstance(field, WholeNumberField):
        return field.number
    if isinstance(field.data, Money):
        return field.data.amount_cents
    if isinstance(field.data, date):
        return field.data.isoformat()
    if fact.type == "choice":
        return field.data if field.data in dict(options(fact)) else None
    return {"yes": True, "no": False}.get(str(field.data))

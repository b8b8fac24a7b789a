"""The form of one requirement: what it compares, for whom, how the quiz asks and how a refusal is explained."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import MoneyField, PuenteForm, choices
from core.language import LANGUAGES, N_, _, lazy
from core.money import Money
from grants.forms.applications import WholeNumberField
from grants.rules.earlier_awards import is_wait, years_of
from grants.rules.requirements import LARGEST_NUMBER, OPERATOR_LABELS, OPERATORS, Fact, options
from grants.states.application import KIND_LABELS

LONGEST_WORDS = 300
COMPARED = ("number", "money", "date")  # the types of facts whose requirement says more, less, before or after


def _words(label: str) -> StringField:
    checks = [
        InputRequired(message=lazy("Escríbelo en los dos idiomas.")),
        Length(max=LONGEST_WORDS, message=lazy(N_("Es demasiado largo: caben %(max)d caracteres."))),
    ]
    return StringField(lazy(label), checks)


class RequirementForm(PuenteForm):
    """A requirement about one fact; which fields count depends on the fact's type."""

    expected = RadioField(lazy("La respuesta debe ser"), [Optional()], validate_choice=False)
    values = SelectMultipleField(lazy("Debe ser una de estas"), [Optional()], validate_choice=False)
    operator = RadioField(lazy("Debe ser"), [Optional()], validate_choice=False)
    number = WholeNumberField(lazy("Cantidad"), [Optional()], least=0, most=LARGEST_NUMBER)
    amount = MoneyField(lazy("Cantidad"), [Optional()])
    day = DateField(lazy("Día"), [Optional()])
    kinds = SelectMultipleField(lazy("A quién se aplica"), [Optional()], validate_choice=False)
    question_es = _words(N_("Cómo se pregunta en el cuestionario, en español"))
    question_en = _words(N_("Cómo se pregunta en el cuestionario, en inglés"))
    reason_es = _words(N_("Cómo se explica en español"))
    reason_en = _words(N_("Cómo se explica en inglés"))
    fact: Fact
    before: Mapping[str, Any]

    @classmethod
    def of(cls, fact: Fact, rule: Mapping[str, Any] | None, currency: str) -> "RequirementForm":
        """Return the form of a rule, or of a new one about a fact; amounts are in the currency of the call."""
        before = rule or {"question": fact.question, "reason": {}, "when": {"in": fact.kinds}}
        form = cls(data=_shown(fact, before, currency))
        form.fact, form.before, form.amount.currency = fact, before, currency
        form.expected.choices = choices([("yes", _("Sí")), ("no", _("No"))])
        form.values.choices = choices(options(fact))
        form.operator.choices = choices((one, _(OPERATOR_LABELS[one])) for one in _compared(fact))
        form.kinds.choices = choices((kind.value, _(label)) for kind, label in KIND_LABELS.items())
        for field in (form.expected, form.values, form.operator, form.number, form.amount, form.day):
            field.flags.required = True  # of these the page shows what the fact needs
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Something known is compared with something known; a changed number is said in both texts."""
        found = [super().validate(extra_validators), *self._lacking(), *self._unsaid()]
        return all(found)

    def _lacking(self) -> list[bool]:
        missing: list[tuple[Any, str]] = []
        match self.fact.type:
            case "yes_no" if self.expected.data not in ("yes", "no"):
                missing.append((self.expected, _("Elige una de las opciones.")))
            case "choice" if not self.values.data or not set(self.values.data) <= dict(options(self.fact)).keys():
                missing.append((self.values, _("Elige al menos una.")))
            case "number" | "money" | "date":
                if self.operator.data not in OPERATORS[self.fact.type]:
                    missing.append((self.operator, _("Elige una de las opciones.")))
                if self.fact.type == "number" and self.number.number is None:
                    missing.append((self.number, _("Escribe un número.")))
                if self.fact.type == "money" and (self.amount.data is None or self.amount.data.amount_cents < 0):
                    missing.append((self.amount, _("Escribe una cantidad de cero o más.")))
                if self.fact.type == "date" and self.day.data is None:
                    missing.append((self.day, _("Escribe un día.")))
        for field, sentence in missing:
            if not field.errors:
                field.errors = [sentence]
        return [False for _one in missing]

    def _unsaid(self) -> list[bool]:
        same = self.before.get("value") in (None, self.value()) and self.before.get("operator") in (None, self._test())
        if same or self.fact.type not in COMPARED:
            return []
        unsaid = [code for code in LANGUAGES if self[f"reason_{code}"].data == self.before["reason"].get(code)]
        for code in unsaid:
            self[f"reason_{code}"].errors = [_("Cambiaste lo que se exige: di también aquí cuál es ahora.")]
        return [False for _code in unsaid]

    def _test(self) -> str:
        return str(self.operator.data) if self.fact.type in COMPARED else OPERATORS[self.fact.type][0]

    def value(self) -> Any:
        """Return what the fact is compared with."""
        match self.fact.type:
            case "yes_no":
                return self.expected.data == "yes"
            case "choice":
                return [value for value, _label in options(self.fact) if value in (self.values.data or ())]
            case "number":
                return self.number.number
            case "money":
                return self.amount.data.amount_cents if self.amount.data is not None else None
            case _:
                return self.day.data.isoformat() if self.day.data else None

    def rule(self) -> dict[str, Any]:
        """Return the rule as the call keeps it, without its id."""
        found: dict[str, Any] = {
            "fact": self.fact.id,
            "operator": self._test(),
            "value": self.value(),
            "question": {code: self[f"question_{code}"].data for code in LANGUAGES},
            "reason": {code: self[f"reason_{code}"].data for code in LANGUAGES},
        }
        if is_wait(found):
            found["years"] = years_of(self.before)  # the list of requirements asks for them
        if self.fact.type == "money":
            found["currency"] = self.amount.currency
        kinds = [kind.value for kind in KIND_LABELS if kind.value in (self.kinds.data or ())]
        if 0 < len(kinds) < len(KIND_LABELS) and self.fact.id != "kind":
            found["when"] = {"fact": "kind", "in": kinds}
        return found


def _compared(fact: Fact) -> tuple[str, ...]:
    return OPERATORS[fact.type] if fact.type in COMPARED else ()


def _shown(fact: Fact, rule: Mapping[str, Any], currency: str) -> dict[str, Any]:
    value = rule.get("value")
    shown: dict[str, Any] = {
        f"{part}_{code}": rule[part].get(code, "") for part in ("question", "reason") for code in LANGUAGES
    }
    shown["kinds"] = list((rule.get("when") or {}).get("in", ()))
    match fact.type:
        case "yes_no":
            shown["expected"] = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
        case "choice":
            shown["values"] = list(value or ())
        case "number":
            shown |= {"number": value, "operator": rule.get("operator")}
        case "money":
            amount = Money(value, currency) if isinstance(value, int) else None
            shown |= {"amount": amount, "operator": rule.get("operator")}
        case _:
            shown |= {"day": date.fromisoformat(value) if value else None, "operator": rule.get("operator")}
    return shown

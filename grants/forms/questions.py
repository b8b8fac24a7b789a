"""The two lists of the clerk's editor: the questions of a call and its requirements."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, FieldList, FormField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import Optional, Regexp, ValidationError

from core.forms import PuenteForm, clean_text
from core.language import _, lazy
from grants.forms.applications import WholeNumberField
from grants.forms.calls import bounded
from grants.models import Call
from grants.rules import form as rules
from grants.rules.earlier_awards import is_wait, years_of
from grants.rules.requirements import LARGEST_NUMBER, MOST_REQUIREMENTS


class QuestionForm(PlainForm):
    """One question of the form as the clerk edits it."""

    label_es = StringField(lazy("Pregunta en español"), bounded(300), filters=[clean_text])
    label_en = StringField(lazy("Pregunta en inglés"), bounded(300), filters=[clean_text])
    required = BooleanField(lazy("Es obligatoria"))
    blind = BooleanField(lazy("La ven quienes evalúan (no identifica a nadie)"))
    max_words = StringField(
        lazy("Máximo de palabras"), [Optional(), Regexp(r"^\d{1,4}$", message=lazy("Escribe un número."))]
    )


class QuestionsForm(PuenteForm):
    """The questions of a call, and room for one more."""

    questions = FieldList(FormField(QuestionForm), max_entries=80)
    new_es = StringField(lazy("Pregunta nueva en español"), bounded(300))
    new_en = StringField(lazy("Pregunta nueva en inglés"), bounded(300))

    @classmethod
    def of(cls, call: Call) -> "QuestionsForm":
        """Return the form filled from a call, in the order of its steps."""
        rows = [
            {
                "label_es": item["label"]["es"],
                "label_en": item["label"]["en"],
                "required": bool(item.get("required")),
                "blind": bool(item.get("blind")),
                "max_words": str(item.get("max_words") or ""),
            }
            for _step, item in rules.questions(call.form)
        ]
        return cls(data={"questions": rows})

    def validate_new_en(self, field: Any) -> None:
        """A new question comes in both languages."""
        if bool(field.data) != bool(self.new_es.data):
            raise ValidationError(_("Escribe la pregunta nueva en los dos idiomas."))

    def changed(self, form: Mapping[str, Any], new_id: str) -> dict[str, Any]:
        """Return the call's form with what was typed put in; a new question joins the project's step."""
        rows = iter(self.questions)
        sections = []
        for section in form["sections"]:
            questions = [_edited(item, next(rows, None)) for item in section["questions"]]
            if section["id"] == "proyecto" and self.new_es.data:
                questions.append(
                    {
                        "id": new_id,
                        "type": "text",
                        "label": {"es": self.new_es.data, "en": self.new_en.data},
                        "required": False,
                        "blind": False,
                        "max_words": 200,
                    }
                )
            sections.append({**section, "questions": questions})
        return {**form, "sections": sections}


def _edited(item: Mapping[str, Any], row: Any) -> dict[str, Any]:
    if row is None:
        return dict(item)
    typed = row.form
    changed = {
        **item,
        "label": {"es": typed.label_es.data or item["label"]["es"], "en": typed.label_en.data or item["label"]["en"]},
        "required": bool(typed.required.data),
        "blind": bool(typed.blind.data),
    }
    if item["type"] == "text":
        changed["max_words"] = int(typed.max_words.data or 0) or None
    return changed


class RequirementForm(PlainForm):
    """One rule of eligibility as the clerk edits it."""

    kept = BooleanField(lazy("Este requisito se aplica"))
    reason_es = StringField(lazy("Cómo se explica en español"), bounded(300), filters=[clean_text])
    reason_en = StringField(lazy("Cómo se explica en inglés"), bounded(300), filters=[clean_text])
    number = WholeNumberField(lazy("Número que se exige"), [Optional()], least=0, most=LARGEST_NUMBER)


class RequirementsForm(PuenteForm):
    """The rules of eligibility: which apply, and how each is explained."""

    rules = FieldList(FormField(RequirementForm), max_entries=MOST_REQUIREMENTS + 10)
    offered: list[dict[str, Any]]

    @classmethod
    def of(cls, offered: list[dict[str, Any]], kept: set[str]) -> "RequirementsForm":
        """Return the form with every rule on offer, those in `kept` ticked."""
        rows = [
            {
                "kept": rule["id"] in kept,
                "reason_es": rule["reason"]["es"],
                "reason_en": rule["reason"]["en"],
                "number": number_of(rule),
            }
            for rule in offered
        ]
        form = cls(data={"rules": rows})
        form.offered = offered
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """A number never says one thing and its explanation another: who changes it changes both texts."""
        valid = super().validate(extra_validators)
        for rule, entry in zip(self.offered, self.rules, strict=False):
            typed = entry.form
            if not asks_number(rule) or not typed.kept.data or typed.number.number in (None, number_of(rule)):
                continue
            for text, before in ((typed.reason_es, rule["reason"]["es"]), (typed.reason_en, rule["reason"]["en"])):
                if (text.data or before) == before:
                    text.errors = [_("Cambiaste el número: di también aquí cuál es ahora.")]
                    valid = False
        return bool(valid)

    def chosen(self) -> list[dict[str, Any]]:
        """Return the rules that were ticked, with their numbers and texts."""
        found = []
        for rule, entry in zip(self.offered, self.rules, strict=False):
            typed = entry.form
            if typed.kept.data:
                es, en = typed.reason_es.data or rule["reason"]["es"], typed.reason_en.data or rule["reason"]["en"]
                number = typed.number.number if asks_number(rule) else None
                found.append({**with_number(rule, number), "reason": {"es": es, "en": en}})
        return found


def asks_number(rule: Mapping[str, Any]) -> bool:
    """Return whether a rule of eligibility has a number, which the clerk writes."""
    return number_of(rule) is not None


def number_of(rule: Mapping[str, Any]) -> int | None:
    """Return the number of a rule: what it compares with unless it is money, or how many years past grantees wait."""
    if is_wait(rule):
        return years_of(rule)
    return int(rule["value"]) if rule["operator"] in ("at_least", "at_most") and "currency" not in rule else None


def with_number(rule: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    """Return a rule with another number; the question about a wait says how long it is."""
    if number is None or number == number_of(rule):
        return dict(rule)
    if not is_wait(rule):
        return {**rule, "value": number}
    asked = {
        "es": f"¿Recibiste apoyo de este fondo en los últimos {number} años?",
        "en": f"Did you receive support from this fund in the last {number} years?",
    }
    return {**rule, "years": number, "question": asked}

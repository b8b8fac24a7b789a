"""The rules of evaluation as the clerk writes them: a criterion, and a group that gains points or places."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from core.forms import PuenteForm, choices
from core.language import N_, _, current_language, lazy
from grants.forms.subscriptions import AtLeastOne, ManyField
from grants.rules import form as form_rules
from scoring.rules.rulebook import plain

TOO_LONG = lazy(N_("Es demasiado largo: caben %(max)d caracteres."))
BOTH = lazy(N_("Escríbelo en los dos idiomas."))
NUMBER = lazy(N_("Escribe un número, por ejemplo 2.5."))
WHOLE = lazy(N_("Escribe un número entero."))
MOST_VALUES = 101


def short_text(label: str, most: int = 300) -> StringField:
    """Return a field for a line of text."""
    return StringField(lazy(label), [InputRequired(message=BOTH), Length(max=most, message=TOO_LONG)])


def long_text(label: str, most: int = 4_000) -> TextAreaField:
    """Return a field for a text of some paragraphs."""
    return TextAreaField(lazy(label), [InputRequired(message=BOTH), Length(max=most, message=TOO_LONG)])


def decimal(label: str, *, required: bool = True, default: str = "") -> StringField:
    """Return a field for a number of up to six decimals; `data` is as typed, with comma or point."""
    first: Any = InputRequired(message=NUMBER) if required else Optional()
    return StringField(lazy(label), [first, Regexp(r"^\d{1,9}([.,]\d{1,6})?$", message=NUMBER)], default=default)


def whole(label: str, least: int, most: int, *, required: bool = True) -> IntegerField:
    """Return a field for a whole number between two bounds."""
    first: Any = InputRequired(message=WHOLE) if required else Optional()
    between = lazy(N_("Escribe un número de %(min)s a %(max)s."), min=least, max=most)
    return IntegerField(lazy(label), [first, NumberRange(least, most, message=between)])


def fraction(text: str | None) -> Fraction:
    """Return what somebody typed as a number, comma or point."""
    return Fraction((text or "0").replace(",", "."))


def shortest(text: str | None) -> str | None:
    """Return what somebody typed as the rulebook writes numbers; None for nothing."""
    return plain(fraction(text)) if text else None


def both(form: Any, name: str) -> dict[str, str]:
    """Return what was typed in the two languages under one name."""
    return {language: form[f"{name}_{language}"].data for language in ("es", "en")}


class CriterionForm(PuenteForm):
    """One thing reviewers judge, with what each value of its scale means."""

    name_es, name_en = short_text(N_("Nombre en español")), short_text(N_("Nombre en inglés"))
    description_es = long_text(N_("Qué se juzga, en español"))
    description_en = long_text(N_("Qué se juzga, en inglés"))
    weight = decimal(N_("Peso"))
    lowest, highest = decimal(N_("Valor más bajo"), default="0"), decimal(N_("Valor más alto"), default="5")
    step = decimal(N_("De cuánto en cuánto"), default="1")
    threshold = decimal(N_("Mínimo exigido"), required=False)
    anchors_es = long_text(N_("Qué significa cada valor, en español"), 30_000)
    anchors_en = long_text(N_("Qué significa cada valor, en inglés"), 30_000)

    @classmethod
    def of(cls, part: Mapping[str, Any] | None) -> "CriterionForm":
        """Return the form of a criterion, or of a new one."""
        if part is None:
            return cls()
        scale = part["scale"]
        told = {
            f"anchors_{one}": "\n".join(row["text"].get(one, "") for row in part["anchors"]) for one in ("es", "en")
        }
        told |= {f"{name}_{one}": part[name].get(one, "") for name in ("name", "description") for one in ("es", "en")}
        told |= {"weight": part["weight"], "threshold": part["threshold"] or ""}
        return cls(data=told | {"lowest": scale["min"], "highest": scale["max"], "step": scale["step"]})

    def validate_highest(self, field: StringField) -> None:
        """The scale begins below where it ends, and steps reach its end."""
        if self.lowest.errors or self.step.errors:
            return
        if len(self.values()) < 2:
            raise ValidationError(
                _("La escala necesita dos valores o más, hasta 101, y que el paso llegue justo al final.")
            )

    def validate_anchors_es(self, field: TextAreaField) -> None:
        """One line for each value."""
        self._count(field)

    def validate_anchors_en(self, field: TextAreaField) -> None:
        """The same lines in the other language."""
        self._count(field)

    def values(self) -> list[str]:
        """Return the values of the scale from the lowest; fewer than two where it makes no sense."""
        if not all(one.data and not one.errors for one in (self.lowest, self.step)) or not self.highest.data:
            return []
        try:
            low, high, step = (fraction(one.data) for one in (self.lowest, self.highest, self.step))
        except ValueError:
            return []
        count = (high - low) / step if step else Fraction(0)
        if count.denominator != 1 or not 1 <= count < MOST_VALUES:
            return []
        return [plain(low + step * number) for number in range(int(count) + 1)]

    def part(self, part_id: str, better: str) -> dict[str, Any]:
        """Return the criterion as the rulebook has it."""
        lines = {one: _lines(self[f"anchors_{one}"].data) for one in ("es", "en")}
        return {
            "id": part_id,
            "name": both(self, "name"),
            "description": both(self, "description"),
            "weight": plain(fraction(self.weight.data)),
            "scale": {
                "min": plain(fraction(self.lowest.data)),
                "max": plain(fraction(self.highest.data)),
                "step": plain(fraction(self.step.data)),
                "better": better,
            },
            "anchors": [
                {"value": value, "text": {"es": es, "en": en}}
                for value, es, en in zip(self.values(), lines["es"], lines["en"], strict=True)
            ],
            "threshold": shortest(self.threshold.data),
        }

    def _count(self, field: TextAreaField) -> None:
        values, lines = self.values(), _lines(field.data)
        if values and len(lines) != len(values):
            raise ValidationError(
                _(
                    "La escala va de %(low)s a %(high)s: escribe %(wanted)s renglones, uno por valor; hay %(found)s.",
                    low=values[0],
                    high=values[-1],
                    wanted=len(values),
                    found=len(lines),
                )
            )


class GroupForm(PuenteForm):
    """Who gains extra points or has places kept, and by which answer."""

    kind = RadioField(lazy(N_("Qué recibe")), validate_choice=False, default="bonus")
    name_es, name_en = short_text(N_("Nombre en español")), short_text(N_("Nombre en inglés"))
    points = decimal(N_("Puntos adicionales"), required=False)
    places = whole(N_("Lugares reservados"), 1, 1000, required=False)
    winner_uses_place = BooleanField(
        lazy(N_("Quien gana sin la reserva ocupa también un lugar reservado")), default=True
    )
    answers = ManyField(
        lazy(N_("Respuestas que dan derecho")), [AtLeastOne(N_("Elige al menos una respuesta."))], validate_choice=False
    )

    @classmethod
    def of(cls, call_form: Mapping[str, Any], kind: str, part: Mapping[str, Any] | None) -> "GroupForm":
        """Return the form of a group, or of a new one; the answers are those of the call's own questions."""
        told: dict[str, Any] = {"kind": kind}
        if part is not None:
            told |= {"name_es": part["name"]["es"], "name_en": part["name"].get("en", ""), "points": part.get("points")}
            told |= {"places": part.get("places"), "winner_uses_place": part.get("winner_uses_place", True)}
            when = part.get("when")
            told["answers"] = [f"{when['question']}={value}" for value in when["in"]] if when else []
        built = cls(data=told)
        built.kind.choices = choices([("bonus", _("Puntos adicionales")), ("reserved", _("Lugares reservados"))])
        built.answers.choices = answers_of(call_form)
        return built

    def validate_points(self, field: StringField) -> None:
        """Points are asked of what gives points."""
        if self.kind.data == "bonus" and not (field.data and fraction(field.data) > 0):
            raise ValidationError(_("Escribe cuántos puntos, más de cero."))

    def validate_places(self, field: IntegerField) -> None:
        """Places are asked of what keeps places."""
        if self.kind.data == "reserved" and field.data is None:
            raise ValidationError(_("Escribe cuántos lugares."))

    def validate_answers(self, field: ManyField) -> None:
        """Answers to one question."""
        if len({value.partition("=")[0] for value in field.data or []}) > 1:
            raise ValidationError(_("Elige una o más respuestas de una misma pregunta."))

    def validate_kind(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in ("bonus", "reserved"):
            raise ValidationError(_("Elige una de las opciones."))

    def part(self, part_id: str, call_form: Mapping[str, Any]) -> dict[str, Any]:
        """Return the group as the rulebook has it, with the question and the answers in words."""
        question_id = (self.answers.data or [""])[0].partition("=")[0]
        values = [value.partition("=")[2] for value in self.answers.data or []]
        question = form_rules.question(call_form, question_id)
        assert question is not None
        part: dict[str, Any] = {"id": part_id, "name": both(self, "name")}
        part["when"] = {"question": question_id, "in": values, "text": _spoken(question, values)}
        if self.kind.data == "bonus":
            return part | {"points": plain(fraction(self.points.data))}
        return part | {"places": self.places.data, "winner_uses_place": bool(self.winner_uses_place.data)}


def answers_of(call_form: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the answers that may give a right, by question, as the options of a field."""
    found: dict[str, list[Any]] = {}
    for _step, item in form_rules.questions(call_form):
        answers = _answers(item, current_language())
        if answers:
            found[form_rules.label(item)] = choices((f"{item['id']}={value}", label) for value, label in answers)
    return found


def _answers(item: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    if item["type"] == "yes_no":
        return [("yes", _("Sí")), ("no", _("No"))]
    return form_rules.options(item, language) if item["type"] == "choice" else []


def _spoken(question: Mapping[str, Any], values: list[str]) -> dict[str, str]:
    said = {}
    for language in ("es", "en"):
        words = {"yes": {"es": "Sí", "en": "Yes"}[language], "no": "No"}
        words |= dict(form_rules.options(question, language))
        chosen = ", ".join(words.get(value, value) for value in values)
        said[language] = f"{question['label'].get(language) or question['label']['es']}: {chosen}"[:4_000]
    return said


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]

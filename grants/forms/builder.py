"""One question of a call as the clerk writes it: its words, its type, who reads it and when it is asked."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from core.forms import PuenteForm, choices
from core.language import N_, _, current_language, lazy, localised
from grants.rules import form as rules
from grants.rules.form_building import NEEDED, free_id, place_of, slug

TYPE_LABELS: Mapping[str, str] = {
    "text": N_("Texto con límite de palabras"),
    "line": N_("Una línea de texto"),
    "choice": N_("Elegir una opción"),
    "yes_no": N_("Sí o no"),
    "number": N_("Número"),
    "money": N_("Cantidad de dinero"),
    "date": N_("Fecha"),
    "file": N_("Archivo"),
}
TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")


def _words(label: str, most: int, *, required: bool = False) -> StringField:
    first = [InputRequired(message=lazy("Escríbelo en los dos idiomas."))] if required else []
    return StringField(lazy(label), [*first, Length(max=most, message=lazy(TOO_LONG))])


def _count(label: str, default: str = "") -> StringField:
    whole = Regexp(r"^\d{1,6}$", message=lazy("Escribe un número."))
    return StringField(lazy(label), [Optional(), whole], default=default)


class BuilderForm(PuenteForm):
    """A question of the form."""

    kind = RadioField(lazy("Tipo de respuesta"), validate_choice=False)
    label_es = _words(N_("Pregunta en español"), 300, required=True)
    label_en = _words(N_("Pregunta en inglés"), 300, required=True)
    hint_es = _words(N_("Ayuda en español"), 300)
    hint_en = _words(N_("Ayuda en inglés"), 300)
    required = BooleanField(lazy("Es obligatoria"))
    blind = BooleanField(lazy("La ven quienes evalúan (no identifica a nadie)"))
    max_words = _count(N_("Máximo de palabras"), "200")
    least = _count(N_("Número menor que se acepta"))
    most = _count(N_("Número mayor que se acepta"))
    options = TextAreaField(lazy("Opciones, una por renglón"), [Optional(), Length(max=6_000, message=lazy(TOO_LONG))])
    when = SelectField(lazy("Se pregunta"), validate_choice=False)
    section = SelectField(lazy("Paso del formulario"), validate_choice=False)

    fixed = False  # the fund works with the answer: its type and choices stay

    @classmethod
    def of(cls, form: Mapping[str, Any], item: Mapping[str, Any] | None, section: str) -> "BuilderForm":
        """Return the form of one question where it stands, or of a new one of a step."""
        steps = [(step["id"], localised(step["title"])) for step in rules.steps(form) if step["kind"] == "questions"]
        stands = section if item is None else place_of(form, item["id"])[0]
        built = cls(data=(_shown(item) if item is not None else {"kind": "text"}) | {"section": stands})
        built.section.choices = choices(steps)
        built.section.data = built.section.data or stands
        built.fixed = item is not None and item["id"] in NEEDED
        built.kind.choices = choices((kind, _(label)) for kind, label in TYPE_LABELS.items())
        built.when.choices = choices(_conditions(form, item))
        return built

    def validate_kind(self, field: Any) -> None:
        """Only the types there are."""
        if field.data not in TYPE_LABELS:
            raise ValidationError(_("Elige una de las opciones."))

    def validate_hint_en(self, field: Any) -> None:
        """Help comes in both languages or in none."""
        if bool(field.data) != bool(self.hint_es.data):
            raise ValidationError(_("Escribe la ayuda en los dos idiomas."))

    def validate_options(self, field: Any) -> None:
        """Two choices or more, each in both languages."""
        if self.kind.data != "choice" or self.fixed:
            return
        rows = _rows(field.data)
        if len(rows) < 2 or any(not es or not en for es, en in rows):
            raise ValidationError(_("Escribe dos opciones o más, cada una así: Español | English."))

    def validate_most(self, field: Any) -> None:
        """The greater is not less than the lesser."""
        if self.kind.data == "number" and field.data and self.least.data and int(field.data) < int(self.least.data):
            raise ValidationError(_("El mayor no puede ser menos que el menor."))

    def question(self, question_id: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the question as the call keeps it; what the page does not ask stays as it was before."""
        kind = before["type"] if before is not None and question_id in NEEDED else self.kind.data
        old = before or {}
        found: dict[str, Any] = {key: old[key] for key in ("kinds", "example") if key in old}
        found |= {
            "id": question_id,
            "type": kind,
            "label": {"es": self.label_es.data, "en": self.label_en.data},
            "required": bool(self.required.data),
            "blind": bool(self.blind.data),
        }
        if self.hint_es.data:
            found["hint"] = {"es": self.hint_es.data, "en": self.hint_en.data}
        if kind == "text":
            found["max_words"] = int(self.max_words.data or 0) or None
        if kind == "number":
            found |= {key: int(typed) for key, typed in (("min", self.least.data), ("max", self.most.data)) if typed}
        if kind == "choice":
            fixed = question_id in NEEDED and "options" in old
            found["options"] = old["options"] if fixed else _options(self.options.data, old)
        offered = {value for value, *_rest in self.when.iter_choices()}
        if self.when.data and self.when.data in offered:
            asked, _equals, answer = self.when.data.partition("=")
            found["when"] = {"question": asked, "in": [answer]}
        return found


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    hint, condition = item.get("hint") or {}, item.get("when")
    return {
        "kind": item["type"],
        "label_es": item["label"]["es"],
        "label_en": item["label"]["en"],
        "hint_es": hint.get("es", ""),
        "hint_en": hint.get("en", ""),
        "required": bool(item.get("required")),
        "blind": item.get("blind") is True,
        "max_words": str(item.get("max_words") or ""),
        "least": str(item.get("min", "")),
        "most": str(item.get("max", "")),
        "options": "\n".join(f"{one['label']['es']} | {one['label']['en']}" for one in item.get("options", ())),
        "when": f"{condition['question']}={condition['in'][0]}" if condition else "",
    }


def _conditions(form: Mapping[str, Any], item: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return what a question may depend on: an answer to a choice that stands before it."""
    found = [("", _("Siempre"))]
    for _step, other in rules.questions(form):
        if item is not None and other["id"] == item["id"]:
            break
        if other["type"] == "yes_no":
            answers = [("yes", _("Sí")), ("no", _("No"))]
        else:
            answers = rules.options(other, current_language()) if other["type"] == "choice" else []
        found += [
            (f"{other['id']}={value}", _("Si «%(label)s» es «%(answer)s»", label=rules.label(other), answer=answer))
            for value, answer in answers
        ]
    return found


def _rows(text: str | None) -> list[tuple[str, str]]:
    lines = [line.partition("|") for line in (text or "").splitlines() if line.strip()]
    return [(es.strip(), en.strip()) for es, _bar, en in lines]


def _options(text: str | None, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the choices. One whose Spanish words stay keeps its value, so that answers given to it stay answers."""
    known = {one["label"]["es"]: one["value"] for one in before.get("options", ())}
    taken = set(known.values())
    found = []
    for es, en in _rows(text):
        value = known.pop(es, None) or free_id(slug(es)[:40] or "opcion", taken)
        taken.add(value)
        found.append({"value": value, "label": {"es": es, "en": en}})
    return found

"""The forms around a call: the clerk's editor in sections, the consultation, the quiz."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from core.forms import CityDateTimeField, MoneyField, PuenteForm, choices, clean_text
from core.language import N_, _, current_language, lazy, localised
from core.money import Money
from core.settings import setting
from grants.forms.applications import WholeNumberField
from grants.models import Call
from grants.rules import form as rules
from grants.services.calls import LONGEST_BODY, LONGEST_REASON, LONGEST_SUMMARY, LONGEST_TITLE
from grants.services.consultation import LONGEST_COMMENT
from grants.states.call import AUDIENCE_LABELS, DIRECTION_LABELS, VERDICT_LABELS

TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")
SECTIONS: dict[str, str] = {
    "textos": N_("Textos"),
    "alcance": N_("Alcance"),
    "calendario": N_("Calendario"),
    "apoyo": N_("Apoyo y tarifa"),
    "preguntas": N_("Preguntas"),
    "elegibilidad": N_("Requisitos"),
    "reglas": N_("Reglas de evaluación"),
}


def _bounded(longest: int, required: str | None = None) -> list[Any]:
    first = DataRequired(message=lazy(required)) if required else Optional()
    return [first, Length(max=longest, message=lazy(TOO_LONG))]


class NewCallForm(PuenteForm):
    """What a call needs to exist: a title and an address."""

    title_es = StringField(lazy("Título en español"), _bounded(LONGEST_TITLE, N_("Escribe el título en español.")))
    title_en = StringField(lazy("Título en inglés"), _bounded(LONGEST_TITLE, N_("Escribe el título en inglés.")))
    slug = StringField(
        lazy("Dirección de la página"),
        [
            *_bounded(80, N_("Escribe la dirección de la página.")),
            Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy("Usa minúsculas sin acentos, números y guiones.")),
        ],
    )


class TextsForm(PuenteForm):
    """The texts of a call in both languages."""

    title_es = StringField(lazy("Título en español"), _bounded(LONGEST_TITLE))
    title_en = StringField(lazy("Título en inglés"), _bounded(LONGEST_TITLE))
    summary_es = TextAreaField(lazy("Resumen en español"), _bounded(LONGEST_SUMMARY))
    summary_en = TextAreaField(lazy("Resumen en inglés"), _bounded(LONGEST_SUMMARY))
    body_es = TextAreaField(lazy("Bases en español"), _bounded(LONGEST_BODY))
    body_en = TextAreaField(lazy("Bases en inglés"), _bounded(LONGEST_BODY))

    @classmethod
    def of(cls, call: Call) -> "TextsForm":
        """Return the form filled from a call."""
        names = ("title", "summary", "body")
        return cls(
            data={f"{name}_{code}": getattr(call, name).get(code, "") for name in names for code in ("es", "en")}
        )

    def changes(self) -> dict[str, Any]:
        """Return what to change, by the names of `edit_call`."""
        names = ("title", "summary", "body")
        return {name: {code: self[f"{name}_{code}"].data or "" for code in ("es", "en")} for name in names}


class ScopeForm(PuenteForm):
    """What a call is about, where to, and for whom."""

    axes = SelectMultipleField(lazy("Ejes"), [Optional()], validate_choice=False)
    regions = SelectMultipleField(lazy("Regiones"), [Optional()], validate_choice=False)
    audience = SelectMultipleField(lazy("Para quién"), [Optional()], validate_choice=False)
    direction = RadioField(lazy("Sentido del viaje"), [InputRequired(message=lazy("Elige el sentido del viaje."))])

    @classmethod
    def of(cls, call: Call) -> "ScopeForm":
        """Return the form filled from a call."""
        form = cls(
            data={
                "axes": [str(axis) for axis in call.axes],
                "regions": call.regions,
                "audience": call.audience,
                "direction": call.direction.value,
            }
        )
        form.axes.choices = choices((str(axis["id"]), localised(axis["name"])) for axis in setting("AXES"))
        form.regions.choices = choices((region["id"], localised(region["name"])) for region in setting("REGIONS"))
        form.audience.choices = choices((audience.value, _(label)) for audience, label in AUDIENCE_LABELS.items())
        form.direction.choices = choices((direction.value, _(label)) for direction, label in DIRECTION_LABELS.items())
        return form

    def changes(self) -> dict[str, Any]:
        """Return what to change, by the names of `edit_call`."""
        return {
            "axes": [int(axis) for axis in self.axes.data or () if axis.isascii() and axis.isdigit()],
            "regions": list(self.regions.data or ()),
            "audience": list(self.audience.data or ()),
            "direction": self.direction.data,
        }


class CalendarForm(PuenteForm):
    """When a call opens, closes and gives its results. Moments are the city's."""

    opens_at = CityDateTimeField(lazy("Abre"), [Optional()])
    closes_at = CityDateTimeField(lazy("Cierra (último segundo en que se recibe)"), [Optional()])
    results_on = DateField(lazy("Fecha de resultados"), [Optional()])
    appeal_days = WholeNumberField(lazy("Días para inconformarse"), [Optional()], least=0, most=90)

    @classmethod
    def of(cls, call: Call) -> "CalendarForm":
        """Return the form filled from a call."""
        return cls(
            data={
                "opens_at": call.opens_at,
                "closes_at": call.closes_at,
                "results_on": call.results_on,
                "appeal_days": call.appeal_days,
            }
        )

    def validate_closes_at(self, field: Any) -> None:
        """A call closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("El cierre debe ser posterior a la apertura."))

    def validate_results_on(self, field: Any) -> None:
        """Results come in a year that exists for people."""
        if isinstance(field.data, date) and not 2000 <= field.data.year <= 2100:
            raise ValidationError(_("Revisa el año de los resultados."))

    def changes(self) -> dict[str, Any]:
        """Return what to change, by the names of `edit_call`."""
        return {
            "opens_at": self.opens_at.data,
            "closes_at": self.closes_at.data,
            "results_on": self.results_on.data,
            "appeal_days": self.appeal_days.number if self.appeal_days.number is not None else 5,
        }


class SupportForm(PuenteForm):
    """How much: the cap, and the published tariff with its source and rate."""

    cap = MoneyField(lazy("Tope por apoyo"), [InputRequired(message=lazy("Escribe el tope por apoyo."))])
    per_diem = MoneyField(lazy("Viático por día y persona"), [InputRequired(message=lazy("Escribe el viático."))])
    travel_short = MoneyField(lazy("Traslado corto"), [InputRequired(message=lazy("Escribe el traslado corto."))])
    travel_long = MoneyField(lazy("Traslado largo"), [InputRequired(message=lazy("Escribe el traslado largo."))])
    source_url = StringField(
        lazy("Enlace a la tarifa publicada"), _bounded(300, N_("Escribe de dónde sale la tarifa."))
    )
    rate = StringField(
        lazy("Tipo de cambio"),
        [
            InputRequired(message=lazy("Escribe el tipo de cambio.")),
            Regexp(r"^\d{1,6}(\.\d{1,8})?$", message=lazy("Escribe el tipo de cambio con punto decimal.")),
        ],
    )
    rate_date = DateField(lazy("Fecha del tipo de cambio"), [InputRequired(message=lazy("Escribe su fecha."))])
    rate_source = StringField(lazy("Fuente del tipo de cambio"), _bounded(200, N_("Escribe su fuente.")))

    @classmethod
    def of(cls, call: Call) -> "SupportForm":
        """Return the form filled from a call."""
        tariff = call.tariff
        rate = tariff.get("rate") or {}
        form = cls(
            data={
                "cap": Money(call.cap_per_award_cents, call.currency),
                "per_diem": Money(tariff["per_diem"]["cents"], tariff["currency"]),
                "travel_short": Money(tariff["travel"][0]["cents"], tariff["currency"]),
                "travel_long": Money(tariff["travel"][-1]["cents"], tariff["currency"]),
                "source_url": tariff["source"]["url"],
                "rate": rate.get("value", ""),
                "rate_date": date.fromisoformat(rate["date"]) if rate.get("date") else None,
                "rate_source": rate.get("source", ""),
            }
        )
        form.cap.currency = call.currency
        for field in (form.per_diem, form.travel_short, form.travel_long):
            field.currency = tariff["currency"]
        return form

    def validate_rate(self, field: Any) -> None:
        """A rate is more than nothing."""
        if field.data and not float(field.data):
            raise ValidationError(_("El tipo de cambio debe ser mayor que cero."))

    def tariff_changes(self, tariff: Mapping[str, Any], quote: str) -> dict[str, Any]:
        """Return the tariff with what was typed put in."""
        first, last = dict(tariff["travel"][0]), dict(tariff["travel"][-1])
        first["cents"], last["cents"] = self.travel_short.data.amount_cents, self.travel_long.data.amount_cents
        return {
            **tariff,
            "per_diem": {**tariff["per_diem"], "cents": self.per_diem.data.amount_cents},
            "travel": [first, *tariff["travel"][1:-1], last],
            "source": {**tariff["source"], "url": self.source_url.data},
            "rate": {
                "base": tariff["currency"],
                "quote": quote,
                "value": self.rate.data,
                "date": self.rate_date.data.isoformat() if self.rate_date.data else "",
                "source": self.rate_source.data,
            },
        }


class QuestionForm(PlainForm):
    """One question of the form as the clerk edits it."""

    label_es = StringField(lazy("Pregunta en español"), _bounded(300), filters=[clean_text])
    label_en = StringField(lazy("Pregunta en inglés"), _bounded(300), filters=[clean_text])
    required = BooleanField(lazy("Es obligatoria"))
    blind = BooleanField(lazy("La ven quienes evalúan (no identifica a nadie)"))
    max_words = StringField(
        lazy("Máximo de palabras"), [Optional(), Regexp(r"^\d{1,4}$", message=lazy("Escribe un número."))]
    )


class QuestionsForm(PuenteForm):
    """The questions of a call, and room for one more."""

    questions = FieldList(FormField(QuestionForm), max_entries=80)
    new_es = StringField(lazy("Pregunta nueva en español"), _bounded(300))
    new_en = StringField(lazy("Pregunta nueva en inglés"), _bounded(300))

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
    reason_es = StringField(lazy("Cómo se explica en español"), _bounded(300), filters=[clean_text])
    reason_en = StringField(lazy("Cómo se explica en inglés"), _bounded(300), filters=[clean_text])


class RequirementsForm(PuenteForm):
    """The rules of eligibility: which apply, and how each is explained."""

    rules = FieldList(FormField(RequirementForm), max_entries=40)

    @classmethod
    def of(cls, offered: list[dict[str, Any]], kept: set[str]) -> "RequirementsForm":
        """Return the form with every rule on offer, those in `kept` ticked."""
        rows = [
            {"kept": rule["id"] in kept, "reason_es": rule["reason"]["es"], "reason_en": rule["reason"]["en"]}
            for rule in offered
        ]
        return cls(data={"rules": rows})

    def chosen(self, offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rules that were ticked, with their texts."""
        found = []
        for rule, entry in zip(offered, self.rules, strict=False):
            typed = entry.form
            if typed.kept.data:
                es, en = typed.reason_es.data or rule["reason"]["es"], typed.reason_en.data or rule["reason"]["en"]
                found.append({**rule, "reason": {"es": es, "en": en}})
        return found


class ConsultationForm(PuenteForm):
    """Until when the draft takes comments."""

    closes_at = CityDateTimeField(lazy("La consulta cierra"), [InputRequired(message=lazy("Escribe cuándo cierra."))])


class ExtensionForm(PuenteForm):
    """A later deadline, with its public reason."""

    closes_at = CityDateTimeField(lazy("Nuevo cierre"), [InputRequired(message=lazy("Escribe el nuevo cierre."))])
    reason = TextAreaField(lazy("Motivo, en público"), _bounded(LONGEST_REASON, N_("Escribe el motivo.")))


class CancellationForm(PuenteForm):
    """Why a call is cancelled."""

    reason = TextAreaField(lazy("Motivo, en público"), _bounded(LONGEST_REASON, N_("Escribe el motivo.")))


class CommentForm(PuenteForm):
    """A public comment on a draft."""

    text = TextAreaField(lazy("Tu comentario"), _bounded(LONGEST_COMMENT, N_("Escribe tu comentario.")))


class AnswerForm(PuenteForm):
    """The public answer to a comment."""

    verdict = RadioField(lazy("Qué se hizo"), [InputRequired(message=lazy("Elige qué se hizo."))], validate_choice=True)
    answer = TextAreaField(lazy("Respuesta pública"), _bounded(LONGEST_COMMENT, N_("Escribe la respuesta.")))

    @classmethod
    def blank(cls) -> "AnswerForm":
        """Return the form with its choices in the reader's language."""
        form = cls()
        form.verdict.choices = choices((verdict.value, _(label)) for verdict, label in VERDICT_LABELS.items())
        return form


def quiz_form(eligibility: Mapping[str, Any], sent: Any) -> PlainForm:
    """Build the quiz from the rules: one question for each fact, asked of anybody, kept nowhere."""
    fields: dict[str, Any] = {}
    for rule in eligibility["rules"]:
        label = localised(rule["question"], current_language())
        missing = lazy("Responde esta pregunta.")
        if rule["operator"] in ("at_least", "at_most"):
            asked: Any = WholeNumberField(label, [InputRequired(message=missing)], least=0, most=1_000)
        else:
            asked = RadioField(
                label, [InputRequired(message=missing)], choices=choices([("yes", _("Sí")), ("no", _("No"))])
            )
        fields.setdefault(rule["fact"], asked)
    kind: type[PlainForm] = type("QuizForm", (PlainForm,), fields)
    return kind(sent)


def quiz_facts(form: PlainForm) -> dict[str, Any]:
    """Return the facts a person stated in the quiz."""
    facts: dict[str, Any] = {}
    for field in form:
        answer: Any = field
        facts[field.name] = answer.number if isinstance(field, WholeNumberField) else field.data == "yes"
    return facts

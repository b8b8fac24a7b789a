"""The forms of the clerk's editor: a call in sections, and the acts that change its life."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError

from core.clock import local
from core.forms import CityDateTimeField, PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.settings import setting
from grants.forms.applications import WholeNumberField
from grants.forms.calls import bounded
from grants.models import Call
from grants.rules.places import fold_place
from grants.services.addenda import LONGEST_REASON
from grants.services.calls import LONGEST_BODY, LONGEST_SUMMARY, LONGEST_TITLE
from grants.states.call import AUDIENCE_LABELS, DIRECTION_LABELS

SECTIONS: dict[str, str] = {
    "textos": N_("Textos"),
    "alcance": N_("Alcance"),
    "calendario": N_("Calendario"),
    "apoyo": N_("Apoyo y tarifa"),
    "preguntas": N_("Preguntas"),
    "elegibilidad": N_("Requisitos"),
    "reglas": N_("Reglas de evaluación"),
}
# What of a call each section writes, by the names of `edit_call`.
SECTION_FIELDS: dict[str, tuple[str, ...]] = {
    "textos": ("title", "summary", "body"),
    "alcance": ("axes", "regions", "audience", "direction"),
    "calendario": ("opens_at", "closes_at", "results_on", "appeal_days"),
    "apoyo": ("cap_per_award", "tariff"),
    "preguntas": ("form",),
    "elegibilidad": ("eligibility",),
    "reglas": ("rulebook",),
}


def _as_address(typed: str | None) -> str | None:
    """Return words as an address is written, «Música al mundo» as «musica-al-mundo»; anything else as it was typed."""
    if not typed or not re.fullmatch(r"[\w\s-]+", typed):
        return typed
    return "-".join(re.findall(r"[a-z0-9]+", fold_place(typed))) or typed


class NewCallForm(PuenteForm):
    """What a call needs to exist: a title and an address."""

    title_es = StringField(lazy("Título en español"), bounded(LONGEST_TITLE, N_("Escribe el título en español.")))
    title_en = StringField(lazy("Título en inglés"), bounded(LONGEST_TITLE, N_("Escribe el título en inglés.")))
    slug = StringField(
        lazy("Dirección de la página"),
        [
            *bounded(80, N_("Escribe la dirección de la página.")),
            Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy("Usa minúsculas sin acentos, números y guiones.")),
        ],
        filters=[_as_address],
    )
    source = SelectField(lazy("Empezar desde"), [Optional()], default="")

    @classmethod
    def after(cls, earlier: Sequence[Call]) -> "NewCallForm":
        """Return the form with the earlier calls on offer."""
        form = cls()
        standard = [("", _("El formulario, los requisitos y la tarifa de siempre"))]
        form.source.choices = choices(standard + [(call.slug, localised(call.title) or call.slug) for call in earlier])
        return form


class TextsForm(PuenteForm):
    """The texts of a call in both languages."""

    title_es = StringField(lazy("Título en español"), bounded(LONGEST_TITLE))
    title_en = StringField(lazy("Título en inglés"), bounded(LONGEST_TITLE))
    summary_es = TextAreaField(lazy("Resumen en español"), bounded(LONGEST_SUMMARY))
    summary_en = TextAreaField(lazy("Resumen en inglés"), bounded(LONGEST_SUMMARY))
    body_es = TextAreaField(lazy("Bases en español"), bounded(LONGEST_BODY))
    body_en = TextAreaField(lazy("Bases en inglés"), bounded(LONGEST_BODY))

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
        """Results come in a year that exists for people, and not before the last application may come in."""
        if not isinstance(field.data, date):
            return
        if not 2000 <= field.data.year <= 2100:
            raise ValidationError(_("Revisa el año de los resultados."))
        if self.closes_at.data and field.data <= local(self.closes_at.data).date():
            raise ValidationError(_("Los resultados se dan después del cierre."))

    def changes(self) -> dict[str, Any]:
        """Return what to change, by the names of `edit_call`."""
        return {
            "opens_at": self.opens_at.data,
            "closes_at": self.closes_at.data,
            "results_on": self.results_on.data,
            "appeal_days": self.appeal_days.number if self.appeal_days.number is not None else 5,
        }


class ConsultationForm(PuenteForm):
    """Until when the draft takes comments."""

    closes_at = CityDateTimeField(lazy("La consulta cierra"), [InputRequired(message=lazy("Escribe cuándo cierra."))])


class ExtensionForm(PuenteForm):
    """A later deadline, with its public reason."""

    closes_at = CityDateTimeField(lazy("Nuevo cierre"), [InputRequired(message=lazy("Escribe el nuevo cierre."))])
    reason = TextAreaField(lazy("Motivo, en público"), bounded(LONGEST_REASON, N_("Escribe el motivo.")))


class OutageForm(PuenteForm):
    """From when to when the site failed, and what people are told."""

    began_at = CityDateTimeField(lazy("Empezó la falla"), [InputRequired(message=lazy("Escribe cuándo empezó."))])
    ended_at = CityDateTimeField(lazy("Terminó la falla"), [InputRequired(message=lazy("Escribe cuándo terminó."))])
    reason = TextAreaField(lazy("Qué pasó, en público"), bounded(LONGEST_REASON, N_("Escribe qué pasó.")))


class CorrectionForm(PuenteForm):
    """A corrected text of a published call, with its public reason."""

    es = TextAreaField(lazy("En español"), bounded(LONGEST_BODY, N_("Escribe el texto en español.")))
    en = TextAreaField(lazy("En inglés"), bounded(LONGEST_BODY, N_("Escribe el texto en inglés.")))
    reason = TextAreaField(lazy("Motivo, en público"), bounded(LONGEST_REASON, N_("Escribe el motivo.")))


class CancellationForm(PuenteForm):
    """Why a call is cancelled."""

    reason = TextAreaField(lazy("Motivo, en público"), bounded(LONGEST_REASON, N_("Escribe el motivo.")))

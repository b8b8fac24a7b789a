"""How the money is parted: into envelopes by axis or region, and the band near the cut in which the lot decides."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from wtforms import FieldList, FormField, HiddenField, RadioField
from wtforms.validators import Optional, ValidationError

from core.forms import MoneyField, PuenteForm, choices
from core.language import N_, _, lazy
from core.money import Money
from grants.forms.rulebook import decimal, fraction, shortest, whole
from scoring.rules.rulebook import ChargedTo, plain

MOST_PARTS = 40
Part = tuple[str, Mapping[str, str]]  # an axis' or a region's key, and its name in both languages


class EnvelopeLine(PuenteForm):
    """What part of the budget goes to one axis or region, and when it is offered what is left over."""

    class Meta(PuenteForm.Meta):
        csrf = False

    key = HiddenField()
    percent = decimal(N_("Por ciento"), required=False)
    turn = whole(N_("Turno para recibir lo que sobra"), 1, MOST_PARTS, required=False)


class EnvelopesForm(PuenteForm):
    """How much there is, whether it is parted, how, and the band of the lot."""

    budget = MoneyField(lazy(N_("Presupuesto que fijan las reglas")), [Optional()])
    by = RadioField(lazy(N_("El presupuesto se divide")), validate_choice=False)
    axis = FieldList(FormField(EnvelopeLine), max_entries=MOST_PARTS)
    region = FieldList(FormField(EnvelopeLine), max_entries=MOST_PARTS)
    places_charged_to = RadioField(lazy(N_("De dónde sale el dinero de los lugares reservados")), validate_choice=False)
    lottery_band = decimal(N_("Puntos alrededor del corte en que decide el sorteo"), required=False)

    names: Mapping[str, Mapping[str, Mapping[str, str]]]  # of the call's axes and regions, by key

    @classmethod
    def of(cls, document: Mapping[str, Any], axes: Sequence[Part], regions: Sequence[Part]) -> "EnvelopesForm":
        """Return the form with a line for every axis and region of the call."""
        selection = document["selection"]
        parted = selection.get("envelopes") or {"by": "", "parts": [], "refill": []}
        percents = {part["id"]: part["percent"] for part in parted["parts"]}
        budget = selection.get("budget_cents")
        told = {"by": parted["by"], "lottery_band": selection.get("lottery_band") or ""}
        told["places_charged_to"] = parted.get("places_charged_to", "")
        told["budget"] = None if budget is None else Money(budget, selection["currency"])
        for kind, parts in (("axis", axes), ("region", regions)):
            mine = parted["by"] == kind
            told[kind] = [
                {
                    "key": key,
                    "percent": percents.get(key, "") if mine else "",
                    "turn": parted["refill"].index(key) + 1 if mine and key in parted["refill"] else number,
                }
                for number, (key, _name) in enumerate(parts, start=1)
            ]
        built = cls(data=told)
        built.budget.currency = selection["currency"]
        built.names = {"axis": dict(axes), "region": dict(regions)}
        built.by.choices = choices([("", _("No: una sola bolsa")), ("axis", _("Por eje")), ("region", _("Por región"))])
        built.places_charged_to.choices = choices(
            [
                ("", _("Las reglas no lo dicen: solo si no hay lugares reservados")),
                (ChargedTo.OWN_ENVELOPE.value, _("De la bolsa de quien ocupa el lugar, y de ninguna otra")),
                (
                    ChargedTo.ANY_ENVELOPE.value,
                    _("De su bolsa y, lo que falte, de las otras, en el orden de los turnos"),
                ),
                (ChargedTo.LEFT_OVER.value, _("De lo que sobre en las bolsas, antes de ofrecerlo a nadie más")),
            ]
        )
        return built

    def validate_places_charged_to(self, field: RadioField) -> None:
        """One of those there are, or none."""
        if field.data and field.data not in list(ChargedTo):
            raise ValidationError(_("Elige una de las opciones."))

    def validate_by(self, field: RadioField) -> None:
        """The parts of what was chosen make a whole, each with a turn of its own."""
        if field.data not in ("", "axis", "region"):
            raise ValidationError(_("Elige una de las opciones."))
        if not field.data:
            return
        lines = self._lines()
        if any(line.key.data not in self.names[field.data] for line in lines):
            raise ValidationError(_("Elige una de las opciones."))
        turns = [line.turn.data for line in lines]
        if sum((fraction(line.percent.data) for line in lines), Fraction(0)) != 100:
            raise ValidationError(_("Los porcentajes deben sumar 100."))
        if None in turns or len(set(turns)) != len(turns):
            raise ValidationError(_("Da a cada bolsa un turno distinto."))

    def changed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with its money parted so."""
        by = str(self.by.data)
        lines = {str(line.key.data): line for line in self._lines()} if by else {}
        envelopes: dict[str, Any] = {
            "by": by,
            "parts": [
                {"id": key, "name": dict(self.names[by][key]), "percent": plain(fraction(line.percent.data))}
                for key, line in lines.items()
            ],
            "refill": sorted(lines, key=lambda key: lines[key].turn.data or 0),
        }
        if lines and self.places_charged_to.data:
            envelopes["places_charged_to"] = self.places_charged_to.data
        budget = self.budget.data
        selection = {
            **document["selection"],
            "budget_cents": budget.amount_cents if isinstance(budget, Money) else None,
            "envelopes": envelopes if lines else None,
            "lottery_band": shortest(self.lottery_band.data),
        }
        return {**document, "selection": selection}

    def _lines(self) -> list[EnvelopeLine]:
        entries = self.axis.entries if self.by.data == "axis" else self.region.entries
        return [entry.form for entry in entries if entry.form.percent.data and not entry.form.percent.errors]

"""The form of how much a call pays: its cap, where its tariff is from, how long a journey may last, the day's rate."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError

from core.forms import MoneyField, PuenteForm
from core.language import N_, _, lazy
from core.money import Money
from grants.forms.applications import WholeNumberField
from grants.forms.calls import bounded
from grants.models import Call


class SupportForm(PuenteForm):
    """How much: the cap, and the published tariff with its source and rate."""

    cap = MoneyField(lazy("Tope por apoyo"), [InputRequired(message=lazy("Escribe el tope por apoyo."))])
    alone_least = WholeNumberField(lazy("Una persona: días como mínimo"), [Optional()], least=1, most=730)
    alone_most = WholeNumberField(lazy("Una persona: días como máximo"), [Optional()], least=1, most=730)
    group_least = WholeNumberField(lazy("Un grupo: días como mínimo"), [Optional()], least=1, most=730)
    group_most = WholeNumberField(lazy("Un grupo: días como máximo"), [Optional()], least=1, most=730)
    group_people = WholeNumberField(lazy("Un grupo: personas como máximo"), [Optional()], least=2, most=100)
    source_es = StringField(lazy("De dónde sale la tarifa, en español"), bounded(200))
    source_en = StringField(lazy("De dónde sale la tarifa, en inglés"), bounded(200))
    source_url = StringField(lazy("Enlace a la tarifa publicada"), bounded(300, N_("Escribe de dónde sale la tarifa.")))
    rate = StringField(
        lazy("Tipo de cambio"),
        [
            InputRequired(message=lazy("Escribe el tipo de cambio.")),
            Regexp(r"^\d{1,6}(\.\d{1,8})?$", message=lazy("Escribe el tipo de cambio con punto decimal.")),
        ],
    )
    rate_date = DateField(lazy("Fecha del tipo de cambio"), [InputRequired(message=lazy("Escribe su fecha."))])
    rate_source = StringField(lazy("Fuente del tipo de cambio"), bounded(200, N_("Escribe su fuente.")))

    @classmethod
    def of(cls, call: Call) -> "SupportForm":
        """Return the form filled from a call."""
        tariff = call.tariff
        rate = tariff.get("rate") or {}
        alone, group = tariff["stays"][0], tariff["stays"][-1]
        form = cls(
            data={
                "alone_least": alone["min_days"],
                "alone_most": alone["max_days"],
                "group_least": group["min_days"],
                "group_most": group["max_days"],
                "group_people": group["max_people"],
                "source_es": tariff["source"]["name"]["es"],
                "source_en": tariff["source"]["name"]["en"],
                "cap": Money(call.cap_per_award_cents, call.currency),
                "source_url": tariff["source"]["url"],
                "rate": rate.get("value", ""),
                "rate_date": date.fromisoformat(rate["date"]) if rate.get("date") else None,
                "rate_source": rate.get("source", ""),
            }
        )
        form.cap.currency = call.currency
        return form

    def validate_cap(self, field: Any) -> None:
        """A cap takes no money away."""
        if isinstance(field.data, Money) and field.data.amount_cents < 0:
            raise ValidationError(_("Escribe una cantidad de cero o más."))

    def validate_alone_most(self, field: Any) -> None:
        """The longest stay is no shorter than the shortest."""
        _not_below(field, self.alone_least)

    def validate_group_most(self, field: Any) -> None:
        """The longest stay of a group is no shorter than the shortest."""
        _not_below(field, self.group_least)

    def _stays(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        # What is left empty stays as it was. The last row is the groups': where there is one row only, both are it.
        alone = {"min_days": self.alone_least.number, "max_days": self.alone_most.number}
        group = {
            "min_days": self.group_least.number,
            "max_days": self.group_most.number,
            "max_people": self.group_people.number,
        }
        typed = [alone, *({} for _row in rows[1:-1]), group]
        return [
            {**row, **{name: value for name, value in new.items() if value is not None}}
            for row, new in zip(rows, typed, strict=False)
        ]

    def validate_rate(self, field: Any) -> None:
        """A rate is more than nothing."""
        if field.data and not field.errors and not float(field.data):
            raise ValidationError(_("El tipo de cambio debe ser mayor que cero."))

    def tariff_changes(self, tariff: Mapping[str, Any], quote: str) -> dict[str, Any]:
        """Return the tariff with what was typed put in."""
        return {
            **tariff,
            "stays": self._stays(tariff["stays"]),
            "source": {
                "name": {code: self[f"source_{code}"].data or tariff["source"]["name"][code] for code in ("es", "en")},
                "url": self.source_url.data,
            },
            "rate": {
                "base": tariff["currency"],
                "quote": quote,
                "value": self.rate.data,
                "date": self.rate_date.data.isoformat() if self.rate_date.data else "",
                "source": self.rate_source.data,
            },
        }


def _not_below(field: Any, least: Any) -> None:
    if None not in (field.number, least.number) and field.number < least.number:
        raise ValidationError(_("El máximo debe ser igual o mayor que el mínimo."))

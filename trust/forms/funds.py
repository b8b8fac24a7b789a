"""The shape of a fund and of its giver's rules, as staff writes them."""

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from core.clock import today
from core.forms import MoneyField, PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.money import Money
from core.settings import setting
from trust.forms.giving import currencies
from trust.models import FUND_KINDS, FundKind
from trust.rules import SpendingRequest, SpendingRules
from trust.rules.spending import DIRECTIONS, PROFILES

REQUIRED = lazy("Este dato hace falta.")


def _required() -> DataRequired:
    return DataRequired(message=REQUIRED)


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Escribe %(max)s caracteres como máximo.", max=characters))


class FundForm(PuenteForm):
    """A purse to be opened: what it is, and what its giver lets it pay for. What is left empty has no rule."""

    code = StringField(
        lazy("Clave"),
        [_required(), Regexp(r"^[a-z0-9][a-z0-9-]{1,39}$", message=lazy("Usa minúsculas, números y guiones."))],
    )
    name_es = StringField(lazy("Nombre en español"), [_required(), _at_most(120)])
    name_en = StringField(lazy("Nombre en inglés"), [_required(), _at_most(120)])
    purpose_es = TextAreaField(lazy("Propósito en español"), [_required(), _at_most(600)])
    purpose_en = TextAreaField(lazy("Propósito en inglés"), [_required(), _at_most(600)])
    kind = RadioField(lazy("Tipo de bolsa"), default=FundKind.RESTRICTED.value)
    currency = SelectField(lazy("Moneda"), [_required()])
    giver = SelectField(lazy("Quién la dio"), default="")
    accepts_gifts = BooleanField(lazy("Cualquiera puede aportar a esta bolsa en línea"))
    axes = SelectMultipleField(lazy("Ejes que puede pagar"), coerce=int)
    regions = SelectMultipleField(lazy("Regiones que puede pagar"))
    profiles = SelectMultipleField(lazy("A quién puede apoyar"))
    directions = SelectMultipleField(lazy("Sentido del viaje"))
    not_before = DateField(lazy("Paga a partir del"), [Optional()])
    not_after = DateField(lazy("Paga hasta el"), [Optional()])
    cap = MoneyField(lazy("Tope por apoyo"), [Optional()])
    procurement = StringField(lazy("Régimen de compra"), [_at_most(200)])
    reports = TextAreaField(lazy("Fechas de informe a quien la dio"), [_at_most(600)])
    try_amount = MoneyField(lazy("Cantidad"), [Optional()])
    try_axis = SelectField(lazy("Eje"), coerce=int, default=0)
    try_region = SelectField(lazy("Región"), default="")
    try_direction = SelectField(lazy("Sentido del viaje"), default="")
    try_profile = SelectField(lazy("A quién"), default="")

    def __init__(self, *args: Any, organisations: dict[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        axes = [(one["id"], localised(one["name"])) for one in setting("AXES")]
        self.kind.choices = choices([(kind.value, _(FUND_KINDS[kind][0])) for kind in FundKind])
        self.currency.choices = choices([(one, one) for one in currencies()])
        self.giver.choices = choices(
            [("", _(N_("Nadie en particular"))), *((str(one), name) for one, name in (organisations or {}).items())]
        )
        self.axes.choices = axes
        regions = [(one["id"], localised(one["name"])) for one in setting("REGIONS")]
        self.regions.choices = choices(regions)
        profiles = [(one, _(label)) for one, label in PROFILES.items()]
        directions = [(one, _(label)) for one, label in DIRECTIONS.items()]
        self.profiles.choices, self.directions.choices = choices(profiles), choices(directions)
        self.try_axis.choices = [(0, _(N_("Cualquiera"))), *axes]
        self.try_region.choices = choices([("", _(N_("Cualquiera"))), *regions])
        self.try_direction.choices = choices([("", _(N_("Cualquiera"))), *directions])
        self.try_profile.choices = choices([("", _(N_("Cualquiera"))), *profiles])

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read amounts in the currency that was chosen beside them."""
        sent = self.meta.wrap_formdata(self, formdata)
        if sent is not None and sent.get("currency") in currencies():
            self.cap.currency = self.try_amount.currency = sent["currency"]
        super().process(formdata, *args, **kwargs)

    def validate_not_after(self, field: DateField) -> None:
        """A window ends after it begins."""
        if field.data and self.not_before.data and field.data < self.not_before.data:
            raise ValidationError(_(N_("Termina antes de empezar.")))

    def validate_cap(self, field: MoneyField) -> None:
        """A cap is an amount above zero."""
        if isinstance(field.data, Money) and field.data.amount_cents <= 0:
            raise ValidationError(_(N_("La cantidad debe ser mayor que cero.")))

    def validate_reports(self, field: TextAreaField) -> None:
        """A date a line."""
        for line in (field.data or "").split():
            try:
                date.fromisoformat(line)
            except ValueError:
                raise ValidationError(_(N_("No se entiende la fecha «%(date)s»."), date=line[:20])) from None

    def rules(self) -> SpendingRules:
        """Return the giver's rules as a value: where nothing is chosen, the giver said nothing."""
        return SpendingRules(
            axes=frozenset(self.axes.data) if self.axes.data else None,
            regions=frozenset(self.regions.data) if self.regions.data else None,
            profiles=frozenset(self.profiles.data) if self.profiles.data else None,
            directions=frozenset(self.directions.data) if self.directions.data else None,
            not_before=self.not_before.data,
            not_after=self.not_after.data,
            cap_per_award=self.cap.data or None,
            spendable=self.kind.data != FundKind.ENDOWMENT,
            procurement=self.procurement.data or None,
            report_due_on=tuple(sorted(date.fromisoformat(line) for line in (self.reports.data or "").split())),
        )

    def trial(self) -> SpendingRequest | None:
        """Return the spending somebody wants to try the rules on."""
        if not isinstance(self.try_amount.data, Money):
            return None
        return SpendingRequest(
            amount=self.try_amount.data,
            on=today(),
            axis=self.try_axis.data or None,
            region=self.try_region.data or None,
            category="award",
            profile=self.try_profile.data or None,
            direction=self.try_direction.data or None,
        )

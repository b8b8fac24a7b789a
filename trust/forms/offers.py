"""The shape of what the public offers in kind."""

from datetime import date, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, ValidationError

from core.clock import today
from core.forms import MoneyField, ProofField, PuenteForm, choices
from core.language import N_, _, lazy
from core.settings import setting
from trust.forms.giving import AMOUNT_RULES, KINDS_OF_GIFT, fund_options
from trust.models import CONTRIBUTION_KINDS, VALUATION_TECHNIQUES, ContributionKind
from trust.queries import funds_offered

REQUIRED = lazy("Este dato hace falta.")
LONGEST_AHEAD = timedelta(days=3 * 366)


def _required() -> DataRequired:
    return DataRequired(message=REQUIRED)


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Escribe %(max)s caracteres como máximo.", max=characters))


class OfferForm(PuenteForm):
    """Goods or services somebody offers: what, how many, worth what and how that is known, and from when."""

    key = HiddenField()
    description = TextAreaField(lazy("¿Qué ofreces?"), [_required(), _at_most(1000)])
    quantity = IntegerField(
        lazy("¿Cuántos?"),
        [
            InputRequired(message=lazy("Escribe un número entero mayor que cero.")),
            NumberRange(1, 10**9, message=lazy("Escribe un número entero mayor que cero.")),
        ],
    )
    unit = StringField(lazy("Unidad"), [_required(), _at_most(60)])
    value = MoneyField(lazy("¿Cuánto vale todo?"), AMOUNT_RULES)
    valuation = RadioField(lazy("¿Cómo se sabe cuánto vale?"), [_required()])
    valuation_note = TextAreaField(lazy("¿De dónde sale ese valor?"), [_required(), _at_most(1000)])
    evidence = ProofField(lazy("Documento que lo muestra"))
    available_on = DateField(
        lazy("¿Desde cuándo se puede entregar?"),
        [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))],
    )
    terms = TextAreaField(lazy("¿Hay condiciones de lugar, horario o uso?"), [_at_most(1000)])
    fund = RadioField(lazy("¿Para qué?"))
    kind = RadioField(lazy("¿Qué es?"), default=ContributionKind.DONATION.value)
    giver = SelectField(lazy("¿A nombre de quién?"), default="")
    name = StringField(lazy("Empresa u organización"), [_required(), _at_most(200)])
    contact = StringField(lazy("Persona de contacto"), [_required(), _at_most(200)])
    email = EmailField(
        lazy("Correo de contacto"),
        [_required(), Email(message=lazy("Escribe un correo completo, por ejemplo ana@ejemplo.mx.")), _at_most(254)],
    )
    show_name = BooleanField(lazy("Mostrar este nombre en las cuentas públicas"))

    def __init__(self, *args: Any, organisations: dict[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value.currency = setting("BASE_CURRENCY")
        self.fund.choices = choices([("", _(N_("Donde más se necesita"))), *fund_options(funds_offered())])
        if self.fund.data is None:
            self.fund.data = ""
        self.kind.choices = choices([(kind.value, _(CONTRIBUTION_KINDS[kind])) for kind in KINDS_OF_GIFT])
        self.valuation.choices = choices([(one.value, _(label)) for one, label in VALUATION_TECHNIQUES.items()])
        mine = [(str(one), name) for one, name in (organisations or {}).items()]
        self.giver.choices = choices([("", _(N_("Otra organización"))), *mine])

    def validate_available_on(self, field: DateField) -> None:
        """A delivery lies between today and three years from now."""
        day: date | None = field.data
        if day is not None and not today() <= day <= today() + LONGEST_AHEAD:
            raise ValidationError(_(N_("Escribe una fecha de hoy a tres años.")))


class AcceptForm(PuenteForm):
    """What the trust says an offer is worth, how it knows, and what it writes to whoever offered it."""

    value = MoneyField(lazy("Valor razonable total"), AMOUNT_RULES)
    valuation = RadioField(lazy("¿Cómo se sabe cuánto vale?"), [_required()])
    valuation_note = TextAreaField(lazy("¿De dónde sale ese valor?"), [_required(), _at_most(1000)])
    evidence = ProofField(lazy("Otro documento que lo muestra"))
    message = TextAreaField(lazy("Qué le escribes sobre la entrega"), [_at_most(1000)])

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value.currency = currency
        self.valuation.choices = choices([(one.value, _(label)) for one, label in VALUATION_TECHNIQUES.items()])

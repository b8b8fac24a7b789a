"""What the treasurer types."""

from typing import Any

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from core.forms import MoneyField, PuenteForm
from core.language import N_, _, lazy, localised
from core.money import Money
from core.settings import setting
from treasury.models import Programme
from trust.models import Fund

OUTSIDE = "none"
OUTSIDE_THE_PLAN = N_("Fuera de los programas del plan")


class AmountRequired:
    """Refuse a missing, zero or negative amount."""

    field_flags = {"required": True}  # noqa: RUF012 (WTForms reads a plain class attribute)

    def __call__(self, _form: object, field: Any) -> None:
        """Raise unless the field holds a positive Money."""
        if field.errors:
            return
        if not isinstance(field.data, Money) or field.data.amount_cents <= 0:
            raise ValidationError(lazy(N_("Escribe una cantidad mayor que cero.")))


def axis_names() -> dict[int, str]:
    """Return the city's axes by number, in the reader's language."""
    return {axis["id"]: localised(axis["name"]) for axis in setting("AXES")}


def fund_choices(funds: list[Fund]) -> list[tuple[str, str]]:
    """Return the funds as choices, by code and name."""
    return [(fund.code, localised(fund.name)) for fund in funds]


class PlanForm(PuenteForm):
    """A new plan."""

    year = IntegerField(
        lazy(N_("Año")),
        [
            InputRequired(lazy(N_("Escribe el año."))),
            NumberRange(2000, 2200, lazy(N_("Escribe un año de cuatro cifras."))),
        ],
    )


class ProgrammeForm(PuenteForm):
    """A line of the plan, in both languages."""

    axis = SelectField(lazy(N_("Eje")), coerce=int)
    fund = SelectField(lazy(N_("Bolsa")))
    name_es = StringField(
        lazy(N_("Nombre en español")), [DataRequired(lazy(N_("Escribe el nombre."))), Length(max=200)]
    )
    name_en = StringField(lazy(N_("Nombre en inglés")), [DataRequired(lazy(N_("Escribe el nombre."))), Length(max=200)])
    goal_es = TextAreaField(lazy(N_("Meta en español")), [DataRequired(lazy(N_("Escribe la meta."))), Length(max=1000)])
    goal_en = TextAreaField(lazy(N_("Meta en inglés")), [DataRequired(lazy(N_("Escribe la meta."))), Length(max=1000)])
    indicator_es = StringField(
        lazy(N_("Indicador en español")), [DataRequired(lazy(N_("Escribe el indicador."))), Length(max=200)]
    )
    indicator_en = StringField(
        lazy(N_("Indicador en inglés")), [DataRequired(lazy(N_("Escribe el indicador."))), Length(max=200)]
    )
    target = IntegerField(
        lazy(N_("Valor que se quiere alcanzar")),
        [
            InputRequired(lazy(N_("Escribe un número."))),
            NumberRange(1, 10_000_000, lazy(N_("Escribe un número mayor que cero."))),
        ],
    )
    amount = MoneyField(lazy(N_("Presupuesto")), [AmountRequired()])

    def offer(self, funds: list[Fund]) -> "ProgrammeForm":
        """Fill the lists to choose from."""
        self.axis.choices = list(axis_names().items())
        self.fund.choices = fund_choices(funds)
        self.amount.currency = setting("BASE_CURRENCY")
        return self


class AllocationForm(PuenteForm):
    """Money of one fund for one call."""

    fund = SelectField(lazy(N_("Bolsa")))
    amount = MoneyField(lazy(N_("Cantidad")), [AmountRequired()])

    def offer(self, funds: list[Fund]) -> "AllocationForm":
        """Fill the list to choose from."""
        self.fund.choices = fund_choices(funds)
        self.amount.currency = setting("BASE_CURRENCY")
        return self


class AwardForm(PuenteForm):
    """How much an award receives that is committed on its own."""

    amount = MoneyField(lazy(N_("Cantidad")), [AmountRequired()])

    def offer(self, currency: str) -> "AwardForm":
        """Say in which currency it is."""
        self.amount.currency = currency
        return self


class ReturnForm(PuenteForm):
    """Money that came back, as the bank's line says."""

    amount = MoneyField(lazy(N_("Cantidad devuelta")), [AmountRequired()])
    received_on = DateField(
        lazy(N_("Fecha del depósito")), [InputRequired(lazy(N_("Escribe la fecha que muestra el banco.")))]
    )
    bank_reference = StringField(
        lazy(N_("Referencia del banco")),
        [DataRequired(lazy(N_("Escribe la referencia que muestra el banco."))), Length(max=60)],
    )


class SetAsideForm(PuenteForm):
    """Money of free use that is set aside for a designated purpose."""

    key = HiddenField()
    source = SelectField(lazy(N_("De la bolsa de libre uso")))
    target = SelectField(lazy(N_("A la bolsa designada")))
    amount = MoneyField(lazy(N_("Cantidad")), [AmountRequired()])
    on = DateField(lazy(N_("Fecha")), [InputRequired(lazy(N_("Escribe la fecha.")))])
    memo = TextAreaField(lazy(N_("Para qué")), [DataRequired(lazy(N_("Escribe para qué."))), Length(max=300)])

    def offer(self, sources: list[Fund], targets: list[Fund]) -> "SetAsideForm":
        """Fill the lists to choose from."""
        self.source.choices, self.target.choices = fund_choices(sources), fund_choices(targets)
        self.amount.currency = setting("BASE_CURRENCY")
        return self


class OutcomeForm(PuenteForm):
    """What became of a thing given in kind: it was used in a programme, or sold for it."""

    outcome = RadioField(lazy(N_("¿Qué se hizo con ello?")), [InputRequired(lazy(N_("Elige una opción.")))])
    programme = SelectField(
        lazy(N_("En qué programa")), [InputRequired(lazy(N_("Elige el programa, o que no es de ninguno.")))]
    )
    price = MoneyField(lazy(N_("En cuánto se vendió")))
    on = DateField(lazy(N_("Fecha en que se usó o se vendió")), [InputRequired(lazy(N_("Escribe la fecha.")))])
    memo = TextAreaField(lazy(N_("En qué se usó")), [DataRequired(lazy(N_("Escribe para qué."))), Length(max=300)])

    def offer(self, programmes: list[Programme], currency: str) -> "OutcomeForm":
        """Fill the list of programmes, with one for what belongs to none, and say in what money a sale is told."""
        self.outcome.choices = [
            ("used", _("Se usó")),
            ("sold", _("Se vendió: lo que se pagó por ello entró al banco")),
        ]
        self.programme.choices = [
            ("", _("Elige")),
            *((str(one.id), f"{one.plan.year} · {localised(one.name)}") for one in programmes),
            (OUTSIDE, _(OUTSIDE_THE_PLAN)),
        ]
        self.price.currency = currency
        return self

    @property
    def sold_for(self) -> Money | None:
        """What was paid for the thing, or None where it was used."""
        return self.price.data if self.outcome.data == "sold" else None

    def validate_price(self, field: Any) -> None:
        """Ask for the price of what was sold, and for none of what was used."""
        if self.outcome.data == "sold":
            AmountRequired()(self, field)
        elif isinstance(field.data, Money):
            raise ValidationError(lazy(N_("Solo lo que se vendió tiene precio: déjalo vacío.")))


class PaymentForm(PuenteForm):
    """What the bank's line says."""

    paid_on = DateField(lazy(N_("Fecha del pago")), [InputRequired(lazy(N_("Escribe la fecha que muestra el banco.")))])
    bank_reference = StringField(
        lazy(N_("Referencia del banco")),
        [DataRequired(lazy(N_("Escribe la referencia que muestra el banco."))), Length(max=60)],
    )


class ReasonForm(PuenteForm):
    """Why something is cancelled."""

    reason = TextAreaField(lazy(N_("Motivo")), [DataRequired(lazy(N_("Escribe el motivo."))), Length(max=300)])


class ConfirmForm(PuenteForm):
    """A confirmation: nothing but the token."""

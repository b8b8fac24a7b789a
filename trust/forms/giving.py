"""Shapes of what people type about money."""

from collections.abc import Sequence
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
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, ValidationError

from core.forms import MoneyField, ProofField, PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.money import Money, format_money
from core.settings import setting
from trust.forms.fiscal import InvoiceFields
from trust.models import (
    CONTRIBUTION_KINDS,
    METHODS,
    VALUATION_TECHNIQUES,
    ContributionKind,
    Fund,
    Method,
    SponsorPackage,
    online_methods,
)
from trust.queries import funds, funds_offered

REQUIRED = lazy("Este dato hace falta.")
KINDS_OF_GIFT = (ContributionKind.DONATION, ContributionKind.SPONSORSHIP)
FOREIGN = ("EUR", "USD", "CAD", "GBP", "JPY")  # what a giver abroad may send
LARGEST_EVIDENCE_BYTES = 5_000_000


def currencies() -> list[str]:
    """Return what money may come in, the city's own first."""
    base = str(setting("BASE_CURRENCY"))
    return [base, *(one for one in FOREIGN if one != base)]


def _required() -> DataRequired:
    return DataRequired(message=REQUIRED)


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Escribe %(max)s caracteres como máximo.", max=characters))


def _positive(_form: Any, field: Any) -> None:
    if isinstance(field.data, Money) and field.data.amount_cents <= 0:
        raise ValidationError(_(N_("La cantidad debe ser mayor que cero.")))


AMOUNT_RULES = [InputRequired(message=lazy("Escribe la cantidad.")), _positive]


def fund_options(offered: list[Fund]) -> list[tuple[str, str]]:
    """Return funds as choices, by code."""
    return [(fund.code, localised(fund.name)) for fund in offered]


def _package_options(offered: Sequence[SponsorPackage]) -> list[Any]:
    names = [(str(one.id), f"{localised(one.name)} · {format_money(one.money)}") for one in offered]
    return choices([("", _(N_("Sin paquete"))), *names])


class GiveForm(InvoiceFields, PuenteForm):
    """What a giver decides before paying: how much, for what, by which road, and what the public may read."""

    amount = MoneyField(lazy("¿Cuánto quieres aportar?"), AMOUNT_RULES)
    # What may be chosen changes while people read: the service says why a package is gone, beside this field.
    package = SelectField(lazy("Paquete de patrocinio"), default="", validate_choice=False)
    fund = RadioField(lazy("¿Para qué?"), validate_choice=True)
    method = RadioField(lazy("¿Cómo quieres pagar?"), default=Method.CARD.value)
    giver = SelectField(lazy("¿A nombre de quién?"), default="")
    kind = RadioField(lazy("¿Qué es?"), default=ContributionKind.DONATION.value)
    email = EmailField(
        lazy("Correo para enviarte el recibo"),
        [Optional(), Email(message=lazy("Escribe un correo completo, por ejemplo ana@ejemplo.mx.")), _at_most(254)],
        description=lazy("Si lo dejas vacío, descargas el recibo al terminar."),
    )
    name = StringField(
        lazy("Nombre en el recibo"), [_at_most(200)], description=lazy("Si lo dejas vacío, el recibo sale al portador.")
    )
    show_name = BooleanField(lazy("Mostrar este nombre en las cuentas públicas"))

    def __init__(
        self,
        *args: Any,
        organisations: dict[int, str] | None = None,
        packages: Sequence[SponsorPackage] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.amount.currency = setting("BASE_CURRENCY")
        self.package.choices = _package_options(packages)
        self._fill_amount(packages)
        needed = ("", _(N_("Donde más se necesita")))
        self.fund.choices = choices([needed, *fund_options(funds_offered())])
        if self.fund.data is None:
            self.fund.data = ""
        self.method.choices = choices(
            [(method.value, _(METHODS[method])) for method in online_methods(self.amount.currency)]
        )
        self.kind.choices = choices([(kind.value, _(CONTRIBUTION_KINDS[kind])) for kind in KINDS_OF_GIFT])
        mine = [(str(one), name) for one, name in (organisations or {}).items()]
        self.giver.choices = choices([("", _(N_("A mi nombre"))), *mine])

    @property
    def in_shops(self) -> bool:
        """Whether one may pay in cash in a shop."""
        return Method.OXXO in online_methods(self.amount.currency)

    def _fill_amount(self, packages: Sequence[SponsorPackage]) -> None:
        """Let a package that was chosen say the amount where nobody wrote one."""
        wanted = next((one for one in packages if str(one.id) == self.package.data), None)
        if wanted is not None and not self.amount.typed and wanted.currency == self.amount.currency:
            self.amount.data, self.amount.typed = wanted.money, None
            self.amount.raw_data = [str(wanted.money.decimal)]


class TransferForm(InvoiceFields, PuenteForm):
    """A contribution that the bank shows as received."""

    key = HiddenField()
    kind = SelectField(lazy("Tipo"), [_required()])
    fund = SelectField(lazy("Bolsa"), [_required()])
    amount = MoneyField(lazy("Cantidad"), AMOUNT_RULES)
    currency = SelectField(lazy("Moneda"), [_required()])
    package = SelectField(lazy("Paquete de patrocinio"), default="")
    received_on = DateField(
        lazy("Fecha en que llegó"), [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))]
    )
    giver = SelectField(lazy("Organización que aporta"), default="")
    name = StringField(lazy("Nombre en el recibo"), [_at_most(200)])
    email = EmailField(
        lazy("Correo para el recibo"),
        [Optional(), Email(message=lazy("Escribe un correo completo, por ejemplo ana@ejemplo.mx.")), _at_most(254)],
    )
    show_name = BooleanField(lazy("Mostrar este nombre en las cuentas públicas"))

    def __init__(
        self,
        *args: Any,
        organisations: dict[int, str] | None = None,
        packages: Sequence[SponsorPackage] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices([(kind.value, _(label)) for kind, label in CONTRIBUTION_KINDS.items()])
        self.fund.choices = choices([("", _(N_("Elige la bolsa"))), *fund_options(funds())])
        self.currency.choices = choices([(code, code) for code in currencies()])
        self.package.choices = _package_options(packages)
        self.giver.choices = choices(
            [
                ("", _(N_("Ninguna"))),
                *((str(one), name) for one, name in (organisations or {}).items()),
            ]
        )

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read the amount in the currency that was chosen beside it."""
        sent = self.meta.wrap_formdata(self, formdata)
        if sent is not None and sent.get("currency") in currencies():
            self.amount.currency = sent["currency"]
        super().process(formdata, *args, **kwargs)


class InKindForm(InvoiceFields, PuenteForm):
    """Things or services somebody offers, with their fair value and how it was found."""

    key = HiddenField()
    kind = SelectField(lazy("Tipo"), [_required()])
    fund = SelectField(lazy("Bolsa"), [_required()])
    giver = SelectField(lazy("Organización que aporta"), default="")
    name = StringField(lazy("Nombre en el recibo"), [_at_most(200)])
    show_name = BooleanField(lazy("Mostrar este nombre en las cuentas públicas"))
    description = TextAreaField(lazy("Qué se ofrece"), [_required(), _at_most(1000)])
    quantity = IntegerField(
        lazy("Cantidad"),
        [
            InputRequired(message=lazy("Escribe un número entero mayor que cero.")),
            NumberRange(1, 10**9, message=lazy("Escribe un número entero mayor que cero.")),
        ],
    )
    unit = StringField(lazy("Unidad"), [_required(), _at_most(60)], description=lazy("Por ejemplo noches, boletos."))
    value = MoneyField(lazy("Valor razonable total"), AMOUNT_RULES)
    valuation = SelectField(lazy("Cómo se valuó"), [_required()])
    valuation_note = TextAreaField(lazy("De dónde sale el valor"), [_at_most(1000)])
    evidence = ProofField(lazy("Evidencia del valor"))

    def __init__(self, *args: Any, organisations: dict[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices([(kind.value, _(CONTRIBUTION_KINDS[kind])) for kind in KINDS_OF_GIFT])
        self.fund.choices = choices([("", _(N_("Elige la bolsa"))), *fund_options(funds())])
        self.valuation.choices = choices([(one.value, _(label)) for one, label in VALUATION_TECHNIQUES.items()])
        self.giver.choices = choices(
            [
                ("", _(N_("Ninguna"))),
                *((str(one), name) for one, name in (organisations or {}).items()),
            ]
        )


class DeliveryForm(PuenteForm):
    """The second person's word that a thing arrived."""

    received_on = DateField(
        lazy("Fecha en que se recibió"), [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))]
    )
    delivered_to = StringField(lazy("Quién lo recibió"), [_required(), _at_most(200)])


class ReasonForm(PuenteForm):
    """Why something is undone."""

    reason = TextAreaField(lazy("Motivo"), [_required(), _at_most(1000)])


class AssignHeldForm(ReasonForm):
    """Which fund a held payment goes to, and why."""

    fund = SelectField(lazy("Bolsa"), [_required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fund.choices = choices([("", _(N_("Elige la bolsa"))), *fund_options(funds())])


class RefundForm(ReasonForm):
    """How much goes back to whoever paid, and why."""

    amount = MoneyField(lazy("Cantidad"), AMOUNT_RULES)


class TransferBackForm(RefundForm):
    """What the bank shows as sent to whoever paid."""

    on = DateField(
        lazy("Fecha de la transferencia"),
        [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))],
    )
    bank_reference = StringField(lazy("Referencia del banco"), [_required(), _at_most(60)])


class ConfirmForm(PuenteForm):
    """A button that must be meant."""


class FindReceiptForm(PuenteForm):
    """The number printed on a receipt."""

    class Meta(PuenteForm.Meta):
        csrf = False

    numero = StringField(
        lazy("Número del recibo"), [_required(), _at_most(30)], description=lazy("Por ejemplo A-2026-000123.")
    )

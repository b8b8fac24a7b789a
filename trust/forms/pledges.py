"""The shape of a promise and of what keeps it."""

from typing import Any

from babel.dates import format_date
from wtforms import DateField, EmailField, IntegerField, SelectField
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, ValidationError

from core.forms import MoneyField, PuenteForm, choices
from core.language import N_, _, current_language, lazy
from core.money import format_money
from trust.forms.giving import AMOUNT_RULES, currencies, fund_options
from trust.models import CONTRIBUTION_KINDS, Contribution
from trust.queries import funds

REQUIRED = lazy("Este dato hace falta.")


class PledgeForm(PuenteForm):
    """Who promised how much to which fund, and by when."""

    giver = SelectField(lazy("Organización que promete"), [DataRequired(message=REQUIRED)])
    fund = SelectField(lazy("Bolsa"), [DataRequired(message=REQUIRED)])
    currency = SelectField(lazy("Moneda"), [DataRequired(message=REQUIRED)])
    amount = MoneyField(lazy("Cantidad prometida en total"), AMOUNT_RULES)
    first = DateField(
        lazy("Fecha del primer pago"), [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))]
    )
    parts = IntegerField(
        lazy("En cuántos pagos"),
        [
            InputRequired(message=lazy("Escribe un número del 1 al 60.")),
            NumberRange(1, 60, message=lazy("Escribe un número del 1 al 60.")),
        ],
        default=1,
    )
    months = IntegerField(
        lazy("Meses entre un pago y el siguiente"),
        [
            InputRequired(message=lazy("Escribe un número del 1 al 24.")),
            NumberRange(1, 24, message=lazy("Escribe un número del 1 al 24.")),
        ],
        default=12,
    )
    email = EmailField(
        lazy("Correo para los recordatorios"),
        [
            Optional(),
            Email(message=lazy("Escribe un correo completo, por ejemplo ana@ejemplo.mx.")),
            Length(max=254, message=lazy("Escribe %(max)s caracteres como máximo.", max=254)),
        ],
    )

    def __init__(self, *args: Any, organisations: dict[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver.choices = choices([(str(one), name) for one, name in (organisations or {}).items()])
        self.fund.choices = choices(fund_options(funds()))
        self.currency.choices = choices([(one, one) for one in currencies()])

    def validate_first(self, field: DateField) -> None:
        """A promise belongs to this century or the next; its last part is at most 120 years away."""
        if field.data is not None and not 2000 <= field.data.year <= 2200:
            raise ValidationError(_(N_("Escribe un año entre 2000 y 2200.")))

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read the amount in the currency that was chosen beside it."""
        sent = self.meta.wrap_formdata(self, formdata)
        if sent is not None and sent.get("currency") in currencies():
            self.amount.currency = sent["currency"]
        super().process(formdata, *args, **kwargs)


class ApplyForm(PuenteForm):
    """Which contribution keeps a promise."""

    contribution = SelectField(lazy("Aportación"), [DataRequired(message=REQUIRED)], coerce=lambda one: int(one or 0))

    def offer(self, found: list[Contribution]) -> "ApplyForm":
        """List the contributions that may keep it."""
        # None is chosen beforehand: what came for another reason is in the list as well.
        self.contribution.choices = choices(
            [("", _(N_("Elige la aportación"))), *((str(one.id), _told(one)) for one in found)]
        )
        return self


def _told(one: Contribution) -> str:
    day = format_date(one.received_on, "medium", locale=current_language())
    return f"{_(CONTRIBUTION_KINDS[one.kind])} {one.id} · {day} · {format_money(one.kept)}"

"""The shape of a sponsor's package and of what shows that a promise to a sponsor was kept."""

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from core.clock import today
from core.errors import InvalidInput
from core.forms import MoneyField, ProofField, PuenteForm, choices
from core.language import N_, _, lazy
from core.money import Money
from trust.forms.giving import AMOUNT_RULES, currencies
from trust.models import DUE_RULES, DueRule

REQUIRED = lazy("Este dato hace falta.")
LINES, MOST_LINES = 3, 12
LONGEST_WAIT_DAYS = 3650


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Escribe %(max)s caracteres como máximo.", max=characters))


class BenefitLineForm(PuenteForm):
    """One benefit. A line whose every text is empty is no line."""

    class Meta(PuenteForm.Meta):
        csrf = False

    what_es = StringField(lazy("Qué recibe, en español"), [_at_most(200)])
    what_en = StringField(lazy("Qué recibe, en inglés"), [_at_most(200)])
    quantity = IntegerField(
        lazy("Cuántos"),
        [Optional(), NumberRange(1, 10**6, message=lazy("Escribe un número entero mayor que cero."))],
        default=1,
    )
    due_rule = SelectField(lazy("Cuándo se le debe"), default=DueRule.AFTER_PAYMENT.value)
    due_days = IntegerField(
        lazy("Días"),
        [
            Optional(),
            NumberRange(0, LONGEST_WAIT_DAYS, message=lazy("Escribe un número de días de 0 a 3650.")),
        ],
    )
    due_on = DateField(lazy("Fecha"), [Optional()])
    value = StringField(lazy("Valor razonable"), [_at_most(40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due_rule.choices = choices([(rule.value, _(label)) for rule, label in DUE_RULES.items()])
        self.worth: Money | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything in it."""
        return not (self.what_es.data or self.what_en.data)

    @property
    def due(self) -> tuple[int | None, date | None]:
        """The days after the money, or the fixed day."""
        fixed = self.due_rule.data == DueRule.ON_DATE.value
        return (None, self.due_on.data) if fixed else (self.due_days.data, None)

    def agree(self, currency: str) -> bool:
        """Check what one field says against another, reading the value in the package's currency."""
        if self.is_empty:
            return True
        for field in (self.what_es, self.what_en):
            if not field.data:
                field.errors = [*field.errors, str(REQUIRED)]
        if self.quantity.data is None:
            self.quantity.errors = [*self.quantity.errors, str(REQUIRED)]
        wanted = self.due_on if self.due_rule.data == DueRule.ON_DATE.value else self.due_days
        if wanted.data is None and not wanted.errors:
            wanted.errors = [str(REQUIRED)]
        self._read_value(currency)
        return not any(field.errors for field in self)

    def _read_value(self, currency: str) -> None:
        if not self.value.data:
            return
        try:
            self.worth = Money.parse(self.value.data, currency)
        except InvalidInput as refusal:
            self.value.errors = [*self.value.errors, refusal.message()]
            return
        if self.worth.amount_cents < 0:
            self.value.errors = [*self.value.errors, _(N_("La cantidad no puede ser menor que cero."))]


class PackageForm(PuenteForm):
    """A package: its names, its least amount, when and for how many, and what it gives back."""

    name_es = StringField(lazy("Nombre en español"), [DataRequired(message=REQUIRED), _at_most(120)])
    name_en = StringField(lazy("Nombre en inglés"), [DataRequired(message=REQUIRED), _at_most(120)])
    currency = SelectField(lazy("Moneda"), [DataRequired(message=REQUIRED)])
    amount = MoneyField(lazy("Cantidad mínima"), AMOUNT_RULES)
    is_public = BooleanField(lazy("Cualquiera puede verlo y elegirlo en la página de aportar"), default=True)
    opens_on = DateField(lazy("Se puede elegir a partir del"), [InputRequired(message=REQUIRED)])
    closes_on = DateField(lazy("Se puede elegir hasta el"), [Optional()])
    places = IntegerField(
        lazy("Para cuántos patrocinadores"),
        [Optional(), NumberRange(1, 10**6, message=lazy("Escribe un número entero mayor que cero."))],
    )
    lines = FieldList(FormField(BenefitLineForm), min_entries=LINES, max_entries=MOST_LINES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.choices = choices([(one, one) for one in currencies()])
        if not self.is_submitted():
            self.opens_on.data = self.opens_on.data or today()

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read the amount in the currency that was chosen beside it."""
        sent = self.meta.wrap_formdata(self, formdata)
        if sent is not None and sent.get("currency") in currencies():
            self.amount.currency = sent["currency"]
        super().process(formdata, *args, **kwargs)

    def validate_closes_on(self, field: DateField) -> None:
        """A package ends after it begins."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError(_(N_("Termina antes de empezar.")))

    def filled(self) -> list[BenefitLineForm]:
        """Return the lines somebody wrote something in."""
        return [entry.form for entry in self.lines.entries if not entry.form.is_empty]

    def agrees(self) -> bool:
        """Check every line whole; their faults stand at their fields."""
        return not [line for line in self.filled() if not line.agree(self.amount.currency)]

    def add_line(self) -> None:
        """Offer one more line, as far as there may be."""
        if len(self.lines.entries) < MOST_LINES:
            self.lines.append_entry()


class BenefitDeliveryForm(PuenteForm):
    """When a sponsor got what was promised, and what shows it."""

    on = DateField(
        lazy("Fecha en que se entregó"), [InputRequired(message=lazy("Escribe la fecha, por ejemplo 2026-11-22."))]
    )
    note = TextAreaField(lazy("Qué se entregó y a quién"), [DataRequired(message=REQUIRED), _at_most(1000)])
    evidence = ProofField(lazy("Evidencia"))

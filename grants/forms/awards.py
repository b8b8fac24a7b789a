"""What an applicant types after the deadline: an answer, an appeal, a signature, a report."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    MultipleFileField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import MoneyField, PuenteForm, clean_text
from core.language import N_, lazy
from grants.models.award import MOST_LINES

TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")


class CureAnswerForm(PuenteForm):
    """The answer to a request to cure."""

    text = TextAreaField(lazy("Tu respuesta"), [Optional(), Length(max=10_000, message=lazy(TOO_LONG))])
    files = MultipleFileField(lazy("Archivos"), [Optional()])


class AppealForm(PuenteForm):
    """An appeal."""

    text = TextAreaField(
        lazy("Por qué no estás de acuerdo"),
        [InputRequired(message=lazy("Escribe tus razones.")), Length(max=20_000, message=lazy(TOO_LONG))],
    )


class AcceptForm(PuenteForm):
    """A signature by name on the document that was shown."""

    sha256 = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
    signed_name = StringField(
        lazy("Tu nombre completo, como firma"),
        [InputRequired(message=lazy("Escribe tu nombre completo.")), Length(max=120, message=lazy(TOO_LONG))],
    )
    read = BooleanField(
        lazy("Leí el convenio y acepto sus condiciones"), [InputRequired(message=lazy("Marca que lo leíste."))]
    )


class DeclineForm(PuenteForm):
    """Why an award is declined."""

    reason = TextAreaField(
        lazy("Motivo"),
        [InputRequired(message=lazy("Escribe el motivo.")), Length(max=2_000, message=lazy(TOO_LONG))],
    )


class ExpenseLineForm(PlainForm):
    """One expense."""

    concept = StringField(lazy("Qué fue"), [Optional(), Length(max=200, message=lazy(TOO_LONG))], filters=[clean_text])
    spent_on = DateField(lazy("Fecha"), [Optional()])
    amount = MoneyField(lazy("Cantidad"), [Optional()])
    receipt = FileField(lazy("Comprobante"), [Optional()])

    @property
    def is_blank(self) -> bool:
        """True when nothing was written on this line."""
        return not (self.concept.data or self.spent_on.data or self.amount.data or self.receipt.data)


class ExpenseReportForm(PuenteForm):
    """How the money was spent."""

    lines = FieldList(FormField(ExpenseLineForm), min_entries=3, max_entries=MOST_LINES, label=lazy("Gasto"))
    narrative = TextAreaField(lazy("Qué se logró"), [Optional(), Length(max=10_000, message=lazy(TOO_LONG))])

    def use_currency(self, currency: str) -> None:
        """Read every amount in the award's currency."""
        for entry in self.lines.entries:
            field: Any = entry.form.amount
            field.currency = currency

    def make_room_for(self, controls: Iterable[str]) -> None:
        """Show as many lines as the named controls reach to: none may hold a receipt that nobody sees."""
        reached = [int(name.split("-")[1]) for name in controls if name.startswith("lines-")]
        while len(self.lines.entries) <= max(reached, default=-1):
            self.lines.append_entry()

    def make_rows(self, wanted: str) -> None:
        """Show as many lines as an address asks for: those that a browser kept."""
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 0
        while len(self.lines.entries) < min(number, self.lines.max_entries or 0):
            self.lines.append_entry()

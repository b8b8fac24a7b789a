"""Shapes of what is sent and said about the bank's statements."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wtforms import BooleanField, FileField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from core.forms import PuenteForm, choices
from core.language import _, lazy
from core.money import format_money
from trust.forms.giving import currencies
from trust.queries.bank import BookMove
from trust.rules.bank import DATE_FORMATS, propose_mapping

LARGEST_STATEMENT_BYTES = 10_000_000
REQUIRED = lazy("Este dato hace falta.")
DATE_LABELS = {"iso": "2026-11-22", "dmy": "22/11/2026", "dmy-short": "22/11/26", "mdy": "11/22/2026"}
ENCODINGS = (("utf-8", "UTF-8"), ("cp1252", "Windows-1252"))


def _column(label: str) -> StringField:
    return StringField(label, [Length(max=80)])


class StatementForm(PuenteForm):
    """A statement's file, and for CSV which column says what."""

    account = SelectField(lazy("Cuenta"), [DataRequired(message=REQUIRED)])
    currency = SelectField(lazy("Moneda"), [DataRequired(message=REQUIRED)])
    statement = FileField(lazy("Archivo del banco"), [DataRequired(message=lazy("Elige el archivo."))])
    booked_on = _column(lazy("Columna de la fecha"))
    dates = SelectField(lazy("Cómo escribe las fechas"), default="iso")
    amount = _column(lazy("Columna de la cantidad"))
    direction = _column(lazy("Columna que dice si entra o sale"))
    money_in = _column(lazy("Columna de lo que entra"))
    money_out = _column(lazy("Columna de lo que sale"))
    decimal_comma = BooleanField(lazy("Los decimales llevan coma"))
    reference = _column(lazy("Columna de la referencia"))
    description = _column(lazy("Columna de la descripción"))
    encoding = SelectField(lazy("Codificación"), default="utf-8")

    def offer(self, accounts: list[tuple[str, str]]) -> "StatementForm":
        """Fill the lists to choose from."""
        self.account.choices = choices(accounts)
        self.currency.choices = choices([(one, one) for one in currencies()])
        self.dates.choices = choices([(one, DATE_LABELS[one]) for one in DATE_FORMATS])
        self.encoding.choices = choices(list(ENCODINGS))
        return self

    def remember(self, mapping: Mapping[str, Any] | None) -> None:
        """Fill in how the last file of the account was read."""
        for name, value in (mapping or {}).items():
            if name in self:
                self[name].data = value

    def propose(self, data: bytes) -> bool:
        """Fill in what the titles of a file's columns seem to say; return whether they say enough."""
        found = propose_mapping(data, self.currency.data)
        self.remember(asdict(found) if found is not None else None)
        return found is not None


class MatchForm(PuenteForm):
    """Which entries a line of the bank is."""

    entries = SelectMultipleField(lazy("Asientos"), coerce=int)

    def offer(self, moves: list[BookMove]) -> "MatchForm":
        """List the entries that wait for a line."""
        self.entries.choices = [
            (one.entry_id, f"{one.label} · {one.entry_date} · {format_money(one.money)} · {_(one.memo)}")
            for one in moves
        ]
        return self

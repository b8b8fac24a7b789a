"""What a table's columns say, proposed from their titles, for a person to look over before anything is read."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

from core.letters import fold_text
from trust.rules.bank.table import DELIMITERS, HEADER_WITHIN, read_csv
from trust.rules.bank.values import DATE_FORMATS, CsvMapping, StatementUnreadable

# How titles of columns begin, folded, the likelier first.
TITLES = {
    "booked_on": ("fecha oper", "fecha de oper", "fecha", "booking date", "transaction date", "date", "dia"),
    "amount": ("importe", "monto", "cantidad", "amount", "valor"),
    "direction": ("tipo", "cargo/abono", "c/a", "d/h", "signo", "naturaleza", "credit/debit", "type"),
    "money_in": (
        "abono",
        "deposito",
        "credito",
        "haber",
        "ingreso",
        "entrada",
        "credit",
        "deposit",
        "paid in",
        "money in",
    ),
    "money_out": (
        "cargo",
        "retiro",
        "debito",
        "debe",
        "egreso",
        "salida",
        "debit",
        "withdrawal",
        "paid out",
        "money out",
    ),
    "reference": ("referencia", "ref", "folio", "clave de rastreo", "reference"),
    "description": ("concepto", "descripcion", "detalle", "movimiento", "description", "details", "narrative"),
}
ENCODINGS = ("utf-8", "cp1252")


def propose_mapping(data: bytes, currency: str) -> CsvMapping | None:
    """Return a mapping under which the whole file reads, or none: a proposal nobody could use is not made.

    Where a day may be read in two ways (02/03), the day is taken to come first, as Mexico writes it.
    """
    for encoding in ENCODINGS:
        try:
            text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        for named in _named(text, encoding):
            for dates, comma in product(DATE_FORMATS, (False, True)):
                mapping = replace(named, dates=dates, decimal_comma=comma)
                try:
                    if read_csv(data, currency, mapping).lines:
                        return mapping
                except StatementUnreadable:
                    continue
    return None


def _named(text: str, encoding: str) -> Iterator[CsvMapping]:
    """Yield what the titles of each row that looks like a head may mean: two columns first, then one and its way."""
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), HEADER_WITHIN))
        except csv.Error:
            continue
        for row in rows:
            titles = [title.strip() for title in row]
            said = {what: _title(titles, words) for what, words in TITLES.items()}
            if not said["booked_on"]:
                continue
            plain = CsvMapping(
                said["booked_on"], reference=said["reference"], description=said["description"], encoding=encoding
            )
            if said["money_in"] and said["money_out"]:
                yield replace(plain, money_in=said["money_in"], money_out=said["money_out"])
            if said["amount"] and said["direction"]:
                yield replace(plain, amount=said["amount"], direction=said["direction"])
            if said["amount"]:
                yield replace(plain, amount=said["amount"])


def _title(titles: list[str], words: tuple[str, ...]) -> str:
    return next(
        (title for word in words for title in titles if title and (fold_text(title) or "").startswith(word)), ""
    )

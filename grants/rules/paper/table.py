"""A register as rows of text, whatever office wrote it: CSV in any usual encoding, or a spreadsheet."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from statistics import median_high

from core.errors import InvalidInput
from core.language import N_

MOST_ROWS = 200_000
LARGEST_BYTES = 100_000_000
SPREADSHEET = b"PK\x03\x04"
ENCODINGS = ("utf-8-sig", "cp1252")
SEPARATORS = ",;\t|"
LOOKED_AT = 200  # lines


class RegisterUnreadable(InvalidInput):
    """The file is neither a CSV nor a spreadsheet that can be read."""

    sentence = N_("No pudimos leer el archivo como CSV ni como XLSX.")


class RegisterTooLarge(InvalidInput):
    """More than one import should take."""

    sentence = N_("El archivo es demasiado grande: divídelo en partes de hasta %(most)s renglones.")


def read_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of a file with its number, counted from 1 as the reader sees it; cells are trimmed text.

    A spreadsheet's longest sheet is read, the first of equals; its dates come as ISO 8601.

    Raises:
        RegisterUnreadable: it is neither. RegisterTooLarge: more than 200,000 rows or 100 MB.
    """
    if len(data) > LARGEST_BYTES:
        raise RegisterTooLarge(most=MOST_ROWS)
    rows = _sheet(data) if data.startswith(SPREADSHEET) else _text(data)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise RegisterTooLarge(most=MOST_ROWS)
        yield number, [" ".join(cell.split()) for cell in row]


def _text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    if "\x00" in text:
        raise RegisterUnreadable()
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    except csv.Error:
        raise RegisterUnreadable() from None


def _separator(text: str) -> str:
    """Return what most lines hold most of: the titles above a list hold none, and prose has its commas."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    return max(SEPARATORS, key=lambda sign: median_high([line.count(sign) for line in lines] or [0]))


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")  # what spreadsheets call Unicode text
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # five bytes that cp1252 leaves out


def _sheet(data: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # local: few processes ever read a spreadsheet

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        longest = max(book.worksheets, key=lambda sheet: sheet.max_row or 0)
        for row in longest.iter_rows(values_only=True):
            yield [_cell(value) for value in row]
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError):
        raise RegisterUnreadable() from None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

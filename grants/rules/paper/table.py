"""A register as rows of text, whatever office wrote it: CSV in any usual encoding, a spreadsheet, a page's table."""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from statistics import median_high
from typing import Any

from core.errors import InvalidInput
from core.language import N_
from grants.rules.paper.markup import is_page, rows_of

MOST_ROWS = 200_000
LARGEST_BYTES = 100_000_000
SPREADSHEET = b"PK\x03\x04"
OPEN_DOCUMENT = (
    b"mimetypeapplication/vnd.oasis.opendocument"  # the first file in such a package, which is not compressed
)
OLD_BOOK = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and any Excel behind a password
PDF = b"%PDF-"
ENCODINGS = ("utf-8-sig", "cp1252")
SEPARATORS = ",;\t|"
LOOKED_AT = 200  # lines
LONGEST_CELL = 12  # lines: beyond it, a quote was opened and never closed
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


class RegisterUnreadable(InvalidInput):
    """The file is neither a CSV nor a spreadsheet that can be read."""

    sentence = N_("No pudimos leer el archivo como CSV ni como XLSX.")


class OldBook(RegisterUnreadable):
    """A spreadsheet of the old format, or one behind a password: both begin alike."""

    sentence = N_(
        "Es un libro de Excel anterior (.xls) o con contraseña. Ábrelo, guárdalo como .xlsx sin contraseña e impórtalo."
    )


class OpenDocument(RegisterUnreadable):
    """A spreadsheet of LibreOffice."""

    sentence = N_("Es una hoja de LibreOffice (.ods). Ábrela, guárdala como .xlsx o .csv e impórtala.")


class PrintedRegister(RegisterUnreadable):
    """A PDF: a picture of the list, not the list."""

    sentence = N_("Es un PDF, del que no se pueden leer renglones con certeza. Pide la lista en .xlsx o .csv.")


class SheetMissing(InvalidInput):
    """A sheet that was named is not in the spreadsheet."""

    sentence = N_("El archivo no tiene la hoja «%(sheet)s»: tiene %(sheets)s.")


class RegisterTooLarge(InvalidInput):
    """More than one import should take."""

    sentence = N_("El archivo es demasiado grande: divídelo en partes de hasta %(most)s renglones.")


def read_rows(data: bytes, sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yield each row of a file with its number, counted from 1 as the reader sees it; cells are trimmed text.

    Of a spreadsheet the `sheet` that is named is read, else the longest visible one; its dates come as ISO 8601. Empty
    rows below the last one that says something are left out: spreadsheets keep many that somebody once gave a border.

    Raises:
        RegisterUnreadable: it is neither. SheetMissing. RegisterTooLarge: more than 200,000 rows or 100 MB.
    """
    if len(data) > LARGEST_BYTES:
        raise RegisterTooLarge(most=MOST_ROWS)
    _refuse_other_kinds(data)
    rows = _sheet(data, sheet) if data.startswith(SPREADSHEET) else _text(data)
    filled, empty = 0, 0
    for number, row in enumerate(rows, start=1):
        cells = [_plain(cell) for cell in row]
        if not any(cells):
            empty += 1
            if empty > MOST_ROWS:
                return
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise RegisterTooLarge(most=MOST_ROWS)
        yield from ((gap, []) for gap in range(number - empty, number))
        empty = 0
        yield number, cells


def _refuse_other_kinds(data: bytes) -> None:
    """Say by name what people send that is no register yet, and how to make it one."""
    if data.startswith(OLD_BOOK):
        raise OldBook()
    if data.startswith(PDF):
        raise PrintedRegister()
    if data.startswith(SPREADSHEET) and OPEN_DOCUMENT in data[:200]:
        raise OpenDocument()


def _plain(cell: str) -> str:
    """Return a cell without what nobody sees: spaces of other kinds, marks of direction, accents apart from letters."""
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", cell)).split())


def _text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    if "\x00" in text:
        raise RegisterUnreadable()
    if is_page(text):
        yield from rows_of(text)
        return
    lines = list(io.StringIO(text, newline=""))
    yield from _records(lines, _separator(lines))


def _records(lines: list[str], separator: str) -> Iterator[list[str]]:
    """Yield the records; a quote that nobody closed is a sign of its own line and swallows no other."""
    usual = _usual(lines, separator)

    def is_whole(number: int) -> bool:
        return 0 < usual <= lines[number].count(separator)

    at = 0  # the line at which the next record starts
    while at < len(lines):
        start, reader = at, csv.reader(islice(lines, at, None), delimiter=separator)
        try:
            for record in reader:
                end = start + reader.line_num
                if end - at > LONGEST_CELL or (end - at > 1 and is_whole(at) and is_whole(at + 1)):
                    break
                yield record
                at = end
            else:
                return
        except csv.Error:
            pass  # what an open quote swallowed is longer than any cell
        yield next(csv.reader([lines[at].replace('"', "")], delimiter=separator))
        at += 1


def _separator(lines: list[str]) -> str:
    """Return what most lines hold most of: the titles above a list hold none, and prose has its commas."""
    return max(SEPARATORS, key=lambda sign: _usual(lines, sign))


def _usual(lines: list[str], sign: str) -> int:
    """Return how often most of the first lines hold a sign."""
    return median_high([line.count(sign) for line in lines[:LOOKED_AT] if line.strip()] or [0])


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")  # what spreadsheets call Unicode text
    nulls = data[:2000].count(0)
    if nulls * 3 > len(data[:2000]):  # the same without its mark
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", errors="replace")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # five bytes that cp1252 leaves out


def sheets_left(data: bytes, sheet: str = "") -> list[str]:
    """Return the visible sheets of a spreadsheet that `read_rows` does not read; none for text.

    Raises:
        RegisterUnreadable: it is no spreadsheet after all. SheetMissing.
    """
    if not data.startswith(SPREADSHEET):
        return []
    with _opened(data) as book:
        chosen = _chosen(book, sheet)
        return [str(one.title) for one in _visible(book) if one is not chosen]


def _visible(book: Any) -> list[Any]:
    return [one for one in book.worksheets if one.sheet_state == "visible"] or list(book.worksheets)


def _chosen(book: Any, name: str) -> Any:
    if not name:
        visible = _visible(book)
        return visible[0] if len(visible) == 1 else max(visible, key=_filled)
    found = next((one for one in book.worksheets if one.title.strip().casefold() == name.strip().casefold()), None)
    if found is None:
        raise SheetMissing(sheet=name[:60], sheets=", ".join(one.title for one in _visible(book))[:200])
    return found


def _filled(sheet: Any) -> int:
    """Return how many rows hold two cells or more. What the file says of its size is not asked: it is often wrong."""
    return sum(1 for row in _cells(sheet) if sum(1 for value in row if value not in (None, "")) > 1)


def _cells(sheet: Any) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a sheet as they are written, whatever size the file says it has.

    Many programs write «A1», nothing, or the whole sheet there: openpyxl would read one cell or fill up 16,384 a row.
    """
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    from openpyxl import load_workbook  # local: few processes ever read a spreadsheet

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        yield book
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, TypeError, SyntaxError, zlib.error):
        raise RegisterUnreadable() from None


def _sheet(data: bytes, name: str) -> Iterator[list[str]]:
    with _opened(data) as book:
        for row in _cells(_chosen(book, name)):
            yield [_cell(value) for value in row]


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

"""Files as people make them: CSV read row by row, each fault named with its file, row, field and rule."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import click
import orjson

from core.language import N_, _
from scoring.commands.dialects import Doubt, Numbers, dialect_of, trimmed, with_points

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LARGEST, FINEST = Decimal(10) ** 15, -30  # the greatest number, and the last decimal place that is read
LONGEST = 60
MIXED = N_(
    "«%(said)s» no lleva los decimales como los demás números del archivo: con punto o con coma, pero todos igual"
)
EITHER_WAY = N_(
    "«%(said)s» puede tener decimales o ser de miles: quita la separación de miles; si son decimales, separa las "
    "columnas con comas y los decimales con punto"
)
CELLS = N_("tiene %(cells)s celdas y el encabezado %(header)s")
TOGETHER = 2**15  # cells that are read at once
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


Block = tuple[Sequence[int], list[list[str]]]
"""The numbers of some rows, and their columns."""


class BadFile(click.ClickException):
    """A file that cannot be used as it is; nothing of it was."""

    exit_code = 2  # as for an option that cannot be used

    def __init__(self, file: Path, fault: str, *, row: int | None = None, field: str | None = None) -> None:
        place = [file.name]
        place += [_("fila %(row)s", row=row)] if row is not None else []
        place += [_("campo %(field)s", field=field)] if field else []
        super().__init__(f"{', '.join(place)}: {fault}")


class Differs(BadFile):
    """A file that can be read, and does not say what comes out."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table and where it stands; the header is row 1."""

    file: Path
    number: int
    values: Mapping[str, str]

    def fault(self, field: str | None, fault: str) -> BadFile:
        """Return the refusal of this row."""
        return BadFile(self.file, fault, row=self.number, field=field)

    def text(self, field: str) -> str:
        """Return a value that must be there."""
        value = self.values.get(field, "").strip()
        if not value:
            raise self.fault(field, _("está vacío"))
        return value

    def number_of(self, field: str) -> Fraction:
        """Return an exact number."""
        return exact(self.text(field), lambda fault: self.fault(field, fault))


def exact(text: str, refusal: Any) -> Fraction:
    """Return a decimal number exactly, or raise what `refusal` makes of the fault."""
    said = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    if text.casefold().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise refusal(_("«%(said)s» no es un número que se pueda usar", said=said))
    if not NUMBER.fullmatch(text):
        raise refusal(_("«%(said)s» no es un número", said=said))
    value = Decimal(text) if len(text) <= LONGEST else None
    if value is None or abs(value) > LARGEST or (value and int(value.as_tuple().exponent) < FINEST):
        raise refusal(_("«%(said)s» no es un número que se pueda usar", said=said))
    return Fraction(value)


def read_table(
    path: Path, required: Sequence[str], *, numbers: Numbers | None = None, may_be_empty: bool = False
) -> list[Row]:
    """Return the rows of a CSV file that has at least the `required` columns, and no column twice."""
    header, lines = open_table(path, required, numbers=numbers, may_be_empty=may_be_empty)
    return [Row(path, number, dict(zip(header, values, strict=True))) for number, values in lines]


def open_table(
    path: Path, required: Sequence[str], *, numbers: Numbers | None = None, may_be_empty: bool = False
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the header of such a file and its numbered lines."""
    lines = cells(path, required, numbers)
    header = _header(path, lines, required)
    return header, _numbered(path, header, lines, empty=not may_be_empty)


def open_columns(path: Path, required: Sequence[str], numbers: Numbers) -> tuple[list[str], Iterator[Block]]:
    """Return the header of such a file and its columns, many rows at a time, for whoever reads very many."""
    blocks = _many(path, required, numbers)
    header = _header(path, chain.from_iterable(islice(blocks, 1)), required)
    return header, _blocks(path, header, blocks)


def _header(path: Path, lines: Iterator[list[str]], required: Sequence[str]) -> list[str]:
    header = [name.strip() for name in next(lines, [])]
    for name in required:
        if header.count(name) != 1:
            had = ", ".join(header)[:LONGEST] or "—"
            said = _(
                "el encabezado la necesita una vez, y las columnas se separan con comas, con puntos y comas o con "
                "tabuladores; tiene: %(header)s",
                header=had,
            )
            raise BadFile(path, said, row=1, field=name)
    for index, name in enumerate(header):
        if name in header[:index]:
            raise BadFile(path, _("el encabezado la tiene dos veces"), row=1, field=name)
    return header


def _blocks(path: Path, header: Sequence[str], blocks: Iterator[list[list[str]]]) -> Iterator[Block]:
    """Yield the rows as columns without the blanks around what is written."""
    first, empty, width = 2, True, len(header)
    for rows in blocks:
        numbers: Sequence[int] = range(first, first + len(rows))
        columns = _stripped(rows) if set(map(len, rows)) == {width} else []
        if not columns or "" in columns[0]:  # a line with nothing on it, or a wrong one
            kept = list(_numbered(path, header, iter(rows), empty=False, first=first))
            numbers, columns = [number for number, _row in kept], _stripped([row for _number, row in kept])
        first += len(rows)
        if numbers:
            empty = False
            yield numbers, columns
    if empty:
        raise BadFile(path, _("no tiene filas"), row=2)


def _stripped(rows: list[list[str]]) -> list[list[str]]:
    return [list(map(str.strip, column)) for column in zip(*rows, strict=True)]


def _numbered(
    path: Path, header: Sequence[str], lines: Iterator[list[str]], *, empty: bool, first: int = 2
) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(lines, start=first):
        if not (values and values[0].strip()) and not any(map(str.strip, values)):
            continue
        if len(values) != len(header):
            raise wrong_width(path, number, header, values)
        empty = False
        yield number, values
    if empty:
        raise BadFile(path, _("no tiene filas"), row=2)


def cells(path: Path, required: Sequence[str], numbers: Numbers | None = None) -> Iterator[list[str]]:
    """Yield the cells of each line of a CSV file, numbers with decimal points."""
    return chain.from_iterable(_many(path, required, numbers))


def _many(path: Path, required: Sequence[str], numbers: Numbers | None) -> Iterator[list[list[str]]]:
    """Yield the first line of a CSV file, and then many at a time."""
    try:
        with _opened(path) as file:
            dialect = dialect_of(file, required, numbers)
            if dialect.doubt is not None:
                raise _in_doubt(path, dialect.doubt)
            lines: Iterator[list[str]] = csv.reader(map(composed, file), strict=True, delimiter=dialect.mark)
            for header in lines:
                named = trimmed(header)
                yield [named]
                lines = lines if len(named) == len(header) else map(partial(trimmed, least=len(named)), lines)
                if dialect.comma and numbers is not None:
                    lines = with_points(lines, numbers.places(header))
                while rows := list(islice(lines, max(1, TOGETHER // max(1, len(header))))):
                    yield rows
    except UnicodeDecodeError:
        raise no_text(path) from None
    except csv.Error:
        raise BadFile(path, _("no es CSV"), row=_whole_lines(path) + 1) from None


def _opened(path: Path) -> TextIO:
    """Return a file that can be read from its start again: what comes through a pipe is kept."""
    file = path.open(encoding="utf-8-sig", newline="")
    if file.seekable():
        return file
    with file:
        return StringIO(file.read(), newline="")


def _in_doubt(path: Path, doubt: Doubt) -> BadFile:
    said = _(MIXED if doubt.mixed else EITHER_WAY, said=doubt.said[:LONGEST])
    return BadFile(path, said, row=doubt.row, field=doubt.field)


def wrong_width(path: Path, row: int, header: Sequence[str], values: Sequence[str]) -> BadFile:
    """Return the refusal of a line with too few cells, by the first that lacks, or with too many, by the last."""
    field = header[min(len(values), len(header) - 1)]
    return BadFile(path, _(CELLS, cells=len(values), header=len(header)), row=row, field=field)


def no_text(path: Path) -> BadFile:
    """Return the refusal of a file in another encoding, by the line where that shows."""
    data, row = path.read_bytes(), 1
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row += data.count(b"\n", 0, error.start)
    return BadFile(path, _("no es texto UTF-8"), row=row)


def composed(text: str) -> str:
    """Return text with its accents written in one way: two that look the same are one name."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _whole_lines(path: Path) -> int:
    """Return how many lines of a file there are before the one that is no CSV."""
    number = 0
    with path.open(encoding="utf-8-sig", newline="") as file, suppress(csv.Error):
        for _line in csv.reader(file, strict=True):
            number += 1
    return number


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object in which no name stands twice; a second one would silently replace the first."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _value in pairs]
            raise BadFile(path, _("el nombre está dos veces"), field=next(one for one in names if names.count(one) > 1))
        return found

    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text, object_pairs_hook=once, parse_constant=float)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise BadFile(path, _("no es JSON que se pueda usar: tiene demasiados niveles")) from None
    except json.JSONDecodeError as error:
        said = _("no es JSON (renglón %(line)s, columna %(column)s)", line=error.lineno, column=error.colno)
        raise BadFile(path, said) from None
    except ValueError:  # what is no UTF-8, no number or no character
        raise BadFile(path, _("no es JSON")) from None
    if not isinstance(document, dict):
        raise BadFile(path, _("no es un objeto JSON"))
    return document


def show(document: Mapping[str, Any]) -> None:
    """Print a JSON document."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))


class Words(click.ParamType[str]):
    """An option of text that can be hashed: not empty, and of characters."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, or refuse it."""
        text = str(value)
        if not text.strip():
            self.fail(_("está vacío"), param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(_("no es texto UTF-8"), param, ctx)
        return text

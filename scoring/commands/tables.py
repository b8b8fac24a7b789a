"""Files as people make them: CSV read row by row, each fault named with its file, row, field and rule."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import orjson

from scoring.rules.rulebook import Rulebook, check, parse

LARGEST = Decimal(10) ** 15


class BadFile(click.ClickException):
    """A file that cannot be used as it is; nothing of it was."""

    def __init__(self, file: Path, fault: str, *, row: int | None = None, field: str | None = None) -> None:
        place = [file.name, *([f"row {row}"] if row is not None else []), *([f"field {field}"] if field else [])]
        super().__init__(f"{', '.join(place)}: {fault}")


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
            raise self.fault(field, "is empty")
        return value

    def number_of(self, field: str) -> Fraction:
        """Return an exact number."""
        return exact(self.text(field), lambda fault: self.fault(field, fault))


def exact(text: str, refusal: Any) -> Fraction:
    """Return a decimal number exactly, or raise what `refusal` makes of the fault."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise refusal(f"«{text[:40]}» is not a number") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise refusal(f"«{text[:40]}» is not a number that can be used")
    return Fraction(value)


def read_table(path: Path, required: Sequence[str]) -> list[Row]:
    """Return the rows of a CSV file that has at least the `required` columns, each once, and one row or more."""
    header, lines = open_table(path, required)
    return [Row(path, number, dict(zip(header, values, strict=True))) for number, values in lines]


def open_table(path: Path, required: Sequence[str]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the header of such a file and its numbered lines, for whoever reads very many."""
    lines = cells(path)
    header = [name.strip() for name in next(lines, [])]
    for name in required:
        if header.count(name) != 1:
            raise BadFile(path, f"the header needs the column «{name}» once; it has {', '.join(header) or 'nothing'}")
    return header, _numbered(path, len(header), lines)


def _numbered(path: Path, width: int, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    empty = True
    for number, values in enumerate(lines, start=2):
        if not any(map(str.strip, values)):
            continue
        if len(values) != width:
            raise BadFile(path, f"has {len(values)} cells and the header {width}", row=number)
        empty = False
        yield number, values
    if empty:
        raise BadFile(path, "has no rows")


def cells(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each line of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file, strict=True)
    except UnicodeDecodeError:
        raise BadFile(path, "is not UTF-8 text") from None
    except csv.Error as error:
        raise BadFile(path, f"is not CSV ({error})") from None


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadFile(path, f"is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise BadFile(path, "is not a JSON object")
    return document


def read_rulebook(path: Path) -> Rulebook:
    """Return a rulebook, or refuse it with every problem it has."""
    document = read_json(path)
    problems = check(document)
    if problems:
        said = "\n".join(f"  {one.path}: {one.message % one.params}" for one in problems)
        raise BadFile(path, f"cannot be a rulebook:\n{said}")
    return parse(document)


def show(document: Mapping[str, Any]) -> None:
    """Print a JSON document."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode())

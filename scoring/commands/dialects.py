"""How a table on file is written: what parts its columns, and whether its numbers have decimal points or commas.

Whoever speaks Spanish gets semicolons and decimal commas from a spreadsheet. What can be read in two ways is refused:
«1,250» may be one and a quarter or a thousand two hundred and fifty, and nobody should find out from a ranking.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TextIO

MARKS = (",", ";", "\t")
PART = 2**20
NUMBER = re.compile(r"[+-]?(?:[0-9]+([.,])[0-9]*|([.,])[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
AROUND = re.compile(r"[\s\u00a0\u202f$€]|[A-Z]{3}")  # an amount of money may be written with these


class Numbers(NamedTuple):
    """In which columns of a header there are numbers; `grouped` where commas may also part thousands, as in amounts."""

    places: Callable[[Sequence[str]], Sequence[int]]
    grouped: bool = False

    @classmethod
    def under(cls, *names: str, grouped: bool = False) -> "Numbers":
        """Return the columns of these names."""
        return cls(lambda header: [place for place, name in enumerate(header) if name.strip() in names], grouped)


class Doubt(NamedTuple):
    """A number that can be read in two ways, or in another than the others: where it stands, and which of the two."""

    row: int
    field: str
    said: str
    mixed: bool


class Dialect(NamedTuple):
    """What parts columns, whether decimals have commas, and what makes it impossible to say."""

    mark: str
    comma: bool
    doubt: Doubt | None = None


def dialect_of(file: TextIO, required: Sequence[str], numbers: Numbers | None) -> Dialect:
    """Return how a file is written that can be read from its start again, and is left there."""
    mark, header = _mark(file, required)
    file.seek(0)
    if numbers is None or (mark == "," and (numbers.grouped or not _quotes_below(file, header))):
        return Dialect(mark, comma=False)
    rows = csv.reader(file, strict=True, delimiter=mark)
    next(rows, None)
    try:
        return _Signs(header, numbers, mark).seen(rows)
    finally:
        file.seek(0)


def _mark(file: TextIO, required: Sequence[str]) -> tuple[str, list[str]]:
    """Return what parts the header so that it has the most of the columns it needs, and the header."""
    kept: list[str] = []

    def more() -> Iterator[str]:
        for line in file:
            kept.append(line)
            yield line

    best, most, found = ",", -1, list[str]()
    for mark in MARKS:
        header = next(csv.reader(chain(list(kept), more()), strict=True, delimiter=mark), [])
        names = [name.strip() for name in header]
        many = sum(names.count(name) == 1 for name in required) * (len(names) > 1)
        if many > most:
            best, most, found = mark, many, header
        if many == len(required):
            break
    return best, found


def _quotes_below(file: TextIO, header: Sequence[str]) -> bool:
    """Return whether anything but the header may be quoted: only there can a comma stand within a cell."""
    next(csv.reader(file, strict=True), None)
    found = any('"' in part for part in iter(lambda: file.read(PART), ""))
    file.seek(0)
    return found


class _Signs:
    """What has been seen of numbers: the first that must have a decimal point or comma, and the first in doubt."""

    def __init__(self, header: Sequence[str], numbers: Numbers, mark: str) -> None:
        self.header, self.mark, self.grouped = header, mark, numbers.grouped
        self.places = numbers.places(header)
        self.sure: str | None = None
        self.doubts: dict[str, Doubt] = {}

    def seen(self, rows: Iterable[Sequence[str]]) -> Dialect:
        """Return how these rows are written."""
        for number, row in enumerate(rows, start=2):
            cells = [row[place] for place in self.places if place < len(row)]
            text = "\n".join(cells)
            signs = [sign for sign in ".," if sign in text and sign != self.sure]
            if signs and (doubt := self._look(number, row)):
                return Dialect(self.mark, self.sure == ",", doubt)
        other = [doubt for sign, doubt in self.doubts.items() if sign != self.sure]
        if self.sure is None and self.mark == ",":
            other = [doubt for sign, doubt in self.doubts.items() if sign == ","]
        doubt = min(other, default=None)
        return Dialect(self.mark, self.sure == ",", doubt and doubt._replace(mixed=self.sure is not None))

    def _look(self, number: int, row: Sequence[str]) -> Doubt | None:
        """Look at the numbers of a row; return one that is written as none of the sure ones are."""
        for place in self.places:
            cell = AROUND.sub("", row[place]) if place < len(row) else ""
            found = NUMBER.fullmatch(cell)
            if found is None:
                continue
            sign, doubt = found[1] or found[2], Doubt(number, self.header[place], row[place].strip(), mixed=False)
            if EITHER.fullmatch(cell):
                if self.grouped:
                    return doubt
                self.doubts.setdefault(sign, doubt)
            elif self.sure is None:
                self.sure = sign
            if self.sure is not None and sign != self.sure:
                return doubt._replace(mixed=True)
        return None


def with_points(rows: Iterable[list[str]], places: Sequence[int]) -> Iterator[list[str]]:
    """Yield rows with the numbers in these places as they are written with decimal points."""
    for row in rows:
        for place in places:
            if place < len(row) and "," in row[place]:
                row[place] = row[place].replace(",", ".")
        yield row


def trimmed(cells: list[str], least: int = 0) -> list[str]:
    """Return a row without the empty cells at its end, but `least` cells: a spreadsheet adds columns of nothing."""
    width = len(cells)
    while width > least and not cells[width - 1].strip():
        width -= 1
    return cells[:width]

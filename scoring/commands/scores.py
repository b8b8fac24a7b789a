"""The file of scores: application, reviewer, criterion, score. Every fault is named before anything is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import numpy as np

from core.language import N_, _
from scoring.commands.dialects import Numbers
from scoring.commands.tables import BadFile, Row, open_columns, read_table
from scoring.rules.mixed_model import Table
from scoring.rules.official_score import Sheet
from scoring.rules.rulebook import Rulebook

Sheets = dict[str, dict[str, dict[str, Fraction]]]
"""Scores by application, reviewer and criterion, in the order of the file."""

ONLY = "score"
COLUMNS, NUMBERS = ("application", "reviewer", "score"), Numbers.under("score")
TWICE = N_("«%(reviewer)s» califica dos veces «%(application)s»")
CRITERION_TWICE = N_("«%(reviewer)s» califica dos veces «%(criterion)s» de «%(application)s»")
MISSING = N_("«%(reviewer)s» no califica %(missing)s de «%(application)s»")


@dataclass(frozen=True, slots=True)
class Indexed:
    """Totals as the statistics want them: readings by index, and whose indices they are."""

    table: Table
    applications: list[str]
    reviewers: list[str]


def read_scores(path: Path, rules: Rulebook | None = None) -> Sheets:
    """Return the scores of a file. With a rulebook, each is on its scale and every review is whole.

    Without a `criterion` column there is a single criterion.
    """
    header, blocks = open_columns(path, COLUMNS, NUMBERS)
    first, second, last = (header.index(name) for name in ("application", "reviewer", "score"))
    place = header.index("criterion") if "criterion" in header else None
    only = _only(path, rules) if place is None else ""
    sheets: Sheets = {}
    marks: dict[tuple[str, str], Fraction] = {}
    for numbers, columns in blocks:
        named = repeat(only, len(numbers)) if place is None else columns[place]
        for number, application, reviewer, criterion, text in zip(
            numbers, columns[first], columns[second], named, columns[last], strict=True
        ):
            score = marks.get((criterion, text))
            if score is None or not application or not reviewer:  # a mark is judged when it is first seen
                cells = [column[numbers.index(number)] for column in columns]
                score = _judged(Row(path, number, dict(zip(header, cells, strict=True))), rules)
                marks[criterion, text] = score
            readers = sheets.get(application)
            if readers is None:
                readers = sheets[application] = {}
            sheet = readers.get(reviewer)
            if sheet is None:
                sheet = readers[reviewer] = {}
            if criterion in sheet:
                field, said = ("reviewer", TWICE) if place is None else ("criterion", CRITERION_TWICE)
                twice = _(said, reviewer=reviewer, application=application, criterion=criterion)
                raise BadFile(path, twice, row=number, field=field)
            sheet[criterion] = score
    _refuse_gaps(path, sheets, rules)
    return sheets


def _refuse_gaps(path: Path, sheets: Sheets, rules: Rulebook | None) -> None:
    """Refuse a review that lacks a criterion, by the first of its rows."""
    expected = [one.id for one in rules.criteria] if rules is not None else _criteria(sheets)
    short = {
        (application, reviewer): sheet
        for application, readers in sheets.items()
        for reviewer, sheet in readers.items()
        if len(sheet) < len(expected)
    }
    for row in read_table(path, COLUMNS, numbers=NUMBERS) if short else ():
        application, reviewer = row.text("application"), row.text("reviewer")
        if (sheet := short.get((application, reviewer))) is not None:
            missing = ", ".join(name for name in expected if name not in sheet)
            said = _(MISSING, reviewer=reviewer, missing=missing, application=application)
            raise row.fault("criterion", said)


def _judged(row: Row, rules: Rulebook | None) -> Fraction:
    """Return a row's score, or refuse what is wrong with the row."""
    row.text("application")
    row.text("reviewer")
    criterion = row.text("criterion") if "criterion" in row.values else _only(row.file, rules)
    score = row.number_of("score")
    if rules is not None:
        _on_scale(row, rules, criterion, score)
    return score


def _only(path: Path, rules: Rulebook | None) -> str:
    if rules is None:
        return ONLY
    if len(rules.criteria) > 1:
        raise BadFile(path, _("necesita la columna «criterion»: las reglas tienen varios"), row=1, field="criterion")
    return rules.criteria[0].id


def _criteria(sheets: Sheets) -> list[str]:
    found = {name: None for readers in sheets.values() for sheet in readers.values() for name in sheet}
    return list(found)


def _on_scale(row: Row, rules: Rulebook, criterion: str, score: Fraction) -> None:
    try:
        rule = rules.criterion(criterion)
    except KeyError:
        raise row.fault("criterion", _("las reglas no tienen el criterio «%(name)s»", name=criterion)) from None
    if not rule.allows(score):
        raise row.fault(
            "score",
            _(
                "%(score)s no está en la escala de «%(name)s»: de %(low)s a %(high)s, de %(step)s en %(step)s",
                score=row.values["score"].strip(),
                name=criterion,
                low=f"{float(rule.minimum):g}",
                high=f"{float(rule.maximum):g}",
                step=f"{float(rule.step):g}",
            ),
        )


def indexed(sheets: Sheets, number: Callable[[Sheet], float]) -> Indexed:
    """Return the reviews, each as the one number that its sheet comes to."""
    columns: dict[str, int] = {}
    rows, readers, values = list[int](), list[int](), list[float]()
    for row, by_reviewer in enumerate(sheets.values()):
        for reviewer, sheet in by_reviewer.items():
            rows.append(row)
            readers.append(columns.setdefault(reviewer, len(columns)))
            values.append(number(sheet))
    table = Table(np.array(rows), np.array(readers), np.array(values), len(sheets), len(columns))
    return Indexed(table, list(sheets), list(columns))


def plain_sum() -> Callable[[Sheet], float]:
    """Return what adds up a sheet without a rulebook, every criterion alike; it remembers the sums it made."""
    known: dict[tuple[int, ...], float] = {}

    def number(sheet: Sheet) -> float:
        key = tuple(map(id, sheet.values()))  # the sheets keep their marks, so an identity stays one mark's
        if key not in known:
            known[key] = float(sum(sheet.values(), Fraction(0)))
        return known[key]

    return number

"""The file of scores: application, reviewer, criterion, score. Every fault is named before anything is computed."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from pathlib import Path

from scoring.commands.tables import BadFile, Row, open_columns
from scoring.rules.mixed_model import Reading
from scoring.rules.rulebook import Rulebook

Sheets = dict[str, dict[str, dict[str, Fraction]]]
"""Scores by application, reviewer and criterion, in the order of the file."""

ONLY = "score"


@dataclass(frozen=True, slots=True)
class Indexed:
    """Totals as the statistics want them: readings by index, and whose indices they are."""

    readings: list[Reading]
    applications: list[str]
    reviewers: list[str]

    def units(self) -> list[list[float]]:
        """Return the totals each application received."""
        found: list[list[float]] = [[] for _application in self.applications]
        for reading in self.readings:
            found[reading.application].append(reading.value)
        return found


def read_scores(path: Path, rules: Rulebook | None = None) -> Sheets:
    """Return the scores of a file. With a rulebook, each is on its scale and every review is whole.

    Without a `criterion` column there is a single criterion.
    """
    header, blocks = open_columns(path, ("application", "reviewer", "score"))
    first, second, last = (header.index(name) for name in ("application", "reviewer", "score"))
    place = header.index("criterion") if "criterion" in header else None
    only = _only(path, rules) if place is None else ""
    sheets: Sheets = {}
    firsts: dict[tuple[str, str], int] = {}
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
                firsts[application, reviewer] = number
            if criterion in sheet:
                fault = f"«{reviewer}» scores «{criterion}» of «{application}» twice"
                raise BadFile(path, fault, row=number, field="criterion")
            sheet[criterion] = score
    _refuse_gaps(path, sheets, firsts, rules)
    return sheets


def _refuse_gaps(path: Path, sheets: Sheets, firsts: dict[tuple[str, str], int], rules: Rulebook | None) -> None:
    """Refuse a review that lacks a criterion, by the first of its rows."""
    expected = [one.id for one in rules.criteria] if rules is not None else _criteria(sheets)
    for (application, reviewer), number in firsts.items():
        sheet = sheets[application][reviewer]
        if len(sheet) < len(expected):
            missing = ", ".join(name for name in expected if name not in sheet)
            fault = f"«{reviewer}» does not score {missing} of «{application}»"
            raise BadFile(path, fault, row=number, field="criterion")


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
        raise BadFile(path, "needs the column «criterion»: the rulebook has several")
    return rules.criteria[0].id


def _criteria(sheets: Sheets) -> list[str]:
    found = {name: None for readers in sheets.values() for sheet in readers.values() for name in sheet}
    return list(found)


def _on_scale(row: Row, rules: Rulebook, criterion: str, score: Fraction) -> None:
    try:
        rule = rules.criterion(criterion)
    except KeyError:
        raise row.fault("criterion", f"the rulebook has no criterion «{criterion}»") from None
    if not rule.allows(score):
        raise row.fault(
            "score",
            f"{row.values['score'].strip()} is not on the scale of «{criterion}»: from {float(rule.minimum):g} to "
            f"{float(rule.maximum):g} by {float(rule.step):g}",
        )


def indexed(sheets: Sheets, rules: Rulebook | None = None, criterion: str | None = None) -> Indexed:
    """Return one number a review: its weighted total under `rules`, else one criterion, else the sum of all."""
    weights = {one.id: one.weight for one in rules.criteria} if rules is not None else {}
    applications, reviewers = list(sheets), list({name: None for readers in sheets.values() for name in readers})
    columns = {name: index for index, name in enumerate(reviewers)}
    known: dict[tuple[object, ...], float] = {}
    readings = []
    for row, readers in enumerate(sheets.values()):
        for reviewer, sheet in readers.items():
            chosen = sheet if criterion is None else {criterion: sheet[criterion]}
            key = (*chosen, *map(id, chosen.values()))  # the sheets keep their marks, so an identity stays one mark's
            total = known.get(key)
            if total is None:
                exact = sum((weights.get(name, Fraction(1)) * score for name, score in chosen.items()), Fraction(0))
                total = known[key] = float(exact)
            readings.append(Reading(row, columns[reviewer], total))
    return Indexed(readings, applications, reviewers)

"""The file of scores: application, reviewer, criterion, score. Every fault is named before anything is computed."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from scoring.commands.tables import BadFile, Row, read_table
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
    rows = read_table(path, ("application", "reviewer", "score"))
    sheets: Sheets = {}
    places: dict[tuple[str, str], Row] = {}
    for row in rows:
        application, reviewer = row.text("application"), row.text("reviewer")
        criterion = row.text("criterion") if "criterion" in row.values else _only(row, rules)
        score = row.number_of("score")
        if rules is not None:
            _on_scale(row, rules, criterion, score)
        sheet = sheets.setdefault(application, {}).setdefault(reviewer, {})
        if criterion in sheet:
            raise row.fault("criterion", f"«{reviewer}» scores «{criterion}» of «{application}» twice")
        sheet[criterion] = score
        places.setdefault((application, reviewer), row)
    expected = [one.id for one in rules.criteria] if rules is not None else _criteria(sheets)
    for (application, reviewer), row in places.items():
        missing = [name for name in expected if name not in sheets[application][reviewer]]
        if missing:
            raise row.fault("criterion", f"«{reviewer}» does not score {', '.join(missing)} of «{application}»")
    return sheets


def _only(row: Row, rules: Rulebook | None) -> str:
    if rules is None:
        return ONLY
    if len(rules.criteria) > 1:
        raise BadFile(row.file, "needs the column «criterion»: the rulebook has several")
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
    readings = []
    for row, readers in enumerate(sheets.values()):
        for reviewer, sheet in readers.items():
            chosen = sheet if criterion is None else {criterion: sheet[criterion]}
            total = sum((weights.get(name, Fraction(1)) * score for name, score in chosen.items()), Fraction(0))
            readings.append(Reading(row, columns[reviewer], float(total)))
    return Indexed(readings, applications, reviewers)

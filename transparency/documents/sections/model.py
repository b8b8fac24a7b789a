"""The shape of a section: a question, its answer, its table, and the entries that add up to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rendering.charts import Chart
from transparency.documents.words import Cell
from transparency.rules.figures import Report


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands under it: text, integer, money or percent."""

    heading: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the filter that finds the entries which add up to it."""

    cells: tuple[Cell, ...]
    entries: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One question with everything that answers it.

    The chart of a leading one is shown at once. A silent one has only noughts to say, and its page says so in a line.
    """

    id: str
    question: str
    answer: str
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    foot: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    entries: Mapping[str, str] | None = field(default=None)
    leading: bool = False
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the few figures that say it all, and the section that proves it."""

    question: str
    figure: str
    about: str
    section_id: str


def entry_filter(report: Report, **more: str) -> dict[str, str]:
    """Return the filter that finds the entries of a report, narrowed by `more`."""
    scope = report.scope
    if scope.start is None or scope.end is None:
        assert scope.call is not None
        return {"convocatoria": scope.call.slug, **more}
    return {"desde": scope.start.isoformat(), "hasta": scope.end.isoformat(), **more}

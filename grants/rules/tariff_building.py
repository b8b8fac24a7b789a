"""Change a tariff one part at a time: a tariff goes in, another comes out, the first stays as it was."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.errors.building import LineLast, LineUnknown, TooManyLines
from grants.rules.form_building import free_id, slug
from grants.rules.tariff_lines import RULE_LABELS, Line, Tariff, lines_of

MOST_LINES = 20
MOST_ROWS = 40  # of countries or of distances


def put_line(tariff: Tariff, line: Line) -> dict[str, Any]:
    """Return the tariff with a line in the place of the one of its id, or added at the end.

    Raises:
        TooManyLines: the budget is as long as it may be.
    """
    lines = lines_of(tariff)
    at = next((at for at, one in enumerate(lines) if one.id == line.id), None)
    if at is not None:
        return _with(tariff, [*lines[:at], line, *lines[at + 1 :]])
    if len(lines) >= MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return _with(tariff, [*lines, line])


def move_line(tariff: Tariff, line_id: str, places: int) -> dict[str, Any]:
    """Return the tariff with a line moved up (negative) or down, at most to the ends.

    Raises:
        LineUnknown: there is no such line any more.
    """
    lines = lines_of(tariff)
    at = _place(lines, line_id)
    line = lines.pop(at)
    lines.insert(max(0, min(at + places, len(lines))), line)
    return _with(tariff, lines)


def remove_line(tariff: Tariff, line_id: str) -> dict[str, Any]:
    """Return the tariff without a line; its table of days or distances stays, should the line come back.

    Raises:
        LineUnknown: there is no such line any more. LineLast: nothing would be paid.
    """
    lines = lines_of(tariff)
    del lines[_place(lines, line_id)]
    if not lines:
        raise LineLast()
    return _with(tariff, lines)


def new_id(tariff: Tariff, name: str) -> str:
    """Return an id for a new line, readable and not taken."""
    return free_id(slug(name)[:40] or "renglon", {"nuevo", *RULE_LABELS, *(line.id for line in lines_of(tariff))})


def set_days(tariff: Tariff, cents: int, groups: Sequence[tuple[Sequence[str], int]]) -> dict[str, Any]:
    """Return the tariff with what a day pays: everywhere, and in each group of countries."""
    rates: dict[str, Any] = {"cents": cents}
    if groups:
        rates["groups"] = [{"countries": sorted(countries), "cents": amount} for countries, amount in groups]
    return {**tariff, "per_diem": rates}


def set_bands(tariff: Tariff, bands: Mapping[int, int], beyond: int) -> dict[str, Any]:
    """Return the tariff with what each distance pays: below so many kilometres, and beyond the last of them."""
    rows: list[dict[str, Any]] = [{"under_km": km, "cents": cents} for km, cents in sorted(bands.items())]
    return {**tariff, "travel": [*rows, {"under_km": None, "cents": beyond}]}


def _with(tariff: Tariff, lines: Sequence[Line]) -> dict[str, Any]:
    kept = {name: value for name, value in tariff.items() if name != "top_ups"}
    return {**kept, "lines": [line.as_json() for line in lines]}


def _place(lines: Sequence[Line], line_id: str) -> int:
    at = next((at for at, line in enumerate(lines) if line.id == line_id), None)
    if at is None:
        raise LineUnknown()
    return at

"""What a row of a register answers to the questions of a call, and where its person travels."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from grants.errors.paper import CountryNotUnderstood, DayNotUnderstood, DaysBackwards, SeveralCountries
from grants.rules import form as forms
from grants.rules.paper.columns import FIELDS
from grants.rules.paper.countries import names_several_countries, read_country
from grants.rules.paper.values import read_cents, read_day, read_gender
from grants.rules.places import fold_place

Cells = Mapping[str, str]
NOTHING = frozenset(
    {
        *("", "-", "--", "---", "–", "—", ".", "...", "…", "?", "¿?", "n/d", "nd", "n.d.", "n/a", "na", "n.a.", "#n/a"),
        *("s/d", "sd", "s.d.", "s/f", "s/n", "s/i", "s/c", "sin dato", "sin datos", "sin informacion", "no disponible"),
        *("no aplica", "no especificado", "no especifica", "sin especificar", "no tiene", "ninguno", "ninguna", "null"),
        *("por definir", "pendiente", "en blanco", "(en blanco)", "nan", "#¡valor!", "#¡ref!", "#value!", "#ref!"),
        *("00/00/0000", "0000 00 00", "00 00 0000"),
    }
)
EMPTY = frozenset(fold_place(word) for word in NOTHING)
ANSWERED = ("title", "summary", "host", "gender", "alcaldia", "axis")  # fields that are questions of the standard form
YES, NO = frozenset({"si", "s", "yes", "y", "x", "1"}), frozenset({"no", "n", "0"})


def cell(cells: Cells, name: str) -> str:
    """Return what stands in a field's column; the usual ways to write nothing are nothing."""
    text = cells.get(name, "")
    return "" if fold_place(text) in EMPTY else text


def day_of(name: str, cells: Cells, headings: Mapping[str, str], *, last: bool = False) -> date | None:
    """Return the day of a field, or None where none is written.

    Raises:
        DayNotUnderstood: something is written that is no day.
    """
    text = cell(cells, name)
    if not text:
        return None
    found = read_day(text, last=last)
    if found is None:
        raise DayNotUnderstood(text=text[:60], column=headings[name][:60])
    return found


def journey_of(
    cells: Cells, headings: Mapping[str, str], *, home: tuple[str, str]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the journey as one leg from `home` (country, city), or no leg where nothing of it is written; and guesses.

    A guess is a country taken for another spelling, as «Alemnia → DE»: somebody should look at it.

    Raises:
        CountryNotUnderstood, DayNotUnderstood, DaysBackwards.
    """
    said = cell(cells, "country")
    meant = read_country(said) if said else None
    if said and meant is None:
        raise (SeveralCountries if names_several_countries(said) else CountryNotUnderstood)(text=said[:60])
    starts, ends = day_of("starts_on", cells, headings), day_of("ends_on", cells, headings, last=True)
    if starts and ends and ends < starts:
        raise DaysBackwards(starts=starts.isoformat(), ends=ends.isoformat())
    city = cell(cells, "city")
    if not (meant or city or starts or ends):
        return [], ()
    legs = [
        {
            "origin_country": home[0],
            "origin_city": home[1],
            "country": meant.code if meant else "",
            "city": city,
            "starts_on": starts.isoformat() if starts else None,
            "ends_on": ends.isoformat() if ends else None,
        }
    ]
    return legs, (f"{said} → {meant.code}",) if meant is not None and meant.guessed else ()


def answers_of(
    document: Mapping[str, Any], cells: Cells, headings: Mapping[str, str], name: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the answers of a row, and the headings of the columns whose words fit no answer."""
    answers: dict[str, Any] = {}
    left_empty = []
    if forms.question(document, "public_name") is not None:
        answers["public_name"] = name
    for question_id in cells:
        if question_id in FIELDS and question_id not in ANSWERED:
            continue
        item, text = forms.question(document, question_id), cell(cells, question_id)
        if item is None or not text:
            continue
        value = _value(item, text)
        if value is not None and forms.is_possible(item, value):
            answers[question_id] = value
        else:
            left_empty.append(headings[question_id])
    return answers, tuple(left_empty)


def _value(item: Mapping[str, Any], text: str) -> Any:
    read = _READERS.get(item["type"])
    return text if read is None else read(item, text)


def _yes_or_no(_item: Mapping[str, Any], text: str) -> str | None:
    folded = fold_place(text)
    return "yes" if folded in YES else "no" if folded in NO else None


def _number(_item: Mapping[str, Any], text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(_item: Mapping[str, Any], text: str) -> str | None:
    day = read_day(text)
    return day.isoformat() if day else None


def _option(item: Mapping[str, Any], text: str) -> str | None:
    wanted = fold_place(text)
    for option in item["options"]:
        if wanted in (fold_place(option["value"]), *(fold_place(label) for label in option["label"].values())):
            return str(option["value"])
    return read_gender(text) if item["id"] == "gender" else None


def _cents(_item: Mapping[str, Any], text: str) -> int | None:
    return read_cents(text)


_READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "choice": _option,
    "yes_no": _yes_or_no,
    "number": _number,
    "money": _cents,
    "date": _day,
}

"""How values look to a reader: filters and globals of every template. Pure but for the language and the city's zone."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from accounts.queries import notice_in_force
from core.antivirus import Scanned
from core.clock import local
from core.files import StoredFile
from core.language import LANGUAGES, _, current_language, localised, translated
from core.moments import zone_name
from core.money import Money, format_money
from web import form_presentation

LOCALES = {"es": "es_MX", "en": "en_GB"}
DASH = "\u2014"
HARD_SPACE = "\u00a0"
LONGEST_QUERY = 2_000  # characters of a query that links carry on: an address repeats in every link of a page
UNITS = ((1_000_000, "MB"), (1_000, "kB"))


def install(app: Flask) -> None:
    """Give the filters and globals to every template, macros included."""
    app.jinja_env.filters.update(
        money=money,
        date=day,
        datetime=moment,
        clock_moment=clock_moment,
        number=number,
        percent=percent,
        filesize=filesize,
        machine_time=machine_time,
        scan_words=scan_words,
    )
    app.jinja_env.globals.update(
        _=said,
        gettext=said,
        url_with=url_with,
        url_in_language=url_in_language,
        language=current_language,
        localised=localised,
        notice_in_force=notice_in_force,
        zone_name=zone_name,
        **form_presentation.FUNCTIONS,
    )


@pass_eval_context
def said(context: EvalContext, message: str, /, **values: object) -> str:
    """Translate in a template, as the library's own `_` does in five times the time: values are escaped, words not."""
    text = translated(message)
    if context.autoescape:
        text = Markup(text)  # noqa: S704 (words of the source and its catalogue)
    return text % values if values or "%" in text else text


def _locale() -> str:
    return LOCALES[current_language()]


def money(value: Money | None, plus: bool = False) -> str:
    """Write an amount with its currency; `plus` shows the sign of a gain too."""
    if value is None:
        return DASH
    text = format_money(value)
    return f"+{text}" if plus and value.amount_cents > 0 else text


def day(value: date | datetime | None) -> str:
    """Write a date as `22 nov 2026`; a moment is first put on the city's calendar."""
    if value is None:
        return DASH
    shown = local(value).date() if isinstance(value, datetime) else value
    return _written_day(shown, _locale())


@lru_cache(maxsize=4_096)  # a list has the same few days in every row
def _written_day(shown: date, locale: str) -> str:
    return format_date(shown, "d MMM y", locale=locale)


def moment(value: datetime | None) -> str:
    """Write a moment with the zone it is shown in: `22 nov 2026, 23:59 (hora de la Ciudad de México)`."""
    return DASH if value is None else f"{clock_moment(value)} ({zone_name()})"


def clock_moment(value: datetime) -> str:
    """Write a moment as the city's clocks show it, where the zone stands beside it: `22 nov 2026, 23:59`."""
    shown = local(value)
    return f"{_written_day(shown.date(), _locale())}, {shown:%H:%M}"


def machine_time(value: date | datetime) -> str:
    """Return the ISO form for `<time datetime>`."""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """Write a number grouped by thousands with exactly `decimals` places."""
    if value is None:
        return DASH
    if type(value) is int and not decimals:
        return f"{value:,}"  # most numbers of a page; both languages group alike, and a pattern is slow
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=_locale())


def percent(ratio: float | Decimal | None, decimals: int = 0) -> str:
    """Write a ratio between 0 and 1 as a percentage."""
    return DASH if ratio is None else f"{number(ratio * 100, decimals)}{HARD_SPACE}%"


def filesize(size_bytes: int) -> str:
    """Write a size in the unit people know from their own files."""
    for size, unit in UNITS:
        if size_bytes >= size:
            return f"{number(size_bytes / size, 1 if size_bytes < 10 * size else 0)}{HARD_SPACE}{unit}"
    return f"{number(size_bytes)}{HARD_SPACE}B"


def scan_words(stored: StoredFile) -> str:
    """Say what the antivirus knows of an upload, to follow its name."""
    if stored.scanned == Scanned.CLEAN:
        return _(
            "sin virus, revisado el %(date)s por %(scanner)s", date=day(stored.scanned_at), scanner=stored.scanned_by
        )
    if stored.scanned == Scanned.WAITING:
        return _("espera al antivirus; se podrá descargar cuando lo revise")
    if stored.scanned == Scanned.INFECTED:
        return _("tiene un virus (%(virus)s) y no se entrega a nadie", virus=stored.virus)
    return _("sin revisar por un antivirus")


def url_with(**changes: object) -> str:
    """Return this page's address with other query values (None removes one); any change starts at page one."""
    given = [name for name, value in changes.items() if value is not None]
    kept = _carried({*changes, "pagina"})
    query = "&".join([*kept, *(urlencode({name: str(changes[name])}) for name in given)])
    path = quote(request.path)
    return f"{path}?{query}" if query else path


def url_in_language(code: str) -> str:
    """Return this same page in the other language, query included; the front door when it has no language."""
    parts = request.path.split("/", 2)
    if len(parts) < 2 or parts[1] not in LANGUAGES:
        return f"/{code}/"
    path = quote(f"/{code}/{parts[2] if len(parts) > 2 else ''}")
    query = "&".join(_carried())
    return f"{path}?{query}" if query else path


def _carried(without: set[str] | None = None) -> list[str]:
    # What does not fit is left out whole, value by value; half a word would search for something else.
    kept, room = [], LONGEST_QUERY
    for name, values in request.args.lists():
        if name in (without or ()):
            continue
        for value in values:
            pair = urlencode({name: value})
            if len(pair) < room:
                kept.append(pair)
                room -= len(pair) + 1
    return kept

"""A moment as people read it in a sentence, to the second: on a deadline every second counts."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime

from core.language import current_language


def spoken_moment(moment: datetime) -> str:
    """Write a moment that is already on the city's clock: `22 nov 2026, 23:59:59`."""
    locale = "es_MX" if current_language() == "es" else "en_GB"
    return format_datetime(moment.replace(tzinfo=None), "d MMM y, HH:mm:ss", locale=locale)


def spoken_day(day: date) -> str:
    """Write a date: `22 nov 2026`."""
    return format_date(day, "d MMM y", locale="es_MX" if current_language() == "es" else "en_GB")

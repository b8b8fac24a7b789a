"""A day as people read it in a sentence."""

from datetime import date

from babel.dates import format_date

from core.language import current_language


def spoken_day(day: date, language: str | None = None) -> str:
    """Write a date, in the reader's language unless another is asked for: `22 nov 2026`."""
    return format_date(day, "d MMM y", locale="es_MX" if (language or current_language()) == "es" else "en_GB")

"""What a letter is, before anybody sends it."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from core.language import current_language


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter's words: subject, paragraphs, and the one thing to do as a label and a path on the site."""

    kind: str
    subject: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None = None


def spoken_day(day: date) -> str:
    """Write a date as people read it: `22 de noviembre de 2026`."""
    return format_date(day, format="long", locale="es_MX" if current_language() == "es" else "en_GB")

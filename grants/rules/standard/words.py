"""A text in the two languages a call speaks."""

from typing import Any

Document = dict[str, Any]


def text(es: str, en: str) -> dict[str, str]:
    """Return both languages of one text."""
    return {"es": es, "en": en}

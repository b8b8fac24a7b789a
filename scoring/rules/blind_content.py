"""What a blind dossier may hold: a whitelist of shapes. Anything it does not know is refused, never passed on."""

from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_TEXT = 60_000
LANGUAGES = frozenset({"es", "en"})


def stranger(content: object) -> str | None:
    """Return the path of the first thing a dossier's content may not hold, or None when all of it is known.

    The content is {"title", "summary", "sections": [{"heading", "fields": [{"label", "value"}]}]}; title and
    summary are text, the rest is text or {"es", "en"}.
    """
    return next(_strangers(content), None)


def _strangers(content: object) -> Iterator[str]:
    yield from _keys("$", content, {"title", "summary", "sections"})
    assert isinstance(content, Mapping)
    yield from (f"$.{key}" for key in ("title", "summary") if not _is_text(content[key]))
    yield from _each("$.sections", content["sections"], _section)


def _section(path: str, section: object) -> Iterator[str]:
    yield from _keys(path, section, {"heading", "fields"})
    assert isinstance(section, Mapping)
    if not _is_words(section["heading"]):
        yield f"{path}.heading"
    yield from _each(f"{path}.fields", section["fields"], _field)


def _field(path: str, entry: object) -> Iterator[str]:
    yield from _keys(path, entry, {"label", "value"})
    assert isinstance(entry, Mapping)
    if not _is_words(entry["label"]):
        yield f"{path}.label"
    if not _is_words(entry["value"]):
        yield f"{path}.value"


def _each(path: str, values: object, look: Any) -> Iterator[str]:
    if not isinstance(values, list):
        yield path
        return
    for index, value in enumerate(values):
        yield from look(f"{path}[{index}]", value)


def _keys(path: str, value: object, expected: set[str]) -> Iterator[str]:
    """Yield what differs; whoever reads only the first never gets past a wrong shape."""
    if not isinstance(value, Mapping):
        yield path
        return
    yield from (f"{path}.{key}" for key in sorted(set(map(str, value)) ^ expected))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_words(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and set(value) <= LANGUAGES and all(_is_text(text) for text in value.values())
    return _is_text(value)

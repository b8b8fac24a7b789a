"""The two languages people read: Spanish in the source, English in the catalogue.

Nothing here needs a request. Outside one, `in_language` says which language is spoken; a command that knows no site
says it with `speaking`.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from core.catalogue import Catalogue

LANGUAGES = ("es", "en")

__all__ = ["LANGUAGES", "N_", "_", "current_language", "in_language", "lazy", "localised", "ngettext", "speaking"]


_SPOKEN: ContextVar[tuple[str, Catalogue | None] | None] = ContextVar("spoken", default=None)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for a string marked now and translated later)
    """Mark `message` for the catalogue and return it unchanged, to be translated when it is shown."""
    return message


def _site() -> Any:
    """Return the library that translates, once the site has loaded it; None where nobody is served.

    Whoever only computes, from files, need not wait for the site.
    """
    return sys.modules.get("flask_babel")


@contextmanager
def speaking(language: str, *catalogues: str) -> Iterator[None]:
    """Speak `language` inside the block without the site, by the named `catalogues`, read when first needed."""
    before = _SPOKEN.set((language, None if language == LANGUAGES[0] else Catalogue(language, catalogues)))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def _(message: str, **parameters: object) -> str:
    """Translate `message` into the reader's language and fill its named placeholders."""
    text = translated(message)
    return text % parameters if parameters else text


def translated(message: str) -> str:
    """Return `message` in the reader's language, its placeholders still open."""
    language = current_language()
    if language == LANGUAGES[0]:
        return message
    spoken = _SPOKEN.get()
    if spoken is not None and spoken[1] is not None:
        return spoken[1].text(message)
    return in_catalogue(language, message)


@lru_cache(maxsize=16_384)  # a page asks some hundred times, and the library looks for the reader five times for each
def in_catalogue(language: str, message: str) -> str:
    """Return `message` as the site's catalogue has it. Asked only while the site speaks that `language`."""
    return str(_site().get_translations().ugettext(message))


def ngettext(singular: str, plural: str, num: int, **parameters: object) -> str:
    """Translate with the plural form for `num`, which is also a placeholder."""
    spoken = _SPOKEN.get()
    if spoken is not None and spoken[1] is not None:
        return spoken[1].number(singular, plural, num) % {"num": num, **parameters}
    site = _site() if spoken is None else None
    if site is None:
        return (singular if num == 1 else plural) % {"num": num, **parameters}
    return str(site.ngettext(singular, plural, num, **parameters))


def lazy(message: str, **parameters: object) -> Any:
    """Translate when the text is shown instead of now: for labels built before the reader is known."""
    from flask_babel import lazy_gettext  # local: only the site builds labels

    return lazy_gettext(message, **parameters)


def current_language() -> str:
    """Return "es" or "en": the language of this request or of the surrounding `in_language` or `speaking`."""
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken[0]
    site = _site()
    locale = None if site is None else _locale(site)
    return str(locale.language) if locale is not None and locale.language in LANGUAGES else LANGUAGES[0]


def _locale(site: Any) -> Any:
    """Return the reader's locale where the library keeps it once it is chosen: its own function looks four times."""
    try:
        return site.g._flask_babel.babel_locale or site.get_locale()
    except (AttributeError, RuntimeError):  # not chosen yet, or nobody is served
        return site.get_locale()


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak `language` inside the block: letters are written in their reader's language, not the sender's."""
    site = _site()
    with nullcontext() if site is None else site.force_locale(language):
        yield


def localised(value: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """Pick the text of a bilingual value such as {"es": "Bases", "en": "Rules"}.

    Falls back to the other language rather than showing nothing.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    wanted = language or current_language()
    return value.get(wanted) or value.get("es") or next((text for text in value.values() if text), "")

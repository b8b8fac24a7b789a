"""Catalogues of translations as they stand in the source, for whoever speaks without the site."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

FOLDER = Path(__file__).resolve().parent.parent / "translations"


class Catalogue:
    """Some catalogues of one language. They are read when the first word is asked for: many runs need none."""

    def __init__(self, language: str, names: Sequence[str]) -> None:
        self.language, self.names = language, names

    @cached_property
    def _read(self) -> "list[Catalog]":
        from babel.messages.pofile import read_po  # local: a run without a word to say does not wait for it

        found = []
        for name in self.names:
            with (FOLDER / self.language / f"{name}.po").open("rb") as stream:
                found.append(read_po(stream, locale=self.language))
        return found

    def text(self, message: str) -> str:
        """Return a translation; the message itself where there is none."""
        return self._forms(message)[0]

    def number(self, singular: str, plural: str, num: int) -> str:
        """Return the translation's form for a number."""
        forms = self._forms(singular)
        return forms[0 if num == 1 else -1] if len(forms) > 1 else (singular if num == 1 else plural)

    def _forms(self, message: str) -> tuple[str, ...]:
        for catalogue in self._read:
            found = catalogue.get(message)
            if found is not None and found.string:
                return (found.string,) if isinstance(found.string, str) else tuple(found.string)
        return (message,)

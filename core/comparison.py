"""Two texts beside each other: what stayed, what came in and what went out. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class PieceKind(StrEnum):
    """Whether a stretch of text stayed, came in or went out."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    kind: PieceKind
    text: str


def compared(before: str, after: str) -> Iterator[Piece]:
    """Yield two texts as one, line by line and then word by word: what stayed, what went out, what came in."""
    yield from _matched(before.splitlines(keepends=True), after.splitlines(keepends=True), inner=True)


def _matched(before: Sequence[str], after: Sequence[str], *, inner: bool) -> Iterator[Piece]:
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a1:a2]), "".join(after[b1:b2])
        if tag == "equal":
            yield Piece(PieceKind.SAME, old)
        elif tag == "replace" and inner:
            yield from _matched(_words(old), _words(new), inner=False)
        else:
            if old:
                yield Piece(PieceKind.REMOVED, old)
            if new:
                yield Piece(PieceKind.ADDED, new)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)

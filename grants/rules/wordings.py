"""The text of a letter, ours or a call's own: what may not stand in it, and what it says with the data put in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import Refusal
from core.language import _
from grants.errors.wordings import DatumApart, DatumMalformed, DatumMissing, DatumUnknown
from grants.rules.letter_kinds import COMMON, LetterKind

LONGEST_SUBJECT = 150
LONGEST_BODY = 6_000
NOTHING = "—"

_BRACES = re.compile(r"\{([^{}\n]*)\}|[{}]")
_NAME = re.compile(r"\{([a-z_]+)\}")
_GAP = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a letter in one language, with data named in braces; paragraphs parted by an empty line."""

    subject: str
    body: str


def standard(kind: LetterKind) -> Wording:
    """Return what a letter says unless a call words it, in the language being spoken."""
    names = {param: f"{{{name}}}" for param, name in {**COMMON, **kind.extra}.items()}
    return Wording(_(kind.subject, **names), "\n\n".join(_(text, **names) for text in kind.paragraphs))


def problems(kind: LetterKind, wording: Wording) -> Iterator[tuple[str, Refusal]]:
    """Yield what keeps a text from being sent, with the part it is in ("subject" or "body")."""
    for part, text in (("subject", wording.subject), ("body", wording.body)):
        for found in _BRACES.finditer(text):
            name = found[1]
            if name is None:
                yield part, DatumMalformed(near=text[max(0, found.start() - 15) : found.end() + 15].replace("\n", " "))
            elif name not in kind.data or (part == "subject" and name in kind.optional):
                yield part, DatumUnknown(name=name[:40])
    said = {*_NAME.findall(wording.body), *({"folio"} & {*_NAME.findall(wording.subject)})}
    for name in kind.needed:
        if name not in said:
            yield "body", DatumMissing(name=name)
    for block in blocks(wording.body):
        here = _NAME.findall(block)
        optional = next((name for name in here if name in kind.optional), None)
        kept = next((name for name in here if name in kind.needed and name != optional), None)
        if optional is not None and kept is not None:
            yield "body", DatumApart(optional=optional, kept=kept)


def blocks(body: str) -> list[str]:
    """Return the paragraphs of a text as they were written."""
    return [block for block in _GAP.split(body.strip()) if block]


def filled(kind: LetterKind, wording: Wording, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return subject and paragraphs with the data put in; what a datum says is never read as a text again.

    A paragraph is left out whose optional datum is unknown.
    """

    def put(text: str) -> str:
        return _NAME.sub(lambda found: values.get(found[1]) or NOTHING, text)

    kept = [
        block
        for block in blocks(wording.body)
        if all(name not in kind.optional or values.get(name) for name in _NAME.findall(block))
    ]
    return " ".join(put(wording.subject).split()), tuple(put(block) for block in kept)

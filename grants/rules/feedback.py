"""Find in a reviewer's words to an applicant what would tell who the reviewer is, or name somebody else.

Pure: names and texts go in, findings come out. It may find too much, because a person looks at each finding. Those who
had the dossier are looked for by any part of their name; thousands of others by two words of it, side by side.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from grants.rules.detector import (
    GENERIC_IN_ORGANISATIONS,
    LEGAL_ENDINGS,
    PARTICLES,
    SHORTEST_LITERAL,
    WORDS_TOO,
    Detector,
    Finding,
    FindingKind,
    Identity,
    Piece,
    merged,
    name_parts,
)
from grants.rules.folding import fold, fold_word

AS_OF_REVIEWERS = {
    FindingKind.NAME: FindingKind.REVIEWER,
    FindingKind.ORGANISATION: FindingKind.REVIEWER_ORGANISATION,
}
_MINE = """
alumn[oa]s? asociacion casa clase clases colectivo colegas? companer[oa]s? compania coreografia curso cursos
departamento despacho editorial empresa escuela espacio estudiantes? festival fundacion galeria grupo institucion
instituto laboratorio libro maestr[oa]s? obras? organizacion orquesta peliculas? proyectos? taller tesis trayectoria
universidad
"""
_MINE_ENGLISH = "books? colleagues? company festival institute students? studio theatre university work"
_SELF = re.compile(
    r"\b(?:yo|soy|fui|conozco|conoci|coincidi|dirijo|dirigi|imparto|imparti|conmigo)\b"
    rf"|\b(?:mis?|nuestr[oa]s?)\s+(?:propi[oa]s?\s+)?(?:{'|'.join(_MINE.split())})\b"
    r"|\bquien\s+(?:esto\s+)?(?:escribe|firma|suscribe)\b|\bel\s+suscrito\b|\bla\s+suscrita\b"
    r"|\b(?:atentamente|atte\.?|firmado\s+por)\b"
    r"|\bi(?:\s+am|'m|\s+was|\s+know|\s+met|\s+worked|\s+taught)\b"
    rf"|\b(?:my|our)\s+(?:own\s+)?(?:{'|'.join(_MINE_ENGLISH.split())})\b"
)
Words = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody's name. `owner` is the application it stands behind, None for the committee's."""

    text: str
    kind: FindingKind
    owner: int | None = None
    is_organisation: bool = False


class OtherNames:
    """Names of many, found by their words: a text is read once, however many names there are."""

    def __init__(self, named: Iterable[Named]) -> None:
        self._by_start: dict[Words, dict[Words, dict[int | None, FindingKind]]] = {}
        for one in named:
            for words in _wordings(one):
                self._by_start.setdefault(words[:2], {}).setdefault(words, {})[one.owner] = one.kind

    def find(self, piece: Piece, own: int) -> Iterator[Finding]:
        """Yield where a text names somebody, those who stand behind the `own` application left out."""
        folded = fold(piece.text)
        words = [match for match in _WORD.finditer(folded.text) if match.group() not in PARTICLES]
        spoken = tuple(match.group() for match in words)
        for place in range(len(spoken)):
            for begun in (spoken[place : place + 2], spoken[place : place + 1]):
                for wording, owners in self._by_start.get(begun, {}).items():
                    last = place + len(wording)
                    kind = _kind_for(own, owners)
                    if kind is None or spoken[place:last] != wording:
                        continue
                    start, end = folded.span(words[place].start(), words[last - 1].end())
                    if len(wording) > 1 or not piece.text[start].islower():
                        yield Finding(piece.where, kind, start, end, piece.text[start:end])


def _kind_for(own: int, owners: Mapping[int | None, FindingKind]) -> FindingKind | None:
    """Return whom a name tells of: the committee first; an applicant's own name tells that applicant nothing."""
    if None in owners:
        return owners[None]
    return None if own in owners else next(iter(owners.values()))


class FeedbackSearch:
    """What the words of those who had one dossier are searched for: of whoever applied only where all may read them."""

    def __init__(self, readers: Identity, others: OtherNames, applicant: Identity | None = None) -> None:
        self._readers, self._others = Detector(readers), others
        self._applicant = Detector(applicant) if applicant is not None else None

    def find(self, text: str, own: int) -> list[Finding]:
        """Return every trace in what was written about the `own` application, by its place."""
        piece = Piece("text", text)
        found = [replace(one, kind=AS_OF_REVIEWERS.get(one.kind, one.kind)) for one in self._readers.find([piece])]
        found += self._others.find(piece, own)
        found += self._applicant.find([piece]) if self._applicant is not None else []
        found += _of_themselves(piece)
        return merged(piece, found)


def _of_themselves(piece: Piece) -> Iterator[Finding]:
    folded = fold(piece.text)
    for match in _SELF.finditer(folded.text):
        start, end = folded.span(match.start(), match.end())
        yield Finding(piece.where, FindingKind.SELF, start, end, piece.text[start:end])


def _wordings(one: Named) -> Iterator[Words]:
    if not one.is_organisation:
        yield from combinations(name_parts(one.text), 2)
        return
    words = [word for word in re.split(r"[\W_]+", fold_word(one.text)) if word]
    while words and words[-1] in LEGAL_ENDINGS:
        words.pop()
    words = [word for word in words if word not in PARTICLES]
    telling = [word for word in words if word not in GENERIC_IN_ORGANISATIONS]
    for several in (words, telling):
        if len(several) > 1 and telling:
            yield tuple(several)
    if len(telling) == 1 and telling[0] not in WORDS_TOO and len(telling[0]) >= SHORTEST_LITERAL:
        yield (telling[0],)

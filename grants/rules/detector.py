"""Find what would tell a reviewer who applied: names, organisation, e-mail, handles, CURP, RFC, telephones, links.

Pure: texts and what is known of the person go in, findings come out. It may find too much, because a person looks at
each finding; what it must not do is find too little.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from core.language import N_
from grants.rules.calling import OF_THEMSELVES, initials, short_forms
from grants.rules.folding import Folded, fold, fold_word

REDACTED = "█████"
SHORTEST_NAME = 3
SHORTEST_LITERAL = 5
LONGEST_LITERAL = 80


class FindingKind(StrEnum):
    """What kind of trace was found."""

    NAME = "name"
    ORGANISATION = "organisation"
    EMAIL = "email"
    HANDLE = "handle"
    CURP = "curp"
    RFC = "rfc"
    TELEPHONE = "telephone"
    LINK = "link"
    IDENTIFYING_ANSWER = "identifying_answer"
    UNREADABLE = "unreadable"
    REVIEWER = "reviewer"
    REVIEWER_ORGANISATION = "reviewer_organisation"
    OTHER_APPLICANT = "other_applicant"
    SELF = "self"


FINDING_LABELS: dict[FindingKind, str] = {
    FindingKind.NAME: N_("Nombre de quien solicita"),
    FindingKind.ORGANISATION: N_("Organización"),
    FindingKind.EMAIL: N_("Correo electrónico"),
    FindingKind.HANDLE: N_("Usuario de redes"),
    FindingKind.CURP: N_("CURP"),
    FindingKind.RFC: N_("RFC"),
    FindingKind.TELEPHONE: N_("Teléfono"),
    FindingKind.LINK: N_("Enlace"),
    FindingKind.IDENTIFYING_ANSWER: N_("Dato de una respuesta identificadora"),
    FindingKind.UNREADABLE: N_("Archivo sin texto: hay que mirarlo"),
    FindingKind.REVIEWER: N_("Nombre de quien evalúa"),
    FindingKind.REVIEWER_ORGANISATION: N_("Organización de quien evalúa"),
    FindingKind.OTHER_APPLICANT: N_("Otra persona u organización que solicita"),
    FindingKind.SELF: N_("Habla de sí"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known about who applied, from data reviewers never see."""

    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of the dossier and where it stands in it."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A trace: `text[start:end]` of the piece at `where`. `matched` is what the original says there."""

    where: str
    kind: FindingKind
    start: int
    end: int
    matched: str


_PARTICLES = "de del la las los el y e da das do dos di von van der den san santa mac mc"
PARTICLES = frozenset(_PARTICLES.split())
# Spanish words that are also names: alone and in lower case they are words.
_WORDS_TOO = """
luz rosa paz mar sol cruz flores leon mercado calle rios campos rojas blanco blanca angel guerra reyes rey casas torres
rivera valle montes sierra prado soto nieves franco pascua salud dolores esperanza consuelo mercedes linda alma aurora
victoria gloria pilar rocio perla estrella jardin bosque costa palma robles pino vega lago luna delgado bravo moreno
rubio calvo hermosa barrera corona marina abril julio cielo norte alegria rico leal cultura ciudad mexico real plaza
sala villa santos bello serrano castillo puente pena roca arena cabello pastor guerrero maestro fuentes mora olmos
zapata cordero toro lobo gallo oso mejia paredes
"""
WORDS_TOO = frozenset(_WORDS_TOO.split())
_LEGAL = "a c ac s sa de cv rl sc scp spr sapi ab iap srl inc ltd gmbh"
LEGAL_ENDINGS = frozenset(_LEGAL.split())
_GENERIC = """
asociacion civil colectivo colectiva sociedad cooperativa fundacion instituto universidad escuela centro cultural
cultura arte artes grupo compania danza teatro musica festival internacional nacional mexico mexicana mexicano ciudad
sa cv sc ac sapi rl srl spr de del la las los el y e en para por the of and taller estudio estudios laboratorio red
proyecto casa s a c v
"""
GENERIC_IN_ORGANISATIONS = frozenset(_GENERIC.split())

_AT = r"(?:@|\(at\)|\[at\]|\(arroba\)|\[arroba\])"
_ANYWHERE: tuple[tuple[FindingKind, re.Pattern[str]], ...] = (
    (
        FindingKind.EMAIL,
        re.compile(rf"[a-z0-9._%+-]+\s?{_AT}\s?[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    ),
    (FindingKind.CURP, re.compile(r"\b[a-z]{4}\s?\d{6}\s?[hmx][a-z]{5}[a-z0-9]\d\b")),
    (FindingKind.RFC, re.compile(r"\b[a-z&]{3,4}[ -]?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?[a-z0-9]{3}\b")),
    (FindingKind.LINK, re.compile(r"\bhttps?://\S+|\bwww\.\S+")),
    (
        FindingKind.LINK,
        re.compile(
            r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|mx|edu|gob|art|io|tv|me|es|eu|info|studio|design|dance|film|gallery|"
            r"music|band|ly|ee|be|gl|app|dev|xyz|online|site|blog|cat|lat)\b(?:/\S*)?"
        ),
    ),
    (FindingKind.HANDLE, re.compile(r"(?<![a-z0-9.])@[a-z0-9_][a-z0-9_.]{2,}")),
    (FindingKind.TELEPHONE, re.compile(r"(?<![\d.,$])\+?\d(?:[ ().-]{0,2}\d){9,12}(?![\d]|[.,]\d)")),
)


_DATE = re.compile(r"\b(?:19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])\b")
_SPELLED_OUT = re.compile(r"(?<!\w)(?:\w[ ._-]{1,2}){2,}\w(?!\w)")


@dataclass(frozen=True, slots=True)
class _Trace:
    """One thing to look for. The expression is compiled only where `needle` occurs: most texts have none."""

    kind: FindingKind
    needle: str
    expression: str
    needs_capital: bool = False
    needs_capitals: bool = False

    def counts(self, matched: str) -> bool:
        """Return whether what was found is written as it must be."""
        return not (self.needs_capital and matched[0].islower()) and (matched.isupper() or not self.needs_capitals)


class Detector:
    """What one application is searched for, run over every text of its dossier.

    `of_themselves` also finds where the writer speaks of their own work by its title, or of what they are called.
    """

    def __init__(self, identity: Identity, *, of_themselves: bool = False) -> None:
        self._anywhere = (*_ANYWHERE, (FindingKind.SELF, OF_THEMSELVES)) if of_themselves else _ANYWHERE
        self._traces = _traces_of(identity)
        self._parts = frozenset(part for name in identity.names for part in name_parts(name))

    def find(self, pieces: Iterable[Piece]) -> list[Finding]:
        """Return every trace, ordered by place, those that overlap as one."""
        return [finding for piece in pieces for finding in self._in_piece(piece)]

    def _in_piece(self, piece: Piece) -> list[Finding]:
        folded = fold(piece.text)
        found = []
        for trace in self._traces:
            if trace.needle in folded.text:
                matches = [_finding(piece, folded, trace.kind, m) for m in re.finditer(trace.expression, folded.text)]
                found += [item for item in matches if trace.counts(item.matched)]
        for kind, pattern in self._anywhere:
            found += [
                _finding(piece, folded, kind, match)
                for match in pattern.finditer(folded.text)
                if not (kind is FindingKind.TELEPHONE and _DATE.search(match.group()))
            ]
        for match in _SPELLED_OUT.finditer(folded.text):
            if any(part in re.sub(r"[\W_]", "", match.group()) for part in self._parts):
                found.append(_finding(piece, folded, FindingKind.NAME, match))
        return merged(piece, found)


def redact(text: str, start: int, end: int) -> str:
    """Return `text` with one stretch blacked out; the length of the mark says nothing about what was there."""
    return f"{text[:start]}{REDACTED}{text[end:]}"


def name_parts(name: str) -> list[str]:
    """Return the folded words of a name that could give it away, without particles and initials."""
    words = re.split(r"[^\w]+", fold_word(name))
    return [word for word in words if len(word) >= SHORTEST_NAME and word not in PARTICLES]


def _finding(piece: Piece, folded: Folded, kind: FindingKind, match: re.Match[str]) -> Finding:
    start, end = folded.span(match.start(), match.end())
    return Finding(piece.where, kind, start, end, piece.text[start:end])


def merged(piece: Piece, found: Iterable[Finding]) -> list[Finding]:
    """Return findings in one text by their place, those that overlap as one."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
        elif finding.end > kept[-1].end:
            last = kept.pop()
            stretch = piece.text[last.start : finding.end]
            kept.append(Finding(last.where, last.kind, last.start, finding.end, stretch))
    return kept


def _traces_of(identity: Identity) -> list[_Trace]:
    traces: list[_Trace] = []
    for name in identity.names:
        traces += _name_traces(name)
    for organisation in identity.organisations:
        traces += _organisation_traces(organisation)
    for email in identity.emails:
        local = fold_word(email.partition("@")[0])
        if len(local) >= SHORTEST_LITERAL:
            traces.append(_words(FindingKind.HANDLE, [local]))
    for literal in identity.literals:
        folded = fold_word(literal)
        if SHORTEST_LITERAL <= len(folded) <= LONGEST_LITERAL:
            traces.append(_words(FindingKind.IDENTIFYING_ANSWER, folded.split()))
    return list(dict.fromkeys(traces))


def _name_traces(name: str) -> list[_Trace]:
    parts = name_parts(name)
    traces = [_words(FindingKind.NAME, [part], needs_capital=part in WORDS_TOO) for part in parts]
    # Two words of the name, with whatever particles between, are the name even in lower case.
    traces += [_words(FindingKind.NAME, pair) for pair in combinations(parts, 2)]
    traces += [_words(FindingKind.NAME, [called], needs_capital=True) for called in short_forms(parts)]
    traces += [
        _Trace(FindingKind.NAME, needle, expression, needs_capitals=True)
        for needle, expression in initials(parts, "|".join(sorted(PARTICLES)))
    ]
    return traces + [_joined(parts[0], part) for part in parts[1:]]


def _organisation_traces(name: str) -> list[_Trace]:
    words = [word for word in re.split(r"[\W_]+", fold_word(name)) if word]
    while words and words[-1] in LEGAL_ENDINGS:
        words.pop()
    telling = [word for word in words if word not in GENERIC_IN_ORGANISATIONS]
    traces = []
    if words:
        common = len(words) == 1 and words[0] in WORDS_TOO | GENERIC_IN_ORGANISATIONS
        traces.append(_words(FindingKind.ORGANISATION, words, needs_capital=common))
    if telling and telling != words:
        common = len(telling) == 1 and telling[0] in WORDS_TOO
        traces.append(_words(FindingKind.ORGANISATION, telling, needs_capital=common))
    acronym = "".join(word[0] for word in words if word not in PARTICLES)
    if len(acronym) >= 4:
        traces.append(_words(FindingKind.ORGANISATION, [acronym], needs_capital=True))
    return traces


_BETWEEN = r"[\W_]+(?:(?:" + "|".join(sorted(PARTICLES)) + r")[\W_]+)*"


def _words(kind: FindingKind, words: Sequence[str], *, needs_capital: bool = False) -> _Trace:
    expression = r"(?<![^\W_])" + _BETWEEN.join(re.escape(word) for word in words) + r"(?![^\W_])"
    return _Trace(kind, words[0], expression, needs_capital)


def _joined(first: str, last: str) -> _Trace:
    # marta.sol, solmarta, msol: how people name their accounts.
    a, b = re.escape(first), re.escape(last)
    expression = rf"{a}[._-]?{b}|{b}[._-]?{a}|(?<![^\W_]){a[0]}[._-]?{b}(?![^\W_])"
    return _Trace(FindingKind.HANDLE, last, expression)

"""Run the detector over a whole dossier, and carry over what a person already looked at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grants.blinding.projection import ENGLISH, BlindContent, pieces_of
from grants.rules.detector import Detector, Finding, FindingKind, Identity, Piece

FoundTrace = dict[str, Any]  # {"where", "kind", "start", "end", "matched", "dismissed": reason or None}
FileRecord = Mapping[str, Any]  # {"stored_file_id", "label", "pages", "unreadable", "inner", "excluded"}
INNER_KINDS = frozenset({FindingKind.NAME, FindingKind.ORGANISATION, FindingKind.IDENTIFYING_ANSWER})


def file_pieces(files: Sequence[FileRecord]) -> Iterator[Piece]:
    """Yield the visible text of each page of the files that go along."""
    for index, record in enumerate(files):
        if record["excluded"] is None:
            for number, text in enumerate(record["pages"], start=1):
                yield Piece(f"files.{index}.pages.{number}", text)


def find_traces(
    content: BlindContent, files: Sequence[FileRecord], identity: Identity, known: Sequence[FoundTrace] = ()
) -> list[FoundTrace]:
    """Return every trace in a dossier's texts and files; pages that cannot be read count as one each.

    A trace dismissed before at the same place, of the same kind and wording stays dismissed.
    """
    detector = Detector(identity, of_themselves=True)
    found = _once(detector.find([*pieces_of(content), *file_pieces(files)]))
    for index, record in enumerate(files):
        if record["excluded"] is not None:
            continue
        inner = detector.find([Piece(f"files.{index}.inner", record.get("inner", ""))])
        found += [finding for finding in inner if finding.kind in INNER_KINDS]
        found += [
            Finding(f"files.{index}.pages.{page}", FindingKind.UNREADABLE, 0, 0, "") for page in record["unreadable"]
        ]
    return as_traces(found, known)


def as_traces(found: Sequence[Finding], known: Sequence[FoundTrace] = ()) -> list[FoundTrace]:
    """Return findings as they are kept; what was dismissed in the same place and wording stays dismissed."""
    dismissed = {_key(trace): trace["dismissed"] for trace in known if trace["dismissed"]}
    traces: list[FoundTrace] = [
        {
            "where": finding.where,
            "kind": finding.kind.value,
            "start": finding.start,
            "end": finding.end,
            "matched": finding.matched,
        }
        for finding in found
    ]
    return [trace | {"dismissed": dismissed.get(_key(trace))} for trace in traces]


def _once(found: Sequence[Finding]) -> list[Finding]:
    """Leave out what the English text of a field repeats from the Spanish one: a person decides it once."""
    spanish = {(finding.where, finding.kind, finding.matched) for finding in found}
    return [
        finding
        for finding in found
        if not finding.where.endswith(ENGLISH)
        or (finding.where.removesuffix(ENGLISH), finding.kind, finding.matched) not in spanish
    ]


def _key(trace: FoundTrace) -> tuple[str, str, str]:
    return trace["where"], trace["kind"], trace["matched"].casefold()

"""Words and papers that no sum reaches, compared with the fingerprints kept when they were written."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, groupby
from typing import Any

from sqlalchemy import text

from core.database import session
from trust.rules import inputs_hash

_ENTRIES = (
    "SELECT e.id, e.fiscal_year, e.number, e.kind, CAST(e.entry_date AS TEXT) AS day, e.memo, e.source, e.inputs_hash, "
    "e.reverses_id, p.account_code, f.code AS fund, p.amount_cents, p.currency, p.rate FROM journal_entry e "
    "JOIN posting p ON p.entry_id = e.id JOIN fund f ON f.id = p.fund_id ORDER BY e.id, p.line"
)
_RECEIPTS = (
    "SELECT r.code, r.content, r.sha256, s.sha256 AS paper, c.amount_cents, c.currency FROM receipt r "
    "JOIN contribution c ON c.id = r.contribution_id LEFT JOIN stored_file s ON s.id = r.stored_file_id ORDER BY r.id"
)


def edited_entries() -> list[str]:
    """Return entries whose kind, date, words, accounts or funds are no longer what they were posted with.

    Reads the whole book once, in the order of the entries, without holding it.
    """
    rows = session().execute(text(_ENTRIES), execution_options={"yield_per": 1_000})
    problems = []
    for _entry, group in groupby(rows, key=lambda row: row.id):
        lines = list(group)
        if lines[0].inputs_hash not in _fingerprints(lines):
            problems.append(f"entry {lines[0].fiscal_year}-{lines[0].number:06d} is not what it was posted as")
    return problems


def _fingerprints(lines: Sequence[Any]) -> Iterator[str]:
    """Return what the entry's fingerprint may be: a rate counts in it only where whoever posted named one."""
    first = lines[0]
    if first.reverses_id is not None:
        yield inputs_hash(reverses=first.reverses_id, reason=first.memo, date=first.day[:10])
        return
    foreign = sorted({line.currency for line in lines if line.rate is not None})
    for named in chain.from_iterable(combinations(foreign, size) for size in range(len(foreign) + 1)):
        described = [
            [one.account_code, one.fund, one.amount_cents, one.currency, one.rate if one.currency in named else None]
            for one in lines
        ]
        yield inputs_hash(kind=first.kind, date=first.day[:10], memo=first.memo, source=first.source, lines=described)


def changed_receipts() -> list[str]:
    """Return receipts that say another number or amount than their contribution, or whose paper is another."""
    problems = []
    for row in session().execute(text(_RECEIPTS)):
        says = json.loads(row.content) if isinstance(row.content, str) else row.content
        if (says.get("code"), says.get("amount_cents"), says.get("currency")) != (
            row.code, row.amount_cents, row.currency,
        ):  # fmt: skip
            problems.append(f"receipt {row.code} does not say what its contribution is")
        if row.sha256 != row.paper:
            problems.append(f"receipt {row.code} is not the paper that was issued")
    return problems

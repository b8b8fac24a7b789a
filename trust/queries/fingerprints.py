"""Words and papers that no sum reaches, compared with the fingerprints kept when they were written."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, groupby
from typing import Any

from sqlalchemy import select, text

from core.audit import AuditEvent, digest_events
from core.database import session
from trust.models import PeriodClosing
from trust.queries.seals import entries_digest
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
# Every posting leaves an event in the same transaction: who posted it, and when, is said twice.
_TOLD_OTHERWISE = (
    "SELECT e.fiscal_year, e.number, a.id FROM journal_entry e LEFT JOIN audit_event a "
    "ON a.subject = 'journal_entry' AND a.subject_id = CAST(e.id AS TEXT) AND a.action = 'ledger.entry_posted' "
    "WHERE a.id IS NULL OR COALESCE(a.actor_id, 0) <> COALESCE(e.recorded_by, 0) OR COALESCE({apart}, 601) > 600 "
    "ORDER BY 1, 2"
)
_APART = {
    "sqlite": "ABS(julianday(a.at) - julianday(e.posted_at)) * 86400",
    "postgresql": "ABS(EXTRACT(EPOCH FROM a.at - e.posted_at))",
}
_ACTS = (
    select(PeriodClosing.id, PeriodClosing.content, PeriodClosing.act_sha256)
    .where(PeriodClosing.act_sha256.is_not(None))
    .order_by(PeriodClosing.id)
)
_CLOSED = (
    select(AuditEvent.after)
    .where(AuditEvent.action.in_(["ledger.period_closed", "ledger.year_closed"]))
    .order_by(AuditEvent.id)
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


def untold_entries() -> list[str]:
    """Return entries of which the audit trail says nothing, or that somebody else posted them, or another time."""
    rows = session().execute(text(_TOLD_OTHERWISE.format(apart=_APART[session().get_bind().dialect.name])))
    return [
        f"entry {year}-{number:06d} "
        + ("is not in the audit trail" if event is None else "was posted by somebody else, or at another time")
        for year, number, event in rows
    ]


def broken_seals() -> list[str]:
    """Return closings whose acts no longer say what was signed, of their entries and of the audit trail.

    An act answers for its month's entries and for the events since the act before it, and the event of each closing
    for the act: so to change one thing quietly is to change every act since, and people keep copies of those.
    """
    problems, reached = [], 0
    told = {one["closing"]: one for one in session().scalars(_CLOSED) if one and "audit" in one}
    for one in told.values():
        year, month, sealed = one["year"], one["month"], one["audit"]
        name = f"closing {one['closing']}"
        if one["entries"] and one["entries"] != entries_digest(year, month, one["last_number"]):
            problems.append(
                f"{name}: entries of {year}-{month:02d} are not what was signed, by whom, when or its rates"
            )
        if sealed["after"] > reached:
            problems.append(f"{name}: nobody answers for the audit events {reached + 1} to {sealed['after']}")
        if digest_events(sealed["after"], sealed["up_to"]) != (sealed["events"], sealed["sha256"]):
            problems.append(f"{name}: the audit events up to {sealed['up_to']} are not the {sealed['events']} signed")
        reached = max(reached, sealed["up_to"])
    for number, content, act in session().execute(_ACTS).all():
        said = told.get(number)
        if said is None and "audit" not in (content or {}):  # an act of an earlier release
            continue
        if said is None or (said["content"], said["act"]) != (inputs_hash(content=content), act):
            problems.append(f"closing {number}: the audit trail does not know its act")
    return problems

"""What the act of a closing answers for beside its sums."""

from sqlalchemy import select

from core.database import session
from core.digests import digest_rows
from trust.models import Fund, JournalEntry, PeriodClosing, Posting
from trust.queries.closings import dated


def entries_digest(year: int, month: int, up_to: int) -> str:
    """Return the fingerprint of all that the entries of a month say, numbered up to one, line by line."""
    entry, line = JournalEntry, Posting
    rows = session().execute(
        select(
            entry.fiscal_year, entry.number, entry.kind, entry.entry_date, entry.memo, entry.source,
            entry.idempotency_key, entry.inputs_hash, entry.reverses_id, entry.posted_at, entry.recorded_by,
            line.line, line.account_code, Fund.code, line.amount_cents, line.currency, line.base_cents, line.rate,
            line.rate_date, line.rate_source,
        )
        .join(line, line.entry_id == entry.id)
        .join(Fund, Fund.id == line.fund_id)
        .where(dated(year, month), entry.number <= up_to)
        .order_by(entry.fiscal_year, entry.number, line.line),
        execution_options={"yield_per": 1_000},
    )  # fmt: skip
    return digest_rows(rows)[1]


def last_sealed_event() -> int:
    """Return the last audit event that the act of a closing answers for; 0 when none does."""
    contents = session().scalars(
        select(PeriodClosing.content).where(PeriodClosing.content.is_not(None)).order_by(PeriodClosing.id)
    )
    return max((one["audit"]["up_to"] for one in contents if one and "audit" in one), default=0)

"""What is in the bank and not in the books, and the other way round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, selectinload

from core.database import session
from core.money import Money
from trust.models import Account, BankLine, BankMatch, BankStatement, JournalEntry, Posting
from trust.states import BankLineState

NEAR = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class BookMove:
    """What an entry moves in a bank account, all its funds together."""

    entry_id: int
    label: str
    entry_date: date
    memo: str
    money: Money


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether bank and books agree on a day: what each says, and what explains the difference."""

    since: date
    on: date
    bank: Money | None
    books: Money
    only_bank: Money
    only_books: Money

    @property
    def unexplained(self) -> Money | None:
        """What the open items do not explain; None where the bank's files tell no balance."""
        return None if self.bank is None else self.bank - self.only_bank - (self.books - self.only_books)


def statements() -> list[BankStatement]:
    """Return every imported statement, latest first."""
    return list(
        session().scalars(select(BankStatement).order_by(BankStatement.ends_on.desc(), BankStatement.id.desc()))
    )


def hold_bank(account: str) -> None:
    """Keep the bank account until the transaction ends: who imports or matches at the same time comes second.

    Held before any of its lines, always. Nobody who posts waits for it.
    """
    held = select(Account.code).where(Account.code == account).order_by(Account.code)
    session().execute(held.with_for_update(key_share=True)).all()


def statement_by_digest(account: str, digest: str) -> BankStatement | None:
    """Return the statement that was imported from these very bytes."""
    return session().scalar(
        select(BankStatement).where(BankStatement.account_code == account, BankStatement.sha256 == digest)
    )


def last_mapping(account: str) -> dict[str, Any] | None:
    """Return how the columns of the last CSV of this account were read."""
    return session().scalar(
        select(BankStatement.mapping)
        .where(BankStatement.account_code == account, BankStatement.format == "csv")
        .order_by(BankStatement.id.desc())
        .limit(1)
    )


def known_lines(account: str, currency: str, start: date, end: date) -> set[str]:
    """Return the fingerprints an account already has in a range of days, both ends included."""
    query = select(BankLine.fingerprint).where(
        BankLine.account_code == account, BankLine.currency == currency, BankLine.booked_on.between(start, end)
    )
    return set(session().scalars(query.order_by(BankLine.id)))


def bank_lines(*, account: str = "", currency: str = "", states: Sequence[BankLineState] = ()) -> Select[BankLine]:
    """Return the query of lines, latest first, with what each is matched to."""
    query = select(BankLine).options(selectinload(BankLine.matches).joinedload(BankMatch.entry))
    if account:
        query = query.where(BankLine.account_code == account)
    if currency:
        query = query.where(BankLine.currency == currency)
    if states:
        query = query.where(BankLine.state.in_(states))
    return query.order_by(BankLine.booked_on.desc(), BankLine.id.desc())


def bank_line(line_id: int, *, hold: bool = False) -> BankLine | None:
    """Return one line; `hold` keeps it until the transaction ends."""
    query = bank_lines().where(BankLine.id == line_id)
    if hold:
        query = query.with_for_update(of=BankLine).execution_options(populate_existing=True)
    return session().scalar(query)


def lines_open() -> int:
    """Return how many lines have no entry yet."""
    return session().scalar(select(func.count()).select_from(BankLine).where(BankLine.state == BankLineState.OPEN)) or 0


def unmatched_moves(
    account: str, currency: str, *, start: date | None = None, end: date | None = None
) -> list[BookMove]:
    """Return what entries move in a bank account and no line of the bank says, by date.

    An entry and its reversal cancel each other without the bank's ever knowing: neither waits for a line.
    """
    undo = aliased(JournalEntry)
    total = func.sum(Posting.amount_cents)
    query = (
        select(JournalEntry, total)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(
            BankMatch,
            and_(
                BankMatch.entry_id == JournalEntry.id,
                BankMatch.account_code == account,
                BankMatch.currency == currency,
            ),
        )
        .outerjoin(undo, undo.reverses_id == JournalEntry.id)
        .where(
            Posting.account_code == account,
            Posting.currency == currency,
            BankMatch.id.is_(None),
            JournalEntry.reverses_id.is_(None),
            undo.id.is_(None),
        )
        .group_by(JournalEntry.id)
        .having(total != 0)
        .order_by(JournalEntry.entry_date, JournalEntry.id)
    )
    if start is not None:
        query = query.where(JournalEntry.entry_date >= start)
    if end is not None:
        query = query.where(JournalEntry.entry_date <= end)
    return [
        BookMove(entry.id, entry.label, entry.entry_date, entry.memo, Money(int(cents), currency))
        for entry, cents in session().execute(query)
    ]


def reconciliation(account: str, currency: str) -> Reconciliation | None:
    """Return how bank and books compare on the last day the bank has told; None before any statement.

    What the books moved before the first statement is in its opening balance and waits for no line.
    """
    last = session().scalar(
        select(BankStatement)
        .where(BankStatement.account_code == account, BankStatement.currency == currency)
        .order_by(BankStatement.ends_on.desc(), BankStatement.id.desc())
        .limit(1)
    )
    first = session().scalar(
        select(func.min(BankStatement.starts_on)).where(
            BankStatement.account_code == account, BankStatement.currency == currency
        )
    )
    if last is None or first is None:
        return None
    booked = session().scalar(
        select(func.coalesce(func.sum(Posting.amount_cents), 0))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.account_code == account, Posting.currency == currency, JournalEntry.entry_date <= last.ends_on)
    )
    waiting = session().scalar(
        select(func.coalesce(func.sum(BankLine.amount_cents), 0)).where(
            BankLine.account_code == account,
            BankLine.currency == currency,
            BankLine.state != BankLineState.MATCHED,
            BankLine.booked_on <= last.ends_on,
        )
    )
    alone = sum(one.money.amount_cents for one in unmatched_moves(account, currency, start=first, end=last.ends_on))
    return Reconciliation(
        first,
        last.ends_on,
        Money(last.closing_cents, currency) if last.closing_cents is not None else None,
        Money(int(booked or 0), currency),
        Money(int(waiting or 0), currency),
        Money(alone, currency),
    )

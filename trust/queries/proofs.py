"""The sums, added again from nothing. Each proof returns sentences for whoever must find the fault."""

import json

from sqlalchemy import inspect, text

from core.database import session
from trust.queries.closings import period_sums
from trust.rules import inputs_hash

# The tables whose keys hold the books together.
KEYED = frozenset(
    {"posting", "journal_entry", "account_balance", "fund", "fiscal_period", "period_closing", "period_reopening",
     "contribution", "in_kind_item", "receipt", "bank_match"}
)  # fmt: skip


def _rows(statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session().execute(text(statement))]


def unposted_entries() -> list[str]:
    """Return entries left as drafts: none outlives the transaction that wrote it."""
    rows = _rows("SELECT fiscal_year, number FROM journal_entry WHERE state <> 'posted' ORDER BY fiscal_year, number")
    return [f"entry {year}-{number:06d} is a draft" for year, number in rows]


def unbalanced_entries() -> list[str]:
    """Return entries that do not sum to zero in some fund and currency, or have fewer than two lines."""
    rows = _rows(
        "SELECT e.fiscal_year, e.number, f.code, p.currency, SUM(p.amount_cents), SUM(p.base_cents) FROM posting p "
        "JOIN journal_entry e ON e.id = p.entry_id JOIN fund f ON f.id = p.fund_id "
        "GROUP BY e.fiscal_year, e.number, f.code, p.currency "
        "HAVING SUM(p.amount_cents) <> 0 OR SUM(p.base_cents) <> 0 ORDER BY 1, 2, 3, 4"
    )
    problems = [
        f"entry {year}-{number:06d} is off by {cents} {currency} ({base} in the base currency) in fund {fund}"
        for year, number, fund, currency, cents, base in rows
    ]
    short = _rows(
        "SELECT e.fiscal_year, e.number, COUNT(p.id) FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id "
        "GROUP BY e.fiscal_year, e.number HAVING COUNT(p.id) < 2 ORDER BY 1, 2"
    )
    return problems + [f"entry {year}-{number:06d} has {lines} lines" for year, number, lines in short]


def broken_keys() -> list[str]:
    """Return foreign keys of the books with rows that point at nothing, whatever the database was told to let pass."""
    found = inspect(session().connection())
    problems = []
    for table in sorted(KEYED & set(found.get_table_names())):
        for key in sorted(found.get_foreign_keys(table), key=lambda one: one["constrained_columns"]):
            aim, own = key["referred_table"], key["constrained_columns"]
            pairs = list(zip(own, key["referred_columns"], strict=True))
            joined = " AND ".join(f"r.{target} = t.{column}" for column, target in pairs)
            given = " AND ".join(f"t.{column} IS NOT NULL" for column in own)
            # The names are those the database itself gave.
            count = _rows(
                f"SELECT COUNT(*) FROM {table} t LEFT JOIN {aim} r ON {joined} "  # noqa: S608
                f"WHERE {given} AND r.{pairs[0][1]} IS NULL"
            )[0][0]
            if count:
                problems.append(f"{count} rows of {table} point at a {aim} that is not there ({', '.join(own)})")
    return problems


def number_gaps() -> list[str]:
    """Return fiscal years whose numbers do not run from one to the counter without a gap."""
    rows = _rows(
        "SELECT c.fiscal_year, c.last_number, COUNT(e.id), COALESCE(MAX(e.number), 0), COALESCE(MIN(e.number), 1) "
        "FROM entry_counter c LEFT JOIN journal_entry e ON e.fiscal_year = c.fiscal_year "
        "GROUP BY c.fiscal_year, c.last_number ORDER BY c.fiscal_year"
    )
    lost = _rows(
        "SELECT DISTINCT e.fiscal_year FROM journal_entry e LEFT JOIN entry_counter c "
        "ON c.fiscal_year = e.fiscal_year WHERE c.fiscal_year IS NULL ORDER BY 1"
    )
    return [
        f"fiscal year {year}: the counter says {last}, there are {count} entries, numbered {first} to {highest}"
        for year, last, count, highest, first in rows
        if not (last == count == highest and first == 1)
    ] + [f"fiscal year {row[0]}: there are entries and no counter" for row in lost]


def misdated_entries() -> list[str]:
    """Return entries whose date is outside their fiscal year or in a month the books do not have."""
    rows = _rows("SELECT fiscal_year, number, CAST(entry_date AS TEXT) FROM journal_entry ORDER BY id")
    known = {f"{year}-{month:02d}" for year, month in _rows("SELECT year, month FROM fiscal_period ORDER BY 1, 2")}
    return [
        f"entry {year}-{number:06d} is dated {day}"
        for year, number, day in rows
        if str(day)[:4] != str(year) or str(day)[:7] not in known
    ]


def wrong_reversals() -> list[str]:
    """Return reversals that are not the mirror image of what they reverse."""
    rows = _rows(
        "SELECT r.fiscal_year, r.number FROM journal_entry r WHERE r.reverses_id IS NOT NULL AND (EXISTS ("
        "SELECT 1 FROM posting p LEFT JOIN posting o ON o.entry_id = r.reverses_id AND o.line = p.line "
        "AND o.account_code = p.account_code AND o.fund_id = p.fund_id AND o.currency = p.currency "
        "AND o.amount_cents = -p.amount_cents AND o.base_cents = -p.base_cents "
        "WHERE p.entry_id = r.id AND o.id IS NULL) "
        "OR (SELECT COUNT(*) FROM posting p WHERE p.entry_id = r.id) "
        "<> (SELECT COUNT(*) FROM posting o WHERE o.entry_id = r.reverses_id)) ORDER BY 1, 2"
    )
    return [f"entry {year}-{number:06d} does not mirror what it reverses" for year, number in rows]


def wrong_running_rows() -> list[str]:
    """Return running balances that are not the sum of their postings, and sums that have no running row."""
    sums = {
        tuple(row[:3]): tuple(int(str(cell)) for cell in row[3:])
        for row in _rows(
            "SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*) FROM posting "
            "GROUP BY fund_id, account_code, currency ORDER BY 1, 2, 3"
        )
    }
    running = {
        tuple(row[:3]): tuple(int(str(cell)) for cell in row[3:])
        for row in _rows(
            "SELECT fund_id, account_code, currency, balance_cents, base_cents, posting_count FROM account_balance "
            "ORDER BY 1, 2, 3"
        )
    }
    return [
        f"running balance of account {account} in fund {fund} ({currency}) is {running.get((fund, account, currency))}"
        f" and its postings add up to {sums.get((fund, account, currency))}"
        for fund, account, currency in sorted(set(sums) | set(running), key=str)
        if sums.get((fund, account, currency)) != running.get((fund, account, currency))
    ]


def overdrawn_funds() -> list[str]:
    """Return restricted funds and endowments with less than nothing free, from the postings themselves."""
    rows = _rows(
        "SELECT f.code, p.currency, SUM(a.available_sign * p.amount_cents) FROM posting p "
        "JOIN account a ON a.code = p.account_code JOIN fund f ON f.id = p.fund_id "
        "WHERE f.kind IN ('restricted', 'endowment') GROUP BY f.code, p.currency "
        "HAVING SUM(a.available_sign * p.amount_cents) < 0 ORDER BY 1, 2"
    )
    return [f"fund {code} is overdrawn by {-int(str(cents))} {currency}" for code, currency, cents in rows]


def _kept(value: object) -> dict[str, object]:
    """Return a JSON column that a bare statement read: text on SQLite, a value on PostgreSQL."""
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def changed_closed_periods() -> list[str]:
    """Return closed months whose sums are no longer the ones that were proved, or that stand after an open one."""
    problems, open_seen = [], ""
    for year, month, state, proof in _rows("SELECT year, month, state, proof FROM fiscal_period ORDER BY year, month"):
        name = f"{year}-{month:02d}"
        if state != "closed":
            open_seen = open_seen or name
            continue
        if open_seen:
            problems.append(f"period {name} is closed and the earlier {open_seen} is not")
        if _kept(proof).get("sha256") != inputs_hash(sums=period_sums(int(str(year)), int(str(month)))):
            problems.append(f"period {name} does not add up to the proof it was closed with")
    return problems


def changed_closings() -> list[str]:
    """Return closings of any time, undone or not, whose entries no longer add up to what was proved then.

    An entry that came after a reopening has a later number: it changes the month and never what was published of it.
    """
    rows = _rows(
        "SELECT id, year, month, sums, sha256, last_number FROM period_closing WHERE action = 'closed' ORDER BY id"
    )
    problems = []
    for one, year, month, sums, digest, last in rows:
        name = f"{year}-{month:02d}" if month else str(year)
        if inputs_hash(sums=_kept(sums)) != digest:
            problems.append(f"closing {one} of {name} does not keep the sums of its fingerprint")
        elif inputs_hash(sums=period_sums(int(str(year)), int(str(month)), up_to=int(str(last)))) != digest:
            problems.append(f"closing {one} of {name} no longer adds up to its proof")
    return problems


def wrong_histories() -> list[str]:
    """Return months whose state is not what was last done to them, or whose proof is not the one of that closing."""
    rows = _rows(
        "SELECT p.year, p.month, p.state, p.proof, c.action, c.sha256 FROM fiscal_period p LEFT JOIN period_closing c "
        "ON c.id = (SELECT MAX(h.id) FROM period_closing h WHERE h.period_id = p.id) ORDER BY p.year, p.month"
    )
    return [
        f"period {year}-{month:02d} is {state} and its history says {action or 'nothing'}"
        for year, month, state, proof, action, digest in rows
        if (state == "closed") != (action == "closed") or (state == "closed" and _kept(proof).get("sha256") != digest)
    ]


def open_years() -> list[str]:
    """Return years that were closed as a whole and have a month that is not."""
    rows = _rows(
        "SELECT c.year FROM period_closing c WHERE c.month = 0 AND c.action = 'closed' AND c.id = ("
        "SELECT MAX(h.id) FROM period_closing h WHERE h.month = 0 AND h.year = c.year) AND EXISTS ("
        "SELECT 1 FROM fiscal_period p WHERE p.year = c.year AND p.state <> 'closed') ORDER BY c.year"
    )
    return [f"year {row[0]} is closed and one of its months is not" for row in rows]


def wrong_contributions() -> list[str]:
    """Return received contributions whose entry does not credit their amount to income or endowment."""
    rows = _rows(
        "SELECT c.id, c.amount_cents, c.currency, COALESCE((SELECT -SUM(p.amount_cents) FROM posting p "
        "WHERE p.entry_id = c.entry_id AND p.currency = c.currency AND p.fund_id = c.fund_id "
        "AND (p.account_code LIKE '4.%' OR p.account_code = '3.1.1')), 0) "
        "FROM contribution c WHERE c.state IN ('received', 'cancelled', 'refunded') ORDER BY c.id"
    )
    return [
        f"contribution {one} is of {cents} {currency} and its entry says {posted}"
        for one, cents, currency, posted in rows
        if int(str(cents)) != int(str(posted))
    ]


def receipt_gaps() -> list[str]:
    """Return series of receipts whose numbers do not run from one to the counter without a gap."""
    rows = _rows(
        "SELECT c.series, c.year, c.last_number, COUNT(r.id), COALESCE(MAX(r.number), 0) FROM receipt_counter c "
        "LEFT JOIN receipt r ON r.series = c.series AND r.year = c.year "
        "GROUP BY c.series, c.year, c.last_number ORDER BY 1, 2"
    )
    lost = _rows(
        "SELECT DISTINCT r.series, r.year FROM receipt r LEFT JOIN receipt_counter c "
        "ON c.series = r.series AND c.year = r.year WHERE c.year IS NULL ORDER BY 1, 2"
    )
    return [
        f"receipts {series}-{year}: the counter says {last}, there are {count}, the highest is {highest}"
        for series, year, last, count, highest in rows
        if not (last == count == highest)
    ] + [f"receipts {series}-{year}: there are some and no counter" for series, year in lost]


def missing_receipts() -> list[str]:
    """Return received contributions without a receipt."""
    rows = _rows(
        "SELECT c.id FROM contribution c LEFT JOIN receipt r ON r.contribution_id = c.id "
        "WHERE c.state = 'received' AND r.id IS NULL ORDER BY c.id"
    )
    return [f"contribution {row[0]} has no receipt" for row in rows]

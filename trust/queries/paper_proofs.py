"""What stands beside the books, compared with them: gifts, the bank's lines, the company's money, the papers."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from core.database import session
from core.money import Money
from core.settings import setting
from trust.rules.bank import fingerprints
from trust.rules.bank.values import StatementLine

_VALUED = (
    "SELECT e.fiscal_year, e.number, p.line, p.amount_cents, p.currency, p.base_cents, p.rate, "
    "(SELECT COUNT(*) FROM posting o WHERE o.entry_id = p.entry_id) AS lines FROM posting p "
    "JOIN journal_entry e ON e.id = p.entry_id WHERE p.currency <> :base OR p.base_cents <> p.amount_cents "
    "ORDER BY 1, 2, 3"
)
# Less than nothing set aside would make a fund look richer than it is.
_SET_ASIDE = (
    "SELECT f.code, p.account_code, p.currency, SUM(p.amount_cents) FROM posting p "
    "JOIN account a ON a.code = p.account_code JOIN fund f ON f.id = p.fund_id WHERE a.available_sign < 0 "
    "GROUP BY f.code, p.account_code, p.currency HAVING SUM(p.amount_cents) < 0 ORDER BY 1, 2, 3"
)
# What the entries after a payment say went back of it: out of the income it was, or as a loss. Reversed ones aside.
_WENT_BACK = (
    "COALESCE((SELECT SUM(p.amount_cents) FROM checkout_order o "
    "JOIN journal_entry b ON b.source = 'trust.checkout_order:' || o.id "
    "JOIN posting p ON p.entry_id = b.id AND p.currency = c.currency "
    "AND (p.account_code LIKE '4.%' OR p.account_code IN ('3.1.1', '5.2.2')) "
    "LEFT JOIN journal_entry u ON u.reverses_id = b.id WHERE o.contribution_id = c.id AND u.id IS NULL), 0)"
)
_GIFTS = (
    "SELECT c.id, c.state, c.amount_cents, c.refunded_cents, CAST(c.received_on AS TEXT), "  # noqa: S608 (constants)
    f"CAST(e.entry_date AS TEXT), u.id, r.state, {_WENT_BACK} FROM contribution c "
    "JOIN journal_entry e ON e.id = c.entry_id LEFT JOIN journal_entry u ON u.reverses_id = e.id "
    "LEFT JOIN receipt r ON r.contribution_id = c.id ORDER BY c.id"
)
_MOVEMENTS = (
    "SELECT m.transaction_id, m.net_cents, m.currency, COALESCE((SELECT SUM(p.amount_cents) FROM posting p "
    "WHERE p.entry_id = m.entry_id AND p.fund_id = m.fund_id AND p.currency = m.currency "
    "AND p.account_code = '1.1.2'), 0) FROM online_movement m ORDER BY m.id"
)
_STRAYS = (
    "SELECT DISTINCT e.fiscal_year, e.number FROM journal_entry e JOIN posting p ON p.entry_id = e.id "
    "LEFT JOIN online_movement m ON m.entry_id = e.id WHERE (e.source LIKE 'trust.checkout_order:%' "
    "OR e.source LIKE 'trust.contribution:checkout:%') AND p.account_code = '1.1.2' AND m.id IS NULL ORDER BY 1, 2"
)
_DEPOSITS = (
    "SELECT d.company_id, d.amount_cents, d.currency, COALESCE((SELECT SUM(p.amount_cents) FROM posting p "
    "WHERE p.entry_id = d.entry_id AND p.currency = d.currency AND p.account_code = '1.1.1'), 0), "
    "COALESCE((SELECT SUM(m.net_cents) FROM online_movement m WHERE m.payout_id = d.id), 0) + "
    "COALESCE((SELECT SUM(g.net_cents) FROM company_charge g WHERE g.payout_id = d.id), 0) "
    "FROM payout d WHERE d.state = 'posted' ORDER BY d.id"
)
_LINES = (
    "SELECT id, account_code, currency, CAST(booked_on AS TEXT) AS day, amount_cents, reference, description, "
    "fingerprint FROM bank_line ORDER BY id"
)
_MATCHES = (
    "SELECT l.id, l.state, l.amount_cents, l.currency, COALESCE((SELECT SUM(p.amount_cents) FROM bank_match m "
    "JOIN posting p ON p.entry_id = m.entry_id AND p.account_code = m.account_code AND p.currency = m.currency "
    "WHERE m.line_id = l.id AND m.account_code = l.account_code AND m.currency = l.currency), 0) "
    "FROM bank_line l ORDER BY l.id"
)
_ACTS = (
    "SELECT c.id, c.year, c.month FROM period_closing c LEFT JOIN stored_file s ON s.id = c.stored_file_id "
    "WHERE c.act_sha256 IS NOT NULL AND (s.sha256 IS NULL OR s.sha256 <> c.act_sha256) ORDER BY c.id"
)


def _rows(statement: str, **values: object) -> list[Any]:
    return list(session().execute(text(statement), values))


def wrong_values() -> list[str]:
    """Return lines whose worth in the base currency is not their amount, or their amount at the rate they name.

    The last line of an entry carries what rounding left over: a cent for each other line at most.
    """
    base = setting("BASE_CURRENCY")
    problems = []
    for year, number, line, cents, currency, worth, rate, lines in _rows(_VALUED, base=base):
        said = Money(cents, currency)
        expected = said.converted(Fraction(rate), base).amount_cents if rate else cents if currency == base else None
        if expected is not None and abs(expected - worth) > (lines if rate else 0):
            problems.append(
                f"line {line} of entry {year}-{number:06d} is worth {worth} {base} and should be worth {expected}"
            )
    return problems


def less_than_nothing_set_aside() -> list[str]:
    """Return funds in which less than nothing is committed, accrued or due."""
    return [
        f"fund {fund} has {cents} {currency} set aside in account {account}"
        for fund, account, currency, cents in _rows(_SET_ASIDE)
    ]


def wrong_gifts() -> list[str]:
    """Return contributions whose state, day or refunds are not what the entries about them say."""
    problems = []
    for one, state, cents, refunded, day, entered, undone, paper, back in _rows(_GIFTS):
        if (state == "cancelled") != (undone is not None):
            told = "reversed" if undone is not None else "in force"
            problems.append(f"contribution {one} is {state} and its entry is {told}")
        if refunded != min(cents, max(0, back)):
            problems.append(f"contribution {one} says that {refunded} went back and the books say {back}")
        if str(day)[:10] != str(entered)[:10]:
            problems.append(f"contribution {one} was received on {day} and its entry is of {entered}")
        if state in ("cancelled", "refunded") and paper == "valid":
            problems.append(f"contribution {one} is {state} and its receipt is valid")
    return problems


def wrong_company_money() -> list[str]:
    """Return movements and deposits of the payment company that are not what the books say of them."""
    problems = [
        f"movement {name} is of {cents} {currency} and its entry says {posted}"
        for name, cents, currency, posted in _rows(_MOVEMENTS)
        if cents != posted
    ]
    problems += [
        f"entry {year}-{number:06d} moves money at the company unknown to it" for year, number in _rows(_STRAYS)
    ]
    return problems + [
        f"deposit {name} is of {cents} {currency}, its entry says {posted} and its movements {moved}"
        for name, cents, currency, posted, moved in _rows(_DEPOSITS)
        if not cents == posted == moved
    ]


def wrong_bank_lines() -> list[str]:
    """Return lines of the bank that are not what was imported, or are matched with entries that do not add up."""
    said = [
        (
            StatementLine(date.fromisoformat(day[:10]), Money(cents, currency), reference, description),
            (one, account, digest),
        )
        for one, account, currency, day, cents, reference, description, digest in _rows(_LINES)
    ]
    alike = Counter((line, account) for line, (_one, account, _digest) in said)
    problems = [
        f"bank line {one} is not what the bank's file said"
        for line, (one, account, digest) in said
        if digest not in fingerprints((line,) * alike[line, account])
    ]
    for one, state, cents, currency, matched in _rows(_MATCHES):
        if matched != (cents if state == "matched" else 0):
            problems.append(f"bank line {one} is {state}, of {cents} {currency}, and its entries add up to {matched}")
    return problems


def changed_acts() -> list[str]:
    """Return closings whose kept act is another file than the one that was signed."""
    return [f"the act of closing {one} of {year}-{month:02d} is another paper" for one, year, month in _rows(_ACTS)]

"""What the treasury says it paid, compared with the books."""

from sqlalchemy import text

from core.database import session

TABLES = frozenset({"payment_order"})
_PAID = (
    "SELECT o.id, o.amount_cents, o.currency, o.state, CAST(o.paid_on AS TEXT), CAST(e.entry_date AS TEXT), "
    "COALESCE((SELECT SUM(p.amount_cents) FROM posting p WHERE p.entry_id = e.id AND p.account_code = '5.1.1' "
    "AND p.currency = o.currency), 0) FROM payment_order o LEFT JOIN journal_entry e "
    "ON e.source = 'treasury.payment_order:' || o.id AND e.kind = 'payment' "
    "WHERE o.state = 'paid' OR e.id IS NOT NULL ORDER BY o.id"
)
_STRAYS = (
    "SELECT e.fiscal_year, e.number FROM journal_entry e LEFT JOIN payment_order o "
    "ON e.source = 'treasury.payment_order:' || o.id WHERE e.source LIKE 'treasury.payment_order:%' AND o.id IS NULL "
    "ORDER BY 1, 2"
)


def wrong_payments() -> list[str]:
    """Return payment orders that are not what the books say was paid, and payments nobody ordered."""
    problems = []
    for order, cents, currency, state, paid_on, entered, posted in session().execute(text(_PAID)):
        if state != "paid":
            problems.append(f"payment order {order} is {state} and the books have paid it")
        elif (cents, str(paid_on)[:10]) != (posted, str(entered)[:10]):
            problems.append(
                f"payment order {order} is of {cents} {currency} on {paid_on} and its entry says {posted} on {entered}"
            )
    strays = session().execute(text(_STRAYS))
    return problems + [f"entry {year}-{number:06d} pays an order that is not there" for year, number in strays]

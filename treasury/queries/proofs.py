"""What the treasury says it paid, compared with the books."""

from sqlalchemy import select, text

from core.audit import AuditEvent
from core.database import session
from treasury.models import Allocation
from trust.models import Fund

TABLES = frozenset({"payment_order"})
BOUND = frozenset({"allocation", "commitment", "payment_order", "payment_share"})
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
_BOUND = (
    "SELECT e.fiscal_year, e.number, f.code, s.currency, SUM(s.kept), SUM(s.booked) FROM ("
    "SELECT entry_id, fund_id, currency, amount_cents AS kept, 0 AS booked FROM commitment UNION ALL "
    "SELECT p.entry_id, p.fund_id, p.currency, 0, p.amount_cents FROM posting p JOIN journal_entry b "
    "ON b.id = p.entry_id WHERE p.account_code = '8.2.4' AND b.kind = 'budget' "
    "AND (b.idempotency_key LIKE 'award-committed:%' OR b.idempotency_key LIKE 'awards-committed:%')) s "
    "JOIN journal_entry e ON e.id = s.entry_id JOIN fund f ON f.id = s.fund_id "
    "GROUP BY e.fiscal_year, e.number, f.code, s.currency HAVING SUM(s.kept) <> SUM(s.booked) ORDER BY 1, 2, 3"
)
_GIVEN_BACK = (
    "SELECT s.source, f.code, s.currency, SUM(s.released), SUM(s.freed), SUM(s.returned), SUM(s.back) FROM ("
    "SELECT 'grants.award:' || award_id AS source, fund_id, currency, released_cents AS released, 0 AS freed, "
    "returned_cents AS returned, 0 AS back FROM commitment UNION ALL "
    "SELECT e.source, p.fund_id, p.currency, 0, CASE WHEN e.kind = 'budget' THEN p.amount_cents ELSE 0 END, 0, "
    "CASE WHEN e.kind = 'refund' THEN p.amount_cents ELSE 0 END FROM posting p JOIN journal_entry e "
    "ON e.id = p.entry_id WHERE p.account_code = '8.2.2' AND p.amount_cents > 0 AND e.source LIKE 'grants.award:%') s "
    "JOIN fund f ON f.id = s.fund_id GROUP BY s.source, f.code, s.currency "
    "HAVING SUM(s.released) <> SUM(s.freed) OR SUM(s.returned) <> SUM(s.back) ORDER BY 1, 2"
)
_TAKEN = (
    "SELECT c.id, c.paid_cents, COALESCE(SUM(s.amount_cents), 0) FROM commitment c LEFT JOIN (payment_share s "
    "JOIN payment_order o ON o.id = s.order_id AND o.state = 'paid') ON s.commitment_id = c.id "
    "GROUP BY c.id, c.paid_cents HAVING c.paid_cents <> COALESCE(SUM(s.amount_cents), 0) ORDER BY c.id"
)
_SPREAD = (
    "SELECT o.id, o.amount_cents, COALESCE(SUM(s.amount_cents), 0) FROM payment_order o "
    "LEFT JOIN payment_share s ON s.order_id = o.id GROUP BY o.id, o.amount_cents "
    "HAVING o.amount_cents <> COALESCE(SUM(s.amount_cents), 0) ORDER BY o.id"
)
_OTHER_FUND = (
    "SELECT c.id FROM commitment c JOIN allocation a ON a.id = c.allocation_id "
    "WHERE a.fund_id <> c.fund_id OR a.currency <> c.currency ORDER BY c.id"
)
_TOO_MUCH = (
    "SELECT a.id, a.amount_cents, SUM(c.amount_cents - c.released_cents) FROM allocation a "
    "JOIN commitment c ON c.allocation_id = a.id GROUP BY a.id, a.amount_cents "
    "HAVING SUM(c.amount_cents - c.released_cents) > a.amount_cents ORDER BY a.id"
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


def wrong_commitments() -> list[str]:
    """Return what awards are said to have bound, taken and given back that the books do not say."""
    ask = session().execute
    problems = [
        f"entry {year}-{number:06d} binds {booked} {currency} of fund {fund} and the awards say {kept}"
        for year, number, fund, currency, kept, booked in ask(text(_BOUND))
    ]
    problems += [
        f"{source} gave {released} {currency} back to fund {fund} and returned {returned}, "
        f"and its entries say {freed} and {back}"
        for source, fund, currency, released, freed, returned, back in ask(text(_GIVEN_BACK))
    ]
    problems += [
        f"commitment {one} was paid {paid} and the paid orders took {taken} of it"
        for one, paid, taken in ask(text(_TAKEN))
    ]
    problems += [
        f"payment order {one} is of {cents} and its shares add up to {shares}"
        for one, cents, shares in ask(text(_SPREAD))
    ]
    problems += [f"commitment {one} is not of its allocation's fund" for (one,) in ask(text(_OTHER_FUND))]
    problems += [
        f"allocation {one} is of {cents} and awards have bound {bound} of it"
        for one, cents, bound in ask(text(_TOO_MUCH))
    ]
    return problems + _untold_allocations()


def _untold_allocations() -> list[str]:
    """Return the allocations that are not of what the audit trail last says a fund gives a call."""
    events = (
        select(AuditEvent.subject_id, AuditEvent.after)
        .where(AuditEvent.action.in_(["budget.allocated", "budget.raised"]), AuditEvent.subject == "call")
        .order_by(AuditEvent.id)
    )
    told = {(call, after["fund"]): after["amount_cents"] for call, after in session().execute(events) if after}
    given = (
        select(Allocation.id, Allocation.call_id, Fund.code, Allocation.amount_cents)
        .join(Allocation.fund)
        .order_by(Allocation.id)
    )
    return [
        f"allocation {one} is of {cents} and the audit trail says {told.get((str(call), code))}"
        for one, call, code, cents in session().execute(given)
        if told.get((str(call), code)) != cents
    ]

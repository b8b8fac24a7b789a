"""A report made by hand, and the books it would have come from."""

from datetime import date

from core.money import Money
from transparency.rules.breakdowns import Count, breakdowns
from transparency.rules.figures import (
    Books,
    CallRef,
    DestinationLine,
    FundLine,
    FundRef,
    IncomeLine,
    MomentLine,
    Process,
    Report,
    Scope,
    UseLine,
)
from transparency.rules.periods import ScopeKind
from transparency.rules.reconciliation import BookSum, Ledger

CATALOGUE = {
    "axis": ("1", "2", "3"),
    "region": ("europe", "asia"),
    "profile": ("person", "collective"),
    "territory": ("Iztapalapa", "Tlalpan"),
    "gender": ("woman", "man"),
    "first_time": ("yes", "no"),
}
GENERAL = FundRef(1, "general", {"es": "Fondo general", "en": "General fund"}, "unrestricted")
CALL = CallRef("movilidad-2026", {"es": "Movilidad 2026", "en": "Mobility 2026"})


def mxn(cents: int) -> Money:
    """Return cents of a peso."""
    return Money(cents, "MXN")


def a_report() -> Report:
    """A quarter in which 1,000 pesos came in, 300 were paid to awards, 10 in fees, and a hotel gave 250 in kind."""
    counts = [
        Count(dimension, key, 1, 1, decided, awarded, awarded * 1_000)
        for dimension, keys in CATALOGUE.items()
        for key, decided, awarded in zip(keys, (20, 12, 9), (11, 7, 2), strict=False)
    ]
    return Report(
        scope=Scope(ScopeKind.QUARTER, date(2026, 1, 1), date(2026, 3, 31), 2026, 1),
        currency="MXN",
        income=(
            IncomeLine("donation", "cash", "company", GENERAL, 2, mxn(100_000), mxn(100_000)),
            IncomeLine("sponsorship", "in_kind", "company", GENERAL, 1, mxn(25_000), mxn(25_000)),
        ),
        uses=(
            UseLine("5.1.1", {"es": "Ayudas pagadas", "en": "Awards paid"}, GENERAL, mxn(30_000), mxn(30_000)),
            UseLine("5.2.1", {"es": "Comisiones de cobro", "en": "Fees"}, GENERAL, mxn(1_000), mxn(1_000)),
        ),
        destinations=(DestinationLine(CALL, GENERAL, mxn(30_000)),),
        funds=(
            FundLine(
                GENERAL,
                opening=mxn(5_000),
                received=mxn(100_000),
                spent=mxn(31_000),
                other=mxn(0),
                closing=mxn(74_000),
                committed=mxn(20_000),
                closing_base=mxn(74_000),
                committed_base=mxn(20_000),
            ),
        ),
        moments=(
            MomentLine("8.2.4", {"es": "Comprometido", "en": "Committed"}, GENERAL, mxn(50_000), mxn(30_000)),
            MomentLine("8.2.7", {"es": "Pagado", "en": "Paid"}, GENERAL, mxn(30_000), mxn(0)),
        ),
        breakdowns=breakdowns(counts, CATALOGUE, "MXN"),
        process=Process(1, 45, 2, 3, 41, 20, 8, 10, 2, 1, 40, 9, 123, 4, 5),
        calls=(CALL,),
        books=Books(12, "2026-000001", "2026-000012"),
    )


def books_of(report: Report) -> Ledger:
    """Return what the ledger says when that report is true."""
    sums = (
        BookSum("1.1.1", "general", "MXN", debit=100_000, credit=31_000, closing=74_000),
        BookSum("1.3.1", "general", "MXN", debit=25_000, closing=25_000),
        BookSum("4.1.1", "general", "MXN", credit=100_000),
        BookSum("4.2.1", "general", "MXN", credit=25_000),
        BookSum("5.1.1", "general", "MXN", debit=30_000),
        BookSum("5.2.1", "general", "MXN", debit=1_000),
        BookSum("8.2.4", "general", "MXN", debit=50_000, credit=30_000, closing=20_000),
        BookSum("8.2.7", "general", "MXN", debit=30_000, closing=30_000),
    )
    return Ledger(sums, report.books.entries, (("general", "MXN", 50_000),))

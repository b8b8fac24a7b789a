"""Whether the figures of a report are the sums of the books. Pure: two sets of values in, differences out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.language import N_
from transparency.rules.books import AWARDS, CASH, COMMITTED, INCOME_CASH, INCOME_IN_KIND
from transparency.rules.figures import Report
from transparency.rules.periods import ScopeKind

Key = tuple[str, str, str]  # account or what it is, fund code, currency

WHAT = {
    "income_cash": N_("ingresos en dinero"),
    "income_in_kind": N_("ingresos en especie"),
    "uses": N_("usos del dinero"),
    "destinations": N_("destino de los apoyos"),
    "identity": N_("saldo inicial más movimientos"),
    "closing": N_("saldo final"),
    "committed": N_("dinero comprometido"),
    "moments": N_("momentos del presupuesto"),
    "commitments": N_("compromisos de los apoyos"),
}


@dataclass(frozen=True, slots=True)
class BookSum:
    """What the ledger itself says of one account, fund and currency. Debits and credits are both positive."""

    account: str
    fund: str
    currency: str
    debit: int = 0
    credit: int = 0
    closing: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger's own sums for the same range, asked for by another road, and what the treasury says it bound."""

    sums: tuple[BookSum, ...]
    entries: int
    commitments: tuple[tuple[str, str, int], ...] = ()  # fund code, currency, minor units


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that the books do not confirm, in minor units."""

    what: str
    fund: str
    currency: str
    reported_cents: int
    booked_cents: int


def reconcile(report: Report, ledger: Ledger) -> tuple[Difference, ...]:
    """Return every figure of the report that is not the ledger's, in a fixed order; empty when it adds up."""
    checks = [
        ("commitments", _commitments_reported(report), _commitments(ledger)),
        ("uses", _uses(report), _net(ledger, ("5.",), by_account=True)),
        ("destinations", _destinations(report), _net(ledger, (AWARDS,))),
    ]
    if report.scope.kind is not ScopeKind.CALL:
        checks += [
            ("moments", _moments(report), _booked_moments(ledger)),
            ("income_cash", _income(report, "cash"), _net(ledger, INCOME_CASH, sign=-1)),
            ("income_in_kind", _income(report, "in_kind"), _net(ledger, INCOME_IN_KIND, sign=-1)),
            ("identity", _identity(report), _closing(ledger, CASH)),
            ("closing", _closings(report, "closing"), _closing(ledger, CASH)),
            ("committed", _closings(report, "committed"), _closing(ledger, COMMITTED)),
        ]
    return tuple(difference for what, said, booked in checks for difference in _differences(what, said, booked))


def _differences(what: str, said: dict[Key, int], booked: dict[Key, int]) -> list[Difference]:
    return [
        Difference(what, key[1], key[2], said.get(key, 0), booked.get(key, 0))
        for key in sorted(set(said) | set(booked))
        if said.get(key, 0) != booked.get(key, 0)
    ]


def _sum(items: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for key, cents in items:
        found[key] += cents
    return dict(found)


def _income(report: Report, form: str) -> dict[Key, int]:
    return _sum(
        (("", line.fund.code, line.money.currency), line.money.amount_cents)
        for line in report.income
        if line.form == form
    )


def _uses(report: Report) -> dict[Key, int]:
    return _sum(((line.account, line.fund.code, line.money.currency), line.money.amount_cents) for line in report.uses)


def _destinations(report: Report) -> dict[Key, int]:
    return _sum((("", line.fund.code, line.money.currency), line.money.amount_cents) for line in report.destinations)


def _identity(report: Report) -> dict[Key, int]:
    return _sum(
        (
            ("", line.fund.code, line.opening.currency),
            (line.opening + line.received - line.spent + line.other).amount_cents,
        )
        for line in report.funds
    )


def _closings(report: Report, name: str) -> dict[Key, int]:
    return _sum(
        (("", line.fund.code, line.closing.currency), getattr(line, name).amount_cents) for line in report.funds
    )


def _moments(report: Report) -> dict[Key, int]:
    return _sum(
        (key, cents)
        for line in report.moments
        for key, cents in (
            ((f"{line.account} +", line.fund.code, line.debit.currency), line.debit.amount_cents),
            ((f"{line.account} -", line.fund.code, line.credit.currency), line.credit.amount_cents),
        )
    )


def _booked_moments(ledger: Ledger) -> dict[Key, int]:
    return _sum(
        (key, cents)
        for one in ledger.sums
        if one.account.startswith("8.")
        for key, cents in (
            ((f"{one.account} +", one.fund, one.currency), one.debit),
            ((f"{one.account} -", one.fund, one.currency), one.credit),
        )
    )


def _commitments_reported(report: Report) -> dict[Key, int]:
    return _sum(
        (("", line.fund.code, line.debit.currency), line.debit.amount_cents)
        for line in report.moments
        if line.account == "8.2.4"
    )


def _commitments(ledger: Ledger) -> dict[Key, int]:
    return _sum((("", fund, currency), cents) for fund, currency, cents in ledger.commitments)


def _net(ledger: Ledger, prefixes: tuple[str, ...], *, sign: int = 1, by_account: bool = False) -> dict[Key, int]:
    return _sum(
        ((one.account if by_account else "", one.fund, one.currency), sign * (one.debit - one.credit))
        for one in ledger.sums
        if one.account.startswith(prefixes)
    )


def _closing(ledger: Ledger, accounts: tuple[str, ...]) -> dict[Key, int]:
    return _sum((("", one.fund, one.currency), one.closing) for one in ledger.sums if one.account in accounts)

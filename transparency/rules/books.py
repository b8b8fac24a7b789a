"""From the sums of the ledger to the lines of a report."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.money import Money
from transparency.rules.figures import FundLine, FundRef, MomentLine, Names, UseLine

CASH = ("1.1.1", "1.1.2", "1.1.3")
INCOME_CASH = ("3.1.1", "4.1.1", "4.1.2", "4.1.3")
INCOME_IN_KIND = ("4.2.1",)
INCOME = INCOME_CASH + INCOME_IN_KIND
SPENT = ("5.1.1", "5.2.1")
IN_KIND = ("1.3.1", "4.2.1", "5.3.1", "5.3.2")
COMMITTED = ("8.2.4", "8.2.5", "8.2.6")
AWARDS = "5.1.1"


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """One account of one fund in one currency: before the period, and what moved in it. Credits are negative."""

    account: str
    fund_id: int
    currency: str
    opening: int
    debit: int
    credit: int
    opening_base: int
    net_base: int

    @property
    def net(self) -> int:
        """What the period added."""
        return self.debit + self.credit

    @property
    def closing(self) -> int:
        """What stood there at the end."""
        return self.opening + self.net


Funds = Mapping[int, FundRef]


def use_lines(sums: Iterable[LedgerSum], funds: Funds, names: Mapping[str, Names], base: str) -> tuple[UseLine, ...]:
    """Return what was spent or used, by account and fund."""
    return tuple(
        UseLine(
            one.account, names[one.account], funds[one.fund_id], Money(one.net, one.currency), Money(one.net_base, base)
        )
        for one in sums
        if one.account.startswith("5.") and one.net
    )


def moment_lines(sums: Iterable[LedgerSum], funds: Funds, names: Mapping[str, Names]) -> tuple[MomentLine, ...]:
    """Return what moved in the budget accounts."""
    return tuple(
        MomentLine(
            one.account,
            names[one.account],
            funds[one.fund_id],
            Money(one.debit, one.currency),
            Money(-one.credit, one.currency),
        )
        for one in sums
        if one.account.startswith("8.") and (one.debit or one.credit)
    )


def fund_lines(sums: Sequence[LedgerSum], funds: Funds, base: str) -> tuple[FundLine, ...]:
    """Return each fund's money over the period: what comes in kind is not in it."""
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in sums:
        cell = found[one.fund_id, one.currency]
        if one.account in CASH:
            cell["opening"] += one.opening
            cell["closing"] += one.closing
            cell["closing_base"] += one.opening_base + one.net_base
        elif one.account in COMMITTED:
            cell["committed"] += one.closing
            cell["committed_base"] += one.opening_base + one.net_base
        elif one.account in INCOME_CASH:
            cell["received"] -= one.net
        elif one.account in SPENT:
            cell["spent"] += one.net
        elif not one.account.startswith("8.") and one.account not in IN_KIND:
            cell["other"] -= one.net
    lines = []
    for (fund_id, currency), cell in sorted(found.items()):
        if any(cell.values()):
            amounts = {name: Money(cell[name], currency) for name in ("opening", "received", "spent", "other")}
            lines.append(
                FundLine(
                    funds[fund_id],
                    **amounts,
                    closing=Money(cell["closing"], currency),
                    committed=Money(cell["committed"], currency),
                    closing_base=Money(cell["closing_base"], base),
                    committed_base=Money(cell["committed_base"], base),
                )
            )
    return tuple(lines)

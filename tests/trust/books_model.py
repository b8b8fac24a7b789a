"""A plain-Python model of the books, for tests that do random things and ask whether the books agree to the cent."""

from collections import defaultdict
from datetime import date

from core.money import Money
from trust.models import Fund, FundKind
from trust.rules import Rate

Key = tuple[str, str, str]  # fund, account, currency
Effect = dict[Key, int]
CASH = ("1.1.1", "1.1.2", "1.1.3")
KINDS = (FundKind.UNRESTRICTED, FundKind.DESIGNATED, FundKind.RESTRICTED, FundKind.ENDOWMENT)
TIED = (FundKind.RESTRICTED, FundKind.ENDOWMENT)
RATE = Rate("EUR", "MXN", "20", date(2026, 1, 5), "Prueba")


class Books:
    """What the books should say, kept in a dictionary."""

    def __init__(self) -> None:
        self.balance: Effect = defaultdict(int)
        self.entries = 0

    def apply(self, effect: Effect) -> None:
        for key, cents in effect.items():
            self.balance[key] += cents
        self.entries += 1

    def available(self, fund: str, currency: str) -> int:
        return sum(self.balance[fund, account, currency] for account in CASH)

    def overdraws(self, fund: Fund, effect: Effect) -> bool:
        """Whether the database must refuse: a tied fund would have less than nothing in some currency."""
        after: dict[str, int] = defaultdict(int)
        for (code, account, currency), cents in effect.items():
            if code == fund.code and account in CASH:
                after[currency] += cents
        return fund.kind in TIED and any(self.available(fund.code, one) + cents < 0 for one, cents in after.items())


def gift(fund: Fund, money: Money, method: str, fee: int) -> Effect:
    """What a contribution does: gross to income or capital, net to the bank, and the budget's income moments."""
    bank = "1.1.3" if money.currency != "MXN" else "1.1.2" if method == "card" else "1.1.1"
    capital = fund.kind is FundKind.ENDOWMENT
    effect = {bank: money.amount_cents - fee, "5.2.1": fee, "3.1.1" if capital else "4.1.1": -money.amount_cents}
    if not capital:
        effect |= {"8.1.2": money.amount_cents, "8.1.5": -money.amount_cents}
    return {(fund.code, account, money.currency): cents for account, cents in effect.items() if cents}

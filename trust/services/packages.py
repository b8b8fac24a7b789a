"""Packages for sponsors: written once, chosen with an order or a transfer, and closed when nobody is to choose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.language import localised
from core.money import LARGEST_CENTS, AmountTooLarge, Money, format_money
from trust import queries
from trust.errors import (
    AmountNotPositive,
    BelowPackage,
    InvalidQuantity,
    PackageCurrencyDiffers,
    PackageEmpty,
    PackageGone,
    PackageReturnsTooMuch,
    PackageSoldOut,
)
from trust.models import (
    CheckoutOrder,
    DueRule,
    PackageBenefit,
    PackageChoice,
    SponsorPackage,
)
from trust.states.packages import PACKAGE_STATES, PackageState


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One thing a package is to promise: due some days after the money comes, or on a day."""

    what: dict[str, str]
    quantity: int
    due_days: int | None = None
    due_on: date | None = None
    fair_value: Money | None = None

    def row(self) -> PackageBenefit:
        """Return it as a row that is not in the session yet."""
        return PackageBenefit(
            what=self.what,
            quantity=self.quantity,
            due_rule=DueRule.AFTER_PAYMENT if self.due_on is None else DueRule.ON_DATE,
            due_days=self.due_days or 0 if self.due_on is None else None,
            due_on=self.due_on,
            fair_value_cents=self.fair_value.amount_cents if self.fair_value else 0,
        )


def write_package(
    *,
    name: dict[str, str],
    money: Money,
    lines: Sequence[BenefitLine],
    is_public: bool,
    opens_on: date,
    closes_on: date | None = None,
    places: int | None = None,
) -> SponsorPackage:
    """Write a package with what it promises. It is not changed afterwards: close it and write another.

    Raises:
        AmountNotPositive, AmountTooLarge, PackageEmpty, InvalidQuantity, PackageReturnsTooMuch: nothing was written.
    """
    if money.amount_cents <= 0 or any(line.fair_value and line.fair_value.amount_cents < 0 for line in lines):
        raise AmountNotPositive()
    if money.amount_cents > LARGEST_CENTS:
        raise AmountTooLarge()
    if not lines:
        raise PackageEmpty()
    if any(line.quantity < 1 for line in lines) or (places is not None and places < 1):
        raise InvalidQuantity()
    returned = sum((line.fair_value for line in lines if line.fair_value), Money.zero(money.currency))
    if returned >= money:
        raise PackageReturnsTooMuch(returned=format_money(returned))
    written = SponsorPackage(
        name=name,
        amount_cents=money.amount_cents,
        currency=money.currency,
        is_public=is_public,
        opens_on=opens_on,
        closes_on=closes_on,
        places=places,
        state=PackageState.OPEN,
        created_at=now(),
        created_by_id=actor().user_id,
    )
    written.benefits = [line.row() for line in lines]
    session().add(written)
    session().flush()
    record(
        "package.written", "sponsor_package", written.id, None,
        {"amount_cents": money.amount_cents, "currency": money.currency, "benefits": len(lines), "places": places},
    )  # fmt: skip
    return written


def close_package(found: SponsorPackage) -> SponsorPackage:
    """Let nobody choose a package any more. What it promised to those who chose it stays promised.

    Raises:
        IllegalTransition: it is closed.
    """
    PACKAGE_STATES.check(found.state, PackageState.CLOSED)
    found.state, found.closed_at = PackageState.CLOSED, now()
    session().flush()
    record("package.closed", "sponsor_package", found.id, {"state": "open"}, {"state": "closed"})
    return found


def check_package(found: SponsorPackage, money: Money) -> None:
    """Refuse a package that cannot be taken now with this amount. Hold it first: two may want its last place.

    Raises:
        PackageGone, PackageSoldOut, PackageCurrencyDiffers, BelowPackage.
    """
    name = localised(found.name)
    if not queries.is_in_season(found):
        raise PackageGone(package=name)
    if queries.places_left([found])[found.id] == 0:
        raise PackageSoldOut(package=name)
    if money.currency != found.currency:
        raise PackageCurrencyDiffers(package=name, currency=found.currency)
    if money < found.money:
        raise BelowPackage(package=name, least=format_money(found.money))


def choose_package(order: CheckoutOrder, found: SponsorPackage) -> None:
    """Keep which package an online order is for; its place is held while it is being paid."""
    session().add(PackageChoice(package_id=found.id, order_id=order.id, chosen_at=now()))
    session().flush()


def package_paid(order: CheckoutOrder, money: Money) -> SponsorPackage | None:
    """Return the package that a payment pays for: the one its order chose, where what was charged reaches it.

    Somebody who pays after the last place was taken still gets what was promised.
    """
    choice = queries.choice_of_order(order.id)
    if choice is None or choice.package.currency != money.currency or money < choice.package.money:
        return None
    return choice.package

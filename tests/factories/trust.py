"""Funds, money and receipts for tests, made by the services and never around them."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from accounts.models import Organisation
from core.clock import today
from core.context import SYSTEM, Actor, acting_as
from core.database import session
from core.money import Money
from core.roles import Role
from tests.factories.accounts import make_user
from trust.models import Contribution, Fund, FundKind, JournalEntry, SponsorPackage, ValuationTechnique
from trust.services import (
    BenefitLine,
    Line,
    confirm_in_kind_delivery,
    establish_chart,
    offer_in_kind,
    open_fund,
    open_periods,
    post_entry,
    receive_contribution,
    write_package,
)
from trust.services.fund_closings import ask_fund_closing, grant_fund_closing

_serial = itertools.count(1)


PROGRAMME = {"es": "2026 · Artistas en el mundo", "en": "2026 · Artists abroad"}


def pesos(amount: int) -> Money:
    """Return whole pesos."""
    return Money(amount * 100, "MXN")


def euros(amount: int) -> Money:
    """Return whole euros."""
    return Money(amount * 100, "EUR")


def make_books(*years: int) -> None:
    """Write the chart of accounts and open the months of `years`, or of this year."""
    establish_chart()
    for year in years or (today().year,):
        open_periods(year)


def make_fund(kind: FundKind = FundKind.UNRESTRICTED, **facts: Any) -> Fund:
    """Open a fund of one kind on books that stand."""
    make_books()
    number = next(_serial)
    facts.setdefault("code", f"bolsa-{number}")
    facts.setdefault("name", {"es": f"Bolsa {number}", "en": f"Fund {number}"})
    return open_fund(kind=kind, **facts)


def give(fund: Fund, money: Money, **facts: Any) -> Contribution:
    """Let a donation by bank transfer arrive."""
    facts.setdefault("kind", "donation")
    facts.setdefault("received_on", today())
    facts.setdefault("idempotency_key", f"prueba-{next(_serial)}")
    return receive_contribution(fund=fund, money=money, **facts)


def give_in_kind(fund: Fund, value: Money, *, organisation: Organisation | None = None) -> Contribution:
    """Let something be offered and delivered, whoever a page's test has signed in."""
    with acting_as(SYSTEM):
        offer = offer_in_kind(
            kind="sponsorship",
            fund=fund,
            value=value,
            description="Noches de hotel",
            quantity=10,
            unit="noches",
            valuation=ValuationTechnique.PUBLISHED_RATE,
            giver_organisation=organisation,
            public_name=organisation.name if organisation else None,
            idempotency_key=f"especie-{next(_serial)}",
        )
        return confirm_in_kind_delivery(offer, received_on=today(), delivered_to="Coordinación del fondo")


def post(fund: Fund, cents: int, *, key: str | None = None, on: date | None = None, **facts: Any) -> JournalEntry:
    """Post a plain donation of `cents` straight to the ledger."""
    money = Money(cents, facts.pop("currency", "MXN"))
    bank = "1.1.1" if money.currency == "MXN" else "1.1.3"
    posted = post_entry(
        kind=facts.pop("kind", "contribution"),
        entry_date=on or today(),
        memo=facts.pop("memo", "Prueba"),
        source="tests:1",
        lines=facts.pop("lines", None) or [Line(bank, fund, money), Line("4.1.1", fund, -money)],
        idempotency_key=key or f"asiento-{next(_serial)}",
    )
    return session().get_one(JournalEntry, posted.id)


@contextmanager
def acting(user_id: int | None, *roles: Role) -> Iterator[None]:
    """Let somebody act inside the block."""
    with acting_as(Actor(user_id=user_id, roles=frozenset(roles))):
        yield


def make_package(money: Money, **facts: Any) -> SponsorPackage:
    """Write a package with a logo after thirty days and two concert tickets on a day."""
    facts.setdefault("name", {"es": "Paquete Jacaranda", "en": "Jacaranda package"})
    facts.setdefault("is_public", True)
    facts.setdefault("opens_on", today())
    facts.setdefault(
        "lines",
        [
            BenefitLine({"es": "Logotipo en la página", "en": "Logo on the page"}, 1, due_days=30),
            BenefitLine(
                {"es": "Boletos para el concierto", "en": "Concert tickets"}, 2,
                due_on=today() + timedelta(days=60), fair_value=Money(money.amount_cents // 10, money.currency),
            ),
        ],
    )  # fmt: skip
    return write_package(money=money, **facts)


def close_fund(fund: Fund, target: Fund | None = None) -> None:
    """Let two people close a fund, its rest going to `target`."""
    asks, decides = make_user(Role.TREASURER).id, make_user(Role.ADMINISTRATOR).id
    with acting(asks, Role.TREASURER):
        wish = ask_fund_closing(fund, target=target, reason="Terminó su fin")
    with acting(decides, Role.ADMINISTRATOR):
        grant_fund_closing(wish)

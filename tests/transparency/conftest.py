"""Two small worlds made by services: money that came in and moved, and a call taken to its first payment."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.services import create_organisation
from core.clock import FrozenClock, today
from core.context import acting_as
from core.money import Money
from core.roles import Role
from grants import services as grants
from grants.models import Application, Award, Call
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor
from tests.factories.treasury import funded_call
from tests.factories.trust import acting, euros, give, make_books, make_fund, pesos
from tests.stories import told_once
from treasury import services as treasury
from trust.models import Fund, FundKind, ValuationTechnique
from trust.rules import Rate
from trust.services import (
    confirm_in_kind_delivery,
    exchange_currency,
    offer_in_kind,
    transfer_between_funds,
)


@dataclass(frozen=True)
class World:
    """The funds of the small world."""

    general: Fund
    endowment: Fund
    foreign: Fund
    designated: Fund


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Income of four kinds in three quarters, an exchange, a transfer and hotel nights given and used."""
    return World(*_money(clock, make_user(name="Ana Reservada")))


@told_once
def _money(clock: FrozenClock, giver: User) -> tuple[Fund, Fund, Fund, Fund]:
    make_books(2025, 2026)
    general = make_fund(code="fondo-general", name={"es": "Fondo general", "en": "General fund"})
    endowment = make_fund(FundKind.ENDOWMENT, code="capital", name={"es": "Capital inicial", "en": "Endowment"})
    foreign = make_fund(
        FundKind.RESTRICTED, code="ciudad-europea", name={"es": "Ciudad europea", "en": "European city"}, currency="EUR"
    )
    designated = make_fund(FundKind.DESIGNATED, code="barrios", name={"es": "Barrios", "en": "Neighbourhoods"})
    company = create_organisation(name="Hotelera Ejemplo", kind="company")
    give(endowment, pesos(1_000_000), kind="endowment", received_on=date(2025, 12, 30), giver_organisation=company)
    give(general, pesos(250_000), kind="sponsorship", received_on=date(2026, 1, 15), giver_organisation=company)
    give(general, pesos(5_000), received_on=date(2026, 2, 3), giver_user=giver)
    give(foreign, euros(10_000), received_on=date(2026, 2, 10), rate=_rate())
    exchange_currency(
        fund=foreign, sold=euros(4_000), bought=pesos(80_000), rate=_rate(), on=date(2026, 2, 20), idempotency_key="x1"
    )
    transfer_between_funds(
        source=general,
        target=designated,
        money=pesos(50_000),
        on=date(2026, 2, 25),
        memo="A barrios",
        idempotency_key="t",
    )
    _hotel_nights(general)
    return general, endowment, foreign, designated


def _rate() -> Rate:
    return Rate("EUR", "MXN", "20", date(2026, 2, 10), "Prueba")


def _hotel_nights(fund: Fund) -> None:
    with acting(make_user(Role.TREASURER).id, Role.TREASURER):
        offer = offer_in_kind(
            kind="sponsorship",
            fund=fund,
            value=Money(3_000_000, "MXN"),
            description="Noches de hotel",
            quantity=10,
            unit="noches",
            valuation=ValuationTechnique.PUBLISHED_RATE,
            idempotency_key="hotel",
        )
    with acting(make_user(Role.PROGRAMME_OFFICER).id, Role.PROGRAMME_OFFICER):
        confirm_in_kind_delivery(offer, received_on=date(2026, 2, 28), delivered_to="Coordinación")


@dataclass(frozen=True)
class Awarded:
    """A call with its results out, its applications in order of merit, and one award paid in part."""

    call: Call
    applications: list[Application]
    awards: list[Award]
    restricted: Fund
    designated: Fund


@pytest.fixture
def awarded(session: Session, clock: FrozenClock) -> Awarded:
    """Six applications, four awards out of two funds, one agreement accepted and its first payment made."""
    clock.advance(days=60)
    return Awarded(*_awarded(clock, make_user(Role.PROGRAMME_OFFICER)))


@told_once
def _awarded(clock: FrozenClock, officer: User) -> tuple[Call, list[Application], list[Award], Fund, Fund]:
    restricted, designated, call, found = funded_call(clock, officer, restricted=60_000, applications=6)
    with acting(make_user(Role.TREASURER).id, Role.TREASURER):
        awards = treasury.award_pending(call)
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
        agreement = grants.offer_agreement(awards[0])
    person = awards[0].application.applicant
    grants.accept_agreement(awards[0], user=person, signed_name=person.name, sha256=agreement.sha256)
    pay_first(awards[0])
    return call, found, awards, restricted, designated


def pay_first(award: Award) -> None:
    """Pay what is due of an award: one prepares, another authorises."""
    preparer, authoriser = make_user(Role.TREASURER), make_user(Role.PAYMENT_AUTHORISER)
    with acting(preparer.id, Role.TREASURER):
        order = treasury.prepare_payment_order(award.tranches[0])
    with acting(authoriser.id, Role.PAYMENT_AUTHORISER):
        treasury.authorise_payment(order)
    with acting(preparer.id, Role.TREASURER):
        treasury.record_payment(order, paid_on=today() - timedelta(days=1), bank_reference="SPEI-1")

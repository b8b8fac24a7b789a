"""Sponsors' packages: what is promised, who takes its places, and what is owed until it is delivered."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.audit import events_of
from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition
from core.jobs import run_due
from core.money import LARGEST_CENTS, AmountTooLarge, Money
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.trust import give, make_fund, make_package, pesos
from trust import queries, simulator
from trust.documents import render_receipt
from trust.errors import (
    AmountNotPositive,
    BelowPackage,
    BenefitLapsed,
    DateInFuture,
    DeliveredTooEarly,
    InvalidQuantity,
    KeyReused,
    NotASponsorship,
    PackageCurrencyDiffers,
    PackageEmpty,
    PackageGone,
    PackageReturnsTooMuch,
    PackageSoldOut,
    ReasonRequired,
    UndoneTooLate,
)
from trust.models import CheckoutOrder, Contribution, SponsorPackage
from trust.rules.packages import due_date, gift_part
from trust.services import (
    BenefitLine,
    close_package,
    correct_entry,
    deliver_benefit,
    entering_charge,
    fulfil_checkout,
    open_order,
    receipt_bytes,
    start_checkout,
    undo_delivery,
    verify_ledger,
)
from trust.simulator import aftermath
from trust.states.packages import BENEFIT_STATES, LAPSED, BenefitState

pytestmark = pytest.mark.usefixtures("clock", "caught")
TODAY = date(2026, 3, 2)
LOGO = BenefitLine({"es": "Logotipo", "en": "Logo"}, 1, due_days=30)


@pytest.fixture
def package(session: Session) -> SponsorPackage:
    return make_package(pesos(50_000), places=1)


def sponsor(package: SponsorPackage | None, money: Money, **facts: Any) -> Contribution:
    return give(facts.pop("fund", None) or make_fund(), money, kind="sponsorship", package=package, **facts)


def order_for(package: SponsorPackage, cents: int = 50_000_00) -> CheckoutOrder:
    fund = next(iter(queries.funds_offered()), None) or make_fund(accepts_gifts=True)
    return start_checkout(fund=fund, money=Money(cents, "MXN"), package=package)


def pay(payer: Client, order: CheckoutOrder) -> CheckoutOrder:
    assert payer.post(f"/cobro/{order.session_id}", data={"numero": "4242 4242 4242 4242"}).status_code < 400
    return fulfil_checkout(order.company_id)


class TestWriting:
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"money": pesos(0)}, AmountNotPositive),
            ({"money": pesos(-1)}, AmountNotPositive),
            ({"money": Money(LARGEST_CENTS + 1, "MXN")}, AmountTooLarge),
            ({"lines": []}, PackageEmpty),
            ({"lines": [BenefitLine({"es": "x", "en": "x"}, 0)]}, InvalidQuantity),
            ({"lines": [BenefitLine({"es": "x", "en": "x"}, 1, fair_value=pesos(-1))]}, AmountNotPositive),
            ({"lines": [BenefitLine({"es": "x", "en": "x"}, 1, fair_value=pesos(100))]}, PackageReturnsTooMuch),
            ({"places": 0}, InvalidQuantity),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, session: Session, change: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            make_package(**{"money": pesos(100), **change})

    def test_due_dates_follow_their_rule(self) -> None:
        assert due_date(TODAY, days=30, on=None) == date(2026, 4, 1)
        assert due_date(TODAY, days=None, on=date(2026, 12, 1)) == date(2026, 12, 1)
        assert due_date(TODAY, days=None, on=date(2025, 12, 1)) == TODAY

    def test_what_comes_back_is_no_gift(self) -> None:
        assert gift_part(pesos(100), pesos(30)) == pesos(70)
        assert gift_part(pesos(100), pesos(130)) == pesos(0)


class TestChoosing:
    def test_money_on_line_makes_its_benefits_due(self, package: SponsorPackage, payer: Client) -> None:
        order = pay(payer, order_for(package, 60_000_00))
        assert order.contribution is not None
        assert (order.kind, order.contribution.kind) == ("sponsorship", "sponsorship")
        owed = queries.benefits_of(order.contribution.id)
        assert [(one.what["es"], one.quantity, one.due_on, one.state) for one in owed] == [
            ("Logotipo en la página", 1, date(2026, 4, 1), BenefitState.DUE),
            ("Boletos para el concierto", 2, date(2026, 5, 1), BenefitState.DUE),
        ]
        assert queries.package_of(order.contribution.id) is package
        assert verify_ledger() == []

    def test_its_receipt_says_what_comes_back_and_the_books_do_not(self, package: SponsorPackage) -> None:
        gift = sponsor(package, pesos(60_000))
        assert gift.receipt is not None
        assert gift.receipt.content["package"] == {
            "name": "Paquete Jacaranda",
            "lines": ["1 × Logotipo en la página", "2 × Boletos para el concierto"],
            "returned_cents": 5_000_00,
            "gift_cents": 55_000_00,
        }
        assert receipt_bytes(gift.receipt) == render_receipt(gift.receipt.content)
        income = {row.account_code: row.balance_cents for row in queries.balances()}
        assert (income["4.1.2"], "4.1.1" in income) == (-60_000_00, False)

    @pytest.mark.parametrize(
        ("facts", "cents", "refusal"),
        [
            ({}, 49_999_99, BelowPackage),
            ({"opens_on": TODAY + timedelta(days=1)}, 50_000_00, PackageGone),
            ({"opens_on": TODAY - timedelta(days=9), "closes_on": TODAY - timedelta(days=1)}, 50_000_00, PackageGone),
        ],
    )
    def test_what_cannot_be_chosen_opens_no_order(
        self, session: Session, facts: dict[str, Any], cents: int, refusal: type[Exception]
    ) -> None:
        package = make_package(pesos(50_000), **facts)
        with pytest.raises(refusal):
            order_for(package, cents)
        assert session.query(CheckoutOrder).count() == 0

    def test_its_first_and_last_day_count(self, session: Session) -> None:
        package = make_package(pesos(50_000), opens_on=TODAY, closes_on=TODAY)
        assert order_for(package).money == pesos(50_000)

    def test_another_currency_is_told(self, session: Session) -> None:
        with pytest.raises(PackageCurrencyDiffers):
            order_for(make_package(Money(50_000_00, "USD"), lines=[LOGO]))

    def test_a_closed_one_is_gone_and_what_it_promised_stays(self, package: SponsorPackage) -> None:
        gift = sponsor(package, pesos(50_000))
        close_package(package)
        with pytest.raises(PackageGone):
            order_for(package)
        with pytest.raises(IllegalTransition):
            close_package(package)
        assert len(queries.benefits_of(gift.id)) == 2

    def test_the_last_place_is_held_while_it_is_paid_and_free_again_afterwards(
        self, package: SponsorPackage, clock: FrozenClock, payer: Client
    ) -> None:
        first = order_for(package)
        with pytest.raises(PackageSoldOut):
            order_for(package)
        clock.advance(minutes=30)
        second = order_for(package)
        assert queries.places_left([package]) == {package.id: 0}
        # Who paid late is not left without what was promised.
        for order in (first, second):
            paid = pay(payer, order)
            assert paid.contribution is not None
            assert len(queries.benefits_of(paid.contribution.id)) == 2
        assert queries.places_left([package]) == {package.id: 0}

    def test_of_many_who_want_the_last_place_at_once_one_has_it(
        self, app: Flask, package: SponsorPackage, session: Session
    ) -> None:
        fund = make_fund(accepts_gifts=True)
        session.commit()
        ids, answers = (package.id, fund.code), []

        def want() -> None:
            with app.app_context():
                try:
                    found = queries.package(ids[0], hold=True)
                    open_order(fund=queries.fund_by_code(ids[1]), money=pesos(50_000), package=found)
                    db.session.commit()
                    answers.append("taken")
                except PackageSoldOut:
                    db.session.rollback()
                    answers.append("sold out")
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=want) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["sold out"] * 7 + ["taken"]

    def test_money_that_went_back_frees_its_place_and_owes_nothing(self, package: SponsorPackage) -> None:
        gift = sponsor(package, pesos(50_000))
        owed = queries.benefits_of(gift.id)[0]
        assert queries.places_left([package]) == {package.id: 0}
        entry = queries.entry_of(gift)
        assert entry is not None
        correct_entry(entry, reason="Se capturó dos veces")
        assert queries.places_left([package]) == {package.id: 1}
        with pytest.raises(BenefitLapsed):
            deliver_benefit(owed, on=TODAY)

    def test_only_a_sponsorship_has_one_and_the_key_knows_it(self, package: SponsorPackage) -> None:
        fund = make_fund()
        with pytest.raises(NotASponsorship):
            give(fund, pesos(50_000), package=package)
        first = sponsor(package, pesos(50_000), fund=fund, idempotency_key="una")
        assert sponsor(package, pesos(50_000), fund=fund, idempotency_key="una") is first
        with pytest.raises(KeyReused):
            sponsor(None, pesos(50_000), fund=fund, idempotency_key="una")
        assert len(queries.benefits_of(first.id)) == 2


class TestGivingBack:
    """A package is owed for what is left of the gift, not for what came once."""

    def back(self, session: Session, order: CheckoutOrder, money: Money) -> str:
        made = aftermath.refund(simulator.store(), {"charge": order.charge_id, "amount": money.amount_cents})
        self.learn(session, order)
        return str(made["id"])

    def learn(self, session: Session, order: CheckoutOrder) -> None:
        enter = entering_charge(order.charge_id or "")
        assert enter is not None
        enter()
        session.commit()
        session.expire_all()

    @pytest.fixture
    def order(self, session: Session, package: SponsorPackage, payer: Client) -> CheckoutOrder:
        opened = order_for(package, 60_000_00)
        opened.email = "ana@ejemplo.mx"
        return pay(payer, opened)

    def said(self, session: Session) -> list[str]:
        query = select(OutboxMessage).where(OutboxMessage.about == "trust.refund").order_by(OutboxMessage.id)
        return [" ".join(one.body_text.split()) for one in session.scalars(query)]

    def test_what_is_left_must_reach_the_package_to_the_cent(
        self, session: Session, order: CheckoutOrder, package: SponsorPackage
    ) -> None:
        assert order.contribution is not None
        logo, tickets = queries.benefits_of(order.contribution.id)
        deliver_benefit(logo, on=TODAY)
        self.back(session, order, pesos(10_000))
        assert queries.benefits_owed(order.contribution.id) == [tickets]
        assert queries.places_left([package]) == {package.id: 0}
        self.back(session, order, Money(1, "MXN"))
        assert queries.benefits_owed(order.contribution.id) == []
        assert [queries.standing(one) for one in (logo, tickets)] == [
            BENEFIT_STATES.states[BenefitState.DELIVERED], LAPSED,
        ]  # fmt: skip
        assert session.scalars(queries.benefits()).all() == [logo]
        assert session.scalars(queries.benefits(lapsed=True)).all() == [tickets]
        assert queries.places_left([package]) == {package.id: 1}
        with pytest.raises(BenefitLapsed):
            deliver_benefit(tickets, on=TODAY)
        told = [(one.action, one.after) for one in events_of("promised_benefit", tickets.id)]
        assert told == [
            ("benefit.lapsed",
             {"contribution": "received", "refunded_cents": 10_000_01, "package_cents": 50_000_00}),
        ]  # fmt: skip
        assert [one.action for one in events_of("promised_benefit", logo.id)] == ["benefit.delivered"]
        first, second = self.said(session)
        assert "ya no se entrega" not in first
        assert "pide $50,000.00 MXN" in second
        assert "no se entrega lo que faltaba: 2 × Boletos para el concierto." in second

    def test_a_whole_refund_that_fails_brings_the_gift_and_its_benefits_back(
        self, session: Session, order: CheckoutOrder, clock: FrozenClock
    ) -> None:
        officer = make_user(Role.PROGRAMME_OFFICER, email="programa@ejemplo.mx")
        assert order.contribution is not None
        logo, _tickets = owed = queries.benefits_of(order.contribution.id)
        made = self.back(session, order, pesos(60_000))
        assert (order.contribution.state, queries.benefits_owed(order.contribution.id)) == ("refunded", [])
        clock.advance(days=25)  # the reminder of the logo finds nothing owed
        run_due()
        assert letters(session) == []
        aftermath.fail_refund(simulator.store(), made)
        self.learn(session, order)
        self.learn(session, order)
        assert (order.contribution.state, queries.benefits_owed(order.contribution.id)) == ("received", owed)
        assert [one.action for one in events_of("promised_benefit", logo.id)] == [
            "benefit.lapsed", "benefit.owed_again",
        ]  # fmt: skip
        gone, returned = self.said(session)
        assert "Como se devolvió todo" in gone
        assert "Tu banco no recibió la devolución de $60,000.00 MXN" in returned
        assert "1 × Logotipo en la página; 2 × Boletos para el concierto" in returned
        run_due()
        session.expire_all()
        assert letters(session) == [(officer.email, "Beneficio por entregar")]
        assert verify_ledger() == []

    def test_the_pages_say_why_and_the_sponsor_reads_it_too(
        self, session: Session, order: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        assert order.contribution is not None
        owed = queries.benefits_of(order.contribution.id)[0]
        self.back(session, order, pesos(20_000))
        login(Role.PROGRAMME_OFFICER)
        page = client.get(f"/es/tesoreria/beneficios/{owed.id}").get_data(as_text=True)
        assert "esto ya no se debe" in page
        assert "Ya no se debe" in page
        assert "Anotar la entrega" not in page
        address = f"/es/tesoreria/beneficios/{owed.id}"
        assert address not in client.get("/es/tesoreria/beneficios").get_data(as_text=True)
        assert address in client.get("/es/tesoreria/beneficios?estado=ya-no-se-deben").get_data(as_text=True)
        answer = client.post(f"{address}/entrega", data={"entrega-on": "2026-03-02", "entrega-note": "x"})
        assert answer.status_code == 422
        assert "ya no alcanza el paquete" in answer.get_data(as_text=True)


class TestDelivering:
    def test_it_is_delivered_once_and_corrected_on_the_same_day(
        self, package: SponsorPackage, clock: FrozenClock
    ) -> None:
        owed = queries.benefits_of(sponsor(package, pesos(50_000)).id)[0]
        clock.advance(days=3)
        for day, refusal in ((date(2026, 3, 6), DateInFuture), (date(2026, 3, 1), DeliveredTooEarly)):
            with pytest.raises(refusal):
                deliver_benefit(owed, on=day)
        deliver_benefit(owed, on=date(2026, 3, 4), note="En el pie de la página")
        with pytest.raises(IllegalTransition):
            deliver_benefit(owed, on=date(2026, 3, 4))
        with pytest.raises(ReasonRequired):
            undo_delivery(owed, reason=" ")
        undo_delivery(owed, reason="Era la de otra empresa")
        assert (owed.state, owed.delivered_on, owed.note) == (BenefitState.DUE, None, None)
        deliver_benefit(owed, on=date(2026, 3, 5))
        clock.advance(hours=12)  # past midnight in the city
        with pytest.raises(UndoneTooLate):
            undo_delivery(owed, reason="Tarde")
        told = [(event.action, (event.before or {}).get("note")) for event in events_of("promised_benefit", owed.id)]
        assert sorted(told, key=str) == [
            ("benefit.delivered", None),
            ("benefit.delivered", None),
            ("benefit.delivery_corrected", "En el pie de la página"),
        ]

    def test_late_is_after_its_whole_day_and_the_desk_counts_it(
        self, package: SponsorPackage, clock: FrozenClock
    ) -> None:
        owed = queries.benefits_of(sponsor(package, pesos(50_000)).id)[0]
        clock.advance(days=30, hours=11, minutes=59, seconds=59)
        assert queries.benefits_late() == 0
        clock.advance(seconds=1)
        assert queries.benefits_late() == 1
        deliver_benefit(owed, on=date(2026, 4, 2))
        assert queries.benefits_late() == 0

    def test_staff_is_reminded_a_week_before_and_the_day_after_while_it_is_owed(
        self, package: SponsorPackage, session: Session, clock: FrozenClock
    ) -> None:
        officer = make_user(Role.PROGRAMME_OFFICER, email="programa@ejemplo.mx")
        owed = queries.benefits_of(sponsor(package, pesos(50_000)).id)
        session.commit()
        run_due()
        assert letters(session) == []
        clock.set(clock.now() + timedelta(days=23))  # 25 March: a week before the logo is due
        run_due()
        assert letters(session) == [(officer.email, "Beneficio por entregar")]
        deliver_benefit(owed[0], on=date(2026, 3, 25))
        session.commit()
        clock.advance(days=8)
        run_due()
        assert len(letters(session)) == 1
        clock.set(clock.now() + timedelta(days=31))  # 3 May: the tickets were due on the first
        run_due()
        assert [subject for _to, subject in letters(session)] == [
            "Beneficio por entregar", "Beneficio atrasado",
        ]  # fmt: skip


def letters(session: Session) -> list[tuple[str, str]]:
    found = session.query(OutboxMessage).where(OutboxMessage.about == "trust.benefit").order_by(OutboxMessage.id)
    return [(one.to, one.subject) for one in found]

"""Payments on line: every road leads to one contribution, and no forged, repeated or twisted notice to another."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.money import Money
from tests.factories.trust import make_fund, pesos
from tests.trust.checkout import contributions, oxxo, pay, signed, state
from tests.trust.conftest import Caught
from trust import gateway, queries, simulator
from trust.errors import (
    AmountOutOfBounds,
    CurrencyNotAccepted,
    FundNotOffered,
    OrderNotFound,
    PaymentUnavailable,
)
from trust.models import CheckoutOrder, FundKind, Method, ProcessedEvent
from trust.services import (
    catch_up_payments,
    fulfil_checkout,
    start_checkout,
    verify_ledger,
)
from trust.simulator.notices import sign
from trust.simulator.shapes import event, fee_cents
from trust.states import CheckoutState

pytestmark = pytest.mark.usefixtures("clock", "caught")


def test_a_card_pays_and_gross_fee_and_net_are_the_companys_own(
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    assert pay(payer, order) == 303
    assert [notice.deliver(client) for notice in caught] == [(200, "applied")]
    session.expire_all()
    contribution = session.get_one(CheckoutOrder, order.id).contribution
    assert contribution is not None
    entry = queries.entry_of(contribution)
    assert entry is not None
    fee = fee_cents("card", 25_000_00)
    assert [(line.account_code, line.amount_cents) for line in entry.postings][:3] == [
        ("1.1.2", 25_000_00 - fee), ("5.2.1", fee), ("4.1.1", -25_000_00),
    ]  # fmt: skip
    assert contribution.money == pesos(25_000)
    assert verify_ledger() == []


def test_a_notice_needs_no_form_token_and_a_person_does(
    app: Flask, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    pay(payer, order)
    app.config["WTF_CSRF_ENABLED"] = True
    assert caught[0].deliver(client) == (200, "applied")
    assert client.post("/es/aportar", data={"amount": "100"}).status_code in (400, 403, 422)


@pytest.mark.parametrize(
    "order_of_roads", [("notice", "page"), ("page", "notice"), ("page", "page", "notice", "notice")]
)
def test_either_road_fulfils_and_both_together_only_once(  # noqa: PLR0917 (fixtures)
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient,
    order_of_roads: tuple[str, ...],
) -> None:  # fmt: skip
    pay(payer, order)
    roads: dict[str, Callable[[], int]] = {
        "notice": lambda: caught[0].deliver(client)[0],
        "page": lambda: client.get(f"/es/aportar/gracias/{order.token}").status_code,
    }
    for road in order_of_roads:
        assert roads[road]() == 200
        assert contributions(session) == 1
        assert state(session, order) == CheckoutState.PAID


def test_a_repeated_notice_does_nothing(
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    pay(payer, order)
    assert [caught[0].deliver(client) for _ in range(3)] == [(200, "applied"), (200, "repeated"), (200, "repeated")]
    assert contributions(session) == 1
    assert session.scalar(select(func.count(ProcessedEvent.id))) == 1


@pytest.mark.parametrize(
    "forge",
    [
        lambda notice: ("x" * 20, notice.payload),
        lambda notice: ("", notice.payload),
        lambda notice: (notice.headers["Stripe-Signature"], notice.payload.replace(b"2500000", b"2500001")),
        lambda notice: (notice.headers["Stripe-Signature"], notice.payload + b" "),
        lambda notice: (notice.headers["Stripe-Signature"], b"\xff\xfe" + notice.payload),
        lambda notice: (sign(notice.payload, "whsec_otro"), notice.payload),
        lambda notice: (sign(notice.payload, simulator.webhook_secret(), int(time.time()) - 3600), notice.payload),
        lambda notice: (sign(b"[]", simulator.webhook_secret()), b"[]"),
        lambda notice: (sign(b"{", simulator.webhook_secret()), b"{"),
    ],
    ids=["junk", "none", "changed", "longer", "bad bytes", "other secret", "an hour old", "no event", "no json"],
)
def test_a_forged_notice_is_refused_and_leaves_nothing(  # noqa: PLR0917 (fixtures)
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient,
    forge: Callable[[Caught], tuple[str, bytes]],
) -> None:  # fmt: skip
    pay(payer, order)
    signature, payload = forge(caught[0])
    assert Caught(payload, {"Stripe-Signature": signature}).deliver(client) == (400, "ForgedNotice")
    assert contributions(session) == 0
    assert session.scalar(select(func.count(ProcessedEvent.id))) == 0


def test_a_signed_notice_that_lies_is_only_a_hint(session: Session, order: CheckoutOrder, client: FlaskClient) -> None:
    stored = simulator.store().get(order.company_id)
    assert stored is not None
    lie = event(simulator.store(), "checkout.session.completed", {**stored, "payment_status": "paid"})
    assert signed(lie).deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (0, CheckoutState.OPEN)


def test_notices_of_other_things_are_taken_and_ignored(session: Session, client: FlaskClient) -> None:
    strange = {"id": "cs_test_de_otro", "object": "checkout.session", "created": 1}
    for kind in ("customer.created", "checkout.session.completed"):
        assert signed(event(simulator.store(), kind, strange)).deliver(client) == (200, "ignored")
    live = event(simulator.store(), "checkout.session.completed", strange) | {"livemode": True}
    assert signed(live).deliver(client) == (200, "ignored")


def test_a_notice_that_names_a_charge_where_a_page_belongs_is_ignored(
    session: Session, order: CheckoutOrder, payer: Client, client: FlaskClient
) -> None:
    pay(payer, order)
    fulfil_checkout(order.company_id)
    mixed = {"id": order.charge_id, "object": "checkout.session", "created": 1}
    assert signed(event(simulator.store(), "checkout.session.completed", mixed)).deliver(client) == (200, "ignored")


@pytest.mark.parametrize(
    "twist",
    [
        {"amount_total": 24_999_99},
        {"currency": "usd"},
        {"livemode": True},
        {"client_reference_id": "otro"},
    ],
)
def test_a_payment_that_is_not_what_was_ordered_is_held_for_a_person(  # noqa: PLR0917 (fixtures)
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient,
    twist: dict[str, Any],
) -> None:  # fmt: skip
    pay(payer, order)
    store = simulator.store()
    stored = store.get(order.company_id)
    assert stored is not None
    store.put({**stored, **twist})
    assert caught[0].deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (0, CheckoutState.HELD)
    assert [held.id for held in queries.unsettled_orders()] == [order.id]


def test_a_declined_card_charges_nothing_and_can_be_tried_again(
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught]
) -> None:
    for number in ("4000 0000 0000 0002", "4000000000009995", "1234", "4242424242424243"):
        assert pay(payer, order, numero=number) == 422
    assert fulfil_checkout(order.company_id).state == CheckoutState.OPEN
    assert (caught, contributions(session)) == ([], 0)
    assert pay(payer, order) == 303
    assert fulfil_checkout(order.company_id).state == CheckoutState.PAID


def test_a_voucher_is_on_its_way_until_it_is_paid(
    session: Session, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    order = oxxo(session)
    pay(payer, order, accion="ficha")
    assert caught[0].deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (0, CheckoutState.PROCESSING)
    pay(payer, order, accion="pagar")
    assert caught[1].deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_notices_in_the_wrong_order_end_in_the_same_place(
    session: Session, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    order = oxxo(session)
    pay(payer, order, accion="ficha")
    pay(payer, order, accion="pagar")
    for notice in reversed(caught):
        assert notice.deliver(client) == (200, "applied")
        assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_a_voucher_that_expires_is_not_income(
    session: Session, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    order = oxxo(session)
    pay(payer, order, accion="ficha")
    pay(payer, order, accion="vencer")
    for notice in caught:
        notice.deliver(client)
    assert (contributions(session), state(session, order)) == (0, CheckoutState.FAILED)


def test_an_expired_page_closes_the_order(session: Session, order: CheckoutOrder, caught: list[Caught]) -> None:
    gateway.client().v1.checkout.sessions.expire(order.company_id)
    assert len(caught) == 1
    assert fulfil_checkout(order.company_id).state == CheckoutState.EXPIRED


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"money": Money(9_99, "MXN")}, AmountOutOfBounds),
        ({"money": Money(0, "MXN")}, AmountOutOfBounds),
        ({"money": Money(-10_00, "MXN")}, AmountOutOfBounds),
        ({"money": Money(1_000_000_00, "MXN")}, AmountOutOfBounds),
        ({"money": Money(10_000_01, "MXN"), "method": "oxxo"}, AmountOutOfBounds),
        ({"money": Money(100_00, "EUR")}, CurrencyNotAccepted),
        ({"method": "transfer"}, FundNotOffered),
    ],
)
def test_what_cannot_be_paid_on_line_is_refused(
    session: Session, change: dict[str, Any], refusal: type[Exception]
) -> None:
    fund = make_fund(accepts_gifts=True)
    with pytest.raises(refusal):
        start_checkout(**{"fund": fund, "money": pesos(100), "method": "card", **change})


def test_a_fund_that_takes_no_public_gifts_is_refused_and_none_means_where_it_is_needed(session: Session) -> None:
    with pytest.raises(FundNotOffered):
        start_checkout(fund=make_fund(FundKind.RESTRICTED), money=pesos(100))
    with pytest.raises(FundNotOffered):
        start_checkout(fund=None, money=pesos(100))
    general = make_fund()
    assert start_checkout(fund=None, money=pesos(100)).fund is general


def test_the_least_and_the_most_are_taken(session: Session) -> None:
    fund = make_fund(accepts_gifts=True)
    for cents in (10_00, 999_999_99):
        assert start_checkout(fund=fund, money=Money(cents, "MXN")).state == CheckoutState.OPEN


def test_an_unknown_session_is_nobodys_order(session: Session) -> None:
    with pytest.raises(OrderNotFound):
        fulfil_checkout("cs_test_nada")


def test_a_refusal_of_the_company_is_named(session: Session) -> None:
    with pytest.raises(PaymentUnavailable):
        gateway.open_session(
            reference="x", money=Money(1, "MXN"), method=Method.CARD,
            title="x", email=None, language="es", success_url="http://x", cancel_url="http://x",
        )  # fmt: skip


def test_the_books_end_equal_to_the_simulators_own_account(
    session: Session, payer: Client, caught: list[Caught], client: FlaskClient
) -> None:
    fund = make_fund(accepts_gifts=True)
    orders = [start_checkout(fund=fund, money=pesos(100 + number)) for number in range(6)]
    session.commit()
    for order in orders:
        pay(payer, order)
    for position in (5, 0, 3, 3, 1, 5):  # repeated, reordered; 2 and 4 are lost
        caught[position].deliver(client)
    catch_up_payments()
    ours = {(line.account_code): line.balance_cents for line in queries.balances()}
    ids = {(simulator.store().get(order.company_id) or {})["payment_intent"] for order in orders}
    charges = [charge for charge in simulator.store().all("charge") if charge["payment_intent"] in ids]
    settled = [simulator.store().get(charge["balance_transaction"]) or {} for charge in charges]
    assert len(settled) == 6
    assert ours["1.1.2"] == sum(row["net"] for row in settled)
    assert ours["5.2.1"] == sum(row["fee"] for row in settled)
    assert ours["4.1.1"] == -sum(row["amount"] for row in settled)


def test_too_much_for_oxxo_is_told_at_the_amount(session: Session, client: FlaskClient) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    typed = {"amount": "10,000.01", "method": "oxxo", "kind": "donation"}
    answer = client.post("/es/aportar", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="10,000.01"' in page
    assert page.count("Con este método se puede aportar") == 2  # in the summary and at its field

"""Payments on line: every road leads to one contribution, and no forged, repeated or twisted notice to another."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock, now
from core.database import db
from core.jobs import Job, JobState, run_due
from core.money import Money
from core.roles import Role
from tests.factories.trust import make_fund, pesos
from tests.trust.conftest import Caught
from trust import gateway, queries, simulator
from trust.errors import (
    AmountOutOfBounds,
    CurrencyNotAccepted,
    FundNotOffered,
    NothingCharged,
    OrderNotFound,
    PageGone,
    PaymentUnavailable,
)
from trust.models import CheckoutOrder, Contribution, FundKind, Method, ProcessedEvent
from trust.services import (
    ask_for_page,
    ask_payment,
    assign_held_payment,
    catch_up_payments,
    fulfil_checkout,
    keep_page,
    open_order,
    start_checkout,
    verify_ledger,
)
from trust.simulator.notices import sign
from trust.simulator.shapes import event, fee_cents
from trust.states import CheckoutState

pytestmark = pytest.mark.usefixtures("clock", "caught")
GOOD_CARD = "4242 4242 4242 4242"


@pytest.fixture
def order(session: Session) -> CheckoutOrder:
    opened = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(25_000), method="card")
    session.commit()
    return opened


def pay(payer: Client, order: CheckoutOrder, **form: str) -> int:
    return payer.post(f"/cobro/{order.session_id}", data=form or {"numero": GOOD_CARD}).status_code


def contributions(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count(Contribution.id))) or 0


def state(session: Session, order: CheckoutOrder) -> CheckoutState:
    session.expire_all()
    return session.get_one(CheckoutOrder, order.id).state


def signed(body: dict[str, Any]) -> Caught:
    payload = json.dumps(body).encode()
    return Caught(payload, {"Stripe-Signature": sign(payload, simulator.webhook_secret())})


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


@pytest.fixture
def captured(session: Session, order: CheckoutOrder, payer: Client) -> Callable[[], None]:
    """Pay an order of which the company has not worked out its fee yet; what is returned lets it."""
    pay(payer, order)
    store = simulator.store()
    charge = store.get((store.get((store.get(order.company_id) or {})["payment_intent"]) or {})["latest_charge"]) or {}
    store.put({**charge, "balance_transaction": None})
    return lambda: store.put(charge)


class TestAFeeThatIsNotKnownYet:
    def test_a_payment_waits_for_it_and_for_nobody(  # noqa: PLR0917 (fixtures)
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], caught: list[Caught],
        client: FlaskClient, clock: FrozenClock,
    ) -> None:  # fmt: skip
        assert caught[0].deliver(client) == (200, "applied")
        assert (contributions(session), state(session, order)) == (0, CheckoutState.PROCESSING)
        assert queries.payments_held() == 0
        captured()
        clock.advance(minutes=15)
        run_due()
        assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)

    def test_the_news_that_it_is_known_brings_the_payment_in(
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], client: FlaskClient
    ) -> None:
        fulfil_checkout(order.company_id)
        session.commit()
        captured()
        (charge,) = [one for one in simulator.store().all("charge") if one["amount"] == 25_000_00][:1]
        assert signed(event(simulator.store(), "charge.updated", charge)).deliver(client) == (200, "applied")
        assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)

    def test_a_held_payment_is_not_decided_before(
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], client: FlaskClient, login: Any
    ) -> None:
        store = simulator.store()
        store.put({**(store.get(order.company_id) or {}), "amount_total": 1})
        fulfil_checkout(order.company_id)
        session.commit()
        login(Role.TREASURER)
        here = f"/es/tesoreria/pagos-en-linea/{order.id}"
        for act, typed in (("asignar", {"asignar-fund": order.fund.code}), ("devolver", {})):
            answer = client.post(f"{here}/{act}", data={**typed, f"{act}-reason": "No cuadra"})
            assert (answer.status_code, "todavía no dice cuánto cobró" in answer.get_data(as_text=True)) == (422, True)
            assert state(session, order) == CheckoutState.HELD


@pytest.fixture
def held(session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient) -> Any:
    """A payment of which the company charged a peso less than was ordered."""
    pay(payer, order)
    store = simulator.store()
    paid = store.get(order.company_id) or {}
    charge = store.get((store.get(paid["payment_intent"]) or {})["latest_charge"]) or {}
    balance = store.get(charge["balance_transaction"]) or {}
    store.put({**paid, "amount_total": 24_999_00})
    store.put({**balance, "amount": 24_999_00, "net": 24_999_00 - balance["fee"]})
    assert caught[0].deliver(client) == (200, "applied")
    session.expire_all()
    return order


class TestHeldPayments:
    def test_the_treasurer_enters_what_was_really_charged_in_a_fund(
        self, session: Session, held: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        other = make_fund()
        session.commit()
        login(Role.TREASURER)
        address = f"/es/tesoreria/pagos-en-linea/{held.id}"
        assert "24,999.00" in client.get(address).get_data(as_text=True).replace("\u2009", "")
        missing = client.post(f"{address}/asignar", data={"asignar-fund": other.code, "asignar-reason": " "})
        assert missing.status_code == 422
        typed = {"asignar-fund": other.code, "asignar-reason": "El banco cobró un peso menos"}
        assert client.post(f"{address}/asignar", data=typed).status_code == 303
        assert state(session, held) == CheckoutState.PAID
        contribution = session.get_one(CheckoutOrder, held.id).contribution
        assert contribution is not None
        assert (contribution.money, contribution.fund.id) == (pesos(24_999), other.id)
        assert client.post(f"{address}/asignar", data=typed).status_code == 409
        assert contributions(session) == 1
        assert verify_ledger() == []

    def test_or_marks_it_to_be_given_back_and_nothing_enters_the_books(
        self,
        session: Session,
        held: CheckoutOrder,
        client: FlaskClient,
        login: Callable[..., Any],
        caught: list[Caught],
    ) -> None:
        login(Role.TREASURER)
        address = f"/es/tesoreria/pagos-en-linea/{held.id}/devolver"
        assert client.post(address, data={"devolver-reason": ""}).status_code == 422
        assert client.post(address, data={"devolver-reason": "No es de nadie que conozcamos"}).status_code == 303
        thanks = client.get(f"/es/aportar/gracias/{held.token}")
        assert (thanks.status_code, "Te devolvimos este pago" in thanks.get_data(as_text=True)) == (200, True)
        assert (state(session, held), contributions(session)) == (CheckoutState.REFUNDED, 0)
        assert held.decision_reason == "No es de nadie que conozcamos"
        assert queries.unsettled_orders() == []
        balances = {row.account_code: row.balance_cents for row in queries.balances()}
        fee = fee_cents("card", 25_000_00)
        assert balances == {"1.1.2": -fee, "5.2.1": fee}  # the company keeps its fee
        assert verify_ledger() == []

    def test_no_news_moves_what_a_person_must_decide(self, session: Session, held: CheckoutOrder) -> None:
        store = simulator.store()
        store.put({**(store.get(held.company_id) or {}), "amount_total": 25_000_00})
        assert fulfil_checkout(held.company_id).state == CheckoutState.HELD

    def test_what_was_never_charged_does_not_enter_the_books(self, session: Session, held: CheckoutOrder) -> None:
        store = simulator.store()
        store.put({**(store.get(held.company_id) or {}), "payment_status": "unpaid"})
        with pytest.raises(NothingCharged):
            assign_held_payment(held, ask_payment(held.company_id), fund=held.fund, reason="x")
        assert contributions(session) == 0

    def test_only_the_treasurer_decides(
        self, held: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        login(Role.AUDITOR)
        assert client.get(f"/es/tesoreria/pagos-en-linea/{held.id}").status_code == 200
        for act in ("asignar", "devolver"):
            assert client.post(f"/es/tesoreria/pagos-en-linea/{held.id}/{act}").status_code == 403


class TestTheCompanyIsSlow:
    """On SQLite one writer holds everybody else up: no transaction of ours is open while the company is asked."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
        open_while_asked: list[bool] = []
        for name in ("open_session", "payment_session"):
            really = getattr(gateway, name)

            def watched(*given: Any, _really: Callable[..., Any] = really, **named: Any) -> Any:
                open_while_asked.append(db.session().in_transaction())
                return _really(*given, **named)

            monkeypatch.setattr(gateway, name, watched)
        return open_while_asked

    def test_no_road_holds_the_books_while_the_company_is_asked(
        self, session: Session, client: FlaskClient, payer: Client, caught: list[Caught], asked: list[bool]
    ) -> None:
        make_fund(accepts_gifts=True)
        session.commit()
        answer = client.post("/es/aportar", data={"amount": "100", "method": "card", "kind": "donation"})
        assert answer.status_code == 303
        order = session.scalars(select(CheckoutOrder)).one()
        assert client.get(f"/es/aportar/gracias/{order.token}").status_code == 200
        pay(payer, order)
        assert caught[0].deliver(client) == (200, "applied")
        later = open_order(fund=order.fund, money=pesos(300))
        session.commit()
        keep_page(later, ask_for_page(later))
        session.commit()
        catch_up_payments(settle=session.commit)
        assert asked == [False] * 5

    def test_a_crash_between_order_and_page_loses_nothing(
        self, session: Session, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_fund(accepts_gifts=True)
        session.commit()

        def silent(**_named: Any) -> None:
            raise PaymentUnavailable()

        monkeypatch.setattr(gateway, "open_session", silent)
        typed = {"amount": "100", "method": "card", "kind": "donation"}
        answer = client.post("/es/aportar", data=typed)
        assert answer.status_code == 503
        assert 'value="100"' in answer.get_data(as_text=True)
        order = session.scalars(select(CheckoutOrder)).one()
        assert (order.state, order.session_id) == (CheckoutState.OPEN, None)
        monkeypatch.undo()
        page = ask_for_page(order)
        assert ask_for_page(order).id == page.id
        assert keep_page(order, page).session_id == keep_page(order, page).session_id == page.id

    def test_an_order_whose_page_nobody_kept_is_given_up_and_takes_none_later(
        self, session: Session, clock: FrozenClock
    ) -> None:
        order = open_order(fund=make_fund(accepts_gifts=True), money=pesos(300))
        session.commit()
        page = ask_for_page(order)
        clock.advance(hours=1)
        catch_up_payments()
        assert state(session, order) == CheckoutState.OPEN
        clock.advance(seconds=1)
        catch_up_payments()
        assert state(session, order) == CheckoutState.EXPIRED
        with pytest.raises(PageGone):
            keep_page(order, page)


def test_payments_are_asked_after_by_themselves_while_any_is_on_its_way(
    session: Session, order: CheckoutOrder, payer: Client, clock: FrozenClock
) -> None:
    waiting = [job.run_after for job in session.scalars(select(Job).where(Job.kind == "trust.catch_up_payments"))]
    assert [now() < moment <= now() + timedelta(minutes=15) for moment in waiting] == [True]
    clock.advance(minutes=15)
    assert run_due() == 1
    assert state(session, order) == CheckoutState.OPEN
    pay(payer, order)
    clock.advance(minutes=15)
    assert run_due() >= 1
    assert (state(session, order), contributions(session)) == (CheckoutState.PAID, 1)
    clock.advance(minutes=15)
    run_due()
    assert [job.kind for job in session.scalars(select(Job).where(Job.state == JobState.QUEUED))] == []


def test_a_late_payment_whose_notice_was_lost_is_taken_in_all_the_same(session: Session, payer: Client) -> None:
    order = oxxo(session)
    pay(payer, order, accion="ficha")
    pay(payer, order, accion="vencer")
    assert fulfil_checkout(order.company_id).state == CheckoutState.FAILED
    session.commit()
    pay(payer, order, accion="pagar")
    catch_up_payments(settle=session.commit)
    assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_no_payment_is_waited_for_longer_than_it_can_take_and_a_later_one_is_still_taken_in(
    session: Session, payer: Client, clock: FrozenClock, caught: list[Caught], client: FlaskClient
) -> None:
    order, lost = oxxo(session), oxxo(session)
    lost.session_id = "cs_test_perdida"
    pay(payer, order, accion="ficha")
    session.commit()
    clock.advance(days=35, seconds=-1)
    catch_up_payments(settle=session.commit)
    assert (state(session, order), state(session, lost)) == (CheckoutState.PROCESSING, CheckoutState.OPEN)
    clock.advance(seconds=1)
    catch_up_payments(settle=session.commit)
    assert (state(session, order), state(session, lost)) == (CheckoutState.EXPIRED, CheckoutState.EXPIRED)
    assert (queries.unsettled_orders(), queries.waits_for_company()) == ([], False)
    pay(payer, order, accion="pagar")
    assert caught[-1].deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_many_that_wait_do_not_keep_a_new_one_waiting(
    session: Session, payer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = make_fund(accepts_gifts=True)
    orders = [start_checkout(fund=fund, money=pesos(100)) for _number in range(101)]
    session.commit()
    pay(payer, orders[-1])
    monkeypatch.setattr(gateway, "notices_since", lambda *_given: [])
    catch_up_payments(settle=session.commit)
    assert state(session, orders[-1]) == CheckoutState.PAID


def test_a_declined_card_charges_nothing_and_can_be_tried_again(
    session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught]
) -> None:
    for number in ("4000 0000 0000 0002", "4000000000009995", "1234", "4242424242424243"):
        assert pay(payer, order, numero=number) == 422
    assert fulfil_checkout(order.company_id).state == CheckoutState.OPEN
    assert (caught, contributions(session)) == ([], 0)
    assert pay(payer, order) == 303
    assert fulfil_checkout(order.company_id).state == CheckoutState.PAID


def oxxo(session: Session) -> CheckoutOrder:
    opened = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(500), method="oxxo")
    session.commit()
    return opened


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


def test_payments_whose_notice_was_lost_are_caught_up(session: Session, order: CheckoutOrder, payer: Client) -> None:
    pay(payer, order)
    assert (catch_up_payments(), catch_up_payments()) == (1, 0)
    assert contributions(session) == 1


def test_one_payment_that_cannot_be_asked_after_holds_up_no_other(
    session: Session, order: CheckoutOrder, payer: Client
) -> None:
    lost = start_checkout(fund=order.fund, money=pesos(100), method="card")
    pay(payer, order)
    lost.session_id = "cs_test_perdida"
    session.flush()
    later = start_checkout(fund=order.fund, money=pesos(200), method="card")
    session.commit()
    pay(payer, later)
    assert catch_up_payments() == 2
    assert (state(session, lost), state(session, later)) == (CheckoutState.OPEN, CheckoutState.PAID)


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

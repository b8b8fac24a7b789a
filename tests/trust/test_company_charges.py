"""What the payment company takes of its own accord: told with its deposit, explained by one, posted by another."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import Client

from accounts.models import User
from core.clock import today
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.trust import acting, make_fund
from tests.trust.at_once import at_once
from tests.trust.paid import FEE, balances, paid_order
from trust import gateway, queries, simulator
from trust.errors import NoChargeWaits, NoGeneralFund, OwnCharge, ReasonRequired
from trust.models import CheckoutOrder, CompanyCharge, FundKind, Payout
from trust.queries.company_charges import charges_to_confirm, charges_told_in
from trust.rules.bank import CsvMapping
from trust.rules.online import move_from
from trust.services import (
    apply_payout,
    catch_up_payments,
    explain_charges,
    import_statement,
    post_charges,
    return_charges,
    verify_ledger,
)
from trust.simulator import aftermath
from trust.states import BankLineState, ChargeState, PayoutState

pytestmark = pytest.mark.usefixtures("clock", "caught")
NET = 25_000_00 - FEE


@pytest.fixture
def order(session: Session, payer: Client) -> CheckoutOrder:
    return paid_order(session, payer)


@pytest.fixture
def payout(session: Session, order: CheckoutOrder) -> Payout:
    """A deposit that is short of the company's subscription and a correction in our favour."""
    aftermath.take(simulator.store(), "stripe_fee", -580_00, "Radar, marzo")
    aftermath.take(simulator.store(), "adjustment", 30_00, "Corrección de febrero")
    made = aftermath.pay_out(simulator.store(), [order.charge_id or ""])
    told = apply_payout(gateway.payout(made["id"]))
    session.commit()
    assert told is not None
    return told


@pytest.fixture
def two(session: Session) -> tuple[int, int]:
    """Who explains and who confirms."""
    one = make_user(Role.TREASURER, email="una@ejemplo.mx")
    another = make_user(Role.PAYMENT_AUTHORISER, email="otra@ejemplo.mx")
    session.commit()
    return one.id, another.id


def states(payout: Payout) -> list[str]:
    return [one.state.value for one in charges_told_in(payout)]


def settle(payout: Payout, two: tuple[int, int]) -> None:
    with acting(two[0], Role.TREASURER):
        explain_charges(payout, reason="Factura A-12 de la empresa")
    with acting(two[1], Role.PAYMENT_AUTHORISER):
        post_charges(payout)


class TestPosting:
    def test_a_deposit_with_the_companys_own_charges_finds_its_way_into_the_books_and_the_bank(
        self, session: Session, payout: Payout, two: tuple[int, int]
    ) -> None:
        assert (payout.state, states(payout)) == (PayoutState.UNMATCHED, ["told", "told"])
        settle(payout, two)
        apply_payout(gateway.payout(payout.company_id))
        session.commit()
        assert payout.state == PayoutState.POSTED
        landed = NET - 550_00
        assert payout.amount_cents == landed
        assert balances() == {"1.1.1": landed, "4.1.1": -25_000_00, "5.2.1": FEE + 550_00}
        assert [one.payout_id for one in charges_told_in(payout)] == [payout.id] * 2
        line = f"Fecha,Concepto,Importe\n{today():%Y-%m-%d},STRIPE,{landed / 100:.2f}\n"
        import_statement(
            line.encode(), "banco.csv", account="1.1.1", currency="MXN",
            mapping=CsvMapping(booked_on="Fecha", amount="Importe", description="Concepto"),
        )  # fmt: skip
        assert [one.state for one in session.scalars(queries.bank_lines())] == [BankLineState.MATCHED]
        assert verify_ledger() == []

    def test_asking_again_tells_nothing_twice_and_what_was_said_stays(
        self, session: Session, payout: Payout, two: tuple[int, int]
    ) -> None:
        with acting(two[0], Role.TREASURER):
            explain_charges(payout, reason="Factura A-12")
        session.commit()
        catch_up_payments(settle=session.commit)
        apply_payout(gateway.payout(payout.company_id))
        assert states(payout) == ["explained", "explained"]
        assert payout.state == PayoutState.UNMATCHED

    def test_two_people_and_each_step_once(self, session: Session, payout: Payout, two: tuple[int, int]) -> None:
        with acting(two[0], Role.TREASURER):
            with pytest.raises(ReasonRequired):
                explain_charges(payout, reason=" ")
            with pytest.raises(NoChargeWaits):
                post_charges(payout)
            explain_charges(payout, reason="Factura A-12")
            with pytest.raises(NoChargeWaits):
                explain_charges(payout, reason="Otra vez")
            with pytest.raises(OwnCharge):
                post_charges(payout)
        assert (charges_to_confirm(two[0]), charges_to_confirm(two[1])) == (0, 2)
        with acting(two[1], Role.PAYMENT_AUTHORISER):
            with pytest.raises(ReasonRequired):
                return_charges(payout, reason="")
            return_charges(payout, reason="Falta la factura")
            assert states(payout) == ["told", "told"]
            with pytest.raises(NoChargeWaits):
                return_charges(payout, reason="Otra vez")
        settle(payout, two)
        with acting(two[1], Role.PAYMENT_AUTHORISER), pytest.raises(NoChargeWaits):
            post_charges(payout)
        assert balances()["5.2.1"] == FEE + 550_00

    def test_nothing_is_posted_where_no_fund_may_bear_it(
        self, session: Session, payer: Client, two: tuple[int, int]
    ) -> None:
        tied = paid_order(session, payer, make_fund(FundKind.RESTRICTED, accepts_gifts=True))
        aftermath.take(simulator.store(), "stripe_fee", -10_00, "Radar")
        made = aftermath.pay_out(simulator.store(), [tied.charge_id or ""])
        payout = apply_payout(gateway.payout(made["id"]))
        assert payout is not None
        with pytest.raises(NoGeneralFund):
            settle(payout, two)
        assert states(payout) == ["explained"]

    def test_a_deposit_the_bank_refused_leaves_them_in_the_books_for_the_next(
        self, session: Session, order: CheckoutOrder, payout: Payout, two: tuple[int, int]
    ) -> None:
        settle(payout, two)
        apply_payout(gateway.payout(payout.company_id))
        store = simulator.store()
        store.put({**(store.get(payout.company_id) or {}), "status": "failed"})
        apply_payout(gateway.payout(payout.company_id))
        assert payout.state == PayoutState.FAILED
        for one in store.all("balance_transaction"):
            store.put({**one, "_payout": None} if one["type"] != "payout" else one)
        made = aftermath.pay_out(store, [order.charge_id or ""])
        again = apply_payout(gateway.payout(made["id"]))
        assert again is not None
        assert (again.state, again.amount_cents) == (PayoutState.POSTED, NET - 550_00)
        assert balances() == {"1.1.1": NET - 550_00, "4.1.1": -25_000_00, "5.2.1": FEE + 550_00}
        assert verify_ledger() == []

    @pytest.mark.parametrize(
        ("kind", "source", "own"),
        [
            ("stripe_fee", None, True), ("adjustment", None, True), ("tax_fee", "txr_1", True),
            ("adjustment", "du_1", False), ("adjustment", {"id": "dp_1"}, False),
            ("charge", "ch_1", False), ("refund", "re_1", False), ("payment", "py_1", False),
        ],
    )  # fmt: skip
    def test_a_payment_we_do_not_know_is_no_charge_of_theirs(self, kind: str, source: Any, own: bool) -> None:
        raw = {"id": "txn_1", "amount": -1, "fee": 0, "currency": "mxn", "type": kind, "source": source}
        assert move_from(raw).is_companys_own is own

    @pytest.mark.parametrize(
        "change", ["state = 'posted'", "state = 'explained'", "reason = 'x'", "posted_by_id = explained_by_id"]
    )
    def test_the_database_wants_two_people_and_an_entry(
        self, session: Session, payout: Payout, two: tuple[int, int], change: str
    ) -> None:
        if "posted_by" in change:
            settle(payout, two)
            session.flush()
        with pytest.raises(IntegrityError):
            session.execute(text(f"UPDATE company_charge SET {change}"))


class TestPages:
    def test_one_explains_another_confirms_and_the_deposit_agrees(
        self, session: Session, payout: Payout, client: FlaskClient, login: Callable[..., User]
    ) -> None:
        address = f"/es/tesoreria/depositos/{payout.id}"
        login(Role.TREASURER)
        page = client.get(address).get_data(as_text=True)
        for told in ("Radar, marzo", "Por explicar", "Comisión o suscripción"):
            assert told in page
        assert "txn_" not in page
        assert client.post(f"{address}/cargos/explicar", data={"explicar-reason": ""}).status_code == 422
        assert client.post(f"{address}/cargos/asentar").status_code == 409
        typed = {"explicar-reason": "Factura A-12"}
        assert client.post(f"{address}/cargos/explicar", data=typed).status_code == 303
        assert client.post(f"{address}/cargos/explicar", data=typed).status_code == 409
        assert "otra persona los confirma" in client.get(address).get_data(as_text=True)
        assert client.post(f"{address}/cargos/asentar").status_code == 409
        login(Role.PAYMENT_AUTHORISER)
        assert "/es/tesoreria/depositos" in client.get("/es/mi-espacio").get_data(as_text=True)
        page = client.get(address).get_data(as_text=True)
        assert "Factura A-12" in page
        assert "/es/tesoreria/pagos-en-linea/" not in page.split("<main")[1]
        assert client.post(f"{address}/cargos/regresar", data={"regresar-reason": ""}).status_code == 422
        assert client.post(f"{address}/cargos/asentar").status_code == 303
        page = client.get(address).get_data(as_text=True)
        assert "Depositado" in page
        assert "En los libros" in page
        assert client.post(f"{address}/cargos/asentar").status_code == 409
        assert verify_ledger() == []

    def test_strangers_and_the_auditor_change_nothing(
        self, payout: Payout, client: FlaskClient, login: Callable[..., User]
    ) -> None:
        address = f"/es/tesoreria/depositos/{payout.id}"
        for role in (Role.AUDITOR, Role.PROGRAMME_OFFICER, Role.APPLICANT):
            login(role)
            for act in ("explicar", "regresar", "asentar"):
                assert client.post(f"{address}/cargos/{act}").status_code == 403


def test_two_who_confirm_at_once_post_once(app: Flask, session: Session, payout: Payout, two: tuple[int, int]) -> None:
    with acting(two[0], Role.TREASURER):
        explain_charges(payout, reason="Factura A-12")
    session.commit()
    payout_id = payout.id

    def confirm() -> None:
        found = queries.payout(payout_id)
        assert found is not None
        with acting(two[1], Role.PAYMENT_AUTHORISER):
            post_charges(found)

    answers = at_once(app, [confirm] * 4)
    assert sorted(answers) == ["NoChargeWaits"] * 3 + ["done"]
    session.expire_all()
    assert len(session.scalars(select(CompanyCharge).where(CompanyCharge.state == ChargeState.POSTED)).all()) == 2
    assert balances()["5.2.1"] == FEE + 550_00
    assert verify_ledger() == []

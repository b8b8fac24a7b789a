"""The trust's pages: who may open which, whose things they show, and what happens to bad input."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from accounts.models import User
from core.clock import FrozenClock, city_zone
from core.files import StoredFile, read
from core.roles import Role
from tests.factories.accounts import PASSWORD, make_organisation, make_user
from tests.factories.trust import give, give_in_kind, make_fund, pesos, post
from trust import queries
from trust.models import CheckoutOrder, Contribution, FundKind, JournalEntry
from trust.services import offer_in_kind, verify_ledger
from trust.states import ContributionState, PeriodState

pytestmark = pytest.mark.usefixtures("clock", "caught")
Login = Callable[..., User]


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


@pytest.fixture
def gift(session: Session) -> Contribution:
    organisation = make_organisation(name="Aerolínea Secreta")
    made = give(make_fund(accepts_gifts=True), pesos(25_000), giver_organisation=organisation, anonymous=True)
    session.commit()
    return made


STAFF_ONLY = [
    "/es/tesoreria/libro",
    "/es/tesoreria/libro.csv",
    "/es/tesoreria/periodos",
    "/es/tesoreria/aportaciones",
    "/es/tesoreria/pagos-en-linea",
]


@pytest.mark.parametrize("address", STAFF_ONLY)
def test_the_treasurys_pages_are_closed_to_strangers_and_applicants_and_open_to_the_auditor(
    client: FlaskClient, login: Login, gift: Contribution, address: str
) -> None:
    assert client.get(address).status_code in (302, 303, 401)
    login(Role.APPLICANT)
    assert client.get(address).status_code == 403
    login(Role.AUDITOR)
    assert client.get(address).status_code == 200
    login(Role.TREASURER)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/es/tesoreria/aportaciones/nueva",
        "/es/tesoreria/especie/nueva",
        "/es/tesoreria/libro/2026-000001/revertir",
        "/es/tesoreria/periodos/2026/1/cerrar",
    ],
)
def test_the_auditor_changes_nothing(client: FlaskClient, login: Login, gift: Contribution, address: str) -> None:
    login(Role.AUDITOR)
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    login(Role.TREASURER)
    assert client.get(address).status_code == 200


PUBLIC = ["/aportar", "/fondos", "/fondos/{fund}", "/fondos/{fund}?cifra=libre", "/libro/2026-000001", "/recibos",
          "/recibos/{receipt}", "/recibos/documento/{token}"]  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_open_without_an_account(
    client: FlaskClient, gift: Contribution, address: str, language: str
) -> None:
    assert gift.receipt is not None
    page = text_of(
        client,
        f"/{language}" + address.format(fund=gift.fund.code, receipt=gift.receipt.code, token=gift.receipt.token),
    )
    assert "<h1" in page
    if "documento" not in address:
        assert "Aerolínea Secreta" not in page


def test_the_public_check_of_a_receipt_confirms_and_does_not_name(client: FlaskClient, gift: Contribution) -> None:
    assert gift.receipt is not None
    page = text_of(client, f"/es/recibos/{gift.receipt.code.lower()}")
    for fact in (gift.receipt.code, "$25,000.00", "2 mar 2026", gift.fund.name["es"], gift.receipt.sha256[:8]):
        assert fact in page
    assert gift.receipt.token not in page
    assert client.get("/es/recibos?numero=" + gift.receipt.code).location.endswith(gift.receipt.code)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/es/recibos/A-2026-999999", 404),
        ("/es/recibos/documento/nada", 404),
        ("/es/recibos/archivo/nada", 404),
        ("/es/recibos?numero=", 422),
        ("/es/recibos?numero=ZZZ", 404),
        ("/es/fondos/nada", 404),
        ("/es/libro/2026-999999", 404),
        ("/es/libro/²-³", 404),
        ("/es/libro/99999999999999999999-1", 404),
        ("/es/aportar/gracias/nada", 404),
        ("/es/aportar?cantidad=²&bolsa=nada", 200),
        ("/es/fondos?pagina=-1", 200),
    ],
)
def test_what_is_not_there_says_so(client: FlaskClient, gift: Contribution, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_giver_sees_own_and_own_organisations_and_nobody_elses(
    client: FlaskClient, login: Login, session: Session
) -> None:
    fund = make_fund()
    user = make_user(Role.SPONSOR_CONTACT)
    mine = make_organisation(user)
    own, shared = give(fund, pesos(1), giver_user=user), give(fund, pesos(2), giver_organisation=mine)
    foreign = give(fund, pesos(3), giver_organisation=make_organisation())
    nobodys = give(fund, pesos(4))
    login(user)
    page = text_of(client, "/es/mis-aportaciones")
    for one, seen in ((own, True), (shared, True), (foreign, False), (nobodys, False)):
        assert one.receipt is not None
        assert (one.receipt.code in page) is seen
        for address in (f"/es/mis-aportaciones/{one.id}", f"/es/mis-aportaciones/{one.id}/recibo.pdf"):
            assert client.get(address).status_code == (200 if seen else 404)


def test_a_stranger_has_no_contributions_page(client: FlaskClient) -> None:
    assert client.get("/es/mis-aportaciones").status_code in (302, 303, 401)


def test_somebody_without_an_account_gives_and_downloads_the_receipt(
    client: FlaskClient, session: Session, payer: Client
) -> None:
    fund = make_fund(accepts_gifts=True)
    session.commit()
    answer = client.post(
        "/es/aportar",
        data={"amount": "25,000", "fund": fund.code, "method": "card", "kind": "donation", "giver": ""},
    )
    assert answer.status_code == 303
    order = session.scalars(select(CheckoutOrder)).one()
    assert answer.location == order.payment_url == f"http://localhost/simulador/pagos/cobro/{order.session_id}"
    assert "Pagar" in payer.get(f"/cobro/{order.session_id}").get_data(as_text=True)
    paid = payer.post(f"/cobro/{order.session_id}", data={"numero": "4242424242424242"})
    assert paid.location == f"http://localhost/es/aportar/gracias/{order.token}"
    page = text_of(client, f"/es/aportar/gracias/{order.token}")
    session.expire_all()
    gift = session.scalars(select(Contribution)).one()
    assert gift.receipt is not None
    assert (gift.giver_user_id, gift.public_name, gift.money) == (None, None, pesos(25_000))
    assert f"/es/recibos/archivo/{gift.receipt.token}" in page
    pdf = client.get(f"/es/recibos/archivo/{gift.receipt.token}")
    assert pdf.data == read(session.get_one(StoredFile, gift.receipt.stored_file_id))
    assert "recibo-A-2026-000001.pdf" in pdf.headers["Content-Disposition"]


def test_the_checkout_of_the_simulator_is_served_beside_the_site(client: FlaskClient, session: Session) -> None:
    fund = make_fund(accepts_gifts=True)
    session.commit()
    answer = client.post("/es/aportar", data={"amount": "100", "fund": fund.code, "method": "oxxo", "kind": "donation"})
    page = client.get(answer.location.removeprefix("http://localhost"))
    assert page.status_code == 200
    assert "Modo de prueba" in page.get_data(as_text=True)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert client.get("/simulador/pagos/cobro/nada").status_code == 404
    assert client.get("/simulador/pagos/estilo.css").mimetype == "text/css"
    assert client.get("/simulador/pagos/v1/events").status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        {"amount": ""}, {"amount": "0"}, {"amount": "-5"}, {"amount": "10.005"}, {"amount": "1e9"}, {"amount": "mil"},
        {"amount": "9" * 40}, {"amount": "5"}, {"amount": "1,000,000"}, {"amount": "500\x00x"}, {"method": "bitcoin"},
        {"method": "oxxo", "amount": "10,000.01"}, {"fund": "bolsa-de-otro"}, {"email": "no es correo"},
        {"name": "ñ" * 201}, {"kind": "endowment"}, {"giver": "999"}, {"method": "transfer"},
    ],
)  # fmt: skip
def test_a_bad_gift_is_refused_and_what_was_typed_is_kept(
    client: FlaskClient, session: Session, bad: dict[str, str]
) -> None:
    fund = make_fund(accepts_gifts=True)
    session.commit()
    good = {"amount": "500", "fund": fund.code, "method": "card", "kind": "donation", "giver": "", "name": "Ñico"}
    answer = client.post("/es/aportar", data={**good, **bad})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in page
    assert bad.get("name", "Ñico") in page
    assert session.scalar(select(func.count(CheckoutOrder.id))) == 0


def test_a_treasurer_records_a_transfer_once_however_often_it_is_sent(
    client: FlaskClient, login: Login, session: Session
) -> None:
    fund = make_fund()
    login(Role.TREASURER)
    form = {
        "key": "f" * 32, "kind": "subsidy", "fund": fund.code, "amount": "1,500.50", "currency": "EUR",
        "received_on": "2026-02-27", "giver": "", "name": "Fundación",
    }  # fmt: skip
    first = client.post("/es/tesoreria/aportaciones/nueva", data=form)
    again = client.post("/es/tesoreria/aportaciones/nueva", data=form)
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    other = client.post("/es/tesoreria/aportaciones/nueva", data={**form, "amount": "1"})
    assert other.status_code == 422
    gift = session.scalars(select(Contribution)).one()
    assert (str(gift.money), gift.received_on, gift.kind.value) == ("1,500.50 EUR", date(2026, 2, 27), "subsidy")
    assert "EUR" in text_of(client, first.location)


@pytest.mark.parametrize(
    "bad",
    [{"received_on": "2026-03-03"}, {"received_on": "2025-12-31"}, {"received_on": "ayer"}, {"amount": "0"},
     {"currency": "XXX"}, {"currency": "JPY", "amount": "10.5"}, {"fund": "nada"}, {"kind": "robo"}],
)  # fmt: skip
def test_a_bad_transfer_is_refused_with_a_sentence(
    client: FlaskClient, login: Login, session: Session, bad: dict[str, str]
) -> None:
    fund = make_fund()
    login(Role.TREASURER)
    form = {"key": "k", "kind": "donation", "fund": fund.code, "amount": "10", "currency": "MXN",
            "received_on": "2026-03-02", "giver": "", "name": "Doña Ñ"}  # fmt: skip
    answer = client.post("/es/tesoreria/aportaciones/nueva", data={**form, **bad})
    assert answer.status_code == 422
    assert "error-summary" in answer.get_data(as_text=True)
    assert "Doña Ñ" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count(JournalEntry.id))) == 0


def test_an_offer_in_kind_is_recorded_by_one_and_confirmed_by_another(
    client: FlaskClient, login: Login, session: Session
) -> None:
    fund = make_fund()
    login(Role.TREASURER)
    form = {"key": "k", "kind": "sponsorship", "fund": fund.code, "giver": "", "name": "Hotel", "description": "Noches",
            "quantity": "12", "unit": "noches", "value": "18,000", "valuation": "published_rate"}  # fmt: skip
    made = client.post("/es/tesoreria/especie/nueva", data=form)
    assert made.status_code == 303
    assert "otra persona debe confirmar" in text_of(client, made.location)
    delivery = {"received_on": "2026-03-02", "delivered_to": "Recepción"}
    assert client.post(f"{made.location}/entrega", data=delivery).status_code == 409
    login(Role.PROGRAMME_OFFICER)
    assert client.post(f"{made.location}/entrega", data={**delivery, "delivered_to": " "}).status_code == 422
    early = client.post(f"{made.location}/entrega", data={**delivery, "received_on": "2099-01-01"})
    assert early.status_code == 422
    assert delivery["delivered_to"] in early.get_data(as_text=True)
    assert client.post(f"{made.location}/entrega", data=delivery).status_code == 303
    session.expire_all()
    assert session.scalars(select(Contribution)).one().state == ContributionState.RECEIVED
    assert verify_ledger() == []


def test_an_offer_is_declined_with_a_reason(client: FlaskClient, login: Login, session: Session) -> None:
    offered = offer_in_kind(
        kind="donation", fund=make_fund(), value=pesos(5), description="Sillas", quantity=3, unit="piezas",
        valuation="invoice", idempotency_key="sillas",
    )  # fmt: skip
    login(Role.TREASURER)
    address = f"/es/tesoreria/aportaciones/{offered.id}/rechazar"
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert client.post(address, data={"reason": "No caben"}).status_code == 303
    session.expire_all()
    assert session.get_one(Contribution, offered.id).state == ContributionState.DECLINED
    assert client.post(address, data={"reason": "No caben"}).status_code == 409


def test_an_entry_is_reversed_with_a_reason_that_everybody_reads(
    client: FlaskClient, login: Login, session: Session
) -> None:
    post(make_fund(), 100)
    login(Role.TREASURER)
    address = "/es/tesoreria/libro/2026-000001/revertir"
    assert client.post(address, data={"reason": "  "}).status_code == 422
    assert client.post(address, data={"reason": "Depósito duplicado"}).status_code == 303
    assert client.post(address, data={"reason": "Depósito duplicado"}).status_code == 409
    assert client.get(address).status_code == 409  # nobody is asked for a reason that cannot count
    assert "Depósito duplicado" in text_of(client, "/es/libro/2026-000001")


def test_a_month_is_closed_from_its_page(
    client: FlaskClient, login: Login, session: Session, clock: FrozenClock
) -> None:
    make_fund()
    login(Role.TREASURER)
    assert "/es/tesoreria/periodos/2026/1/cerrar" in text_of(client, "/es/tesoreria/periodos")
    proof = {"current": PASSWORD}
    assert client.post("/es/tesoreria/periodos/2026/2/cerrar", data=proof).status_code == 409
    assert (
        client.get("/es/tesoreria/periodos/2026/2/cerrar").status_code == 409
    )  # not its turn: nobody is asked to sign
    assert client.post("/es/tesoreria/periodos/2026/1/cerrar").status_code == 422
    assert client.post("/es/tesoreria/periodos/2026/1/cerrar", data=proof).status_code == 303
    session.expire_all()
    assert queries.periods(2026)[0].state == PeriodState.CLOSED
    assert client.get("/es/tesoreria/periodos/2026/13/cerrar").status_code == 404


def test_the_book_is_filtered_and_exported(client: FlaskClient, login: Login, session: Session) -> None:
    one, two = make_fund(), make_fund(FundKind.RESTRICTED)
    post(one, 100, memo="=1+1", on=date(2026, 1, 5))
    post(two, 200, memo="Segundo")
    login(Role.TREASURER)
    assert "Segundo" not in text_of(client, f"/es/tesoreria/libro?bolsa={one.code}")
    assert "Segundo" not in text_of(client, "/es/tesoreria/libro?hasta=2026-01-31")
    assert "Segundo" in text_of(client, "/es/tesoreria/libro?q=2026-000002&tipo=contribution&cuenta=4.1.1&desde=nada")
    rows = text_of(client, "/es/tesoreria/libro.csv").lstrip("\ufeff").splitlines()
    assert len(rows) == 5
    assert rows[0].startswith("Asiento,Fecha,Tipo,Concepto")
    assert "'=1+1" in rows[4]


def test_the_list_of_contributions_says_who_gave_and_when(
    client: FlaskClient, login: Login, gift: Contribution
) -> None:
    login(Role.TREASURER)
    page = text_of(client, "/es/tesoreria/aportaciones")
    assert "Aerolínea Secreta" in page
    assert gift.received_on is not None
    assert f'data-label="Fecha"><span class="cell-value"><time class="nowrap" datetime="{gift.received_on}">' in page


def test_every_entry_of_a_fund_shows_what_it_moved_there(client: FlaskClient, gift: Contribution) -> None:
    page = text_of(client, f"/es/fondos/{gift.fund.code}")
    assert 'data-label="Importe"><span class="cell-value"><data class="amount nowrap" value="25000.00">' in page


@pytest.mark.parametrize("page", ["aportaciones/nueva", "especie/nueva"])
def test_what_arrives_asks_for_its_fund_and_chooses_none(
    client: FlaskClient, login: Login, gift: Contribution, page: str
) -> None:
    login(Role.TREASURER)
    shown = text_of(client, f"/es/tesoreria/{page}")
    options = shown.partition('name="fund"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]*)"( selected)?>', options) == [("", ""), (gift.fund.code, "")]


def test_a_figure_of_a_fund_is_the_sum_of_the_entries_under_it(client: FlaskClient, session: Session) -> None:
    fund = make_fund()
    give(fund, pesos(100))
    give(fund, pesos(50), kind="sponsorship")
    give_in_kind(fund, pesos(7))
    session.commit()
    page = text_of(client, f"/es/fondos/{fund.code}?cifra=recibido")
    assert page.count("+$100.00") == 1
    assert page.count("+$50.00") == 1
    assert "+$7.00" not in page
    figures = next(one for one in queries.fund_figures() if one.fund.id == fund.id)
    accounts = ("1.1.1", "1.1.2", "1.1.3", "8.2.4", "8.2.5", "8.2.6")
    entries = session.scalars(queries.entries(fund_id=fund.id, accounts=accounts)).all()
    effects = [effect for entry in entries if (effect := queries.entry_effect(entry, fund, accounts))]
    assert sum((effect.amount_cents for effect in effects), 0) == figures.free.amount_cents == 150_00


@pytest.mark.parametrize(
    "address", ["/es/fondos", "/es/fondos/{fund}", "/es/tesoreria/libro", "/es/tesoreria/aportaciones",
                "/es/mis-aportaciones"],
)  # fmt: skip
def test_a_list_sends_as_many_queries_for_one_row_as_for_many(
    client: FlaskClient, login: Login, session: Session, count_queries: Any, address: str
) -> None:
    user = make_user(Role.TREASURER, Role.SPONSOR_CONTACT)
    organisation = make_organisation(user)
    fund = make_fund()
    login(user)
    counts = []
    for more in (1, 6):
        for _ in range(more):
            give(fund, pesos(1), giver_organisation=organisation)
            give_in_kind(fund, pesos(1), organisation=organisation)
        session.commit()
        client.get(address.format(fund=fund.code))
        with count_queries() as sent:
            assert client.get(address.format(fund=fund.code)).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


class TestOpeningAYear:
    def test_the_desk_reminds_in_the_last_two_months_and_a_page_opens_the_year(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        make_fund()
        session.commit()
        assert queries.year_to_open() is None
        clock.set(datetime(2026, 10, 31, 23, 59, 59, tzinfo=city_zone()))
        assert queries.year_to_open() is None
        clock.advance(seconds=1)
        assert queries.year_to_open() == 2027
        login(Role.TREASURER)
        assert "/es/tesoreria/periodos/2027/abrir" in text_of(client, "/es/tesoreria/periodos")
        assert client.post("/es/tesoreria/periodos/2027/abrir").status_code == 303
        assert next((one.month, one.state) for one in queries.periods(2027)) == (1, PeriodState.OPEN)
        assert len(queries.periods(2027)) == 12
        assert queries.year_to_open() is None
        for year in (2027, 2026, 2028, 2025):
            assert client.post(f"/es/tesoreria/periodos/{year}/abrir").status_code == 409

    def test_only_the_treasurer_opens_it(self, client: FlaskClient, login: Login, gift: Contribution) -> None:
        login(Role.AUDITOR)
        assert client.post("/es/tesoreria/periodos/2027/abrir").status_code == 403
        assert "/abrir" not in text_of(client, "/es/tesoreria/periodos")


def test_the_endowment_is_not_called_free(client: FlaskClient, session: Session) -> None:
    endowment, general = make_fund(FundKind.ENDOWMENT, code="capital"), make_fund()
    give(endowment, pesos(100), kind="endowment")
    give(general, pesos(50))
    session.commit()
    (row,) = [row for row in text_of(client, "/es/fondos").split("<tr") if "El capital no se gasta" in row]
    assert "/es/fondos/capital" in row
    assert "Capital, que no se gasta" in text_of(client, "/es/fondos/capital")
    assert "Capital, que no se gasta" not in text_of(client, f"/es/fondos/{general.code}")

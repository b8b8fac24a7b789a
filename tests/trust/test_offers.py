"""What the public offers in kind: an offer for staff to answer, letters to both, and bad input that loses nothing."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.money import MixedCurrencies
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.accounts import make_organisation, make_user
from tests.factories.awards import written_pdf
from tests.factories.trust import acting, euros, give, make_fund, pesos
from tests.trust.at_once import at_once
from tests.trust.test_pages import text_of
from trust import queries, services
from trust.errors import FundNotOffered, NotAccepted, OwnOffer, SamePerson
from trust.models import Contribution, Fund, FundKind, JournalEntry
from trust.services import confirm_in_kind_delivery, decline_in_kind, offers, verify_ledger
from trust.states import ContributionState

pytestmark = pytest.mark.usefixtures("clock")
Login = Callable[..., User]
PAGE = "/es/aportar/especie"
TYPED = {
    "key": "abc", "description": "Habitación doble con desayuno", "quantity": "40", "unit": "noches",
    "value": "96,000", "valuation": "published_rate", "valuation_note": "Tarifa pública", "available_on": "2026-03-02",
    "terms": "De lunes a jueves", "fund": "", "kind": "donation", "giver": "", "name": "Hotel Los Volcanes",
    "contact": "Ana Ñuño", "email": "ana@losvolcanes.example",
}  # fmt: skip


@pytest.fixture
def general(session: Session) -> Fund:
    fund = make_fund()
    make_user(Role.PROGRAMME_OFFICER, email="programa@ejemplo.mx", language="en")
    session.commit()
    return fund


def letters(session: Session) -> list[tuple[str, str]]:
    found = session.scalars(
        select(OutboxMessage).where(OutboxMessage.about == "trust.offer").order_by(OutboxMessage.id)
    )
    return [(one.to, one.subject) for one in found]


def only(session: Session) -> Contribution:
    session.expire_all()
    return session.scalars(select(Contribution)).one()


def test_anybody_offers_and_both_sides_have_a_letter_and_nothing_counts(
    client: FlaskClient, general: Fund, session: Session
) -> None:
    assert PAGE in text_of(client, "/es/aportar")
    proof = {"evidence": (io.BytesIO(written_pdf("Tarifa")), "tarifa.pdf")}
    answer = client.post(PAGE, data={**TYPED, **proof}, content_type="multipart/form-data")
    assert (answer.status_code, answer.location.endswith("/es/aportar/especie/gracias")) == (303, True)
    assert "Recibimos tu oferta" in text_of(client, "/es/aportar/especie/gracias")
    offer = only(session)
    assert (offer.state, offer.fund, offer.money, offer.receipt_name, offer.public_name, offer.recorded_by) == (
        ContributionState.OFFERED, general, pesos(96_000), "Hotel Los Volcanes", None, None,
    )  # fmt: skip
    assert offer.item is not None
    assert (offer.item.quantity, offer.item.unit, offer.item.valuation_note) == (40, "noches", "Tarifa pública")
    assert letters(session) == [
        ("ana@losvolcanes.example", "Recibimos tu oferta en especie"),
        ("programa@ejemplo.mx", "Something is offered in kind"),
    ]
    assert queries.offers_waiting() == 1
    assert session.scalars(select(JournalEntry)).all() == []


def test_the_same_form_sent_twice_is_one_offer(client: FlaskClient, general: Fund, session: Session) -> None:
    assert [client.post(PAGE, data=TYPED).status_code for _ in range(2)] == [303, 303]
    assert only(session).id
    assert len(letters(session)) == 2


def test_staff_reads_whom_to_answer_and_what_shows_the_value_and_nobody_else_does(
    client: FlaskClient, login: Login, general: Fund, session: Session
) -> None:
    proof = {"evidence": (io.BytesIO(written_pdf("Tarifa")), "tarifa.pdf")}
    client.post(PAGE, data={**TYPED, **proof}, content_type="multipart/form-data")
    page = f"/es/tesoreria/aportaciones/{only(session).id}"
    login(Role.SPONSOR_CONTACT)
    assert (client.get(page).status_code, client.get(f"{page}/evidencia").status_code) == (403, 403)
    login(Role.PROGRAMME_OFFICER)
    shown = text_of(client, page)
    for told in ("ana@losvolcanes.example", "Ana Ñuño", "De lunes a jueves", f"{page}/evidencia"):
        assert told in shown
    assert client.get(f"{page}/evidencia").data.startswith(b"%PDF-")
    plain = give(general, pesos(1))
    session.commit()
    assert client.get(f"/es/tesoreria/aportaciones/{plain.id}/evidencia").status_code == 404


def test_the_trust_says_what_an_offer_is_worth_and_a_third_person_that_it_came(
    client: FlaskClient, login: Login, general: Fund, session: Session, clock: FrozenClock
) -> None:
    client.post(PAGE, data=TYPED)
    offer = only(session)
    page = f"/es/tesoreria/aportaciones/{offer.id}"
    officer = login(Role.PROGRAMME_OFFICER)
    with acting(officer.id, Role.PROGRAMME_OFFICER), pytest.raises(NotAccepted):
        confirm_in_kind_delivery(offer, received_on=clock.now().date(), delivered_to="Programa")
    assert f"{page}/aceptar" in text_of(client, page)
    assert 'value="96,000.00"' in text_of(client, f"{page}/aceptar")
    said = {"value": "80,000", "valuation": "published_rate", "valuation_note": "Tarifa de temporada baja"}
    assert client.post(f"{page}/aceptar", data={**said, "value": "0"}).status_code == 422
    proof = {"evidence": (io.BytesIO(written_pdf("Otra tarifa")), "otra.pdf"), "message": "Ven el lunes a las 10."}
    sent = client.post(f"{page}/aceptar", data={**said, **proof}, content_type="multipart/form-data")
    assert (sent.status_code, client.post(f"{page}/aceptar", data=said).status_code) == (303, 409)
    last = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert last is not None
    assert (last.to, last.subject) == ("ana@losvolcanes.example", "Aceptamos lo que nos ofreces")
    assert "Ven el lunes a las 10." in last.body_text
    assert "80,000.00" in last.body_text
    assert client.get(f"{page}/aceptar/evidencia").data.startswith(b"%PDF-")
    shown = text_of(client, page)
    for told in ("Quien ofrece dijo que vale", "96,000.00", "Tarifa de temporada baja", "otra persona debe confirmar"):
        assert told in shown
    assert client.get(f"{page}/entrega").status_code == 409
    offer = only(session)
    with acting(officer.id, Role.PROGRAMME_OFFICER), pytest.raises(SamePerson):
        confirm_in_kind_delivery(offer, received_on=clock.now().date(), delivered_to="Programa")
    with pytest.raises(DBAPIError, match="ledger: immutable"), session.begin_nested():
        session.execute(text("UPDATE contribution SET amount_cents = 1"))
    with acting(make_user(Role.TREASURER).id, Role.TREASURER):
        confirm_in_kind_delivery(offer, received_on=clock.now().date(), delivered_to="Programa")
    assert offer.receipt is not None
    assert (offer.receipt.content["amount_cents"], offer.receipt.content["item"]["valuation"]) == (
        80_000_00, "published_rate",
    )  # fmt: skip
    assert verify_ledger() == []


def test_nobody_answers_for_what_they_give_themselves(
    client: FlaskClient, login: Login, general: Fund, session: Session
) -> None:
    officer = login(Role.PROGRAMME_OFFICER)
    client.post(PAGE, data=TYPED)
    offer = only(session)
    assert offer.giver_user_id == officer.id
    assert client.get(f"/es/tesoreria/aportaciones/{offer.id}/aceptar").status_code == 403
    with acting(officer.id, Role.PROGRAMME_OFFICER), pytest.raises(OwnOffer):
        services.accept_offer(offer, value=offer.money, valuation="appraisal", valuation_note="Mío")


def test_an_offer_is_not_accepted_at_a_worth_in_other_money(
    client: FlaskClient, general: Fund, session: Session
) -> None:
    client.post(PAGE, data=TYPED)
    offer = only(session)
    before = offer.money
    with acting(make_user(Role.TREASURER).id, Role.TREASURER), pytest.raises(MixedCurrencies):
        services.accept_offer(offer, value=euros(5), valuation="appraisal", valuation_note="Avalúo")
    assert (offer.money, queries.acceptance_of(offer.id)) == (before, None)


def test_two_people_accept_an_offer_once(app: Flask, client: FlaskClient, general: Fund, session: Session) -> None:
    client.post(PAGE, data=TYPED)
    offer_id = only(session).id

    def accept() -> None:
        services.accept_offer(
            queries.contribution(offer_id), value=pesos(80_000), valuation="appraisal", valuation_note="Avalúo"
        )

    assert sorted(at_once(app, [accept] * 2)) == ["AcceptedAlready", "done"]


def test_what_arrives_sends_the_receipt_to_who_offered_and_a_no_its_reason(
    client: FlaskClient, general: Fund, session: Session, clock: FrozenClock
) -> None:
    client.post(PAGE, data=TYPED)
    client.post(PAGE, data={**TYPED, "key": "otra"})
    first, second = session.scalars(select(Contribution).order_by(Contribution.id))
    with acting(make_user(Role.TREASURER).id, Role.TREASURER):
        services.accept_offer(first, value=first.money, valuation="appraisal", valuation_note="Avalúo")
    with acting(make_user(Role.TREASURER).id, Role.TREASURER):
        confirm_in_kind_delivery(first, received_on=clock.now().date(), delivered_to="Programa")
        decline_in_kind(second, reason="No tenemos dónde guardarlo")
    receipt = session.scalars(select(OutboxMessage).where(OutboxMessage.about == "trust.receipt")).one()
    assert receipt.to == "ana@losvolcanes.example"
    assert letters(session)[-1] == ("ana@losvolcanes.example", "No podemos recibir lo que nos ofreciste")
    last = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert last is not None
    assert "No tenemos dónde guardarlo" in last.body_text


def test_a_company_offers_in_its_own_name_and_sees_it_on_its_page(
    client: FlaskClient, login: Login, general: Fund, session: Session
) -> None:
    user = login(Role.SPONSOR_CONTACT)
    mine, other = make_organisation(user, name="Aerolínea Ñandú"), make_organisation()
    session.commit()
    assert 'value="Aerolínea Ñandú"' in text_of(client, PAGE)
    assert client.post(PAGE, data={**TYPED, "giver": str(other.id)}).status_code == 422
    assert client.post(PAGE, data={**TYPED, "giver": str(mine.id), "show_name": "y"}).status_code == 303
    offer = only(session)
    assert (offer.giver_organisation_id, offer.public_name) == (mine.id, "Aerolínea Ñandú")
    assert f"/es/mis-aportaciones/{offer.id}" in text_of(client, "/es/mis-aportaciones")


@pytest.mark.parametrize(
    "bad",
    [
        {"value": "0"}, {"value": "-1"}, {"value": "10.005"}, {"value": "9" * 30}, {"value": "mil"}, {"value": ""},
        {"value": "96,000 XXX"}, {"quantity": "0"}, {"quantity": "-3"}, {"quantity": "1.5"}, {"quantity": "9" * 12},
        {"unit": ""}, {"description": ""}, {"valuation": "magia"}, {"valuation_note": ""}, {"available_on": "ayer"},
        {"available_on": "2026-03-01"}, {"available_on": "2031-01-01"}, {"email": "no es"}, {"email": ""},
        {"name": ""}, {"contact": ""}, {"kind": "endowment"}, {"fund": "bolsa-de-otro"},
    ],
)  # fmt: skip
def test_a_bad_offer_is_told_at_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, general: Fund, session: Session, bad: dict[str, str]
) -> None:
    answer = client.post(PAGE, data={**TYPED, **bad})
    page = answer.get_data(as_text=True)
    (name,) = bad
    assert answer.status_code == 422
    assert f'id="{name}-error"' in page
    assert ("De lunes a jueves" in page, "Tarifa pública" in page) == (True, name != "valuation_note")
    assert session.scalars(select(Contribution)).all() == []
    assert letters(session) == []


def test_a_file_that_is_no_file_of_ours_is_refused_at_its_field(
    client: FlaskClient, general: Fund, session: Session
) -> None:
    for content in (b"<script>alert(1)</script>", b"%PDF-roto", b""):
        proof = {"evidence": (io.BytesIO(content), "tarifa.pdf")}
        answer = client.post(PAGE, data={**TYPED, **proof}, content_type="multipart/form-data")
        assert (answer.status_code, 'id="evidence-error"' in answer.get_data(as_text=True)) == (422, True)


def test_a_fund_that_takes_no_public_gifts_is_refused(session: Session) -> None:
    closed = make_fund(FundKind.RESTRICTED)
    contact = offers.Contact("Ana", "ana@ejemplo.mx", closed.opened_on)
    with pytest.raises(FundNotOffered):
        offers.offer_from_public(contact=contact, fund=closed, idempotency_key="x")


def test_one_address_offers_three_times_a_day_and_all_together_as_many_as_can_be_read(
    client: FlaskClient, general: Fund, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(key: str, **more: Any) -> int:
        return client.post(PAGE, data={**TYPED, "available_on": "2026-03-10", "key": key, **more}).status_code

    assert [sent(key) for key in "1234"] == [303, 303, 303, 429]
    assert sent("1") == 303  # the same form again is no offer more
    assert sent("5", email="otra@ejemplo.mx") == 303
    clock.advance(days=1)
    assert sent("6") == 303
    monkeypatch.setattr(offers, "MOST_WAITING", 5)
    refused = client.post(PAGE, data={**TYPED, "available_on": "2026-03-10", "key": "7"})
    assert refused.status_code == 429
    assert "De lunes a jueves" in refused.get_data(as_text=True)

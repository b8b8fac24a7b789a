"""Closing months and years, with proof and signed act, and opening the last closed month again by two people."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from accounts.models import User
from core.audit import AuditEvent
from core.clock import FrozenClock
from core.errors import IllegalTransition, MissingCredentials
from core.files import StoredFile, forget
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.tampering import disarm_balances
from tests.factories.trust import give, make_books, make_fund, pesos
from tests.trust.closings import acting, fund_with_gifts, letters, pdf_text, reopen
from trust import queries
from trust.errors import (
    ActTampered,
    NothingClosed,
    NotTheLastClosed,
    OthersReopening,
    OwnReopening,
    PeriodClosed,
    PeriodNotProved,
    ReasonRequired,
    ReopeningWaits,
    YearNotClosable,
)
from trust.models import ClosingAction, Fund, PeriodClosing
from trust.rules import fingerprint, inputs_hash
from trust.services import (
    ask_reopening,
    close_period,
    close_year,
    closing_bytes,
    grant_reopening,
    open_periods,
    refuse_reopening,
    verify_ledger,
    withdraw_reopening,
)
from trust.states import PeriodState, ReopeningState


@pytest.fixture
def fund(session: Session, clock: FrozenClock) -> Fund:
    """A fund with a gift in January and one in February; it is March."""
    return fund_with_gifts()


# --- closing ---


def test_a_closing_keeps_its_proof_and_a_signed_act_that_renders_again_to_the_same_bytes(
    session: Session, fund: Fund, treasurer: User
) -> None:
    with acting(treasurer):
        period = close_period(2026, 1, confirmed="password")
    (closing,) = queries.closings_of(2026, 1)
    sums = closing.sums or {}
    moved = {key: cents for key, cents in sums.items() if not key.startswith("8.")}
    assert moved == {f"1.1.1|{fund.code}|MXN": 100_00, f"4.1.1|{fund.code}|MXN": -100_00}
    assert (closing.action, closing.by_id, closing.last_number) == ("closed", treasurer.id, 2)
    assert closing.sha256 == inputs_hash(sums=sums) == (period.proof or {})["sha256"]
    stored = session.get_one(StoredFile, closing.stored_file_id)
    kept = closing_bytes(closing)
    assert fingerprint(kept) == closing.act_sha256 == stored.sha256
    forget(stored)  # the store lost it: the frozen content gives the same bytes
    assert closing_bytes(closing) == kept
    said = pdf_text(kept)
    for words in ("enero 2026", "2026-000001", "Bolsa Ñandú", "Ana Tesorera", "su contraseña", "MXN 100.00"):
        assert words in said
    assert closing.sha256 in said.replace(" ", "")


def test_an_act_that_is_not_the_one_signed_is_refused(session: Session, fund: Fund) -> None:
    close_period(2026, 1)
    (closing,) = queries.closings_of(2026, 1)
    session.flush()
    session.expunge(closing)
    closing.content = {**(closing.content or {}), "entries": 7}
    forget(session.get_one(StoredFile, closing.stored_file_id))
    with pytest.raises(ActTampered):
        closing_bytes(closing)


def test_nothing_closes_when_the_books_do_not_agree_after_it(
    session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[], ["something came between"]])
    monkeypatch.setattr("trust.services.periods.verify_ledger", lambda: next(answers))
    session.commit()
    with pytest.raises(PeriodNotProved):
        close_period(2026, 1)
    session.rollback()
    assert queries.periods(2026)[0].state is PeriodState.OPEN
    assert queries.period_history() == []


def test_nothing_closes_when_the_books_do_not_agree_before_it(session: Session, fund: Fund) -> None:
    disarm_balances(session)
    session.execute(text("UPDATE account_balance SET balance_cents = balance_cents + 1"))
    with pytest.raises(PeriodNotProved):
        close_period(2026, 1)


def test_a_year_closes_once_after_its_months_and_posts_nothing(
    session: Session, fund: Fund, treasurer: User, clock: FrozenClock
) -> None:
    open_periods(2025)
    give(fund, pesos(60), received_on=date(2025, 6, 1))
    with pytest.raises(YearNotClosable):
        close_year(2025)
    for month in range(1, 13):
        assert queries.years_to_close() == []
        close_period(2025, month)
    assert queries.years_to_close() == [2025]
    entries = session.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar_one()
    with acting(treasurer):
        closing = close_year(2025, confirmed="password")
    assert session.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar_one() == entries
    assert queries.is_year_closed(2025)
    assert queries.years_to_close() == []
    with pytest.raises(YearNotClosable):
        close_year(2025)
    said = pdf_text(closing_bytes(closing))
    assert "2025" in said
    assert "MXN 60.00" in said
    for one in queries.closings_of(2025, 6):
        assert str(one.sha256) in said.replace(" ", "")
    assert verify_ledger() == []


# --- reopening ---


def test_two_people_open_the_last_closed_month_again(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    for month in (1, 2):
        close_period(2026, month)
    old = queries.closings_of(2026, 2)[0].sha256
    session.query(OutboxMessage).delete()
    other = make_user(Role.TREASURER, Role.ADMINISTRATOR)
    with acting(treasurer):
        wish = ask_reopening(2026, 2, reason="  Faltó una factura ")
        assert (wish.state, wish.reason) == (ReopeningState.ASKED, "Faltó una factura")
        assert queries.periods(2026)[1].state is PeriodState.CLOSED
        with pytest.raises(ReopeningWaits):
            ask_reopening(2026, 2, reason="Otra vez")
    assert letters(session) == [
        (other.email, "Piden reabrir el mes 2026-02"),
        (authoriser.email, "Piden reabrir el mes 2026-02"),
    ] or sorted(letters(session)) == sorted(
        [(other.email, "Piden reabrir el mes 2026-02"), (authoriser.email, "Piden reabrir el mes 2026-02")]
    )
    assert [queries.reopenings_to_decide(user.id) for user in (treasurer, authoriser)] == [0, 1]
    with acting(authoriser):
        period = grant_reopening(wish)
    assert (period.state, period.proof, period.closed_at) == (PeriodState.OPEN, None, None)
    assert letters(session)[-1] == (treasurer.email, "Se concedió reabrir 2026-02")
    give(fund, pesos(5), received_on=date(2026, 2, 27))
    assert verify_ledger() == []
    close_period(2026, 2)
    history = queries.closings_of(2026, 2)
    assert [one.action for one in history] == [ClosingAction.CLOSED, ClosingAction.REOPENED, ClosingAction.CLOSED]
    assert history[0].sha256 == old != history[2].sha256
    assert closing_bytes(history[0]) != closing_bytes(history[2])
    assert verify_ledger() == []
    told = [one.action for one in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    wanted = ["ledger.reopening_asked", "ledger.reopening_granted", "ledger.period_reopened", "ledger.period_closed"]
    assert [one for one in told if one in wanted][-4:] == wanted


def test_who_may_ask_and_what_for(session: Session, fund: Fund, treasurer: User, authoriser: User) -> None:
    with acting(treasurer), pytest.raises(NothingClosed):
        ask_reopening(2026, 1, reason="Nada")
    for month in (1, 2):
        close_period(2026, month)
    with pytest.raises(MissingCredentials):
        ask_reopening(2026, 2, reason="El sistema no pide")
    with acting(treasurer):
        with pytest.raises(NotTheLastClosed):
            ask_reopening(2026, 1, reason="El penúltimo")
        with pytest.raises(ReasonRequired):
            ask_reopening(2026, 2, reason="   ")
        wish = ask_reopening(2026, 2, reason="Faltó una factura")
        with pytest.raises(OwnReopening):
            grant_reopening(wish)
        with pytest.raises(OwnReopening):
            refuse_reopening(wish, reason="No")
    with pytest.raises(MissingCredentials):
        grant_reopening(wish)
    with acting(authoriser):
        with pytest.raises(OthersReopening):
            withdraw_reopening(wish)
        with pytest.raises(ReasonRequired):
            refuse_reopening(wish, reason=" ")
        refuse_reopening(wish, reason="El acta ya se publicó")
        with pytest.raises(IllegalTransition):
            grant_reopening(wish)
    assert letters(session)[-1] == (treasurer.email, "No se concedió reabrir 2026-02")
    assert queries.periods(2026)[1].state is PeriodState.CLOSED
    with acting(treasurer):
        again = ask_reopening(2026, 2, reason="Ahora sí")
        withdraw_reopening(again)
    with acting(authoriser), pytest.raises(IllegalTransition):
        grant_reopening(again)


def test_a_wish_about_a_month_that_is_no_longer_the_last_opens_nothing(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    close_period(2026, 1)
    with acting(treasurer):
        wish = ask_reopening(2026, 1, reason="Faltó una factura")
    close_period(2026, 2)
    with acting(authoriser), pytest.raises(NotTheLastClosed):
        grant_reopening(wish)
    assert queries.periods(2026)[0].state is PeriodState.CLOSED


def test_a_reopened_month_takes_entries_and_the_one_before_it_does_not(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    for month in (1, 2):
        close_period(2026, month)
    reopen(treasurer, authoriser)
    give(fund, pesos(1), received_on=date(2026, 2, 1))
    with pytest.raises(PeriodClosed):
        give(fund, pesos(1), received_on=date(2026, 1, 31))
    reopen(authoriser, treasurer, month=1)
    give(fund, pesos(1), received_on=date(2026, 1, 31))
    assert verify_ledger() == []


def test_a_year_opens_with_its_last_month_and_closes_again(
    session: Session, treasurer: User, authoriser: User, clock: FrozenClock
) -> None:
    make_books(2025, 2026)
    fund = make_fund()
    for month in range(1, 13):
        close_period(2025, month)
    close_year(2025)
    with acting(treasurer):
        wish = ask_reopening(2025, 12, reason="Faltó un recibo")
    with acting(authoriser):
        grant_reopening(wish)
    assert not queries.is_year_closed(2025)
    give(fund, pesos(3), received_on=date(2025, 12, 30))
    close_period(2025, 12)
    assert queries.years_to_close() == [2025]
    close_year(2025)
    assert [one.action.value for one in queries.closings_of(2025, 0)] == ["closed", "reopened", "closed"]
    assert verify_ledger() == []


# --- pages ---


def test_a_month_is_closed_with_the_treasurers_password_and_its_act_is_downloaded(
    session: Session, fund: Fund, client: FlaskClient, login: Any
) -> None:
    login(Role.TREASURER)
    address = "/es/tesoreria/periodos/2026/1/cerrar"
    assert "Contraseña actual" in client.get(address).get_data(as_text=True)
    wrong = client.post(address, data={"current": "otra cosa"})
    assert wrong.status_code == 422
    assert "no cambió nada" in wrong.get_data(as_text=True)
    assert queries.period_history() == []
    assert client.post(address, data={"current": PASSWORD}).status_code == 303
    (closing,) = session.scalars(select(PeriodClosing))
    act = f"/es/tesoreria/periodos/actas/{closing.id}.pdf"
    assert act in client.get("/es/tesoreria/periodos").get_data(as_text=True)
    answer = client.get(act)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert fingerprint(answer.data) == closing.act_sha256
    assert "acta-de-cierre-2026-01.pdf" in answer.headers["Content-Disposition"]
    page = client.get("/es/tesoreria/periodos/2026/1").get_data(as_text=True)
    assert str(closing.sha256) in page
    assert client.get("/es/tesoreria/periodos/actas/999.pdf").status_code == 404
    login(Role.PROGRAMME_OFFICER)
    assert client.get(act).status_code == 403


def test_a_month_is_opened_again_from_its_pages(session: Session, fund: Fund, client: FlaskClient, login: Any) -> None:
    close_period(2026, 1)
    session.commit()
    asker = login(Role.TREASURER)
    ask = "/es/tesoreria/periodos/2026/1/reabrir"
    assert ask in client.get("/es/tesoreria/periodos").get_data(as_text=True)
    assert client.post(ask, data={"reason": " "}).status_code == 422
    answer = client.post(ask, data={"reason": "Faltó una factura"})
    assert answer.status_code == 303
    place = answer.headers["Location"].removeprefix("http://localhost")
    assert client.get(ask).status_code == 409
    page = client.get(place).get_data(as_text=True)
    assert "/conceder" not in page
    assert "/retirar" in page
    assert client.post(f"{place}/conceder", data={"current": PASSWORD}).status_code == 409
    assert "Reaperturas" not in client.get("/es/mi-escritorio").get_data(as_text=True)
    login(Role.PAYMENT_AUTHORISER)
    assert "Faltó una factura" in client.get("/es/tesoreria/periodos/reaperturas").get_data(as_text=True)
    assert "/conceder" in client.get(place).get_data(as_text=True)
    assert client.post(f"{place}/retirar").status_code == 403
    assert client.post(f"{place}/conceder", data={"current": "otra"}).status_code == 422
    assert client.post(f"{place}/conceder", data={"current": PASSWORD}).status_code == 303
    session.expire_all()
    assert queries.periods(2026)[0].state is PeriodState.OPEN
    history = client.get("/es/tesoreria/periodos/2026/1").get_data(as_text=True)
    assert f"{asker.name} lo pidió" in history
    assert client.post(f"{place}/negar", data={"reason": "Tarde"}).status_code == 409


def test_a_wish_is_refused_or_taken_back_from_its_page(
    session: Session, fund: Fund, client: FlaskClient, login: Any
) -> None:
    close_period(2026, 1)
    session.commit()
    asker = login(Role.TREASURER)
    ask = "/es/tesoreria/periodos/2026/1/reabrir"
    place = client.post(ask, data={"reason": "Faltó"}).headers["Location"].removeprefix("http://localhost")
    login(Role.ADMINISTRATOR)
    assert client.post(f"{place}/negar", data={"reason": ""}).status_code == 422
    assert client.post(f"{place}/negar", data={"reason": "Ya se publicó"}).status_code == 303
    assert "Ya se publicó" in client.get(place).get_data(as_text=True)
    login(asker)
    place = client.post(ask, data={"reason": "Otra"}).headers["Location"].removeprefix("http://localhost")
    assert client.get(f"{place}/retirar").status_code == 200
    assert client.post(f"{place}/retirar").status_code == 303
    assert "Retirada" in client.get(place).get_data(as_text=True)
    assert client.get("/es/tesoreria/periodos/reaperturas/999").status_code == 404


def test_a_year_is_closed_from_its_page(
    session: Session, fund: Fund, client: FlaskClient, login: Any, clock: FrozenClock
) -> None:
    open_periods(2025)
    for month in range(1, 13):
        close_period(2025, month)
    session.commit()
    login(Role.TREASURER)
    address = "/es/tesoreria/periodos/2025/cerrar"
    assert address in client.get("/es/tesoreria/periodos").get_data(as_text=True)
    assert client.get("/es/tesoreria/periodos/2026/cerrar").status_code == 409
    assert "póliza de cierre" in client.get(address).get_data(as_text=True)
    assert client.post(address, data={"current": PASSWORD}).status_code == 303
    assert client.get(address).status_code == 409
    assert address not in client.get("/es/tesoreria/periodos").get_data(as_text=True)

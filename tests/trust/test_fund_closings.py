"""How a fund ends: by two people, with nothing unsettled, and its rest where its kind lets it go."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition
from core.files import store_generated
from core.roles import Role
from tests.factories.accounts import PASSWORD, make_organisation, make_user
from tests.factories.awards import written_pdf
from tests.factories.trust import acting, euros, give, give_in_kind, make_fund, pesos, post
from tests.trust.at_once import at_once
from trust import queries
from trust.errors import (
    ConsentRequired,
    FundClosed,
    FundClosingWaits,
    FundNotSettled,
    OthersFundClosing,
    OwnFundClosing,
    ReasonRequired,
    RestMayNotGo,
)
from trust.models import Fund, FundClosing, FundKind
from trust.queries.fund_closings import fund_closing, fund_closings_to_decide, rest_of, takers
from trust.rules import Rate
from trust.rules.fund_closings import MayTake, may_take_rest
from trust.services import Line, pledge, start_checkout, verify_ledger
from trust.services.fund_closings import (
    ask_fund_closing,
    grant_fund_closing,
    refuse_fund_closing,
    what_keeps_open,
    withdraw_fund_closing,
)
from trust.states import FundClosingState, FundState

pytestmark = pytest.mark.usefixtures("clock")
WHY = "Terminó el programa"
DUE = date(2026, 12, 1)
DAY = "2026-03-02"
RATE = Rate("EUR", "MXN", "20.5", date(2026, 3, 2), "Banco")


@pytest.fixture
def two(session: Session) -> tuple[int, int]:
    """Who asks and who decides."""
    one = make_user(Role.TREASURER, email="una@ejemplo.mx")
    another = make_user(Role.ADMINISTRATOR, email="otra@ejemplo.mx")
    session.commit()
    return one.id, another.id


def ask(fund: Fund, target: Fund | None, two: tuple[int, int], **facts: Any) -> FundClosing:
    with acting(two[0], Role.TREASURER):
        return ask_fund_closing(fund, target=target, reason=facts.pop("reason", WHY), **facts)


def close(fund: Fund, target: Fund | None, two: tuple[int, int], **facts: Any) -> FundClosing:
    wish = ask(fund, target, two, **facts)
    with acting(two[1], Role.ADMINISTRATOR):
        grant_fund_closing(wish)
    return wish


class TestRule:
    @pytest.mark.parametrize(
        ("source", "target", "same", "verdict"),
        [
            ("unrestricted", "unrestricted", False, MayTake.YES), ("unrestricted", "designated", False, MayTake.YES),
            ("designated", "unrestricted", False, MayTake.YES), ("designated", "restricted", False, MayTake.NO),
            ("unrestricted", "restricted", True, MayTake.NO), ("restricted", "restricted", True, MayTake.YES),
            ("restricted", "restricted", False, MayTake.WITH_CONSENT),
            ("restricted", "unrestricted", True, MayTake.WITH_CONSENT),
            ("restricted", "endowment", True, MayTake.NO), ("endowment", "unrestricted", True, MayTake.NO),
            ("endowment", "endowment", False, MayTake.YES),
        ],
    )  # fmt: skip
    def test_what_the_committee_decides_on_and_what_a_giver_tied_stay_apart(
        self, source: str, target: str, same: bool, verdict: MayTake
    ) -> None:
        assert may_take_rest(source, target, same_giver=same) is verdict


class TestClosing:
    def test_what_is_left_moves_whole_in_every_currency_and_nothing_enters_any_more(
        self, session: Session, two: tuple[int, int]
    ) -> None:
        fund, target = make_fund(FundKind.DESIGNATED), make_fund()
        give(fund, pesos(1_000))
        give(fund, euros(20), rate=RATE)
        wish = close(fund, target, two)
        assert (fund.state, wish.state, rest_of(fund)) == (FundState.CLOSED, FundClosingState.GRANTED, [])
        assert rest_of(target) == [("1.1.1", pesos(1_000)), ("1.1.3", euros(20))]
        assert wish.entry is not None
        assert queries.available(fund) == pesos(0)
        for act in (lambda: give(fund, pesos(1)), lambda: post(fund, 100)):
            with pytest.raises(FundClosed), session.begin_nested():
                act()
        with pytest.raises(FundClosed):
            ask(fund, target, two)
        assert verify_ledger() == []

    def test_an_empty_fund_needs_no_target(self, session: Session, two: tuple[int, int]) -> None:
        wish = close(make_fund(FundKind.ENDOWMENT), None, two)
        assert (wish.state, wish.entry_id, wish.target_fund_id) == (FundClosingState.GRANTED, None, None)

    def test_what_a_giver_tied_stays_with_the_giver_or_takes_their_word(
        self, session: Session, two: tuple[int, int]
    ) -> None:
        giver = make_organisation()
        fund = make_fund(FundKind.RESTRICTED, giver_organisation=giver)
        own = make_fund(FundKind.RESTRICTED, giver_organisation=giver)
        free, others = make_fund(), make_fund(FundKind.RESTRICTED, giver_organisation=make_organisation())
        capital = make_fund(FundKind.ENDOWMENT)
        give(fund, pesos(500))
        assert [(one.id, verdict) for one, verdict in takers(fund)] == [
            (own.id, MayTake.YES), (free.id, MayTake.WITH_CONSENT), (others.id, MayTake.WITH_CONSENT),
        ]  # fmt: skip
        for target, refusal in ((free, ConsentRequired), (others, ConsentRequired), (capital, RestMayNotGo),
                                (None, RestMayNotGo), (fund, RestMayNotGo)):  # fmt: skip
            with pytest.raises(refusal):
                ask(fund, target, two)
        word = store_generated(written_pdf("Sí"), "acepta.pdf", "application/pdf", "fund_closing")
        close(fund, free, two, consent=word)
        assert rest_of(free) == [("1.1.1", pesos(500))]
        give(own, pesos(7))
        third = make_fund(FundKind.RESTRICTED, giver_organisation=giver)
        close(own, third, two)
        assert rest_of(third) == [("1.1.1", pesos(7))]

    def test_what_is_not_settled_keeps_it_open(self, session: Session, two: tuple[int, int]) -> None:
        fund, target = make_fund(accepts_gifts=True), make_fund()
        give(fund, pesos(1_000))
        give(fund, pesos(100), method="card")
        give_in_kind(fund, pesos(50))
        pledge(fund=fund, money=pesos(10), instalments=[(DUE, pesos(10))])
        start_checkout(fund=fund, money=pesos(300))
        lines = [Line("8.2.2", fund, -pesos(40)), Line("8.2.4", fund, pesos(40))]
        post(fund, 0, lines=lines, kind="budget")
        told = {(one.label, one.money or one.count) for one in what_keeps_open(fund)}
        assert told == {
            ("Dinero que la empresa de pagos todavía no deposita", pesos(100)),
            ("Bienes o servicios en especie sin usar", pesos(50)),
            ("Dinero comprometido con apoyos", pesos(40)),
            ("Promesas vigentes", 1),
            ("Pagos en línea que no terminan", 1),
        }
        with pytest.raises(FundNotSettled):
            ask(fund, target, two)

    def test_what_came_up_after_it_was_asked_counts(self, session: Session, two: tuple[int, int]) -> None:
        fund, target = make_fund(), make_fund()
        give(fund, pesos(5))
        wish = ask(fund, target, two)
        give(fund, pesos(100), method="card")
        with acting(two[1], Role.ADMINISTRATOR), pytest.raises(FundNotSettled):
            grant_fund_closing(wish)
        assert fund.state == FundState.OPEN

    def test_two_people_one_wish_and_each_step_once(self, session: Session, two: tuple[int, int]) -> None:
        fund, target = make_fund(), make_fund()
        give(fund, pesos(5))
        with pytest.raises(ReasonRequired):
            ask(fund, target, two, reason=" ")
        wish = ask(fund, target, two)
        with pytest.raises(FundClosingWaits):
            ask(fund, target, two)
        assert (fund_closings_to_decide(two[0]), fund_closings_to_decide(two[1])) == (0, 1)
        with acting(two[0], Role.TREASURER), pytest.raises(OwnFundClosing):
            grant_fund_closing(wish)
        with acting(two[1], Role.ADMINISTRATOR):
            with pytest.raises(OthersFundClosing):
                withdraw_fund_closing(wish)
            with pytest.raises(ReasonRequired):
                refuse_fund_closing(wish, reason="")
            refuse_fund_closing(wish, reason="Todavía no")
            with pytest.raises(IllegalTransition):
                grant_fund_closing(wish)
        again = ask(fund, target, two)
        with acting(two[0], Role.TREASURER):
            withdraw_fund_closing(again)
        close(fund, target, two)
        assert rest_of(target) == [("1.1.1", pesos(5))]


class TestDatabase:
    @pytest.mark.parametrize(
        "attack",
        [
            "UPDATE fund SET state = 'closed'",
            "UPDATE fund_closing SET state = 'granted', decided_by_id = asked_by_id, decided_at = asked_at",
            "UPDATE fund_closing SET reason = 'otro'",
            "UPDATE fund_closing SET target_fund_id = NULL",
            "DELETE FROM fund_closing",
        ],
    )
    def test_it_holds_both_people_to_it(self, session: Session, two: tuple[int, int], attack: str) -> None:
        fund, target = make_fund(), make_fund()
        give(fund, pesos(5))
        ask(fund, target, two)
        session.commit()
        with pytest.raises(IntegrityError):
            session.execute(text(attack))

    def test_a_closed_fund_stays_closed_and_takes_no_entry_by_any_road(
        self, session: Session, two: tuple[int, int]
    ) -> None:
        fund, target = make_fund(), make_fund()
        give(fund, pesos(5))
        wish = close(fund, target, two)
        session.commit()
        for attack in (
            f"UPDATE fund SET state = 'open' WHERE id = {fund.id}",
            f"UPDATE fund_closing SET state = 'asked', decided_at = NULL WHERE id = {wish.id}",
            f"INSERT INTO fund_closing (fund_id, reason, state, asked_by_id, asked_at, decided_by_id, decided_at) "
            f"SELECT {target.id}, 'x', 'granted', asked_by_id, asked_at, decided_by_id, decided_at FROM fund_closing",
        ):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(text(attack))
        session.execute(text("UPDATE entry_counter SET last_number = last_number + 1"))
        session.execute(
            text(
                "INSERT INTO journal_entry (fiscal_year, number, kind, entry_date, memo, source, idempotency_key, "
                "inputs_hash, state) SELECT fiscal_year, last_number, 'adjustment', :day, 'x', 'x', 'x', 'x', 'draft' "
                "FROM entry_counter"
            ),
            {"day": "2026-03-02"}
            if session.get_bind().dialect.name == "sqlite"
            else {"day": DUE.replace(month=3, day=2)},
        )
        for line, cents in ((1, 100), (2, -100)):
            session.execute(
                text(
                    "INSERT INTO posting (entry_id, line, account_code, fund_id, amount_cents, currency, base_cents) "
                    "SELECT max(id), :line, '1.1.1', :fund, :cents, 'MXN', :cents FROM journal_entry"
                ),
                {"line": line, "fund": fund.id, "cents": cents},
            )
        with pytest.raises(IntegrityError, match="closed_fund"):
            session.execute(
                text("UPDATE journal_entry SET state = 'posted', posted_at = :at WHERE state = 'draft'"),
                {"at": wish.decided_at},
            )


class TestPages:
    def test_a_fund_is_closed_by_two_on_its_pages(
        self, session: Session, client: FlaskClient, login: Callable[..., User]
    ) -> None:
        fund, target = make_fund(FundKind.RESTRICTED), make_fund()
        give(fund, pesos(1_500))
        session.commit()
        login(Role.TREASURER)
        page = f"/es/tesoreria/bolsas/{fund.code}/cerrar"
        assert page in client.get(f"/es/fondos/{fund.code}").get_data(as_text=True)
        assert "si quien dio el dinero lo acepta" in client.get(page).get_data(as_text=True)
        typed = {"target": target.code, "reason": WHY}
        for bad, field in (({"reason": ""}, "reason"), ({"target": ""}, "target"), ({"target": "x"}, "target"),
                           ({}, "consent")):  # fmt: skip
            answer = client.post(page, data={**typed, **bad})
            assert answer.status_code == 422
            assert f'id="{field}-error"' in answer.get_data(as_text=True)
        proof = {"consent": (io.BytesIO(written_pdf("Sí")), "acepta.pdf")}
        asked = client.post(page, data={**typed, **proof}, content_type="multipart/form-data")
        assert asked.status_code == 303
        wish = asked.location.removeprefix("http://localhost")
        assert client.get(page).status_code == 303
        assert client.get(f"{wish}/aceptacion").data.startswith(b"%PDF-")
        assert client.post(f"{wish}/conceder").status_code == 409
        decider = login(Role.PAYMENT_AUTHORISER)
        assert "/es/tesoreria/bolsas/cierres" in client.get("/es/mi-espacio").get_data(as_text=True)
        shown = client.get(wish).get_data(as_text=True)
        assert WHY in shown
        assert client.get("/es/tesoreria/bolsas/cierres").status_code == 200
        assert client.post(f"{wish}/conceder", data={"current": "otra"}).status_code == 422
        assert client.post(f"{wish}/negar", data={"reason": ""}).status_code == 422
        assert decider is not None
        assert client.post(f"{wish}/conceder", data={"current": PASSWORD}).status_code == 303
        public = client.get(f"/es/fondos/{fund.code}").get_data(as_text=True)
        assert "Lo que quedaba pasó a" in public
        assert "Aportar a esta bolsa" not in public
        login(Role.TREASURER)
        assert client.get(page).status_code == 409
        assert page not in client.get(f"/es/fondos/{fund.code}").get_data(as_text=True)

    def test_what_is_pending_stands_on_the_page_and_the_treasurer_takes_the_wish_back(
        self, session: Session, client: FlaskClient, login: Callable[..., User]
    ) -> None:
        fund, target = make_fund(), make_fund()
        give(fund, pesos(100), method="card")
        session.commit()
        login(Role.TREASURER)
        page = f"/es/tesoreria/bolsas/{fund.code}/cerrar"
        assert "todavía no deposita" in client.get(page).get_data(as_text=True)
        assert client.post(page, data={"target": target.code, "reason": WHY}).status_code == 422
        wish = client.post(f"/es/tesoreria/bolsas/{target.code}/cerrar", data={"reason": WHY}).location
        assert client.get(f"{wish}/retirar").status_code == 200
        assert client.post(f"{wish}/retirar").status_code == 303
        assert client.post(f"{wish}/retirar").status_code == 409

    def test_only_those_who_decide_read_and_the_auditor_changes_nothing(
        self, session: Session, client: FlaskClient, login: Callable[..., User], two: tuple[int, int]
    ) -> None:
        wish = ask(make_fund(), None, two)
        session.commit()
        for role, read in ((Role.AUDITOR, 200), (Role.PROGRAMME_OFFICER, 403), (Role.SPONSOR_CONTACT, 403)):
            login(role)
            assert client.get(f"/es/tesoreria/bolsas/cierres/{wish.id}").status_code == read
            for act in ("conceder", "negar", "retirar"):
                assert client.post(f"/es/tesoreria/bolsas/cierres/{wish.id}/{act}").status_code == 403


def test_two_who_grant_and_one_who_gives_at_once_leave_nothing_behind(
    app: Flask, session: Session, two: tuple[int, int], clock: FrozenClock
) -> None:
    fund, target = make_fund(), make_fund()
    give(fund, pesos(5))
    wish = ask(fund, target, two)
    session.commit()
    wish_id, code, target_code = wish.id, fund.code, target.code

    def grant() -> None:
        with acting(two[1], Role.ADMINISTRATOR):
            grant_fund_closing(fund_closing(wish_id))

    answers = at_once(app, [grant, grant, *[lambda: give(queries.fund_by_code(code), pesos(1))] * 3])
    assert sorted(answers[:2]) == ["IllegalTransition", "done"]
    assert set(answers[2:]) <= {"done", "FundClosed"}
    db.session.expire_all()
    given = 5 + answers[2:].count("done")
    assert rest_of(queries.fund_by_code(code)) == []
    assert rest_of(queries.fund_by_code(target_code)) == [("1.1.1", pesos(given))]
    assert verify_ledger() == []

"""The treasurer's pages: what waits for money, what comes back, and forms that keep what was typed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, now
from core.context import acting_as
from core.roles import Role
from grants import services as grants
from grants.models import Application, Award, Call
from grants.services import ExpenseEntry
from grants.states.application import ApplicationState
from tests.factories.accounts import make_user
from tests.factories.awards import a_receipt, officer_actor
from tests.factories.grants import make_draft_call
from tests.factories.rules import standard_rulebook
from tests.factories.treasury import awaiting_money, funded_call, make_funds
from tests.factories.trust import acting, make_fund, pesos
from tests.stories import told_once
from tests.treasury.test_services import accept, balance, committed_award, with_plan
from tests.treasury.test_settlement import pay
from treasury import queries, services
from trust.models import FundKind, JournalEntry

Login = Callable[..., User]
WAITING = "/es/tesoreria/apoyos-por-comprometer"


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def released(session: Session, clock: FrozenClock, officer: User) -> Call:
    """A call with its results out, two on its waiting list, and money left for the first of them."""
    return _released(clock, officer)


@told_once
def _released(clock: FrozenClock, officer: User) -> Call:
    call = funded_call(clock, officer, applications=4, budget=pesos(90_000))[2]
    services.award_pending(call)
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
    return call


def on_the_list(session: Session) -> list[Application]:
    found = queries.next_in_line()
    others = session.scalars(
        select(Application).where(Application.state == ApplicationState.WAITLISTED).order_by(Application.id)
    )
    return [*(one.application for one in found), *(one for one in others if one is not found[0].application)]


class TestMovingUp:
    def test_the_next_in_line_gets_its_money_from_a_page_and_the_others_wait(
        self, client: FlaskClient, login: Login, session: Session, released: Call
    ) -> None:
        first, second = on_the_list(session)[:2]
        login(Role.TREASURER)
        page = client.get(WAITING).get_data(as_text=True)
        assert str(first.folio) in page
        assert str(second.folio) not in page
        assert client.get(f"{WAITING}/{second.id}").status_code == 404
        address = f"{WAITING}/{first.id}"
        much = client.post(address, data={"amount": "999,999"})
        assert much.status_code == 422
        assert 'value="999,999"' in much.get_data(as_text=True)
        assert client.post(address, data={"amount": ""}).status_code == 422
        assert client.get(address).status_code == 200
        assert client.post(address, data={"amount": str(first.requested.decimal)}).status_code == 303
        session.expire_all()
        assert first.state == ApplicationState.AWARDED
        assert str(second.folio) in client.get(WAITING).get_data(as_text=True)

    def test_the_desk_counts_what_can_be_committed(
        self, session: Session, clock: FrozenClock, officer: User, client: FlaskClient, login: Login
    ) -> None:
        _restricted, designated = make_funds()
        call, _found = awaiting_money(clock, officer, [(designated, pesos(900_000))], applications=2)
        assert queries.awards_to_commit() == 1
        session.commit()
        login(Role.TREASURER)
        assert f"/es/tesoreria/convocatorias/{call.slug}/comprometer" in client.get(WAITING).get_data(as_text=True)
        services.award_pending(call)
        assert queries.awards_to_commit() == 0

    def test_an_upheld_appeal_passes_nobody_and_holds_its_place_while_it_is_reviewed_again(
        self, client: FlaskClient, login: Login, session: Session, released: Call
    ) -> None:
        first, second = on_the_list(session)[:2]
        with acting(first.applicant_user_id, Role.APPLICANT):
            appeal = grants.file_appeal(first, text="Se sumó mal un criterio.")
        with acting(make_user(Role.PROGRAMME_OFFICER).id, Role.PROGRAMME_OFFICER):
            grants.admit_appeal(appeal)
        with acting(make_user(Role.PROGRAMME_OFFICER).id, Role.PROGRAMME_OFFICER):
            grants.resolve_appeal(appeal, upheld=True, reason="Tiene razón.", public_summary="Se corrigió una suma.")
        session.commit()
        login(Role.TREASURER)
        page = client.get(WAITING).get_data(as_text=True)
        assert "Inconformidades procedentes" not in page
        assert "Se evalúa de nuevo" in page
        assert (queries.may_move_up(first), queries.may_move_up(second)) == (False, False)
        for one in (first, second):
            assert client.post(f"{WAITING}/{one.id}", data={"amount": "10,000"}).status_code == 404

    def test_nobody_but_the_treasurer_commits(self, client: FlaskClient, login: Login, released: Call) -> None:
        assert client.get(WAITING).status_code in (302, 303, 401)
        login(Role.PROGRAMME_OFFICER)
        assert client.get(WAITING).status_code == 403
        login(Role.AUDITOR)
        assert client.get(WAITING).status_code == 200
        head = queries.next_in_line()[0].application
        assert client.post(f"{WAITING}/{head.id}", data={"amount": "10"}).status_code == 403


def test_a_call_in_consultation_waits_for_its_budget_on_the_treasurers_desk(
    client: FlaskClient, login: Login, session: Session, clock: FrozenClock
) -> None:
    fund = make_funds()[1]
    draft, call = make_draft_call(), make_draft_call()
    grants.set_rulebook(call, standard_rulebook(call.title))
    grants.open_consultation(call, now() + timedelta(days=9))
    session.commit()
    login(Role.TREASURER)
    address = f"/es/tesoreria/convocatorias/{call.slug}"
    assert "Convocatorias que esperan presupuesto" in client.get("/es/mi-espacio").get_data(as_text=True)
    page = client.get(WAITING).get_data(as_text=True)
    assert (address in page, draft.slug in page) == (True, False)
    services.allocate_budget(call, [(fund, pesos(1_000))])
    session.commit()
    assert address not in client.get(WAITING).get_data(as_text=True)
    assert "Convocatorias que esperan presupuesto" not in client.get("/es/mi-espacio").get_data(as_text=True)


class TestReturns:
    @pytest.fixture
    def award(self, session: Session, clock: FrozenClock, officer: User) -> Award:
        award, _fund = committed_award(clock, officer)
        accept(award)
        pay(award)
        spent = award.tranches[0].money - pesos(2_000)
        with acting(award.application.applicant_user_id, Role.APPLICANT):
            entry = ExpenseEntry("Boletos", award.tranches[0].paid_on, spent, a_receipt())
            filed = grants.file_expense_report(award, lines=[entry])
        with acting_as(officer_actor(officer)):
            grants.accept_expense_report(filed)
        session.commit()
        return award

    def test_what_came_back_is_recorded_once_and_leaves_the_list(
        self, client: FlaskClient, login: Login, session: Session, award: Award
    ) -> None:
        login(Role.TREASURER)
        assert str(award.application.folio) in client.get("/es/tesoreria/devoluciones").get_data(as_text=True)
        address = f"/es/tesoreria/apoyos/{award.id}/devolucion"
        assert 'value="2,000.00"' in client.get(address).get_data(as_text=True)
        typed = {"amount": "2,000", "received_on": str(award.tranches[0].paid_on), "bank_reference": "DEV-7"}
        early = client.post(address, data={**typed, "received_on": "2099-01-01"})
        assert (early.status_code, "DEV-7" in early.get_data(as_text=True)) == (422, True)
        assert client.post(address, data={**typed, "amount": "2,000,000"}).status_code == 422
        assert client.post(address, data=typed).status_code == 303
        assert client.post(address, data=typed).status_code == 303
        assert client.post(address, data={**typed, "amount": "1"}).status_code == 422
        session.expire_all()
        assert sum(one.returned_cents for one in queries.commitments_of(award)) == 2_000_00
        assert str(award.application.folio) not in client.get("/es/tesoreria/devoluciones").get_data(as_text=True)

    def test_what_was_never_paid_has_no_such_page(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        award, _fund = committed_award(clock, officer)
        session.commit()
        login(Role.TREASURER)
        assert client.get(f"/es/tesoreria/apoyos/{award.id}/devolucion").status_code == 404
        assert client.get("/es/tesoreria/apoyos/99999/devolucion").status_code == 404


class TestSettingAside:
    def test_money_of_free_use_is_set_aside_once_but_not_what_calls_were_promised(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        free, designated = make_fund(FundKind.UNRESTRICTED), make_fund(FundKind.DESIGNATED)
        with_plan(free)
        services.allocate_budget(make_draft_call(), [(free, pesos(900_000))])
        session.commit()
        login(Role.TREASURER)
        address = "/es/tesoreria/traspasos/nuevo"
        typed = {
            "key": "k", "source": free.code, "target": designated.code, "amount": "100,000", "on": "2026-03-02",
            "memo": "Acuerdo 7 del comité",
        }  # fmt: skip
        much = client.post(address, data={**typed, "amount": "100,000.01"})
        assert much.status_code == 422
        assert "Acuerdo 7 del comité" in much.get_data(as_text=True)
        for bad in ({"on": "2026-03-03"}, {"target": free.code}, {"amount": "-1"}, {"memo": " "}):
            assert client.post(address, data={**typed, **bad}).status_code == 422
        made = client.post(address, data=typed)
        assert (made.status_code, client.post(address, data=typed).location) == (303, made.location)
        assert (balance(free, "1.1.1"), balance(designated, "1.1.1")) == (900_000_00, 100_000_00)

    def test_without_two_funds_the_page_says_what_is_missing(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        make_fund(FundKind.RESTRICTED)
        session.commit()
        login(Role.TREASURER)
        assert "Falta una bolsa" in client.get("/es/tesoreria/traspasos/nuevo").get_data(as_text=True)


PROGRAMME = {
    "axis": "1", "name_es": "Gira", "name_en": "Tour", "goal_es": "Que viajen", "goal_en": "That they travel",
    "indicator_es": "proyectos", "indicator_en": "projects", "target": "5", "amount": "1,000",
}  # fmt: skip


class TestPlanForms:
    def test_a_year_that_has_a_plan_is_refused_at_its_field(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        services.draft_plan(2026)
        session.commit()
        login(Role.TREASURER)
        answer = client.post("/es/plan-operativo/nuevo", data={"year": "2026"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'value="2026"' in page
        assert page.count("El plan operativo 2026 ya existe.") == 2  # in the summary and at its field

    def test_a_programme_that_is_refused_keeps_what_was_typed(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        fund = make_fund(FundKind.DESIGNATED)
        services.draft_plan(2026)
        session.commit()
        login(Role.TREASURER)
        address = "/es/plan-operativo/2026/programa"
        for bad in ({"amount": "0"}, {"amount": "diez"}, {"name_es": "  "}, {"target": "-1"}, {"fund": "nada"}):
            answer = client.post(address, data={**PROGRAMME, "fund": fund.code, **bad})
            assert answer.status_code == 422
            assert "That they travel" in answer.get_data(as_text=True)
        assert client.post(address, data={**PROGRAMME, "fund": fund.code}).status_code == 303
        assert client.post("/es/plan-operativo/2026/aprobar").status_code == 303
        assert client.get(address).status_code == 409

    def test_an_empty_plan_is_not_approved_and_its_page_says_why(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        services.draft_plan(2026)
        session.commit()
        login(Role.TREASURER)
        answer = client.post("/es/plan-operativo/2026/aprobar")
        assert answer.status_code == 422
        assert "El plan no tiene programas" in answer.get_data(as_text=True)
        assert session.scalars(select(JournalEntry)).all() == []

    def test_a_budget_that_is_refused_keeps_what_was_typed(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        _restricted, designated = make_funds()
        call = make_draft_call()
        session.commit()
        login(Role.TREASURER)
        address = f"/es/tesoreria/convocatorias/{call.slug}"
        much = client.post(address, data={"fund": designated.code, "amount": "1,000,000.01"})
        assert (much.status_code, 'value="1,000,000.01"' in much.get_data(as_text=True)) == (422, True)
        assert client.post(address, data={"fund": designated.code, "amount": "1,000,000"}).status_code == 303
        assert client.post(address, data={"fund": designated.code, "amount": "1"}).status_code == 422

    def test_awards_that_no_fund_may_pay_are_told_on_the_page(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        strict = make_fund(FundKind.RESTRICTED, spending_rules={"axes": [2]})
        with_plan(strict)
        call, found = awaiting_money(clock, officer, [(strict, pesos(900_000))], applications=1)
        session.commit()
        login(Role.TREASURER)
        answer = client.post(f"/es/tesoreria/convocatorias/{call.slug}/comprometer")
        assert answer.status_code == 422
        assert f"del apoyo {found[0].folio}" in answer.get_data(as_text=True)


class TestPlanResults:
    def test_targets_stand_beside_results_once_results_are_out(
        self, client: FlaskClient, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        restricted, designated = make_funds()
        call, _found = awaiting_money(clock, officer, [(restricted, pesos(900_000))], applications=3)
        awards = services.award_pending(call)
        session.commit()
        plan = queries.plan_of(2026)
        assert queries.plan_results(plan) == {}
        assert "¿Qué se ha logrado?" not in client.get("/es/plan-operativo/2026").get_data(as_text=True)
        with acting_as(officer_actor(officer)):
            grants.release_determinations(call)
        session.commit()
        (paying,) = [one for one in plan.programmes if one.fund_id == restricted.id]
        result = queries.plan_results(plan)[paying.id]
        total = sum(award.amount_cents for award in awards)
        assert (result.awards, result.promised.amount_cents, result.paid) == (len(awards), total, pesos(0))
        assert next(one.id for one in plan.programmes if one.fund_id == designated.id) not in queries.plan_results(plan)
        assert "¿Qué se ha logrado?" in client.get("/es/plan-operativo/2026").get_data(as_text=True)

"""Promises: their dates, what keeps them in parts, the letters that remind of them. Never income."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Organisation, User
from core.clock import FrozenClock
from core.errors import IllegalTransition
from core.jobs import run_due
from core.money import Money
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.accounts import make_organisation, make_user
from tests.factories.trust import give, make_fund, pesos
from trust import queries
from trust.errors import NotOfThisPledge, ReasonRequired
from trust.models import Fund, JournalEntry, Pledge
from trust.rules.pledges import cover, schedule
from trust.services import apply_contribution, cancel_pledge, correct_entry, pledge
from trust.states import PledgeState

PARTS = [(date(2026, 3, 20), pesos(60)), (date(2026, 9, 20), pesos(40))]


@pytest.fixture
def fund(session: Session, clock: FrozenClock) -> Fund:
    return make_fund()


@pytest.fixture
def giver(session: Session) -> Organisation:
    return make_organisation(name="Fundación Andamio")


@pytest.fixture
def promised(fund: Fund, giver: Organisation) -> Pledge:
    return pledge(fund=fund, money=pesos(100), instalments=PARTS, giver_organisation=giver, email="andamio@ejemplo.mx")


class TestDates:
    @given(st.integers(1, 10**9), st.integers(1, 60), st.integers(1, 24))
    def test_parts_add_up_to_the_promise_and_none_is_a_cent_above_another(
        self, cents: int, parts: int, months: int
    ) -> None:
        found = schedule(Money(cents, "MXN"), date(2026, 1, 31), parts, months)
        amounts = [money.amount_cents for _day, money in found]
        assert (sum(amounts), max(amounts) - min(amounts) <= 1) == (cents, True)
        assert [day for day, _money in found] == sorted({day for day, _money in found})

    def test_a_day_that_a_month_does_not_have_is_its_last_one(self) -> None:
        days = [day for day, _money in schedule(pesos(3), date(2026, 1, 31), 3, 1)]
        assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]

    def test_what_came_covers_the_oldest_first(self) -> None:
        assert cover([pesos(60), pesos(40)], pesos(70)) == [pesos(60), pesos(10)]
        assert cover([pesos(60), pesos(40)], pesos(500)) == [pesos(60), pesos(40)]


class TestKeeping:
    def test_it_is_kept_in_parts_and_then_whole(self, promised: Pledge, fund: Fund, giver: Organisation) -> None:
        apply_contribution(promised, give(fund, pesos(70), giver_organisation=giver))
        first, second = queries.parts_of([promised])[promised.id]
        assert (first.missing, second.missing, promised.state) == (pesos(0), pesos(30), PledgeState.ACTIVE)
        apply_contribution(promised, give(fund, pesos(35), giver_organisation=giver))
        assert promised.state == PledgeState.FULFILLED
        with pytest.raises(IllegalTransition):
            apply_contribution(promised, give(fund, pesos(1), giver_organisation=giver))

    def test_only_its_givers_own_money_in_its_fund_keeps_it_and_once(
        self, promised: Pledge, fund: Fund, giver: Organisation
    ) -> None:
        own = give(fund, pesos(10), giver_organisation=giver)
        apply_contribution(promised, own)
        other = make_organisation(name="Otra")
        for wrong in (own, give(fund, pesos(10), giver_organisation=other), give(fund, pesos(10)),
                      give(make_fund(), pesos(10), giver_organisation=giver)):  # fmt: skip
            with pytest.raises(NotOfThisPledge):
                apply_contribution(promised, wrong)
        assert queries.received_of([promised]) == {promised.id: pesos(10)}

    def test_a_gift_that_was_a_mistake_keeps_nothing(self, promised: Pledge, fund: Fund, giver: Organisation) -> None:
        gift = give(fund, pesos(60), giver_organisation=giver)
        apply_contribution(promised, gift)
        entry = queries.entry_of(gift)
        assert entry is not None
        correct_entry(entry, reason="Duplicada")
        assert queries.received_of([promised]) == {promised.id: pesos(0)}

    def test_it_is_let_go_with_a_reason_and_never_was_income(
        self, session: Session, promised: Pledge, fund: Fund
    ) -> None:
        with pytest.raises(ReasonRequired):
            cancel_pledge(promised, reason=" ")
        cancel_pledge(promised, reason="Cerró la fundación")
        assert promised.state == PledgeState.CANCELLED
        assert session.scalar(select(func.count(JournalEntry.id))) == 0


class TestReminders:
    def letters(self, session: Session) -> list[str]:
        query = select(OutboxMessage).where(OutboxMessage.about == "trust.pledge")
        found = session.scalars(query.order_by(OutboxMessage.id))
        return [one.body_text for one in found]

    def test_a_week_before_and_the_day_after_once_each_while_it_is_missing(
        self, session: Session, promised: Pledge, clock: FrozenClock
    ) -> None:
        session.commit()
        for days, letters in ((10, 0), (1, 1), (7, 1), (1, 2), (30, 2)):
            clock.advance(days=days)  # 12 Mar, 13 Mar, 20 Mar, 21 Mar, 20 Apr
            run_due()
            session.expire_all()
            assert len(self.letters(session)) == letters
        assert "13 de marzo" not in self.letters(session)[0]
        assert "20 de marzo de 2026" in self.letters(session)[0]
        assert "aún no llegan" in self.letters(session)[1]
        assert queries.pledges_late() == 1

    def test_what_came_is_not_reminded_of(
        self, session: Session, promised: Pledge, fund: Fund, giver: Organisation, clock: FrozenClock
    ) -> None:
        apply_contribution(promised, give(fund, pesos(60), giver_organisation=giver))
        session.commit()
        clock.advance(days=60)
        run_due()
        assert (self.letters(session), queries.pledges_late()) == ([], 0)


class TestPages:
    def test_from_the_promise_to_its_last_part(
        self, client: FlaskClient, login: Callable[..., User], session: Session, fund: Fund, giver: Organisation
    ) -> None:
        session.commit()
        login(Role.TREASURER)
        typed = {"giver": str(giver.id), "fund": fund.code, "currency": "MXN", "amount": "100", "first": "2026-03-20",
                 "parts": "2", "months": "6", "email": "andamio@ejemplo.mx"}  # fmt: skip
        new = "/es/tesoreria/promesas/nueva"
        for bad in (
            {"amount": "0"},
            {"parts": "0"},
            {"parts": "61"},
            {"first": "ayer"},
            {"first": "0001-01-01"},
            {"first": "9999-12-31"},
            {"email": "x"},
            {"giver": "9"},
        ):
            refused = client.post(new, data={**typed, **bad})
            assert refused.status_code == 422
        made = client.post(new, data=typed)
        assert made.status_code == 303
        here = made.location
        assert "50.00" in client.get(here).get_data(as_text=True)
        gift = give(fund, pesos(30), giver_organisation=giver)
        session.commit()
        for none in ("999", "", "x"):
            assert client.post(f"{here}/aplicar", data={"aplicar-contribution": none}).status_code == 422
        assert client.post(f"{here}/aplicar", data={"aplicar-contribution": str(gift.id)}).status_code == 303
        assert giver.name in client.get("/es/tesoreria/promesas").get_data(as_text=True)
        assert client.post(f"{here}/cancelar", data={"cancelar-reason": ""}).status_code == 422
        assert client.post(f"{here}/cancelar", data={"cancelar-reason": "Cerró"}).status_code == 303
        assert client.post(f"{here}/cancelar", data={"cancelar-reason": "Cerró"}).status_code == 409
        assert client.get("/es/tesoreria/promesas/999").status_code == 404

    def test_the_giver_sees_its_dates_and_strangers_see_nothing(
        self, client: FlaskClient, login: Callable[..., User], session: Session, fund: Fund, promised: Pledge
    ) -> None:
        person = make_user(Role.SPONSOR_CONTACT)
        mine = pledge(fund=fund, money=pesos(100), instalments=PARTS, giver_user=person)
        apply_contribution(mine, give(fund, pesos(70), giver_user=person))
        session.commit()
        assert client.get(f"/es/tesoreria/promesas/{promised.id}").status_code in (302, 303, 401)
        login(person)
        page = client.get("/es/mis-aportaciones").get_data(as_text=True)
        assert "ya llegó" in page
        assert "faltan" in page
        assert client.get("/es/tesoreria/promesas").status_code == 403

"""The bridge: what a call may spend, what an award binds, and how it is paid, to the cent in the same ledger."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from accounts.models import User
from core.audit import events_of
from core.clock import FrozenClock, today
from core.context import acting_as
from core.database import db
from core.errors import IllegalTransition
from core.language import localised
from core.money import Money
from core.roles import Role
from core.settings import setting
from grants import queries as grants_queries
from grants import services as grants
from grants.models import Award, Call
from grants.queries import determinations as determination_queries
from grants.states.award import AwardState, TrancheState
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor
from tests.factories.grants import make_draft_call
from tests.factories.treasury import awaiting_money, funded_call, make_funds, make_plan
from tests.factories.trust import acting, give, make_fund, pesos
from tests.stories import told_once
from tests.trust.test_fingerprints import unguard
from treasury import queries, services
from treasury.errors import (
    MoreThanPaid,
    NamedTwice,
    NoFundMayPay,
    NotEnoughAvailable,
    NothingCommitted,
    NotInPlan,
    PaidInTheFuture,
    PaymentUnderWay,
    PlanEmpty,
    PlanExists,
    SamePerson,
)
from treasury.models import PaymentOrder
from treasury.states import CommitmentState, OrderState
from trust import queries as trust_queries
from trust.errors import EndowmentNotSpendable, KeyReused
from trust.models import Fund, FundKind
from trust.services import verify_ledger


def balance(fund: Fund, account: str) -> int:
    rows = [row for row in trust_queries.balances() if row.fund_id == fund.id and row.account_code == account]
    return sum(row.balance_cents for row in rows)


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


class TestPlan:
    def test_approval_posts_the_spending_of_each_fund(self, session: Session, clock: FrozenClock) -> None:
        fund = make_fund(FundKind.DESIGNATED)
        make_plan((fund, 300), (fund, 200))
        assert (balance(fund, "8.2.2"), balance(fund, "8.2.1")) == (50_000, -50_000)
        assert verify_ledger() == []

    def test_a_year_has_one_plan_and_an_empty_one_is_not_approved(self, session: Session, clock: FrozenClock) -> None:
        plan = services.draft_plan(2026)
        with pytest.raises(PlanExists):
            services.draft_plan(2026)
        with pytest.raises(PlanEmpty):
            services.approve_plan(plan)

    def test_an_approved_plan_is_not_approved_twice(self, session: Session, clock: FrozenClock) -> None:
        plan = make_plan((make_fund(FundKind.DESIGNATED), 10))
        with pytest.raises(IllegalTransition):
            services.approve_plan(plan)

    def test_the_endowment_is_never_planned(self, session: Session, clock: FrozenClock) -> None:
        with pytest.raises(EndowmentNotSpendable):
            make_plan((make_fund(FundKind.ENDOWMENT), 10))


class TestAllocation:
    def test_a_call_gets_what_its_funds_hold_free(self, session: Session, clock: FrozenClock) -> None:
        restricted, designated = make_funds()
        call = make_draft_call()
        services.allocate_budget(call, [(restricted, pesos(400_000)), (designated, pesos(600_000))])
        assert Money(call.budget_cents or 0, call.currency) == pesos(1_000_000)
        room = queries.room_of(designated)
        assert (room.available, room.promised, room.free) == (pesos(1_000_000), pesos(600_000), pesos(400_000))

    def test_what_is_promised_to_one_call_is_not_promised_to_another(
        self, session: Session, clock: FrozenClock
    ) -> None:
        _restricted, designated = make_funds()
        services.allocate_budget(make_draft_call(), [(designated, pesos(600_000))])
        with pytest.raises(NotEnoughAvailable):
            services.allocate_budget(make_draft_call(), [(designated, Money(40_000_001, "MXN"))])
        services.allocate_budget(make_draft_call(), [(designated, pesos(400_000))])

    def test_a_fund_gives_a_call_more_later_and_never_less(self, session: Session, clock: FrozenClock) -> None:
        restricted, designated = make_funds()
        call = make_draft_call()
        services.allocate_budget(call, [(restricted, pesos(1_000)), (designated, pesos(2_000))])
        session.commit()
        (again,) = services.allocate_budget(call, [(restricted, pesos(500))])
        session.commit()
        assert [(one.fund.code, one.money) for one in queries.allocations_of(call)] == [
            (restricted.code, pesos(1_500)),
            (designated.code, pesos(2_000)),
        ]
        assert Money(call.budget_cents or 0, call.currency) == pesos(3_500)
        assert queries.room_of(restricted).promised == pesos(1_500)
        told = [event for event in events_of("call", call.id) if event.action == "budget.raised"]
        assert [(event.before, event.after) for event in told] == [
            (
                {"fund": restricted.code, "amount_cents": 100_000},
                {"fund": restricted.code, "amount_cents": 150_000},
            )
        ]
        with pytest.raises(NotEnoughAvailable):
            services.allocate_budget(call, [(restricted, queries.room_of(restricted).free + Money(1, "MXN"))])
        again.amount_cents -= 1
        with pytest.raises(DBAPIError, match="immutable"):
            session.flush()
        session.rollback()

    def test_more_than_the_plan_authorises_is_refused(self, session: Session, clock: FrozenClock) -> None:
        fund = make_fund(FundKind.DESIGNATED)
        give(fund, pesos(1_000))
        make_plan((fund, 500))
        with pytest.raises(NotInPlan):
            services.allocate_budget(make_draft_call(), [(fund, pesos(501))])

    def test_the_endowment_and_a_fund_named_twice_are_refused(self, session: Session, clock: FrozenClock) -> None:
        _restricted, designated = make_funds()
        call = make_draft_call()
        with pytest.raises(EndowmentNotSpendable):
            services.allocate_budget(call, [(make_fund(FundKind.ENDOWMENT), pesos(1))])
        with pytest.raises(NamedTwice):
            services.allocate_budget(call, [(designated, pesos(1)), (designated, pesos(1))])


class TestCommitment:
    def test_an_award_draws_on_the_funds_in_their_order(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        restricted, designated, call, found = funded_call(clock, officer, restricted=20_000, applications=1)
        (determination,) = determination_queries.awaiting_award(call)
        wanted = determination.money
        assert wanted is not None
        assert wanted > pesos(20_000)
        (award,) = services.award_pending(call)
        assert award.application is found[0]
        shares = {one.fund_id: one.amount_cents for one in queries.commitments_of(award)}
        assert shares == {restricted.id: 2_000_000, designated.id: wanted.amount_cents - 2_000_000}
        assert balance(restricted, "8.2.4") == 2_000_000
        assert verify_ledger() == []

    def test_the_same_award_binds_its_money_once(self, session: Session, clock: FrozenClock, officer: User) -> None:
        _restricted, designated, call, found = funded_call(clock, officer, applications=1)
        (determination,) = determination_queries.awaiting_award(call)
        assert determination.money is not None
        (first,) = services.award_pending(call)
        assert services.award_pending(call) == []
        assert services.award_grant(found[0], determination.money) is first
        assert balance(designated, "8.2.4") == determination.money.amount_cents

    def test_the_same_award_is_answered_even_when_nothing_is_left(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        award, _fund = committed_award(clock, officer)
        (allocation,) = queries.allocations_of(award.application.call)
        unguard(session, "allocation")
        allocation.amount_cents = award.amount_cents
        session.flush()
        assert services.award_grant(award.application, award.money) is award

    def test_a_fund_whose_giver_forbids_it_pays_nothing(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        restricted = make_fund(FundKind.RESTRICTED, spending_rules={"axes": [2]})
        with_plan(restricted)
        call, found = awaiting_money(clock, officer, [(restricted, pesos(900_000))], applications=1)
        with pytest.raises(NoFundMayPay) as refused:
            services.award_pending(call)
        assert refused.value.parameters["folio"] == found[0].folio
        mine, theirs = (localised(axis["short"]) for axis in setting("AXES")[:2])
        reasons = f"{restricted.code}: Eje {mine}: la bolsa solo paga los ejes {theirs}."
        assert refused.value.parameters["reasons"] == reasons
        assert balance(restricted, "8.2.4") == 0

    def test_a_declined_award_gives_its_money_back(self, session: Session, clock: FrozenClock, officer: User) -> None:
        award, fund = committed_award(clock, officer)
        before = trust_queries.available(fund, "MXN")
        grants.decline_award(award, reason="Cambio de fechas.")
        assert {one.state for one in queries.commitments_of(award)} == {CommitmentState.RELEASED}
        assert trust_queries.available(fund, "MXN") == before + award.money
        with pytest.raises(NothingCommitted):
            services.release_commitment(award, "otra vez")

    def test_a_declined_award_leaves_the_desk_of_who_pays(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        award, _fund = committed_award(clock, officer)
        accept(award)
        assert [tranche.award_id for tranche in grants_queries.tranches_due()] == [award.id]
        grants.decline_award(award, reason="Cambio de fechas.")
        assert grants_queries.tranches_due() == []


class TestPayment:
    def test_two_people_pay_and_one_entry_tells_it(self, session: Session, clock: FrozenClock, officer: User) -> None:
        award, fund = committed_award(clock, officer)
        accept(award)
        assert balance(fund, "8.2.5") == award.amount_cents
        preparer, authoriser = make_user(Role.TREASURER), make_user(Role.PAYMENT_AUTHORISER)
        order = prepared(award, preparer)
        free = trust_queries.available(fund, "MXN")
        with acting(authoriser.id, Role.PAYMENT_AUTHORISER):
            services.authorise_payment(order)
        with acting(preparer.id, Role.TREASURER):
            services.record_payment(order, paid_on=today(), bank_reference="SPEI-1")
        assert balance(fund, "5.1.1") == balance(fund, "8.2.7") == order.amount_cents
        assert balance(fund, "8.2.5") == award.amount_cents - order.amount_cents
        assert trust_queries.available(fund, "MXN") == free
        assert (award.tranches[0].state, award.state) == (TrancheState.PAID, AwardState.IN_PROGRESS)
        assert verify_ledger() == []

    def test_who_prepares_does_not_authorise(self, session: Session, clock: FrozenClock, officer: User) -> None:
        order, preparer = order_of(clock, officer)
        with acting(preparer.id, Role.PAYMENT_AUTHORISER), pytest.raises(SamePerson):
            services.authorise_payment(order)

    def test_a_payment_that_somebody_else_ordered_meanwhile_is_not_ordered_twice(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        award, _fund = committed_award(clock, officer, shares=(50, 50))
        accept(award)
        stale = award.tranches[0]
        assert stale.state is TrancheState.DUE
        ordered = text("UPDATE tranche SET state = 'ordered' WHERE id = :id")  # seen by the database alone
        session.connection().execute(ordered, {"id": stale.id})
        with pytest.raises(IllegalTransition):
            prepared(award, make_user(Role.TREASURER))

    def test_money_that_an_order_will_take_is_not_released(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        order, _preparer = order_of(clock, officer)
        with pytest.raises(PaymentUnderWay):
            services.release_commitment(order.award, "Cambio de fechas.")
        services.cancel_payment_order(order, reason="Cambio de fechas.")
        assert services.release_commitment(order.award, "Cambio de fechas.") == order.award.money

    def test_the_database_refuses_one_person_for_both(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        order, _preparer = order_of(clock, officer)
        session.flush()
        with pytest.raises(IntegrityError):
            session.execute(
                text("UPDATE payment_order SET state = 'authorised', authorised_by_id = prepared_by_id WHERE id = :id"),
                {"id": order.id},
            )

    def test_an_order_is_not_paid_before_it_is_authorised_nor_in_the_future(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        order, _preparer = order_of(clock, officer)
        with pytest.raises(IllegalTransition):
            services.record_payment(order, paid_on=today(), bank_reference="X")
        with acting(make_user(Role.PAYMENT_AUTHORISER).id, Role.PAYMENT_AUTHORISER):
            services.authorise_payment(order)
        with pytest.raises(PaidInTheFuture):
            services.record_payment(order, paid_on=today() + timedelta(days=1), bank_reference="X")

    def test_a_cancelled_order_leaves_the_tranche_due_again(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        order, _preparer = order_of(clock, officer)
        services.cancel_payment_order(order, reason="Cuenta equivocada")
        assert (order.state, order.tranche.state) == (OrderState.CANCELLED, TrancheState.DUE)

    def test_what_comes_back_can_be_spent_again_and_never_more_than_was_paid(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        award, fund = committed_award(clock, officer)
        accept(award)
        preparer = make_user(Role.TREASURER)
        order = prepared(award, preparer)
        with acting(make_user(Role.PAYMENT_AUTHORISER).id, Role.PAYMENT_AUTHORISER):
            services.authorise_payment(order)
        services.record_payment(order, paid_on=today(), bank_reference="SPEI-1")
        free = trust_queries.available(fund, "MXN")
        services.return_unspent(award, pesos(100), received_on=today(), bank_reference="DEV-1")
        assert trust_queries.available(fund, "MXN") == free + pesos(100)
        with pytest.raises(MoreThanPaid):
            services.return_unspent(award, order.money, received_on=today(), bank_reference="DEV-2")
        services.return_unspent(award, pesos(100), received_on=today(), bank_reference="DEV-1")
        assert sum(one.returned_cents for one in queries.commitments_of(award)) == 100_00
        with pytest.raises(KeyReused):
            services.return_unspent(award, pesos(99), received_on=today(), bank_reference="DEV-1")
        assert verify_ledger() == []


def test_two_calls_at_once_never_get_the_same_money(app: Flask, session: Session, clock: FrozenClock) -> None:
    _restricted, designated = make_funds()
    calls = [make_draft_call(), make_draft_call()]
    session.commit()
    meeting, outcomes = threading.Barrier(2), []

    def work(call_id: int) -> None:
        with app.app_context():
            fund, call = db.session.get_one(Fund, designated.id), db.session.get_one(Call, call_id)
            db.session.commit()
            meeting.wait()
            try:
                services.allocate_budget(call, [(fund, pesos(600_000))])
                db.session.commit()
                outcomes.append("allocated")
            except NotEnoughAvailable:
                db.session.rollback()
                outcomes.append("refused")

    threads = [threading.Thread(target=work, args=(call.id,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["allocated", "refused"]


def test_two_officers_who_give_one_call_its_budget_at_once_give_it_both_parts(
    app: Flask, session: Session, clock: FrozenClock
) -> None:
    funds, call = make_funds(), make_draft_call()
    session.commit()
    meeting, failures = threading.Barrier(2), list[BaseException]()

    def work(fund_id: int, call_id: int) -> None:
        try:
            with app.app_context():
                fund, given = db.session.get_one(Fund, fund_id), db.session.get_one(Call, call_id)
                db.session.commit()
                meeting.wait()
                services.allocate_budget(given, [(fund, pesos(300_000))])
                db.session.commit()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(fund.id, call.id)) for fund in funds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.expire_all()
    assert [one.rank for one in queries.allocations_of(call)] == [0, 1]
    assert call.budget_cents == 600_000_00


def with_plan(fund: Fund) -> None:
    give(fund, pesos(1_000_000))
    make_plan((fund, 1_000_000))


@told_once
def committed_award(clock: FrozenClock, officer: User, *, shares: tuple[int, ...] = ()) -> tuple[Award, Fund]:
    _restricted, designated, call, _found = funded_call(clock, officer, applications=1)
    (award,) = services.award_pending(call)
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
        if shares:
            grants.plan_tranches(award, shares)
        grants.offer_agreement(award)
    return award, designated


def accept(award: Award) -> None:
    person = award.application.applicant
    assert award.agreement is not None
    grants.accept_agreement(award, user=person, signed_name=person.name, sha256=award.agreement.sha256)


def prepared(award: Award, preparer: User) -> PaymentOrder:
    with acting(preparer.id, Role.TREASURER):
        return services.prepare_payment_order(award.tranches[0])


def order_of(clock: FrozenClock, officer: User) -> tuple[PaymentOrder, User]:
    award, _fund = committed_award(clock, officer)
    accept(award)
    preparer = make_user(Role.TREASURER)
    return prepared(award, preparer), preparer

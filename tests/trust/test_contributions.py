"""Money and things received: their entries, their receipts, and what is never added together."""

import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition
from core.files import StoredFile, forget, read
from core.money import LARGEST_CENTS, AmountTooLarge, InvalidAmount, Money, UnknownCurrency
from mail.models import OutboxMessage
from tests.factories.accounts import make_organisation, make_user
from tests.factories.trust import (
    PROGRAMME,
    acting,
    close_fund,
    euros,
    give,
    give_in_kind,
    make_books,
    make_fund,
    pesos,
    post,
)
from trust import queries
from trust.documents import render_receipt
from trust.errors import (
    AmountNotPositive,
    CapitalApart,
    CorrectedElsewhere,
    DateInFuture,
    FundClosed,
    InvalidQuantity,
    KeyReused,
    NotInStore,
    PeriodClosed,
    ReasonRequired,
    SamePerson,
)
from trust.models import Contribution, FundKind, JournalEntry, Receipt
from trust.services import (
    cancel_receipt,
    close_period,
    confirm_in_kind_delivery,
    correct_entry,
    decline_in_kind,
    offer_in_kind,
    pledge,
    receipt_bytes,
    use_in_kind,
    verify_ledger,
)
from trust.states import ContributionState, ReceiptState

pytestmark = pytest.mark.usefixtures("clock")
TODAY = date(2026, 3, 2)


def lines(contribution: Contribution) -> list[tuple[str, int]]:
    entry = queries.entry_of(contribution)
    assert entry is not None
    return [(line.account_code, line.amount_cents) for line in entry.postings]


@pytest.mark.parametrize(("kind", "account"), [("donation", "4.1.1"), ("sponsorship", "4.1.2"), ("subsidy", "4.1.3")])
def test_cash_is_income_of_its_kind_and_income_of_the_budget(session: Session, kind: str, account: str) -> None:
    gift = give(make_fund(), pesos(100), kind=kind)
    assert lines(gift) == [
        ("1.1.1", 100_00), (account, -100_00),
        ("8.1.2", 100_00), ("8.1.4", -100_00), ("8.1.4", 100_00), ("8.1.5", -100_00),
    ]  # fmt: skip


def test_the_endowment_is_capital_and_no_income(session: Session) -> None:
    assert lines(give(make_fund(FundKind.ENDOWMENT), pesos(100), kind="endowment")) == [
        ("1.1.1", 100_00),
        ("3.1.1", -100_00),
    ]


@pytest.mark.parametrize(("fund_kind", "kind"), [("endowment", "donation"), ("unrestricted", "endowment")])
def test_capital_goes_to_the_endowment_alone_and_nothing_else_does(session: Session, fund_kind: str, kind: str) -> None:
    fund = make_fund(FundKind(fund_kind), accepts_gifts=True)
    with pytest.raises(CapitalApart):
        give(fund, pesos(100), kind=kind)
    assert (fund in queries.funds_offered()) == (fund_kind != "endowment")


def test_gross_fee_and_net_are_all_posted(session: Session) -> None:
    gift = give(make_fund(), pesos(100), method="card", fee=Money(7_66, "MXN"))
    assert lines(gift)[:3] == [("1.1.2", 92_34), ("5.2.1", 7_66), ("4.1.1", -100_00)]
    assert gift.money == pesos(100)


def test_the_same_key_gives_one_contribution_and_one_receipt(session: Session) -> None:
    fund = make_fund()
    first = give(fund, pesos(100), idempotency_key="abc")
    assert give(fund, pesos(100), idempotency_key="abc") is first
    with pytest.raises(KeyReused):
        give(fund, pesos(101), idempotency_key="abc")
    with pytest.raises(KeyReused):
        give(fund, pesos(100), idempotency_key="abc", anonymous=True)
    assert session.scalar(select(func.count(Receipt.id))) == 1
    assert session.scalar(select(func.count(JournalEntry.id))) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"money": Money(0, "MXN")}, AmountNotPositive),
        ({"money": Money(-1, "MXN")}, AmountNotPositive),
        ({"money": Money(LARGEST_CENTS + 1, "MXN")}, AmountTooLarge),
        ({"received_on": date(2026, 3, 3)}, DateInFuture),
        ({"received_on": date(2025, 12, 31)}, PeriodClosed),
    ],
)
def test_bad_amounts_and_dates_are_refused_and_leave_nothing(
    session: Session, change: dict[str, Any], refusal: type[Exception]
) -> None:
    fund = make_fund()
    with pytest.raises(refusal):
        give(fund, **{"money": pesos(1), **change})
    assert session.scalar(select(func.count(Contribution.id))) == 0
    assert session.scalar(select(func.count(JournalEntry.id))) == 0


def test_fractions_of_a_cent_and_unknown_currencies_never_become_money(session: Session) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse("10.005", "MXN")
    with pytest.raises(UnknownCurrency):
        Money.parse("10", "XXY")


def test_a_closed_month_and_a_closed_fund_take_nothing(session: Session) -> None:
    fund = make_fund()
    close_period(2026, 1)
    with pytest.raises(PeriodClosed):
        give(fund, pesos(1), received_on=date(2026, 1, 31))
    close_fund(fund)
    with pytest.raises(FundClosed):
        give(fund, pesos(1))


def test_a_giver_is_thanked_with_the_receipt_and_stays_anonymous_if_asked(session: Session) -> None:
    user = make_user(name="Itzel Ñuño", language="en")
    gift = give(make_fund(), pesos(100), giver_user=user, public_name="Itzel Ñuño", anonymous=True)
    session.flush()
    letter = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert gift.receipt is not None
    assert letter is not None
    assert gift.public_name is None
    assert (letter.to, letter.language, letter.attachments) == (user.email, "en", [gift.receipt.stored_file_id])
    assert gift.receipt.content["language"] == "en"


def test_nobody_is_written_to_without_an_address(session: Session) -> None:
    give(make_fund(), pesos(100))
    assert session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_receipts_are_numbered_by_series_and_year(session: Session, clock: FrozenClock) -> None:
    fund = make_fund()
    make_books(2026, 2027)
    codes = [give(fund, pesos(1)).receipt, give_in_kind(fund, pesos(1)).receipt, give(fund, pesos(1)).receipt]
    clock.advance(days=365)
    codes.append(give(fund, pesos(1)).receipt)
    assert [receipt.code for receipt in codes if receipt] == [
        "A-2026-000001", "E-2026-000001", "A-2026-000002", "A-2027-000001",
    ]  # fmt: skip


def test_a_receipt_is_the_same_to_the_byte_when_rendered_again(session: Session) -> None:
    organisation = make_organisation(name="Hotel Ñandú & Niños, S.A. «Ángel»")
    receipt = give_in_kind(make_fund(), pesos(12_345), organisation=organisation).receipt
    assert receipt is not None
    stored = session.get_one(StoredFile, receipt.stored_file_id)
    issued = read(stored)
    assert issued == render_receipt(receipt.content)
    assert (stored.sha256, receipt.sha256) == (receipt.sha256, stored.sha256)
    forget(stored)
    assert receipt_bytes(receipt) == issued


def test_a_cancelled_receipt_keeps_its_number_and_says_why(session: Session) -> None:
    fund = make_fund()
    receipt = give(fund, pesos(1)).receipt
    assert receipt is not None
    with pytest.raises(ReasonRequired):
        cancel_receipt(receipt, reason=" ")
    cancel_receipt(receipt, reason="Depósito rechazado por el banco")
    with pytest.raises(IllegalTransition):
        cancel_receipt(receipt, reason="Otra vez")
    following = give(fund, pesos(1)).receipt
    assert following is not None
    assert following.number == 2
    assert verify_ledger() == []


def test_twelve_threads_leave_no_gap_in_the_receipts(app: Flask, session: Session) -> None:
    fund_id = make_fund().id
    session.commit()
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            with app.app_context():
                for turn in range(2):
                    give(queries.fund(fund_id), pesos(1), idempotency_key=f"{thread}-{turn}-perdido")
                    db.session.rollback()
                    give(queries.fund(fund_id), pesos(1), idempotency_key=f"{thread}-{turn}")
                    db.session.commit()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert session.scalars(select(Receipt.number).order_by(Receipt.number)).all() == list(range(1, 25))
    assert verify_ledger() == []


# --- in kind ---


def offer(**change: Any) -> Contribution:
    facts: dict[str, Any] = {
        "kind": "sponsorship", "fund": make_fund(), "value": pesos(30_000), "description": "Noches de hotel",
        "quantity": 20, "unit": "noches", "valuation": "published_rate", "idempotency_key": "hotel",
    }  # fmt: skip
    return offer_in_kind(**{**facts, **change})


def test_an_offer_counts_nowhere_until_another_person_confirms_it(session: Session) -> None:
    clerk, other = make_user(), make_user()
    with acting(clerk.id):
        offered = offer()
    assert (offered.state, offered.entry_id, offered.receipt) == (ContributionState.OFFERED, None, None)
    with acting(clerk.id), pytest.raises(SamePerson):
        confirm_in_kind_delivery(offered, received_on=TODAY, delivered_to="Recepción")
    with acting(other.id):
        confirm_in_kind_delivery(offered, received_on=TODAY, delivered_to="Recepción")
    assert lines(offered) == [("1.3.1", 30_000_00), ("4.2.1", -30_000_00)]
    assert offered.receipt is not None
    assert (offered.confirmed_by, offered.receipt.series) == (other.id, "E")
    with pytest.raises(IllegalTransition):
        confirm_in_kind_delivery(offered, received_on=TODAY, delivered_to="Recepción")


def test_a_receipt_in_kind_keeps_a_name_that_the_public_does_not_see(session: Session) -> None:
    offered = offer(public_name="Rosa Ñandú", anonymous=True)
    confirm_in_kind_delivery(offered, received_on=TODAY, delivered_to="Recepción")
    assert offered.receipt is not None
    assert (offered.receipt.content["holder"], offered.public_name) == ("Rosa Ñandú", None)


def test_the_database_refuses_that_one_person_does_both(session: Session) -> None:
    clerk = make_user()
    with acting(clerk.id):
        offered = offer()
    with pytest.raises(Exception, match="two_people"), session.begin_nested():
        session.execute(text("UPDATE contribution SET confirmed_by = recorded_by WHERE id = :id"), {"id": offered.id})


def test_in_kind_is_never_in_a_total_of_cash(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED)
    give(fund, pesos(100))
    gift = give_in_kind(fund, pesos(50))
    figures = next(one for one in queries.fund_figures() if one.fund.id == fund.id)
    assert (figures.received, figures.in_kind, figures.free) == (pesos(100), pesos(50), pesos(100))
    assert queries.available(fund) == pesos(100)
    use_in_kind(gift, on=TODAY, memo="Hospedaje de residentes", programme=PROGRAMME)
    assert queries.available(fund) == pesos(100)
    rows = queries.movements(TODAY, TODAY, accounts_like="8.")
    moments = {row.account_code: row.credit_cents for row in rows}
    assert moments["8.1.5"] == 100_00


def test_only_what_came_in_kind_and_is_here_is_used_up(session: Session) -> None:
    for other in (offer(), give(make_fund(), pesos(100))):
        with pytest.raises(NotInStore):
            use_in_kind(other, on=TODAY, memo="Hospedaje de residentes", programme=PROGRAMME)


def test_a_gift_recorded_by_mistake_is_cancelled_with_its_receipt(session: Session) -> None:
    gift = give(make_fund(), pesos(100))
    entry = queries.entry_of(gift)
    assert entry is not None
    correct_entry(entry, reason="Depósito de otra cuenta")
    assert gift.receipt is not None
    assert (gift.state, gift.receipt.state) == (ContributionState.CANCELLED, ReceiptState.CANCELLED)
    assert gift.receipt.cancel_reason == "Depósito de otra cuenta"
    assert verify_ledger() == []


@pytest.mark.parametrize("kind", ["budget", "payment", "refund"])
def test_what_an_award_or_the_plan_counts_on_is_not_undone_in_the_book(session: Session, kind: str) -> None:
    entry = post(make_fund(), 100_00, kind=kind)
    with pytest.raises(CorrectedElsewhere):
        correct_entry(entry, reason="Por error")
    assert queries.reversal_of(entry) is None


def test_what_a_giver_gave_is_shown_in_two_totals(session: Session) -> None:
    organisation = make_organisation()
    fund = make_fund()
    give(fund, pesos(100), giver_organisation=organisation)
    give(fund, euros(7), giver_organisation=organisation)
    give_in_kind(fund, pesos(50), organisation=organisation)
    give(fund, pesos(9))
    assert queries.totals_given([organisation.id], None) == {"cash": [euros(7), pesos(100)], "in_kind": [pesos(50)]}


@pytest.mark.parametrize("quantity", [0, -1, 10**10, 1.5])
def test_a_quantity_is_a_whole_number_above_zero(session: Session, quantity: Any) -> None:
    with pytest.raises(InvalidQuantity):
        offer(quantity=quantity)


def test_an_offer_can_be_declined_with_a_reason(session: Session) -> None:
    offered = offer()
    with pytest.raises(ReasonRequired):
        decline_in_kind(offered, reason="")
    decline_in_kind(offered, reason="No hay a quién hospedar")
    assert offered.state == ContributionState.DECLINED
    with pytest.raises(IllegalTransition):
        confirm_in_kind_delivery(offered, received_on=TODAY, delivered_to="Recepción")


# --- pledges ---


def test_a_pledge_is_no_income_and_has_no_receipt(session: Session) -> None:
    fund = make_fund()
    promised = pledge(
        fund=fund,
        money=pesos(100),
        instalments=[(date(2026, 6, 1), pesos(60)), (date(2026, 12, 1), pesos(40))],
        giver_organisation=make_organisation(),
    )
    assert [part.amount_cents for part in promised.instalments] == [60_00, 40_00]
    assert queries.balances() == []
    assert session.scalar(select(func.count(Receipt.id))) == 0
    with pytest.raises(AmountNotPositive):
        pledge(fund=fund, money=pesos(100), instalments=[(date(2026, 6, 1), pesos(99))])

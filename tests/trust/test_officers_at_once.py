"""Two officers at the same moment, or one who clicks twice: the second is told, nothing is doubled, nothing breaks."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.trust import acting, give, make_fund, make_package, pesos, post
from tests.trust.at_once import at_once
from tests.trust.test_bank import PLAIN, table_of
from trust import queries
from trust.models import BankLine, BankMatch, Contribution, PackageChoice
from trust.services import (
    apply_contribution,
    close_package,
    deliver_benefit,
    import_statement,
    match_by_hand,
    pledge,
    set_line_aside,
    verify_ledger,
)
from trust.services.packages import check_package
from trust.states import BankLineState

pytestmark = pytest.mark.usefixtures("clock")
TODAY = date(2026, 3, 2)
TWO_LINES = table_of(("2026-03-02", "10.00", "", "Uno"), ("2026-03-02", "20.00", "", "Dos"))


def take(data: bytes) -> None:
    import_statement(data, "marzo.csv", account="1.1.1", currency="MXN", mapping=PLAIN)


def count(session: Session, kind: Any) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_same_file_sent_by_several_enters_once(app: Flask, session: Session) -> None:
    post(make_fund(), 10_00)
    session.commit()
    answers = at_once(app, [lambda: take(TWO_LINES)] * 4)
    assert sorted(answers) == ["StatementKnown"] * 3 + ["done"]
    assert (count(session, BankLine), count(session, BankMatch)) == (2, 1)


def test_files_that_overlap_bring_each_line_once_and_match_each_entry_once(app: Flask, session: Session) -> None:
    fund = make_fund()
    for cents in (10_00, 20_00, 30_00):
        post(fund, cents)
    session.commit()
    more = TWO_LINES + b"\n2026-03-02,30.00,,Tres"
    answers = at_once(app, [lambda: take(TWO_LINES), lambda: take(more)])
    assert answers == ["done", "done"]
    assert (count(session, BankLine), count(session, BankMatch)) == (3, 3)


def test_one_entry_is_never_matched_to_two_lines(app: Flask, session: Session) -> None:
    entry = post(make_fund(), 10_00, on=date(2026, 1, 5))
    take(table_of(("2026-03-02", "10.00", "A", "Uno"), ("2026-03-02", "10.00", "B", "Dos")))
    session.commit()
    entry_id, lines = entry.id, [one.id for one in session.scalars(queries.bank_lines())]

    def match(line_id: int) -> None:
        line = queries.bank_line(line_id)
        assert line is not None
        match_by_hand(line, [entry_id])

    answers = at_once(app, [lambda: match(lines[0]), lambda: match(lines[1]), lambda: match(lines[0])])
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "NothingToMatch", "IllegalTransition"}
    assert count(session, BankMatch) == 1


def test_an_import_and_officers_on_its_lines_never_wait_for_each_other(app: Flask, session: Session) -> None:
    fund = make_fund()
    entries = [post(fund, cents, on=date(2026, 1, 5)).id for cents in (10_00, 20_00)]
    take(TWO_LINES)
    session.commit()
    lines = {one.amount_cents: one.id for one in session.scalars(queries.bank_lines())}

    def held(line_id: int) -> BankLine:
        line = queries.bank_line(line_id, hold=True)
        assert line is not None
        return line

    def match() -> None:
        line = queries.bank_line(lines[10_00])
        assert line is not None
        match_by_hand(line, entries[:1])

    more = TWO_LINES + b"\n2026-03-02,30.00,,Tres"
    answers = at_once(
        app, [match, lambda: take(more), lambda: set_line_aside(held(lines[20_00]), reason="Del mes pasado")]
    )
    assert answers == ["done", "done", "done"]
    session.expire_all()
    states = {one.amount_cents: one.state for one in session.scalars(queries.bank_lines())}
    assert states == {
        10_00: BankLineState.MATCHED, 20_00: BankLineState.SET_ASIDE, 30_00: BankLineState.OPEN,
    }  # fmt: skip


def test_a_delivery_is_noted_once(app: Flask, session: Session) -> None:
    package = make_package(pesos(500))
    gift = give(make_fund(), pesos(500), kind="sponsorship", package=package)
    officer = make_user(Role.PROGRAMME_OFFICER).id
    session.commit()
    benefit_id = queries.benefits_of(gift.id)[0].id

    def deliver() -> None:
        with acting(officer, Role.PROGRAMME_OFFICER):
            deliver_benefit(queries.benefit(benefit_id, hold=True), on=TODAY, note="En el pie")

    assert sorted(at_once(app, [deliver] * 4)) == ["IllegalTransition"] * 3 + ["done"]


def test_the_last_place_goes_to_one_transfer_and_a_package_closes_once(
    app: Flask, session: Session, clock: FrozenClock
) -> None:
    fund, package = make_fund(), make_package(pesos(500), places=1)
    session.commit()
    code, package_id = fund.code, package.id

    def choose(number: int) -> None:
        found = queries.package(package_id, hold=True)
        check_package(found, pesos(500))
        give(queries.fund_by_code(code), pesos(500), kind="sponsorship", package=found, idempotency_key=f"t{number}")

    answers = at_once(app, [partial(choose, number) for number in range(4)])
    assert sorted(answers) == ["PackageSoldOut"] * 3 + ["done"]
    assert (count(session, PackageChoice), count(session, Contribution)) == (1, 1)
    closed = at_once(app, [lambda: close_package(queries.package(package_id, hold=True))] * 3)
    assert sorted(closed) == ["IllegalTransition"] * 2 + ["done"]
    assert verify_ledger() == []


def test_one_form_sent_twice_is_one_gift_with_its_benefits_once(app: Flask, session: Session) -> None:
    fund, package = make_fund(), make_package(pesos(500), places=1)
    session.commit()
    code, package_id = fund.code, package.id

    def choose() -> None:
        give(
            queries.fund_by_code(code), pesos(500), kind="sponsorship",
            package=queries.package(package_id, hold=True), idempotency_key="una",
        )  # fmt: skip

    assert at_once(app, [choose] * 3) == ["done"] * 3
    assert (count(session, PackageChoice), count(session, Contribution)) == (1, 1)
    assert len(session.scalars(queries.benefits()).all()) == 2


def test_a_gift_keeps_one_promise_however_many_say_so(app: Flask, session: Session) -> None:
    fund = make_fund()
    person = make_user()
    gift = give(fund, pesos(500), giver_user=person)
    promised = [
        pledge(fund=fund, money=pesos(500), instalments=[(date(2026, 12, 1), pesos(500))], giver_user=person).id
        for _number in range(2)
    ]
    session.commit()
    gift_id = gift.id

    def keep(pledge_id: int) -> None:
        promise = queries.pledge_by_id(pledge_id, hold=True)
        assert promise is not None
        apply_contribution(promise, queries.contribution(gift_id))

    answers = at_once(app, [lambda: keep(promised[0]), lambda: keep(promised[1]), lambda: keep(promised[0])])
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "NotOfThisPledge", "IllegalTransition"}

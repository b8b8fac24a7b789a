"""Budget against actual: added up again from the bare tables, and the same on the page and in every file."""

import csv
import io
from typing import Any

import openpyxl
import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, today
from core.money import Money
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.treasury import make_plan
from tests.factories.trust import give, make_fund, pesos
from tests.treasury.test_services import accept, committed_award
from tests.treasury.test_settlement import pay, report
from treasury import queries, services
from treasury.errors import PlanNotFound
from treasury.queries import Execution, execution_of
from treasury.rules import fund_moments
from trust.models import FundKind


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


def bare(session: Session, statement: str) -> dict[int, int]:
    return {int(row[0]): int(row[1]) for row in session.execute(text(statement))}


MOMENT = "SELECT fund_id, SUM(amount_cents) FROM posting WHERE account_code IN ({}) GROUP BY fund_id ORDER BY fund_id"


def check_funds(session: Session, one: Execution) -> None:
    """Compare every moment of every fund with the sums of its bare postings; all of them are of one year here."""
    for name, accounts, sign in (
        ("collected", "'8.1.5'", -1),
        ("approved", "'8.2.1', '8.2.3'", -1),
        ("committed", "'8.2.4', '8.2.5', '8.2.6', '8.2.7'", 1),
        ("accrued", "'8.2.5', '8.2.6', '8.2.7'", 1),
        ("ordered", "'8.2.6', '8.2.7'", 1),
        ("paid", "'8.2.7'", 1),
        ("left", "'8.2.2'", 1),
    ):
        sums = bare(session, MOMENT.format(accounts))
        assert {line.fund.id: getattr(line.moments, name).amount_cents for line in one.funds} == {
            line.fund.id: sign * sums.get(line.fund.id, 0) for line in one.funds
        }
    for line in one.funds:
        assert line.moments.approved == line.moments.committed + line.moments.left


def check_programmes(session: Session, one: Execution) -> None:
    """What programmes say is what their funds' postings say, as long as every award is of this year."""
    for name in ("committed", "accrued", "paid"):
        by_fund: dict[int, int] = {}
        for line in one.programmes:
            by_fund[line.fund.id] = by_fund.get(line.fund.id, 0) + getattr(line, name).amount_cents
        by_ledger = {line.fund.id: getattr(line.moments, name).amount_cents for line in one.funds}
        assert {fund: cents for fund, cents in by_fund.items() if cents} == {
            fund: cents for fund, cents in by_ledger.items() if cents
        }


def test_each_moment_is_the_sum_of_its_postings_at_every_step(
    session: Session, clock: FrozenClock, officer: User
) -> None:
    def checked() -> Execution:
        session.commit()
        one = execution_of(today().year)
        check_funds(session, one)
        check_programmes(session, one)
        return one

    award, fund = committed_award(clock, officer)
    first = next(line for line in checked().programmes if line.fund.id == fund.id)
    assert (first.approved - first.committed, first.accrued, first.paid) == (first.left, pesos(0), pesos(0))
    assert first.committed == award.money
    accept(award)
    assert next(line for line in checked().programmes if line.fund.id == fund.id).accrued == award.money
    pay(award)
    assert next(line for line in checked().programmes if line.fund.id == fund.id).paid == award.tranches[0].money
    spent = award.tranches[0].money - pesos(100)
    report(award, officer, spent)
    checked()
    services.return_unspent(award, pesos(100), received_on=today(), bank_reference="VUELTA-1")
    after = next(line for line in checked().programmes if line.fund.id == fund.id)
    assert (after.paid, after.committed, after.accrued) == (spent, spent, spent)


def test_what_no_programme_planned_has_a_line_of_its_own(session: Session, clock: FrozenClock, officer: User) -> None:
    award, fund = committed_award(clock, officer)
    session.execute(text("UPDATE programme SET axis = 2 WHERE fund_id = :fund"), {"fund": fund.id})
    session.commit()
    session.expire_all()
    lines = [line for line in execution_of(today().year).programmes if line.fund.id == fund.id]
    assert [(line.axis, len(line.programmes), line.committed) for line in lines] == [
        (1, 0, award.money),
        (2, 1, pesos(0)),
    ]
    assert lines[0].left == -award.money


def test_moments_hold_what_went_beyond_them() -> None:
    nets = {"8.2.1": -1000, "8.2.2": 300, "8.2.4": 100, "8.2.5": 200, "8.2.6": 0, "8.2.7": 400, "8.1.5": -70}
    cents = [money.amount_cents for money in fund_moments(nets, "MXN").amounts]
    assert cents == [70, 1000, 700, 600, 400, 400, 300]


def test_the_budget_costs_as_many_questions_for_one_fund_as_for_many(
    session: Session, clock: FrozenClock, count_queries: Any
) -> None:
    def asked() -> int:
        session.expire_all()
        with count_queries() as sent:
            execution_of(2026)
        return len(sent)

    plan = services.draft_plan(2026)
    for number in range(13):
        fund = make_fund(FundKind.RESTRICTED)
        give(fund, pesos(1000))
        services.add_programme(
            plan, axis=1, name={"es": "P", "en": "P"}, goal={"es": "M", "en": "G"},
            indicator={"es": "i", "en": "i"}, target=1, fund=fund, money=Money(100_00 + number, "MXN"),
        )  # fmt: skip
        session.commit()
        if number == 0:
            few = asked()
    assert asked() == few


def test_page_and_files_carry_the_same_figures(
    session: Session, clock: FrozenClock, officer: User, client: FlaskClient, login: Any
) -> None:
    award, _fund = committed_award(clock, officer)
    accept(award)
    session.commit()
    year = today().year
    login(Role.AUDITOR)
    assert client.get("/es/tesoreria/presupuesto").headers["Location"].endswith(f"/es/tesoreria/presupuesto/{year}")
    address = f"/es/tesoreria/presupuesto/{year}"
    page = client.get(address).get_data(as_text=True)
    wanted = str(award.money.decimal)
    assert f'value="{wanted}"' in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").get_data().decode("utf-8-sig"))))
    assert rows[-1]["Programa"] == "Total"
    assert rows[-1]["Devengado"] == wanted
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}.xlsx").data))
    assert book.sheetnames == ["Por programa", "Por bolsa, según el libro"]
    last = [row[0] for row in zip(*list(book.worksheets[0].iter_rows(values_only=True))[-1:], strict=True)]
    assert last[0] == "Total"
    assert float(wanted) in last
    pdf = pypdf.PdfReader(io.BytesIO(client.get(f"{address}.pdf").data))
    assert f"Presupuesto y gasto de {year}" in pdf.pages[0].extract_text()
    assert client.get("/es/tesoreria/presupuesto/1999").status_code == 404
    login(Role.PROGRAMME_OFFICER)
    assert client.get(address).status_code == 403


def test_without_a_plan_the_page_says_what_to_do(session: Session, client: FlaskClient, login: Any) -> None:
    login(Role.TREASURER)
    page = client.get("/es/tesoreria/presupuesto")
    assert page.status_code == 200
    assert "Todavía no hay planes" in page.get_data(as_text=True)
    with pytest.raises(PlanNotFound):
        queries.execution_of(2026)


def test_a_programme_without_awards_has_all_of_its_money_left(session: Session, clock: FrozenClock) -> None:
    fund = make_fund(FundKind.DESIGNATED)
    give(fund, pesos(500))
    make_plan((fund, 400))
    (line,) = execution_of(2026).programmes
    assert (line.approved, line.left) == (pesos(400), pesos(400))

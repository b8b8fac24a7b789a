"""The statements against an independent road: every figure added up again in plain Python over the bare postings."""

import csv
import io
from collections import defaultdict
from datetime import date
from typing import Any

import openpyxl
import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import db
from core.roles import Role
from tests.factories.trust import PROGRAMME, euros, give, give_in_kind, make_books, make_fund, pesos
from tests.stories import made_once
from trust import queries
from trust.models import EntryKind, Fund, FundKind, JournalEntry
from trust.queries import StatementKind, statement
from trust.rules import Rate
from trust.rules.statements import Part, StatementSection
from trust.services import (
    Line,
    close_period,
    exchange_currency,
    post_entry,
    reverse_entry,
    transfer_between_funds,
    use_in_kind,
)

CASH = ("1.1.1", "1.1.2", "1.1.3")
THINGS = ("1.3", "4.2", "5.3")


def pay(fund: Fund, amount: int, on: date, key: str, kind: EntryKind = EntryKind.PAYMENT) -> JournalEntry:
    """Pay an award, or with a negative amount and REFUND take back what was not spent."""
    money = pesos(amount)
    lines = [Line("5.1.1", fund, money), Line("1.1.1", fund, -money)]
    lines += [Line("8.2.7", fund, money), Line("8.2.2", fund, -money)]
    paid = post_entry(kind=kind, entry_date=on, memo="Pago", source="prueba", lines=lines, idempotency_key=key)
    return db.session.get_one(JournalEntry, paid.id)


@pytest.fixture
def books(session: Session, clock: FrozenClock) -> dict[str, Fund]:
    """A year and a bit of everything that happens to money and things, in one fund of each kind and one more."""
    clock.advance(days=60)  # 1 May 2026
    return a_year_of_everything()


@made_once
def a_year_of_everything() -> dict[str, Fund]:
    make_books(2025, 2026)
    found = {kind.value: make_fund(kind) for kind in FundKind}
    found["second"] = make_fund(FundKind.RESTRICTED)
    free, aside, bound = found["unrestricted"], found["designated"], found["restricted"]
    give(free, pesos(900), received_on=date(2025, 3, 4))
    give(free, pesos(1000), received_on=date(2026, 1, 5))
    give(bound, pesos(700), received_on=date(2025, 12, 31), kind="sponsorship")
    give(bound, pesos(50), received_on=date(2026, 2, 14), kind="subsidy")
    give(found["endowment"], pesos(5000), kind="endowment", received_on=date(2025, 1, 2))
    give(found["second"], pesos(33), received_on=date(2026, 3, 31))
    give(free, euros(100), received_on=date(2026, 2, 2))
    exchange_currency(
        fund=free,
        sold=euros(40),
        bought=pesos(800),
        rate=Rate("EUR", "MXN", "20", date(2026, 3, 2), "banco"),
        on=date(2026, 3, 2),
        idempotency_key="cambio",
    )
    transfer_between_funds(
        source=free, target=aside, money=pesos(250), on=date(2026, 3, 3), memo="Aparte", idempotency_key="traspaso"
    )
    pay(bound, 300, date(2025, 12, 31), "pago-1")
    pay(bound, 120, date(2026, 2, 20), "pago-2")
    pay(bound, -20, date(2026, 3, 20), "vuelta", EntryKind.REFUND)
    wrong = pay(free, 77, date(2026, 4, 2), "mal")
    reverse_entry(wrong, reason="No era", on=date(2026, 4, 3))
    post_entry(
        kind=EntryKind.ADJUSTMENT, entry_date=date(2026, 4, 4), memo="Por pagar", source="prueba",
        lines=[Line("5.2.1", free, pesos(9)), Line("2.1.1", free, -pesos(9))], idempotency_key="debe",
    )  # fmt: skip
    post_entry(
        kind=EntryKind.REFUND, entry_date=date(2026, 4, 5), memo="Vuelta", source="prueba",
        lines=[Line("4.1.1", free, pesos(15)), Line("1.1.1", free, -pesos(15))], idempotency_key="devuelto",
    )  # fmt: skip
    # One entry, two funds: only one of them pays in money.
    post_entry(
        kind=EntryKind.ADJUSTMENT, entry_date=date(2026, 4, 6), memo="Dos bolsas", source="prueba",
        lines=[
            Line("5.2.1", free, pesos(10)), Line("1.1.1", free, -pesos(10)),
            Line("5.2.1", bound, pesos(7)), Line("2.1.1", bound, -pesos(7)),
        ], idempotency_key="dos bolsas",
    )  # fmt: skip
    give_in_kind(aside, pesos(60))
    use_in_kind(give_in_kind(aside, pesos(45)), on=date(2026, 5, 1), memo="Se usó", programme=PROGRAMME)
    return found


def lines(session: Session, *, things: bool | None = None) -> list[tuple[Any, ...]]:
    """Return every posting as it lies in the table: day, kind of entry, entry, account, fund, currency, cents."""
    rows = session.execute(
        text(
            "SELECT CAST(e.entry_date AS TEXT), e.kind, e.id, p.account_code, p.fund_id, p.currency, p.amount_cents "
            "FROM posting p, journal_entry e WHERE e.id = p.entry_id ORDER BY p.id"
        )
    )
    found = [(date.fromisoformat(str(row[0])[:10]), *row[1:]) for row in rows]
    found = [row for row in found if not row[3].startswith("8.")]
    return found if things is None else [row for row in found if row[3].startswith(THINGS) == things]


def cells(section: StatementSection, label: str) -> tuple[int, ...]:
    """Return the figures of the one row that a label or an account names."""
    (row,) = (row for row in section.rows if label in (row.label, row.account))
    return row.cents


def added(rows: list[tuple[Any, ...]], funds: list[Fund], *prefixes: str, sign: int = 1) -> tuple[int, ...]:
    """Return the sums of some accounts, a figure for each fund."""
    sums: dict[int, int] = defaultdict(int)
    for row in rows:
        if row[3].startswith(prefixes):
            sums[row[4]] += sign * row[6]
    return tuple(sums[fund.id] for fund in funds)


RANGES = [
    (date(2026, 1, 1), date(2026, 5, 1)),
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2026, 2, 2), date(2026, 3, 20)),
    (date(2026, 3, 15), date(2026, 3, 20)),
    (date(2025, 12, 31), date(2026, 1, 5)),
    (date(2024, 1, 1), date(2024, 12, 31)),
]
CLOSED = [None, (2025, 12), (2026, 2), (2026, 4)]


def close_up_to(session: Session, month: tuple[int, int] | None) -> None:
    for one in queries.periods() if month else []:
        if month is not None and (one.year, one.month) <= month:
            close_period(one.year, one.month)
    session.commit()


@pytest.mark.parametrize("closed", CLOSED)
def test_every_figure_is_the_sum_of_its_postings(
    session: Session, books: dict[str, Fund], closed: tuple[int, int] | None
) -> None:
    close_up_to(session, closed)
    for start, end in RANGES:
        check_position(session, end)
        check_activities(session, start, end)
        check_cash_flow(session, start, end)


def section_rows(session: Session, section: StatementSection) -> list[tuple[Any, ...]]:
    rows = lines(session, things=section.part is Part.IN_KIND)
    return [row for row in rows if row[5] == section.currency]


def check_position(session: Session, end: date) -> None:
    one = statement(StatementKind.POSITION, end, end)
    assert one.agrees
    funds = list(one.funds)
    wanted = {(row[3].startswith(THINGS), row[5]) for row in lines(session) if row[0] <= end}
    assert {(section.part is Part.IN_KIND, section.currency) for section in one.by_fund} == wanted
    for section in one.by_fund:
        rows = [row for row in section_rows(session, section) if row[0] <= end]
        year = [row for row in rows if row[0] >= date(end.year, 1, 1)]
        before = [row for row in rows if row[0] < date(end.year, 1, 1)]
        assets, owed = added(rows, funds, "1"), added(rows, funds, "2", sign=-1)
        assert cells(section, "Activo") == assets
        assert cells(section, "Pasivo") == owed
        net = tuple(a - b for a, b in zip(assets, owed, strict=True))
        assert cells(section, "Patrimonio") == net
        assert cells(section, "Pasivo más patrimonio") == assets
        for label, expected in (
            ("Resultado del año", added(year, funds, "4", "5", sign=-1)),
            ("Resultados de años anteriores", added(before, funds, "4", "5", sign=-1)),
            ("1.1.1", added(rows, funds, "1.1.1")),
            ("1.3.1", added(rows, funds, "1.3.1")),
        ):
            if any(expected):
                assert cells(section, label) == expected
            else:
                assert label not in {row.label or row.account for row in section.rows}


def check_activities(session: Session, start: date, end: date) -> None:
    one = statement(StatementKind.ACTIVITIES, start, end)
    assert one.agrees
    funds = list(one.funds)
    for section in one.by_fund:
        rows = section_rows(session, section)
        inside = [row for row in rows if start <= row[0] <= end]
        opening = added([row for row in rows if row[0] < start], funds, "1", "2")
        closing = added([row for row in rows if row[0] <= end], funds, "1", "2")
        assert cells(section, "Patrimonio al inicio") == opening
        assert cells(section, "Patrimonio al final") == closing
        assert cells(section, "Ingresos") == added(inside, funds, "4.1", "4.2", "4.9", sign=-1)
        assert cells(section, "Gastos") == added(inside, funds, "5")
        change = tuple(b - a for a, b in zip(opening, closing, strict=True))
        assert cells(section, "Cambio en el patrimonio") == change


def check_cash_flow(session: Session, start: date, end: date) -> None:
    one = statement(StatementKind.CASH_FLOW, start, end)
    assert one.agrees
    funds = list(one.funds)
    for section in one.by_fund:
        rows = [row for row in lines(session) if row[5] == section.currency]
        inside = [row for row in rows if start <= row[0] <= end]
        opening = added([row for row in rows if row[0] < start], funds, *CASH)
        assert cells(section, "Dinero al inicio") == opening
        closing = added([row for row in rows if row[0] <= end], funds, *CASH)
        assert cells(section, "Dinero al final") == closing
        moved = [row for row in inside if any(row[2:3] + row[4:6] == o[2:3] + o[4:6] and o[3] in CASH for o in inside)]
        back = [row for row in moved if row[1] == "refund"]
        plain = [row for row in moved if row[1] != "refund"]
        expected = added(plain, funds, "5.1.1", sign=-1)
        assert cells(section, "Pagado") == tuple(
            a + b
            for a, b in zip(
                added(plain, funds, "5.1", "5.2", sign=-1), added(back, funds, "5.1", "5.2", sign=-1), strict=True
            )
        )
        if any(expected):
            assert cells(section, "5.1.1") == expected
        returned = added(back, funds, "4.1", sign=-1)
        if any(returned):
            assert cells(section, "Devuelto a quien dio") == returned
        gained = tuple(a + b for a, b in zip(added(moved, funds, "4.1", sign=-1), (0,) * len(funds), strict=True))
        assert cells(section, "Cobrado de quienes dan") == gained


def test_kinds_of_fund_are_sums_of_their_funds_and_one_fund_is_its_own_column(
    session: Session, books: dict[str, Fund]
) -> None:
    for kind in StatementKind:
        whole = statement(kind, date(2026, 1, 1), date(2026, 5, 1))
        money = [section.currency for section in whole.sections if section.part is Part.CASH]
        assert money == ["MXN", "EUR"]  # the money the books are kept in comes first
        for section, by_fund in zip(whole.sections, whole.by_fund, strict=True):
            for row, detail in zip(section.rows, by_fund.rows, strict=False):
                if (row.label, row.account) == (detail.label, detail.account):
                    for place, fund_kind in enumerate(whole.kinds):
                        cents = [c for c, fund in zip(detail.cents, whole.funds, strict=True) if fund.kind is fund_kind]
                        assert row.cents[place] == sum(cents)
        for fund in books.values():
            alone = statement(kind, date(2026, 1, 1), date(2026, 5, 1), fund=fund)
            place = list(whole.funds).index(fund)
            for section in alone.sections:
                (same,) = (s for s in whole.by_fund if (s.part, s.currency) == (section.part, section.currency))
                assert [row.cents[0] for row in section.rows if row.level.value != "line"] == [
                    row.cents[place] for row in same.rows if row.level.value != "line"
                ]
            assert alone.agrees


def test_a_position_tells_this_year_from_earlier_ones(session: Session, books: dict[str, Fund]) -> None:
    one = statement(StatementKind.POSITION, date(2026, 5, 1), date(2026, 5, 1), fund=books["unrestricted"])
    (pesos_,) = (s for s in one.sections if (s.part, s.currency) == (Part.CASH, "MXN"))
    # 900 of 2025; in 2026 1000 given, 250 set aside, 10 of fees paid and 9 still to pay, 15 given back, 800 exchanged.
    assert cells(pesos_, "1.1.1") == (900_00 + 1000_00 - 250_00 - 10_00 - 15_00 + 800_00,)
    assert cells(pesos_, "Pasivo") == (9_00,)
    assert cells(pesos_, "Resultados de años anteriores") == (900_00,)
    assert cells(pesos_, "Resultado del año") == (1000_00 - 250_00 - 10_00 - 9_00 - 15_00,)
    assert cells(pesos_, "Cambios de moneda") == (800_00,)


def test_things_that_became_money_move_between_the_parts_and_change_nothing_together(
    session: Session, books: dict[str, Fund]
) -> None:
    aside = books["designated"]
    post_entry(
        kind=EntryKind.ADJUSTMENT, entry_date=date(2026, 5, 1), memo="Se vendió", source="prueba",
        lines=[Line("1.1.1", aside, pesos(60)), Line("1.3.1", aside, -pesos(60))], idempotency_key="vendido",
    )  # fmt: skip
    session.commit()
    for kind, label in ((StatementKind.POSITION, "Patrimonio"), (StatementKind.ACTIVITIES, "Patrimonio al final")):
        one = statement(kind, date(2026, 1, 1), date(2026, 5, 1), fund=aside)
        assert one.agrees
        by_part = {section.part: section for section in one.sections}
        assert cells(by_part[Part.CASH], "Especie convertida en dinero") == (60_00,)
        assert cells(by_part[Part.IN_KIND], "Especie convertida en dinero") == (-60_00,)
        assert cells(by_part[Part.CASH], label) == (250_00 + 60_00,)
        assert cells(by_part[Part.IN_KIND], label) == (0,)
    flow = statement(StatementKind.CASH_FLOW, date(2026, 5, 1), date(2026, 5, 1), fund=aside)
    assert cells(flow.sections[0], "Especie convertida en dinero") == (60_00,)
    assert flow.agrees


def test_a_statement_says_so_when_the_books_do_not_balance(session: Session, books: dict[str, Fund]) -> None:
    trigger = "posting_guard_update"
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TRIGGER {trigger}"))
    else:
        session.execute(text(f"ALTER TABLE posting DISABLE TRIGGER {trigger}"))
    session.execute(
        text("UPDATE posting SET amount_cents = amount_cents + 1 WHERE account_code = '1.1.1' AND line = 1")
    )
    for kind in StatementKind:
        assert not statement(kind, date(2025, 1, 1), date(2026, 5, 1)).agrees


def test_a_statement_costs_as_many_questions_for_one_fund_as_for_many(
    session: Session, books: dict[str, Fund], count_queries: Any
) -> None:
    def asked(kind: StatementKind) -> int:
        session.expire_all()
        with count_queries() as sent:
            statement(kind, date(2026, 2, 2), date(2026, 3, 20))
        return len(sent)

    few = {kind: asked(kind) for kind in StatementKind}
    for number in range(12):
        give(make_fund(FundKind.RESTRICTED), pesos(10 + number), received_on=date(2026, 2, 3))
    session.commit()
    assert {kind: asked(kind) for kind in StatementKind} == few


@pytest.mark.parametrize("kind", list(StatementKind))
def test_a_funds_statement_reads_its_own_entries_and_nobody_elses(
    session: Session, books: dict[str, Fund], count_queries: Any, kind: StatementKind
) -> None:
    with count_queries() as sent:
        statement(kind, date(2026, 1, 1), date(2026, 4, 30), fund=books["restricted"])
    about_entries = [one for one in sent if "FROM posting" in one]
    assert about_entries
    for one in about_entries:  # so that it takes as long in large books as in small ones
        conditions = one.split("WHERE", 1)[1]
        assert "posting.fund_id IN" in conditions or "posting.fund_id =" in conditions


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_page_and_files_carry_the_same_figures(
    session: Session, books: dict[str, Fund], client: FlaskClient, login: Any
) -> None:
    login(Role.PAYMENT_AUTHORISER)
    where = "/es/tesoreria/estados/actividades"
    dates = "?desde=2026-01-01&hasta=2026-05-01"
    page = client.get(where + dates).get_data(as_text=True)
    assert "Comprobado" in page
    rows = rows_of(client.get(f"{where}.csv{dates}"))
    (income,) = (
        row for row in rows if row["Concepto"] == "Ingresos" and row["Moneda"] == "MXN" and row["Parte"] == "En dinero"
    )
    assert income["De libre uso"] == "985.00"
    assert income["Restringida"] == "83.00"
    assert income["Total"] == "1068.00"
    assert 'value="1068.00"' in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{where}.xlsx{dates}").data))
    assert book.sheetnames == ["Estado de actividades", "Por bolsa"]
    sheet = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert [row[3] for row in sheet[1:]] == [row["Concepto"] for row in rows]
    assert [row[-1] for row in sheet[1:]] == [float(row["Total"]) for row in rows]
    by_fund = rows_of(client.get(f"{where}.csv{dates}&por=bolsa"))
    assert {row["Clave"] for row in by_fund if row["Clave"]} == {fund.code for fund in books.values()}
    pdf = pypdf.PdfReader(io.BytesIO(client.get(f"{where}.pdf{dates}").data))
    said = " ".join(page.extract_text() for page in pdf.pages).replace("\N{NO-BREAK SPACE}", " ")
    assert "Estado de actividades" in said
    assert "1,068.00" in said
    one = client.get(f"{where}.csv{dates}&bolsa={books['second'].code}")
    assert next(row for row in rows_of(one) if row["Concepto"] == "Patrimonio al final").popitem()[1] == "33.00"
    assert books["second"].code in one.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", ["posicion", "actividades", "flujo"])
def test_bad_addresses_are_answered_and_the_public_stays_outside(
    session: Session, client: FlaskClient, login: Any, kind: str
) -> None:
    make_books()
    session.commit()
    assert client.get(f"/es/tesoreria/estados/{kind}").status_code in (302, 303, 401)
    login(Role.AUDITOR)
    for query in ("", "?fecha=x&desde=y&hasta=99999999", "?bolsa=nada", "?fecha=0001-01-01", "?desde=9999-12-31"):
        for form in ("", ".csv", ".xlsx", ".pdf"):
            assert client.get(f"/es/tesoreria/estados/{kind}{form}{query}").status_code == 200
    backwards = client.get(f"/es/tesoreria/estados/{kind}?desde=2026-02-01&hasta=2026-01-01")
    assert backwards.status_code == (200 if kind == "posicion" else 422)
    assert client.get("/es/tesoreria/estados/otro").status_code == 404
    login(Role.PROGRAMME_OFFICER)
    assert client.get(f"/es/tesoreria/estados/{kind}").status_code == 403

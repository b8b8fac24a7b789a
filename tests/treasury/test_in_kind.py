"""What became of a thing given in kind: used in a programme or sold for it, once, and never money received."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, today
from core.language import localised
from core.money import Money
from core.roles import Role
from tests.factories.treasury import make_plan
from tests.factories.trust import PROGRAMME, give, give_in_kind, make_fund, pesos
from transparency.queries.reports import period_report
from transparency.rules.periods import Period
from treasury.forms import OUTSIDE
from treasury.queries import programmes_in_force
from trust import queries
from trust.models import Contribution, FundKind
from trust.queries.fund_statements import StatementKind, statement
from trust.queries.reading import outcome_told_in
from trust.services import use_in_kind, verify_ledger

Login = Callable[..., User]


@pytest.fixture
def thing(session: Session, clock: FrozenClock) -> Contribution:
    fund = make_fund(FundKind.DESIGNATED)
    make_plan((fund, 100_000))
    given = give_in_kind(fund, pesos(18_000))
    session.commit()
    return given


def typed(**changes: Any) -> dict[str, Any]:
    (programme,) = programmes_in_force()
    facts = {"outcome": "used", "programme": str(programme.id), "on": "2026-03-02", "memo": "Residencia de marzo"}
    return facts | changes


def balances() -> dict[str, int]:
    rows = [row for row in queries.balances() if row.balance_cents and not row.account_code.startswith("8.")]
    return {row.account_code: row.balance_cents for row in rows}


def test_its_use_is_recorded_once_and_again_after_a_reversal(
    client: FlaskClient, login: Login, thing: Contribution
) -> None:
    login(Role.TREASURER)
    page = f"/es/tesoreria/aportaciones/{thing.id}"
    assert f"{page}/uso" in client.get(page).text
    bad: list[dict[str, Any]] = [
        {"on": "2026-03-01"}, {"on": "2026-03-03"}, {"on": ""}, {"memo": " "}, {"programme": ""}, {"outcome": ""},
        {"price": "500"}, {"outcome": "sold"}, {"outcome": "sold", "price": "0"}, {"outcome": "sold", "price": "mucho"},
    ]  # fmt: skip
    for changes in bad:
        answer = client.post(f"{page}/uso", data=typed(**changes))
        assert answer.status_code == 422, changes
        assert ("Residencia de marzo" in answer.text) is ("memo" not in changes)
    assert client.post(f"{page}/uso", data=typed()).status_code == 303
    assert client.post(f"{page}/uso", data=typed()).status_code == 409
    shown = client.get(page).text
    assert "Residencia de marzo" in shown
    assert "2026 · Artistas en el mundo" in shown
    assert f"{page}/uso" not in shown
    entry, received = queries.use_in_force(thing), queries.entry_of(thing)
    assert entry is not None
    assert received is not None
    assert "2026 · Artistas en el mundo" in client.get(f"/es/libro/{entry.label}").text
    outcome = outcome_told_in(entry)
    assert outcome is not None
    assert outcome.programme["en"] == "2026 · Artists in the world"
    undo = {"reason": "Se capturó mal"}
    assert client.post(f"/es/tesoreria/libro/{received.label}/revertir", data=undo).status_code == 409
    assert client.post(f"/es/tesoreria/libro/{entry.label}/revertir", data=undo).status_code == 303
    assert client.post(f"{page}/uso", data=typed(programme=OUTSIDE)).status_code == 303
    assert "Fuera de los programas del plan" in client.get(page).text
    assert balances() == {"4.2.1": -18_000_00, "5.3.1": 18_000_00}
    assert verify_ledger() == []


def test_what_is_sold_is_money_of_the_fund_and_never_money_received(
    client: FlaskClient, login: Login, session: Session, thing: Contribution
) -> None:
    login(Role.TREASURER)
    give(thing.fund, pesos(100))
    session.commit()
    page = f"/es/tesoreria/aportaciones/{thing.id}"
    sold = client.post(f"{page}/uso", data=typed(outcome="sold", price="20,500.50"), follow_redirects=True)
    assert "La venta quedó asentada en los libros." in sold.text
    assert "20,500.50" in sold.text
    entry = queries.use_in_force(thing)
    outcome = outcome_told_in(entry)
    assert outcome is not None
    assert (outcome.monetised, outcome.price) == (True, Money(20_500_50, "MXN"))
    assert localised(outcome.programme) == "2026 · Artistas en el mundo"
    assert balances() == {
        "1.1.1": 20_600_50, "4.1.1": -100_00, "4.2.1": -18_000_00, "4.3.1": -20_500_50, "5.3.2": 18_000_00,
    }  # fmt: skip
    (figures,) = [one for one in queries.fund_figures() if one.fund.id == thing.fund_id]
    assert (figures.received, figures.in_kind, figures.free) == (
        pesos(100),
        pesos(18_000),
        queries.available(thing.fund),
    )
    assert figures.free.amount_cents == 20_600_50
    assert verify_ledger() == []
    for kind in StatementKind:
        assert statement(kind, date(2026, 1, 1), today(), fund=thing.fund).agrees
    (line,) = [one for one in period_report(Period(2026, 1)).funds if one.fund.code == thing.fund.code]
    assert (line.received, line.other, line.closing) == (pesos(100), Money(20_500_50, "MXN"), figures.free)


def test_what_an_entry_told_of_a_thing_stays(session: Session, thing: Contribution) -> None:
    use_in_kind(thing, on=today(), memo="Residencia", programme=PROGRAMME, price=pesos(5))
    session.commit()
    attacks = (
        "UPDATE in_kind_outcome SET programme_es = 'Otro'",
        "UPDATE in_kind_outcome SET monetised = NOT monetised",
        "DELETE FROM in_kind_outcome",
    )
    for attack in attacks:
        with pytest.raises(DBAPIError, match="immutable"), session.begin_nested():
            session.execute(text(attack))


def test_cash_is_not_used_that_way(client: FlaskClient, login: Login, session: Session, thing: Contribution) -> None:
    gift = give(thing.fund, pesos(10))
    session.commit()
    login(Role.TREASURER)
    page = f"/es/tesoreria/aportaciones/{gift.id}"
    assert f"{page}/uso" not in client.get(page).text
    assert client.post(f"{page}/uso", data=typed()).status_code == 409

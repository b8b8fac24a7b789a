"""A purse is opened from a page that shows its giver's rules in plain words before they count."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.money import Money
from core.roles import Role
from tests.factories.accounts import make_organisation
from tests.factories.trust import make_books
from trust import queries
from trust.models import Fund, FundKind
from trust.rules import SpendingRules

ADDRESS = "/es/tesoreria/bolsas/nueva"
FUND = {
    "code": "puentes-con-europa", "name_es": "Puentes con Europa", "name_en": "Bridges to Europe",
    "purpose_es": "Giras de artistas.", "purpose_en": "Artists' tours.", "kind": "restricted", "currency": "EUR",
    "axes": ["1", "4"], "regions": ["europe"], "profiles": ["collective"], "directions": ["outbound"],
    "not_before": "2026-01-01", "not_after": "2026-12-31", "cap": "4,000", "procurement": "Reglas de la Unión",
    "reports": "2027-01-31\n2026-07-31", "try_axis": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def treasurer(session: Session, clock: FrozenClock, login: Callable[..., Any]) -> None:
    make_books()
    session.commit()
    login(Role.TREASURER)


def test_a_fund_is_opened_with_the_rules_that_were_written(client: FlaskClient, session: Session) -> None:
    giver = make_organisation(name="Fundación Andamio")
    session.commit()
    assert client.get(ADDRESS).status_code == 200
    answer = client.post(ADDRESS, data={**FUND, "giver": str(giver.id), "accepts_gifts": "y"})
    assert (answer.status_code, answer.location) == (303, "/es/fondos/puentes-con-europa")
    fund = queries.fund_by_code("puentes-con-europa")
    assert (fund.kind, fund.currency, fund.giver_organisation_id, fund.accepts_gifts) == (
        FundKind.RESTRICTED, "EUR", giver.id, True,
    )  # fmt: skip
    assert queries.fund_rules(fund) == SpendingRules(
        axes=frozenset({1, 4}), regions=frozenset({"europe"}), profiles=frozenset({"collective"}),
        directions=frozenset({"outbound"}), not_before=date(2026, 1, 1), not_after=date(2026, 12, 31),
        cap_per_award=Money(4_000_00, "EUR"), procurement="Reglas de la Unión",
        report_due_on=(date(2026, 7, 31), date(2027, 1, 31)),
    )  # fmt: skip
    page = client.get(answer.location).get_data(as_text=True)
    assert "colectivos" in page
    assert "desde la ciudad al extranjero" in page


def test_the_rules_are_read_and_tried_before_they_count(client: FlaskClient, session: Session) -> None:
    tried = {"accion": "revisar", "try_amount": "5,000", "try_axis": "2", "try_region": "europe",
             "try_profile": "collective", "try_direction": "outbound"}  # fmt: skip
    answer = client.post(ADDRESS, data={**FUND, **tried})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Así quedan las reglas" in page
    assert "No lo pagaría" in page
    assert [page.count("<li>No:"), page.count("<li>No: Eje "), page.count("pasa del tope")] == [2, 1, 1]
    assert session.scalar(select(func.count(Fund.id))) == 0
    good = {**tried, "try_amount": "3,000", "try_axis": "1"}
    assert "Sí lo pagaría" in client.post(ADDRESS, data={**FUND, **good}).get_data(as_text=True)
    elsewhere = client.post(ADDRESS, data={**FUND, **good, "try_region": "asia"}).get_data(as_text=True)
    assert [elsewhere.count("<li>No:"), elsewhere.count("solo paga las regiones Europa")] == [1, 1]


def test_what_is_left_empty_is_no_rule(client: FlaskClient, session: Session) -> None:
    empty = dict.fromkeys(("not_before", "not_after", "cap", "procurement", "reports"), "")
    bare = {**FUND, **empty, "kind": "unrestricted", "axes": [], "regions": [], "profiles": [], "directions": []}
    assert client.post(ADDRESS, data=bare).status_code == 303
    assert queries.fund_by_code("puentes-con-europa").spending_rules == {}


@pytest.mark.parametrize(
    "bad",
    [{"code": "Con Espacios"}, {"code": ""}, {"name_en": " "}, {"currency": "XXX"}, {"kind": "otra"},
     {"not_after": "2025-12-31"}, {"cap": "0"}, {"cap": "mucho"}, {"reports": "mañana"}, {"axes": ["99"]}],
)  # fmt: skip
def test_bad_input_keeps_what_was_typed_and_opens_nothing(
    client: FlaskClient, session: Session, bad: dict[str, Any]
) -> None:
    answer = client.post(ADDRESS, data={**FUND, **bad})
    assert answer.status_code == 422
    assert "Giras de artistas." in answer.get_data(as_text=True)
    assert session.scalar(select(func.count(Fund.id))) == 0


def test_a_code_that_is_taken_is_told_at_its_field(client: FlaskClient) -> None:
    assert client.post(ADDRESS, data=FUND).status_code == 303
    again = client.post(ADDRESS, data=FUND)
    assert (again.status_code, again.get_data(as_text=True).count("Ya existe una bolsa con la clave")) == (422, 2)


def test_nobody_else_opens_funds(client: FlaskClient, login: Callable[..., Any]) -> None:
    login(Role.PROGRAMME_OFFICER)
    assert client.get(ADDRESS).status_code == 403

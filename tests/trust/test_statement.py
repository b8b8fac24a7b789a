"""A giver's statement of any range of dates: their own gifts alone, what was kept, money and things apart."""

import io
from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.money import Money
from core.roles import Role
from tests.factories.accounts import make_organisation, make_user
from tests.factories.trust import give, give_in_kind, make_fund, pesos
from trust import queries
from trust.documents import statement_totals


def test_money_and_things_have_their_own_sums_and_what_went_back_is_off(session: Session, clock: FrozenClock) -> None:
    fund, giver = make_fund(), make_organisation()
    first = give(fund, pesos(100), giver_organisation=giver, received_on=date(2026, 1, 1))
    give(fund, pesos(50), giver_organisation=giver, received_on=date(2026, 2, 28))
    give(fund, pesos(7), giver_organisation=giver, received_on=date(2026, 3, 1))
    give(fund, pesos(1_000))
    give_in_kind(fund, pesos(300), organisation=giver)
    first.refunded_cents = 40_00
    session.flush()
    given = queries.given_between([giver.id], None, date(2026, 1, 1), date(2026, 2, 28))
    assert statement_totals(given) == [("En dinero", Money(110_00, "MXN"))]
    whole = queries.given_between([giver.id], None, date(2026, 1, 1), date(2026, 3, 2))
    assert statement_totals(whole) == [("En dinero", Money(117_00, "MXN")), ("En especie", pesos(300))]


def test_each_reads_and_downloads_only_their_own(
    client: FlaskClient, login: Callable[..., User], session: Session, clock: FrozenClock
) -> None:
    fund, person = make_fund(), make_user(Role.SPONSOR_CONTACT, name="Ana Lucía Ñuño")
    mine, other = give(fund, pesos(25_000), giver_user=person), give(fund, pesos(31_000), giver_user=make_user())
    session.commit()
    assert client.get("/es/mis-aportaciones/constancia").status_code in (302, 303, 401)
    login(person)
    page = client.get("/es/mis-aportaciones/constancia").get_data(as_text=True)
    assert mine.receipt is not None
    assert other.receipt is not None
    assert mine.receipt.code in page
    assert other.receipt.code not in page
    answer = client.get("/es/mis-aportaciones/constancia.pdf?desde=2026-01-01&hasta=2026-03-02")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "application/pdf", "attachment; filename=constancia-2026-01-01-2026-03-02.pdf",
    )  # fmt: skip
    text = " ".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    assert "Ana Lucía Ñuño" in text
    assert mine.receipt.code in text
    assert other.receipt.code not in text
    # Dates in the wrong order are taken in the right one.
    assert mine.receipt.code in client.get("/es/mis-aportaciones/constancia?desde=2026-12-31&hasta=2026-01-01").text
    for query in ("desde=ayer", "desde=2026-03-02&hasta=2026-01-01", "desde=2026-03-02"):
        assert client.get(f"/es/mis-aportaciones/constancia?{query}").status_code == 200
    assert mine.receipt.code not in client.get("/es/mis-aportaciones/constancia?hasta=2026-02-01").get_data(
        as_text=True
    )

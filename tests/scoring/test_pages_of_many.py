"""A committee's pages ask as much of the database for many dossiers as for one, and show them part by part."""

import re
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.roles import Role
from scoring import queries
from scoring.models import Dossier, Panel
from scoring.routes import rankings
from scoring.states import Determination
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., Any]
IN_REVIEW = ("", "/marcha", "/expedientes/{code}", "/expedientes/{code}/retirar/A", "/personas/A/baja", "/preguntas")
FREE = make.simple_rulebook(3) | {"reserved": [], "ties": ["lot"]}
RELEASED = ("", "/marcha", "/expedientes/{code}", "/orden", "/sesiones")


@contextmanager
def dossiers_read() -> Any:
    """Count the dossiers that are read whole inside the block."""
    found: list[Dossier] = []

    def note(one: Dossier, _context: object) -> None:
        found.append(one)

    event.listen(Dossier, "load", note)
    try:
        yield found
    finally:
        event.remove(Dossier, "load", note)


def free_order(dossiers: int, first: int) -> Panel:
    """A committee whose order is public, whose rules reserve nothing and leave ties to the lot."""
    released, _ranking = make.released_panel(
        dossiers, 3, call_key=f"de-{dossiers}", document=FREE, first_reviewer_id=first, budget_cents=10**9
    )
    return released


@pytest.mark.parametrize("stage", ["review", "released"])
def test_a_committees_pages_read_as_much_of_many_as_of_few(
    client: FlaskClient, login: Login, session: Session, count_queries: Callable[..., Any], stage: str
) -> None:
    login(Role.PROGRAMME_OFFICER)
    told: list[dict[str, tuple[int, int]]] = []
    for number in (2, 9):
        if stage == "review":
            panel = make.assigned_panel(number, 3, call_key=f"de-{number}", first_reviewer_id=number * 100)
        else:
            panel = free_order(number, number * 100)
        base, code = f"/es/paneles/{panel.id}", queries.open_dossiers(panel)[0].code
        session.commit()
        counts = {}
        for path in IN_REVIEW if stage == "review" else RELEASED:
            session.expunge_all()
            with count_queries() as sent, dossiers_read() as read:
                assert client.get(base + path.format(code=code)).status_code == 200
            counts[path] = (len(sent), len(read) if "{code}" in path else 0)
        told.append(counts)
    assert told[0] == told[1]


def test_a_long_order_is_shown_part_by_part_narrowed_and_searched(
    client: FlaskClient, login: Login, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
    panel, ranking = make.released_panel(3, 3, scores=scores, document=FREE)
    login(Role.PROGRAMME_OFFICER)
    session.commit()
    lines = queries.ranking_lines(ranking)
    codes = [line.dossier.code for line in lines]
    granted = sum(line.granted_cents for line in lines)
    assert queries.ranking_sums(ranking) == queries.RankingSums(3, granted, awaits_lot=False)
    base = f"/es/paneles/{panel.id}/orden"
    whole = client.get(base).text
    assert shown(whole) == codes
    assert "Buscar en el orden" not in whole
    monkeypatch.setattr(rankings, "PER_PAGE", 2)
    parts = [shown(client.get(f"{base}?pagina={number}").text) for number in (1, 2, 9)]
    assert parts == [codes[:2], codes[2:], codes[2:]]
    below = [line.dossier.code for line in lines if line.determination is Determination.BELOW_THRESHOLD]
    assert below
    assert shown(client.get(f"{base}?resultado=below_threshold").text) == below
    assert shown(client.get(f"{base}?codigo={codes[2].lower()}").text) == [codes[2]]
    assert "Sin resultados" in client.get(f"{base}?codigo=%25").text
    amount = re.search(r"Asignado a apoyos.{0,80}?value=\"([\d.]+)\"", whole, re.DOTALL)
    assert amount is not None
    narrowed = client.get(f"{base}?resultado=below_threshold").text
    assert amount[1] in narrowed  # what is given in all does not depend on what is shown


def shown(page: str) -> list[str]:
    """The codes in the order's rows."""
    return re.findall(r'data-label="Expediente"><span class="cell-value">([^<]+)<', page)

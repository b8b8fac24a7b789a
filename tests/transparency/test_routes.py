"""The public pages: open to all, the same for everybody, made once a version, and silent about people."""

import gzip
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import FrozenClock, now, today
from core.money import format_money
from core.roles import Role
from grants.services.awards import move_award
from grants.states.award import AwardState
from tests.factories.accounts import make_user
from tests.factories.tampering import disarm
from tests.factories.trust import acting, euros, give, pesos
from tests.transparency.conftest import Awarded, World
from transparency.routes import cache
from trust.queries import entry_of

Counting = Callable[[], AbstractContextManager[list[str]]]

PAGES = (
    "",
    "/2026",
    "/2026/t1",
    "/asientos",
    "/padron",
    "/datos",
)
FILES = (
    "/2026.pdf",
    "/2026.csv",
    "/2026.xlsx",
    "/2026.json",
    "/2026/t1.pdf",
    "/2026/t1.json",
    "/asientos.csv",
    "/padron.csv",
    "/datos/360giving.json",
    "/datos/apoyos.csv",
    "/datos/apoyos.xlsx",
    "/datos/datapackage.json",
)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", PAGES + FILES)
def test_before_anything_happens_everything_answers(
    client: FlaskClient, clock: FrozenClock, language: str, path: str
) -> None:
    answer = client.get(f"/{language}/transparencia{path}")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)


def test_empty_pages_say_what_will_appear(client: FlaskClient, clock: FrozenClock) -> None:
    assert "Aquí aparecerán lo que entró" in client.get("/es/transparencia/2026").text
    assert "Todavía no hay apoyos publicados" in client.get("/es/transparencia/padron").text
    assert "No hay asientos que mostrar" in client.get("/es/transparencia/asientos").text


@pytest.mark.parametrize(
    "path",
    [
        "/2199",
        "/1999",
        "/2026/t0",
        "/2026/t5",
        "/2026/t4",
        "/2026.doc",
        "/convocatorias/nada",
        "/2026/graficas/nada.svg",
    ],
)
def test_what_has_no_report_is_not_found(client: FlaskClient, clock: FrozenClock, path: str) -> None:
    assert client.get(f"/es/transparencia{path}").status_code == 404


@pytest.mark.parametrize("path", [*PAGES, *FILES, "/2026/graficas/ingresos.svg"])
def test_nothing_is_made_again_until_a_figure_changes(
    client: FlaskClient, world: World, session: Session, count_queries: Counting, path: str
) -> None:
    address = f"/es/transparencia{path}"
    first = client.get(address)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    with count_queries() as sent:
        again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, len(sent)) == (304, b"", 1)
    give(world.general, pesos(1), received_on=date(2026, 3, 1))
    session.commit()
    changed = client.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)


def test_each_language_and_each_filter_is_its_own_version(client: FlaskClient, world: World) -> None:
    tags = {
        client.get(f"/{address}").headers["ETag"]
        for address in (
            "es/transparencia/asientos",
            "en/transparencia/asientos",
            "es/transparencia/asientos?cuenta=4.1.1",
        )
    }
    assert len(tags) == 3


@pytest.mark.parametrize("path", PAGES)
def test_a_person_who_signed_in_keeps_their_own_header(
    client: FlaskClient, world: World, login: Callable[..., object], path: str
) -> None:
    address = f"/es/transparencia{path}"
    shared = client.get(address)
    assert (">Entrar</a>" in shared.text, shared.headers["Cache-Control"][:6]) == (True, "public")
    login(Role.TREASURER)
    own = client.get(address, headers={"If-None-Match": shared.headers["ETag"]})
    assert (own.status_code, own.headers["Cache-Control"], "ETag" in own.headers) == (200, "private, no-cache", False)
    assert (">Entrar</a>" in own.text, "Cerrar sesión" in own.text, "Mi cuenta" in own.text) == (False, True, True)


def test_who_signed_in_gets_the_same_file_as_everybody(
    client: FlaskClient, world: World, login: Callable[..., object]
) -> None:
    before = client.get("/es/transparencia/2026.json")
    login(Role.TREASURER)
    after = client.get("/es/transparencia/2026.json")
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_another_deployment_is_another_version(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tag = client.get("/es/transparencia").headers["ETag"]
    template = tmp_path / "templates" / "page.html"
    template.parent.mkdir()
    template.write_text("one", encoding="utf-8")
    digest = cache.code_digest(tmp_path)
    template.write_text("two", encoding="utf-8")
    cache.code_digest.cache_clear()
    assert cache.code_digest(tmp_path) != digest
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    assert client.get("/es/transparencia", headers={"If-None-Match": tag}).status_code == 200


def test_pages_travel_compressed_when_the_reader_can_open_them(client: FlaskClient, world: World) -> None:
    address = "/es/transparencia/2026"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 4
    assert packed.headers["Content-Length"] == str(len(packed.data))
    known = {"Accept-Encoding": "gzip", "If-None-Match": plain.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304


def test_an_english_page_names_the_law_and_the_bank_in_english(
    client: FlaskClient, world: World, session: Session
) -> None:
    page = client.get("/en/transparencia/2026").text
    assert ("duties of trusts" in page, "obligaciones de fideicomisos" in page) == (True, False)
    entry = entry_of(give(world.foreign, euros(100), received_on=date(2026, 2, 27)))
    assert entry is not None
    session.commit()
    line = client.get(f"/en/libro/{entry.label}").text
    assert ("European Central Bank" in line, "Banco Central Europeo" in line) == (True, False)


def test_the_page_shows_the_figures_and_that_they_agree(client: FlaskClient, world: World) -> None:
    page = client.get("/es/transparencia/2026/t1").text.replace("\u202f", " ")
    assert "Entraron $455,000.00 MXN en dinero, de 3 aportaciones." in page
    assert "Cuadra con los libros: sí, 6 asientos." in page
    assert "/es/transparencia/2026/t1/graficas/ingresos.svg?ancho=720" in page
    assert "desde=2026-01-01&amp;hasta=2026-03-31&amp;bolsa=fondo-general&amp;cuenta=4.1.1" in page


def test_the_page_answers_first_and_folds_the_detail(client: FlaskClient, world: World) -> None:
    page = client.get("/es/transparencia/2026").text
    assert page.index("¿De dónde vino?") < page.index("Qué responde este informe") < page.index('<details class="more"')
    for anchor in re.findall(r'href="#([a-z-]+)"', page):
        assert f'id="{anchor}"' in page
    unfolded = re.sub(r'<details class="more">.*?</details>', "", page, flags=re.DOTALL)
    assert ("<table" in page, "<table" in unfolded) == (True, False)


def test_the_first_button_opens_the_last_quarter_that_is_over(client: FlaskClient, world: World) -> None:
    page = client.get("/es/transparencia").text
    (first, *_others) = re.findall(r'<a class="btn[^"]*" href="([^"]+)">([^<]+)</a>', page)
    assert first == ("/es/transparencia/2025/t4", "Ver el trimestre 4 de 2025")
    assert "Todavía no hay movimientos" not in client.get(first[0]).text


def test_before_any_quarter_is_over_the_button_opens_the_current_one(client: FlaskClient, clock: FrozenClock) -> None:
    buttons = re.findall(r'<a class="btn[^"]*" href="([^"]+)">', client.get("/es/transparencia").text)
    assert buttons[0] == "/es/transparencia/2026/t1"


def test_sections_without_data_fold_into_one_line(client: FlaskClient, world: World) -> None:
    page = client.get("/es/transparencia/2025/t4").text
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert "¿Cuánto dinero entró y de quién?" in headings
    assert "¿A qué ejes fueron los apoyos?" not in headings
    line = page[page.index('id="sin-datos"') :].split("</p>")[0]
    assert line.count("<p>") == 1
    assert '<span id="apoyos-eje">¿A qué ejes fueron los apoyos?' in line


def test_the_entries_of_a_figure_add_up_to_it(client: FlaskClient, world: World) -> None:
    page = client.get("/es/transparencia/asientos?bolsa=fondo-general&cuenta=4.1.2&cuenta=4.1.1").text
    assert "\u2212$255,000.00\u202fMXN" in page
    assert page.count("/libro/2026-") == 2
    narrowed = client.get(
        "/es/transparencia/asientos?desde=2026-02-01&cuenta=4.1.1&cuenta=4.1.2&tipo=contribution"
    ).text
    assert "$250,000.00" not in narrowed


def test_a_file_of_entries_balances_and_begins_the_next_one(
    client: FlaskClient, world: World, session: Session
) -> None:
    before = client.get("/es/transparencia/asientos.csv").text
    rows = [line.split(",") for line in before.splitlines()[1:]]
    sums: dict[tuple[str, str, str], float] = {}
    for number, _date, _kind, _line, _account, fund, amount, currency, _base in rows:
        sums[number, fund, currency] = sums.get((number, fund, currency), 0) + float(amount)
    assert set(sums.values()) == {0.0}
    give(world.general, pesos(1), received_on=date(2026, 3, 1))
    session.commit()
    assert client.get("/es/transparencia/asientos.csv").text.startswith(before)


@pytest.mark.parametrize(
    "query", ["cuenta=%25", "cuenta=x", "desde=ayer", "bolsa=''", "tipo=x", "pagina=-1", "hasta=9999-99-99"]
)
def test_filters_that_mean_nothing_filter_nothing(client: FlaskClient, world: World, query: str) -> None:
    every = client.get("/es/transparencia/asientos").text.count("/libro/")
    assert client.get(f"/es/transparencia/asientos?{query}").text.count("/libro/") == every


def test_charts_are_drawings_tables_and_documents(client: FlaskClient, world: World) -> None:
    address = "/es/transparencia/2026/t1/graficas/ingresos"
    svg = client.get(f"{address}.svg")
    assert (svg.mimetype, svg.data[:4]) == ("image/svg+xml", b"<svg") or svg.data.startswith(b"<?xml")
    assert client.get(f"{address}.svg?ancho=720").data != svg.data
    assert client.get(f"{address}.pdf").data.startswith(b"%PDF")
    assert "Patrocinio" in client.get(f"{address}.csv").text


def test_a_report_that_does_not_agree_is_refused_by_name(client: FlaskClient, world: World, session: Session) -> None:
    disarm(session, "contribution", "contribution_guard_update")
    session.execute(text("UPDATE contribution SET amount_cents = amount_cents + 100 WHERE method = 'delivery'"))
    session.commit()
    for path in ("/2026", "/2026/t1.pdf", "/2026.json"):
        answer = client.get(f"/es/transparencia{path}")
        assert answer.status_code == 409
        assert "Este informe no se publica" in answer.text
    assert "$30,001.00" in client.get("/es/transparencia/2026").text


def test_files_have_names_and_cannot_be_sniffed(client: FlaskClient, world: World) -> None:
    answer = client.get("/en/transparencia/2026/t1.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="informe-2026-t1-en.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestAfterResults:
    def test_no_page_or_file_names_anybody_who_did_not_choose_it(self, client: FlaskClient, awarded: Awarded) -> None:
        slug, year = awarded.call.slug, today().year
        everything = "".join(
            client.get(f"/es/transparencia{path}").text
            for path in (
                f"/{year}",
                f"/{year}.csv",
                f"/{year}.json",
                f"/convocatorias/{slug}",
                f"/convocatorias/{slug}/informe.csv",
                f"/convocatorias/{slug}/informe.json",
                "/asientos",
                "/asientos.csv",
                "/padron",
                "/padron.csv",
                "/datos/360giving.json",
            )
        )
        winners = {award.application_id for award in awarded.awards}
        for application in awarded.applications:
            assert application.applicant.email not in everything
            assert (application.answers["public_name"] in everything) == (application.id in winners)

    def test_the_register_filters_and_exports_the_same(self, client: FlaskClient, awarded: Awarded) -> None:
        folio = awarded.awards[0].application.folio
        page = client.get(f"/es/transparencia/padron?q={folio}")
        assert "1 resultado" in page.text
        assert len(client.get(f"/es/transparencia/padron.csv?q={folio}").text.splitlines()) == 2
        assert "Nadie coincide" in client.get("/es/transparencia/padron?q=zzzz").text

    def test_the_call_s_page_links_the_entries_of_its_awards(self, client: FlaskClient, awarded: Awarded) -> None:
        slug = awarded.call.slug
        page = client.get(f"/es/transparencia/convocatorias/{slug}").text
        assert f"convocatoria={slug}" in page
        paid = client.get(f"/es/transparencia/asientos?convocatoria={slug}&cuenta=1.1.1").text
        assert f"\u2212{format_money(awarded.awards[0].tranches[0].money)}" in paid

    def test_the_call_s_page_and_its_results_lead_to_its_lot_and_the_lot_back(
        self, client: FlaskClient, awarded: Awarded
    ) -> None:
        page = client.get(f"/es/transparencia/convocatorias/{awarded.call.slug}").text
        (address,) = re.findall(r'href="(/es/sorteos/[^"]+)"', page)
        results = f"/es/convocatorias/{awarded.call.slug}/resultados"
        assert f'href="{address}"' in client.get(results).text
        assert f'href="{results}"' in client.get(address).text
        assert "/sorteos/" not in client.get(f"/es/transparencia/{today().year}").text

    def test_closing_an_award_is_a_new_version_of_the_register(
        self, client: FlaskClient, awarded: Awarded, session: Session
    ) -> None:
        address = "/es/transparencia/padron"
        award = next(one for one in awarded.awards if one.state is AwardState.IN_PROGRESS)
        officer = make_user(Role.PROGRAMME_OFFICER)
        with acting(officer.id, Role.PROGRAMME_OFFICER):
            move_award(award, AwardState.REPORTED)
        session.commit()
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        with acting(officer.id, Role.PROGRAMME_OFFICER):
            award.closed_at = now()
            move_award(award, AwardState.CLOSED)
        session.commit()
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200

    def test_open_data_has_every_award(self, client: FlaskClient, awarded: Awarded) -> None:
        grants = json.loads(client.get("/es/transparencia/datos/360giving.json").data)["grants"]
        assert len(grants) == len(awarded.awards)
        required = {"id", "title", "description", "currency", "amountAwarded", "awardDate", "fundingOrganization"}
        assert all(required <= set(grant) for grant in grants)

    def test_the_front_door_shows_the_three_figures(self, client: FlaskClient, awarded: Awarded) -> None:
        page = client.get("/es/").text
        total = sum(award.amount_cents for award in awarded.awards)
        assert f'value="{total / 100:.2f}"' in page
        assert "/es/transparencia/padron" in page

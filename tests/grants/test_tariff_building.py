"""The tariff part by part: lines, countries and distances make the budget, the published table and the comparison."""

import io
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.money import Money
from core.roles import Role
from grants import services
from grants.blinding import projection
from grants.errors.building import LineDepends, LineLast, LineUnknown, TooManyLines
from grants.forms.tariff import _country
from grants.models import Call
from grants.rules import form_building, tariff
from grants.rules import tariff_building as building
from grants.rules.comparison import changes
from grants.rules.itinerary import Leg
from grants.rules.places import countries
from grants.rules.standard import standard_tariff
from grants.rules.tariff_lines import Line, lines_of, published
from tests.architecture.findings import assert_nothing
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.clerk import Send, sender
from tests.factories.grants import RATE, make_draft_application, make_draft_call, make_open_call
from tests.factories.rules import standard_form

NAME = {"es": "Instrumentos", "en": "Instruments"}
CRATES = Line("cajas", "amount", NAME, 5_000, "person_day", "crates", 60_000)
TABLE = {**RATE, "value": "1", "quote": "EUR"}


def journey(country: str = "FR", city: str = "Marsella", days: int = 10) -> list[Leg]:
    return [Leg("MX", "Ciudad de México", country, city, date(2027, 3, 1), date(2027, 3, days))]


def priced(document: dict[str, Any], legs: list[Leg] | None = None, **answers: Any) -> dict[str, tuple[int, int, bool]]:
    lines = tariff.price(legs or journey(), tariff.Party.read(answers), document)
    return {line.rule: (line.quantity, line.amount.amount_cents, line.capped) for line in lines}


def test_a_line_multiplies_its_unit_by_an_answer_up_to_its_cap() -> None:
    document = building.put_line(standard_tariff(TABLE), CRATES)
    assert "cajas" not in priced(document)
    assert priced(document, crates=1)["cajas"] == (10, 50_000, False)
    assert priced(document, crates=2)["cajas"] == (20, 60_000, True)
    assert priced(document, crates="yes")["cajas"] == (10, 50_000, False)
    assert priced(document, crates=["odd"], green="yes").keys() == {"per_diem", "travel", "green"}
    capped = building.put_line(document, Line("per_diem", "per_diem", None, cap_cents=80_000))
    assert priced(capped)["per_diem"] == (10, 80_000, True)


def test_lines_are_ordered_and_taken_out_and_what_is_paid_stays_the_same() -> None:
    first = standard_tariff(TABLE)
    moved = building.move_line(first, "travel", -1)
    assert [line.id for line in lines_of(moved)] == ["travel", "per_diem", "green", "visa", "family", "access"]
    party: dict[str, Any] = {"people": 3, "green": "yes", "visas": 2, "children": 1, "access_days": 4}
    assert priced(moved, **party) == priced(first, **party)
    fewer = building.remove_line(moved, "per_diem")
    assert priced(fewer).keys() == {"travel"}
    assert (tariff.faults(fewer), tariff.faults(moved)) == ([], [])
    with pytest.raises(LineUnknown):
        building.remove_line(fewer, "per_diem")
    with pytest.raises(LineLast):
        building.remove_line({**first, "lines": [CRATES.as_json()]}, "cajas")
    full = {**first, "lines": [Line(f"l{number}", "amount", NAME, 1).as_json() for number in range(20)]}
    with pytest.raises(TooManyLines):
        building.put_line(full, CRATES)
    assert first == standard_tariff(TABLE)


def test_days_are_paid_by_country_and_distances_by_their_band() -> None:
    document = building.set_days(standard_tariff(TABLE), 1_000, [(["FR", "ES"], 2_000), (["JP"], 3_000)])
    document = building.set_bands(document, {9_000: 90, 500: 5}, 100)
    assert [priced(document, journey(*place))["per_diem"][1] for place in (("FR", "Lyon"), ("JP", "Tokio"))] == [
        20_000,
        30_000,
    ]
    assert priced(document, journey("CO", "Bogotá"))["per_diem"][1] == 10_000
    assert [band["under_km"] for band in document["travel"]] == [500, 9_000, None]
    assert tariff.faults(document) == []
    assert "per_diem.groups" in tariff.faults(building.set_days(document, 1, [(["FR"], 1), (["FR"], 2)]))


@pytest.mark.usefixtures("session")
def test_the_published_table_and_the_comparison_come_from_the_same_lines() -> None:
    before = {"form": standard_form([], []), "tariff": standard_tariff(RATE)}
    crates = {"id": "crates", "type": "number", "label": {"es": "Cajas", "en": "Crates"}}
    after = deepcopy(before)
    after["form"] = form_building.put_question(after["form"], "presupuesto", crates)
    after["tariff"] = building.put_line(building.set_days(after["tariff"], 8_500, [(["ES", "FR"], 9_000)]), CRATES)
    labels = [row.label for row in published(after["tariff"], after["form"])]
    assert labels[:2] == [
        "Viático por día y persona: España, Francia",
        "Viático por día y persona, en los demás países",
    ]
    assert labels[-1].startswith("Instrumentos, por día y persona y por cada unidad de «Cajas»; hasta ")
    told = [change.name for change in changes(before, after, "es") if change.part == "Tarifa"]
    assert told == [labels[0], labels[1], labels[-1]]
    cap = {**after, "tariff": building.put_line(after["tariff"], Line("travel", "travel", None, cap_cents=5))}
    assert [change.part for change in changes(after, cap, "es")] == ["Tarifa", "Tarifa"]  # both distances


def test_reviewers_read_the_names_that_the_tariff_gave() -> None:
    source = projection.BlindSource(
        form=standard_form([], []),
        answers={},
        itinerary=[],
        budget=[{"rule": "cajas", "detail": "", "amount_cents": 100}, {"rule": "other", "amount_cents": 1}],
        requested=Money(100, "MXN"),
        line_names={"cajas": NAME},
    )
    budget = next(one for one in projection.project(source)["sections"] if one["heading"]["es"] == "Presupuesto")
    assert [field["label"] for field in budget["fields"]] == [NAME]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_country_is_read_by_the_name_it_is_shown_with(language: str) -> None:
    assert_nothing([name for code, name in countries(language) if "," in name or _country(name) != code])


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    call = make_draft_call()
    session.commit()
    return call


@pytest.fixture
def send(client: FlaskClient, login: Callable[..., User], session: Session, call: Call) -> Send:
    login(Role.PROGRAMME_OFFICER)
    return sender(client, session, call, "tarifa", ("tariff",))


def test_the_clerk_writes_the_tariff_part_by_part(
    client: FlaskClient, session: Session, call: Call, send: Send
) -> None:
    crates = {"id": "crates", "type": "number", "required": False, "label": {"es": "Cajas", "en": "Crates"}}
    services.edit_call(call, form=form_building.put_question(call.form, "presupuesto", crates))
    session.commit()
    line = {
        "tariff": "amount",
        "name_es": "Instrumentos",
        "name_en": "Instruments",
        "unit": "trip",
        "question": "crates",
    }
    assert send("renglon/nuevo", **line, cents="-1", cap="x")[0] == 422
    status, page = send("renglon/nuevo", **{**line, "name_en": ""}, cents="120")
    assert (status, "Escríbelo en los dos idiomas." in page) == (422, True)
    assert send("renglon/nuevo", **line, cents="120", cap="300.50")[0] == 303
    assert call.tariff["lines"][-1] == {
        "id": "instrumentos",
        "tariff": "amount",
        "name": NAME,
        "cents": 12_000,
        "unit": "trip",
        "question": "crates",
        "cap_cents": 30_050,
    }
    assert send("renglon/instrumentos/subir")[0] == 303
    assert send("renglon/visa/quitar")[0] == 303
    assert send("renglon/visa/quitar")[0] == 404
    assert [line["id"] for line in call.tariff["lines"]][-2:] == ["instrumentos", "access"]
    groups = {
        "groups-0-countries": "Francia; españa",
        "groups-0-cents": "90",
        "groups-1-countries": "",
        "groups-1-cents": "",
    }
    assert send("paises", cents="80", **{**groups, "groups-1-countries": "Franxia y otros"})[0] == 422
    status, page = send("paises", cents="80", **{**groups, "groups-1-countries": "Francia", "groups-1-cents": "1"})
    assert (status, "Ya está en otro renglón: Francia." in page) == (422, True)
    assert send("paises", cents="80", **groups)[0] == 303
    assert call.tariff["per_diem"] == {"cents": 8_000, "groups": [{"countries": ["ES", "FR"], "cents": 9_000}]}
    bands = {"bands-0-km": "1000", "bands-0-cents": "50", "bands-1-km": "500", "bands-1-cents": "20"}
    assert send("distancias", beyond="900", **{**bands, "bands-1-km": "1000"})[0] == 422
    assert send("distancias", beyond="900", **bands)[0] == 303
    assert [tuple(band.values()) for band in call.tariff["travel"]] == [(500, 2_000), (1_000, 5_000), (None, 90_000)]
    assert send("distancias", beyond="1", edicion="old", **bands)[0] == 409
    with pytest.raises(LineDepends):
        services.edit_call(call, form=form_building.remove_question(call.form, "crates"))
    session.rollback()
    for path in ("", "/renglon/travel", "/renglon/nuevo", "/paises", "/distancias"):
        assert client.get(f"/es/programa/convocatorias/{call.slug}/tarifa{path}").status_code == 200


def test_an_application_is_budgeted_by_the_lines_of_its_call(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    form = form_building.put_question(
        make_draft_call().form, "presupuesto", {"id": "crates", "type": "number", "label": NAME, "required": False}
    )
    document = building.move_line(building.put_line(standard_tariff(RATE), CRATES), "cajas", -9)
    application = make_draft_application(
        make_open_call(form=form, tariff=document), make_user(), answers={"crates": 9, "visas": 1}
    )
    assert [line["rule"] for line in application.budget] == ["cajas", "per_diem", "travel", "visa"]
    assert application.budget[0] | {"amount_cents": 0} == {
        "rule": "cajas",
        "detail": "",
        "quantity": 14 * 9,
        "unit_cents": 5_000,
        "unit_currency": "EUR",
        "amount_cents": 0,
        "currency": "MXN",
        "capped": True,
    }
    services.submit_application(application)
    session.commit()
    sign_in_as(client, application.applicant)
    page = client.get(f"/es/solicitudes/{application.id}/revision").get_data(as_text=True)
    acuse = client.get(f"/es/solicitudes/{application.id}/acuse.pdf").get_data()
    said = PdfReader(io.BytesIO(acuse)).pages[0].extract_text()
    for text in (page, said):
        assert ("Instrumentos" in text, "hasta su tope" in text) == (True, True)

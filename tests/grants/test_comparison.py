"""What became of a draft after its consultation, and how a published text is corrected."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.clock import FrozenClock, now
from core.comparison import Piece, PieceKind, compared
from core.database import session
from core.money import Money
from core.roles import Role
from grants import services
from grants.errors.calls import CallNotOpen, CallValueRefused, ReasonMissing, TextOutOfBounds
from grants.models import Addendum, Call
from grants.rules import content
from grants.rules.comparison import changes
from grants.rules.standard import standard_eligibility, standard_tariff
from grants.rules.tariff_building import move_line, put_line
from grants.rules.tariff_lines import AMOUNT, Line
from grants.services.publication import frozen_content
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import RATE, make_draft_call, make_open_call, make_published_call
from tests.factories.rules import standard_form, standard_rulebook
from tests.web.dom import parse

BODY = {"es": "Primera base.\nSegunda base, muy clara.", "en": "First rule.\nSecond rule."}


def state() -> dict[str, Any]:
    return {
        "title": {"es": "Movilidad", "en": "Mobility"},
        "summary": {"es": "Viajes.", "en": "Journeys."},
        "body": BODY,
        "form": standard_form([{"id": 1, "name": {"es": "Eje", "en": "Axis"}}], ["Coyoacán"]),
        "tariff": standard_tariff(RATE),
        "eligibility": standard_eligibility(),
    }


def test_a_changed_number_shows_in_plain_words() -> None:
    after = copy.deepcopy(state())
    after["eligibility"]["rules"][3]["value"] = 5
    after["tariff"]["stays"][0]["min_days"] = 5
    told = [
        "".join(piece.text for piece in change.pieces if piece.kind is PieceKind.ADDED)
        for change in changes(state(), after, "es")
    ]
    assert [text.strip(" ().") for text in told] == ["5", "5"]
    assert [change.name for change in changes(state(), after, "es")] == [
        "El viaje dura siete días o más.",
        "Cuánto puede durar el viaje",
    ]


def test_lines_of_the_tariff_that_changed_places_say_so_and_one_that_came_in_does_not() -> None:
    after = copy.deepcopy(state())
    after["tariff"] = move_line(after["tariff"], "visa", -1)
    (change,) = changes(state(), after, "es")
    assert change.name == "Orden de los renglones"
    came = put_line(state()["tariff"], Line("seguro", AMOUNT, {"es": "Seguro", "en": "Insurance"}, 100))
    assert [one.name for one in changes(state(), {**state(), "tariff": came}, "es")] == ["Seguro, por viaje"]


def test_what_is_the_same_is_no_change() -> None:
    assert changes(state(), copy.deepcopy(state()), "es") == []


@given(before=st.text(max_size=200), after=st.text(max_size=200))
def test_pieces_add_up_to_both_texts(before: str, after: str) -> None:
    pieces = list(compared(before, after))
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.REMOVED) == after


def test_words_that_changed_are_shown_inside_their_line() -> None:
    assert list(compared("Uno.\nEl tope es de 50 mil.", "Uno.\nEl tope es de 60 mil.")) == [
        Piece(PieceKind.SAME, "Uno.\n"),
        Piece(PieceKind.SAME, "El tope es de "),
        Piece(PieceKind.REMOVED, "50"),
        Piece(PieceKind.ADDED, "60"),
        Piece(PieceKind.SAME, " mil."),
    ]


def test_each_part_of_a_call_is_compared() -> None:
    after = copy.deepcopy(state())
    after["title"]["es"] = "Movilidad artística"
    project = next(section for section in after["form"]["sections"] if section["id"] == "proyecto")
    gone = project["questions"].pop()
    project["questions"][1]["max_words"] = 999
    project["questions"].append(gone | {"id": "new", "label": {"es": "¿Qué más?", "en": "What else?"}})
    after["tariff"]["per_diem"]["cents"] += 100
    del after["eligibility"]["rules"][0]
    found = changes(state(), after, "es")
    assert [(change.part, change.is_new, change.is_gone) for change in found] == [
        ("Textos", False, False),
        ("Preguntas del formulario", False, False),
        ("Preguntas del formulario", True, False),
        ("Tarifa", False, False),
        ("Preguntas del formulario", False, True),
        ("Requisitos", False, True),
    ]
    assert changes(state(), {}, "en")[0].is_gone


@pytest.mark.usefixtures("session")
def test_public_compares_the_consulted_draft_with_what_was_published(client: FlaskClient, clock: FrozenClock) -> None:
    call = make_draft_call(body=BODY)
    session().commit()
    url = f"/es/convocatorias/{call.slug}/consulta/cambios"
    assert client.get(url).status_code == 404
    services.set_rulebook(call, standard_rulebook(call.title))
    services.open_consultation(call, now() + timedelta(days=10))
    session().commit()
    assert "Nada cambió" in client.get(url).text
    services.edit_call(call, cap_per_award=Money(9_000_000, "MXN"), appeal_days=9)
    services.set_rulebook(call, standard_rulebook(call.title, reviewers=4))
    session().commit()
    told = client.get(url).text
    assert "Cambiaron 3 puntos." in told
    assert all(f"<h2>{part}</h2>" in told for part in ("Tope por apoyo", "Calendario", "Reglas de evaluación"))
    form = call.form
    services.edit_call(call, axes=[1, 2], regions=["europe"], audience=["students"], direction="both")
    session().commit()
    told = client.get(url).text
    assert "Cambiaron 9 puntos." in told  # the question of the axis offers what the call offers
    said = parse(told.encode()).xpath("//section[h2='Alcance']/p")
    assert [one.xpath("string(ins/text() | del/text())") for one in said] == [
        "Ciudad de derechos: inclusión social e igualdad de oportunidades",
        "De",  # and what follows, word by word
        "Ciudad del conocimiento: talento e innovación",
        "América Latina",
        "Artistas y grupos culturales",
    ]
    services.edit_call(
        call,
        axes=[1, 4],
        form=form,
        regions=["latin_america", "europe"],
        audience=["artists", "students"],
        direction="outbound",
    )
    services.edit_call(call, cap_per_award=Money(10_000_000, "MXN"), appeal_days=5)
    services.set_rulebook(call, standard_rulebook(call.title))
    services.edit_call(call, body=BODY | {"es": "Primera base.\nSegunda base, clarísima."})
    clock.advance(days=11)
    services.set_allocated_budget(call, Money(100_000_000, "MXN"))
    services.publish_call(call)
    session().commit()
    page = client.get(url).text
    assert "comparado con las reglas que se publicaron" in page
    assert "clarísima" in page
    assert page.count("<ins>") == page.count("<del>") == 1
    assert url in client.get(f"/es/convocatorias/{call.slug}/consulta").text


@pytest.mark.usefixtures("session")
def test_correction_is_public_reasoned_and_leaves_the_fingerprint_true(clock: FrozenClock) -> None:
    call = make_published_call(body=BODY)
    fingerprint = call.frozen_sha256
    once = services.correct_text(call, "body", BODY | {"es": " Primera base corregida. "}, "Errata.")
    services.correct_text(call, "body", BODY | {"es": "Primera base, otra vez."}, "Otra errata.")
    assert (once.number, once.kind, once.old_text) == (1, "correction", BODY)
    assert once.new_text == BODY | {"es": "Primera base corregida."}
    assert call.body["es"] == "Primera base, otra vez."
    session().flush()
    session().refresh(call)
    assert content.digest(frozen_content(call)) == fingerprint == call.frozen_sha256
    assert call.closes_at is not None
    services.extend_deadline(call, call.closes_at + timedelta(days=1), "Más tiempo.")
    session().refresh(call)
    assert content.digest(frozen_content(call)) == fingerprint
    with pytest.raises(DBAPIError):
        session().execute(sql("UPDATE call_addendum SET reason = 'x'"))


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("field", "text", "reason", "refusal"),
    [
        ("form", {}, "x", CallValueRefused),
        ("body", BODY, "x", CallValueRefused),
        ("body", {"es": "Solo español."}, "x", CallValueRefused),
        ("body", BODY | {"es": "Otra."}, "  ", ReasonMissing),
        ("title", {"es": "x" * 201, "en": "y"}, "x", TextOutOfBounds),
    ],
)
def test_correction_refuses_by_name(
    clock: FrozenClock, field: str, text: dict[str, str], reason: str, refusal: type[Exception]
) -> None:
    call = make_published_call(body=BODY)
    with pytest.raises(refusal):
        services.correct_text(call, field, text, reason)
    assert call.body == BODY


@pytest.mark.usefixtures("session")
def test_draft_is_edited_not_corrected_and_what_is_over_stays(clock: FrozenClock) -> None:
    with pytest.raises(CallNotOpen):
        services.correct_text(make_draft_call(), "body", BODY, "x")
    call = make_published_call()
    services.cancel_call(call, "Sin presupuesto.")
    with pytest.raises(CallNotOpen):
        services.correct_text(call, "body", BODY, "x")
    session().add(Addendum(call=call, number=9, kind="correction", reason="x", at=now()))
    with pytest.raises(IntegrityError):
        session().flush()


@pytest.mark.usefixtures("session")
def test_officer_corrects_a_text_and_the_public_sees_both(client: FlaskClient, clock: FrozenClock) -> None:
    call: Call = make_open_call(body=BODY)
    officer = make_user(Role.PROGRAMME_OFFICER)
    session().commit()
    sign_in_as(client, officer)
    url = f"/es/programa/convocatorias/{call.slug}/corregir"
    assert url in client.get(f"/es/programa/convocatorias/{call.slug}").text
    assert "Primera base." in client.get(url).text
    assert "Movilidad de prueba" in client.get(f"{url}?texto=title").text
    refused = client.post(url, data={"es": "Nueva base.", "en": "New rule.", "reason": ""})
    assert refused.status_code == 422
    assert "Nueva base." in refused.text
    assert client.post(url, data={**BODY, "reason": "Nada."}).status_code == 422
    assert client.post(url, data={"es": "Nueva base.", "en": "New rule.", "reason": "Errata."}).status_code == 303
    page = client.get(f"/es/convocatorias/{call.slug}").text
    assert "Corrección: Bases" in page
    assert "Errata." in page
    assert "Segunda base, muy clara." in page

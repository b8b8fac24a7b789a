"""Only what the whitelist names passes, whatever else an application holds."""

from typing import Any

import pytest

from core.money import Money
from grants.blinding import BlindSource, identifying_values, pieces_of, project, replace_text, text_at

SECRET = "SECRETO"


def question(name: str, kind: str = "line", **more: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "label": {"es": name, "en": name}, "blind": False, **more}


FORM = {
    "sections": [
        {
            "id": "quien",
            "kind": "questions",
            "title": {"es": "Quién", "en": "Who"},
            "questions": [question("public_name"), question("address", "text"), question("age", "number")],
        },
        {
            "id": "proyecto",
            "kind": "questions",
            "title": {"es": "Proyecto", "en": "Project"},
            "questions": [
                question("title", blind=True),
                question("summary", "text", blind=True),
                question("purpose", "text", blind=True),
                question("maybe", blind="yes"),
                question("unmarked") | {"blind": None},
                question("strange", "html", blind=True),
                question("cv", "file", blind=True),
                question(
                    "size", "choice", blind=True, options=[{"value": "s", "label": {"es": "Chico", "en": "Small"}}]
                ),
                question("people", "number", blind=True),
                question("other", "money", blind=True),
                question("green", "yes_no", blind=True),
            ],
        },
    ]
}


def source(**changes: Any) -> BlindSource:
    parts: dict[str, Any] = {
        "form": FORM,
        "answers": {"title": "Gira", "summary": "Resumen", "purpose": "Conciertos"},
        "itinerary": [],
        "budget": [],
        "requested": Money(100_000, "MXN"),
    }
    return BlindSource(**(parts | changes))


def texts(content: dict[str, Any]) -> str:
    return " ".join(piece.text for piece in pieces_of(content))


@pytest.mark.parametrize("name", ["public_name", "address", "maybe", "unmarked", "strange", "cv", "not_in_the_form"])
def test_answer_not_marked_blind_safe_does_not_pass(name: str) -> None:
    content = project(source(answers={"title": "Gira", name: SECRET}))
    assert SECRET not in str(content)


def test_marked_answers_pass_as_text() -> None:
    answers = {
        "title": "Gira", "summary": "Resumen", "purpose": "Conciertos", "size": "s", "people": 3, "other": 250_000,
        "green": "yes",
    }  # fmt: skip
    content = project(source(answers=answers))
    fields = {field["label"]["es"]: field["value"] for field in content["sections"][0]["fields"]}
    assert (content["title"], content["summary"]) == ("Gira", "Resumen")
    assert fields == {
        "purpose": "Conciertos",
        "size": {"es": "Chico", "en": "Small"},
        "people": "3",
        "other": "$2,500.00\u202fMXN",
        "green": {"es": "Sí", "en": "Yes"},
    }


@pytest.mark.parametrize("value", [{"x": SECRET}, [SECRET], 3.5, True])
def test_answer_of_another_shape_does_not_pass(value: Any) -> None:
    assert SECRET not in str(project(source(answers={"title": "Gira", "purpose": value, "size": value})))


def test_choice_outside_the_list_does_not_pass() -> None:
    assert SECRET not in str(project(source(answers={"title": "Gira", "size": SECRET})))


def test_journey_is_where_and_when_without_hosts() -> None:
    leg = {
        "origin_city": "Ciudad de México", "origin_country": "MX", "city": "Marsella", "country": "FR",
        "starts_on": "2026-08-01", "ends_on": "2026-08-14", "host": SECRET, "flight": SECRET, "hotel": {"name": SECRET},
    }  # fmt: skip
    content = project(source(itinerary=[leg, {"city": "Lyon", "country": "FR", "starts_on": SECRET}]))
    assert SECRET not in str(content)
    assert [field["value"] for field in content["sections"][1]["fields"]] == [
        {
            "es": "Ciudad de México, México → Marsella, Francia (1 ago 2026 – 14 ago 2026)",
            "en": "Ciudad de México, Mexico → Marsella, France (1 Aug 2026 – 14 Aug 2026)",
        },
        {"es": "Lyon, Francia", "en": "Lyon, France"},
    ]


def test_budget_line_shows_rule_and_amount_only() -> None:
    lines = [
        {"rule": "per_diem", "detail": "Marsella (FR)", "amount_cents": 50_000, "payee": SECRET},
        {"rule": SECRET, "detail": SECRET, "amount_cents": 1},
        {"rule": "travel", "detail": SECRET, "amount_cents": SECRET},
    ]
    content = project(source(budget=lines))
    assert SECRET not in str(content)
    assert content["sections"][1]["fields"][0]["value"] == {
        "es": "$500.00\u202fMXN · Marsella, Francia",
        "en": "$500.00\u202fMXN · Marsella, France",
    }


def test_what_the_form_asks_about_money_and_the_amounts_are_one_section() -> None:
    money = {"id": "presupuesto", "title": {"es": "Presupuesto", "en": "Budget"}}
    form = {"sections": [*FORM["sections"], {**money, "questions": [question("visas", "number", blind=True)]}]}
    lines = [{"rule": "visa", "detail": "", "amount_cents": 50_000}]
    content = project(source(form=form, answers={"title": "Gira", "visas": 2}, budget=lines))
    headings = [section["heading"]["es"] for section in content["sections"]]
    assert headings == ["Presupuesto", "Datos generales"]
    assert [field["value"] for field in content["sections"][0]["fields"]] == ["2", "$500.00\u202fMXN"]


def test_every_text_of_a_dossier_is_searched() -> None:
    content = project(source(itinerary=[{"city": "Lyon", "country": "FR"}], axis={"es": "Eje uno", "en": "Axis one"}))
    values = [field["value"] for section in content["sections"] for field in section["fields"]]
    said = [text for value in values for text in ([value] if isinstance(value, str) else value.values())]
    assert [piece.text for piece in pieces_of(content)] == [content["title"], content["summary"], *said]
    assert {"Lyon, Francia", "Lyon, France", "Eje uno", "Axis one"} <= set(said)


def test_replacing_a_text_in_one_language_leaves_the_other() -> None:
    content = project(source(itinerary=[{"city": "Lyon", "country": "FR"}]))
    places = {piece.where: piece.text for piece in pieces_of(content) if piece.text.startswith("Lyon")}
    where = next(place for place, text in places.items() if text == "Lyon, France")
    assert where.endswith(".en")
    changed = replace_text(content, where, "█")
    assert (text_at(changed, where), text_at(changed, where.removesuffix(".en"))) == ("█", "Lyon, Francia")


def test_identifying_answers_are_what_must_not_turn_up() -> None:
    answers = {"public_name": "La Negra", "address": "Calle Tulipán 48\nInterior 3", "purpose": "Conciertos", "age": 30}
    assert identifying_values(FORM, answers) == ["La Negra", "Calle Tulipán 48", "Interior 3"]

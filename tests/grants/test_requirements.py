"""Requirements about any fact or answer: judged, asked in the quiz, told when changed, kept with their question."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from accounts.models import User
from core.clock import FrozenClock
from core.roles import Role
from grants import services
from grants.errors.building import RequirementDepends
from grants.forms.quiz import quiz_form
from grants.models import Call
from grants.rules import eligibility
from grants.rules import form_building as building
from grants.rules.comparison import changes
from grants.rules.requirements import fact_of, facts, put, spoken
from grants.rules.standard import standard_eligibility
from tests.factories.clerk import sender
from tests.factories.grants import make_draft_call
from tests.factories.rules import standard_form
from tests.web.dom import parse

BOTH = {"es": "Pregunta", "en": "Question"}
WORDS = {"question": BOTH, "reason": {"es": "Motivo", "en": "Reason"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "trade": {"type": "choice", "options": [{"value": value, "label": BOTH} for value in ("music", "dance", "film")]},
    "years": {"type": "number", "max": 60},
    "income": {"type": "money"},
    "premiere": {"type": "date"},
    "trained": {"type": "yes_no"},
    "size": {"type": "number", "kinds": ["collective"]},
}


def form() -> dict[str, Any]:
    found = standard_form([{"id": 1, "name": {"es": "Eje", "en": "Axis"}}], ["Coyoacán"])
    for name, more in ANSWERS.items():
        found = building.put_question(found, "proyecto", {"id": name, "label": BOTH, "required": True, **more})
    return found


def rule(fact: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": "one", "fact": fact, "operator": operator, "value": value, **WORDS, **more}


def judged(one: dict[str, Any], kind: Any = "person", **answers: Any) -> bool | None:
    found = eligibility.facts_of(
        kind=kind,
        direction="outbound",
        answers=answers,
        legs=[],
        territories=["Coyoacán"],
        form=form(),
    )
    return eligibility.evaluate({"rules": [one]}, found).eligible


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        (("answer:trade", "in", ["music", "film"]), "film", "dance"),
        (("answer:years", "at_least", 5), 5, 4),
        (("answer:years", "at_most", 5), 5, 6),
        (("answer:income", "at_most", 2_000_000), 2_000_000, 2_000_001),
        (("answer:premiere", "before", "2026-12-01"), "2026-11-30", "2026-12-01"),
        (("answer:premiere", "from", "2026-12-01"), "2026-12-01", "2026-11-30"),
        (("answer:trained", "is", True), "yes", "no"),
    ],
)
def test_an_answer_decides(application: Flask, test: tuple[str, str, Any], yes: Any, no: Any) -> None:
    one, name = rule(*test), test[0].removeprefix("answer:")
    assert judged(one, **{name: yes}) is True
    assert judged(one, **{name: no}) is False
    assert judged(one) is None  # not answered yet: never guessed
    assert judged(one, "person", **{name: ["odd"]}) is None


def test_a_rule_is_only_about_whom_it_is_for(application: Flask) -> None:
    size = rule("answer:size", "at_least", 3)
    assert judged(size, "person") is True  # the question is not theirs
    assert [judged(size, "collective", size=number) for number in (3, 2)] == [True, False]
    groups = rule("people", "at_most", 5, when={"fact": "kind", "in": ["collective"]})
    assert [judged(groups, "collective", people=number) for number in (5, 6)] == [True, False]
    assert judged(rule("people", "at_least", 2)) is False  # a person travels as one
    assert judged(rule("kind", "in", ["organisation"])) is False


def test_the_quiz_asks_each_fact_once_and_only_what_concerns(session: Session, clock: FrozenClock) -> None:
    rules = {
        "rules": [
            rule("answer:trade", "in", ["music"]),
            rule("answer:size", "at_least", 3),
            rule("answer:size", "at_most", 9),
            rule("answer:premiere", "before", "2026-12-01"),
            rule("direction", "in", ["outbound"]),
            rule("answer:income", "at_least", 100_050, currency="MXN"),
        ]
    }
    sent = {"answer_trade": "music", "answer_premiere": "2026-11-30", "direction": "outbound"} | {
        "answer_income": "1,000.50"
    }

    def asked(**more: str) -> tuple[bool, bool | None, list[str]]:
        quiz = quiz_form(rules, form(), MultiDict({**sent, **more}))
        valid = quiz.validate()
        return valid, eligibility.evaluate(rules, quiz.facts()).eligible, [field.name for field in quiz if field.errors]

    names = [field.name for field in quiz_form(rules, form(), None)]
    assert names == ["kind", "answer_trade", "answer_size", "answer_premiere", "direction", "answer_income"]
    assert asked(kind="person") == (True, True, [])
    assert asked(kind="person", answer_trade="dance") == (True, False, [])
    assert asked(kind="person", answer_income="1,000.49") == (True, False, [])
    assert asked(kind="person", answer_income="mil") == (False, None, ["answer_income"])
    assert asked(kind="collective") == (False, None, ["answer_size"])
    assert asked(kind="collective", answer_size="10") == (True, False, [])
    assert asked() == (False, True, ["kind"])
    assert asked(kind="nobody", answer_trade="opera", answer_premiere="soon")[0] is False


def test_a_changed_comparison_is_told_even_where_the_words_stay(session: Session) -> None:
    before = {"form": form(), "eligibility": {"rules": [rule("answer:trade", "in", ["music"])]}}
    after = deepcopy(before)
    after["eligibility"]["rules"][0] |= {"value": ["music", "film"], "when": {"fact": "kind", "in": ["person"]}}
    (change,) = changes(before, after, "es")
    assert "solo para: Una persona" in "".join(piece.text for piece in change.pieces)
    assert spoken(rule("answer:income", "at_most", 2_000_000, currency="MXN"), form()) == "$20,000.00\u202fMXN o menos"
    assert spoken(rule("answer:premiere", "before", "2026-12-01"), form()) == "antes del 1 dic 2026"


def test_every_fact_has_its_words_in_both_languages() -> None:
    assert all(fact.question["es"] and fact.question["en"] for fact in facts(form()))
    assert {fact.type for fact in facts(form())} == {"yes_no", "choice", "number", "money", "date"}
    assert fact_of(form(), "answer:summary") is None


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    call = make_draft_call(form=form())
    session.commit()
    return call


def test_a_question_with_a_requirement_is_not_taken_out(call: Call, session: Session) -> None:
    services.edit_call(call, eligibility=put(call.eligibility, rule("answer:trade", "in", ["music"]), None))
    assert call.eligibility["rules"][-1]["id"] == "answer_trade"
    session.commit()
    fewer = {**ANSWERS["trade"], "id": "trade", "label": BOTH, "options": [{"value": "dance", "label": BOTH}]}
    for form_after in (
        building.remove_question(call.form, "trade"),
        building.put_question(call.form, "proyecto", fewer),
        building.put_question(call.form, "proyecto", {"id": "trade", "type": "date", "label": BOTH}),
    ):
        with pytest.raises(RequirementDepends):
            services.edit_call(call, form=form_after)
        session.rollback()


@pytest.mark.parametrize(
    ("name", "money", "becomes"), [("years", {}, "money"), ("income", {"currency": "MXN"}, "number")]
)
def test_a_number_compared_with_does_not_become_money_nor_money_a_number(
    call: Call, session: Session, name: str, money: dict[str, str], becomes: str
) -> None:
    about = rule(f"answer:{name}", "at_most", 5_000, **money)
    services.edit_call(call, eligibility=put(call.eligibility, about, None))
    session.commit()
    other = building.put_question(call.form, "proyecto", {"id": name, "type": becomes, "label": BOTH})
    with pytest.raises(RequirementDepends):
        services.edit_call(call, form=other)


def test_the_clerk_adds_changes_and_removes_a_requirement(
    client: FlaskClient, login: Callable[..., User], session: Session, call: Call
) -> None:
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/programa/convocatorias/{call.slug}"
    words = {"question_es": "¿Qué haces?", "question_en": "What?", "reason_es": "Solo música.", "reason_en": "Music."}

    post = sender(client, session, call, "requisitos", ("eligibility",))

    def send(path: str, **data: Any) -> int:
        return post(path, **data)[0]

    options = parse(client.get(f"{base}/editar/elegibilidad").data).xpath("//select[@id='sobre']/option/@value")
    assert {"days", "answer:trade", "answer:premiere"} <= set(options)
    assert client.get(f"{base}/requisitos/nuevo?sobre=answer:summary").status_code == 404
    assert send("nuevo?sobre=answer:trade", **words, values=["opera"]) == 422
    assert send("nuevo?sobre=answer:trade", **words, values=["music", "film"], kinds=["person"]) == 303
    assert call.eligibility["rules"][-1] == {
        "id": "answer_trade",
        "fact": "answer:trade",
        "operator": "in",
        "value": ["music", "film"],
        "question": {"es": "¿Qué haces?", "en": "What?"},
        "reason": {"es": "Solo música.", "en": "Music."},
        "when": {"fact": "kind", "in": ["person"]},
    }
    income = "nuevo?sobre=answer:income"
    assert send(income, **words, operator="at_most", amount="mil") == 422
    assert send(income, **words, operator="at_most", amount="20,000") == 303
    about = call.eligibility["rules"][-1]
    assert (about["operator"], about["value"], about["currency"]) == ("at_most", 2_000_000, "MXN")
    assert "Se exige: $20,000.00" in client.get(f"{base}/editar/elegibilidad").get_data(as_text=True).replace(
        "\u202f", ""
    )
    assert send("answer_income/quitar") == 303
    stay = standard_eligibility()["rules"][3]
    said = {f"{part}_{code}": stay[part][code] for part in ("question", "reason") for code in ("es", "en")}
    assert send("stay", **said, operator="at_least", number="9") == 422  # the reason still says seven
    assert send("stay", **{**said, "reason_es": "9.", "reason_en": "9."}, operator="at_least", number="9") == 303
    assert client.get(f"/es/convocatorias/{call.slug}/puedo-participar").status_code == 200
    wait = {f"{part}_{code}": "Espera." for part in ("question", "reason") for code in ("es", "en")}
    call.eligibility = {**call.eligibility, "rules": [*call.eligibility["rules"]]}
    call.eligibility["rules"][2] = {**call.eligibility["rules"][2], "years": 4}
    session.commit()
    assert send("wait", **wait, expected="no") == 303
    assert call.eligibility["rules"][2]["years"] == 4
    assert send("answer_trade/quitar") == 303
    assert send("answer_trade/quitar") == 404
    assert send("stay", **said, operator="from", edicion="old") == 422
    assert [one["id"] for one in call.eligibility["rules"]] == ["residence", "age", "wait", "stay"]

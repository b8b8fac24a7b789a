"""The form builder: questions written, moved and taken out by a clerk, never by two at once over each other."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.database import session
from core.roles import Role
from grants.errors.building import (
    AnswerDepended,
    QuestionDepended,
    QuestionNeeded,
    QuestionTooEarly,
    QuestionUnknown,
    TooManyQuestions,
)
from grants.models import Call
from grants.rules import form as rules
from grants.rules import form_building as building
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_draft_call, make_published_call
from tests.factories.rules import standard_form
from tests.web.dom import parse

AXES = [{"id": 1, "name": {"es": "Eje", "en": "Axis"}}]


def form() -> dict[str, Any]:
    return standard_form(AXES, ["Coyoacán"])


def ids(document: Any, section: str = "proyecto") -> list[str]:
    step = rules.step(document, section)
    assert step is not None
    return [item["id"] for item in step["questions"]]


def question(question_id: str, **more: Any) -> dict[str, Any]:
    words = {"es": question_id, "en": question_id}
    return {"id": question_id, "type": "line", "label": words, "required": False, "blind": False, **more}


@pytest.mark.parametrize(("places", "at"), [(-1, 0), (1, 2), (-9, 0), (99, -1), (0, 1)])
def test_question_moves_within_its_step(places: int, at: int) -> None:
    before = form()
    kept, second = ids(before), ids(before)[1]
    after = building.move_question(before, second, places)
    assert ids(after)[at] == second
    assert sorted(ids(after)) == sorted(kept)
    assert ids(before) == kept
    assert rules.faults(after) == []


def test_question_is_added_replaced_and_taken_out() -> None:
    added = building.put_question(form(), "proyecto", question("extra"))
    assert ids(added)[-1] == "extra"
    replaced = building.put_question(added, "documentos", question("extra", required=True))
    item = rules.question(replaced, "extra")
    assert item is not None
    assert item["required"] is True
    assert ids(replaced)[-1] == "extra"
    assert ids(building.remove_question(replaced, "extra")) == ids(form())


def test_what_the_fund_works_with_stays() -> None:
    for question_id in sorted(building.NEEDED & {item["id"] for _step, item in rules.questions(form())}):
        with pytest.raises(QuestionNeeded):
            building.remove_question(form(), question_id)
    depending = question("why", when={"question": "extra", "in": ["yes"]})
    document = building.put_question(form(), "proyecto", question("extra", type="yes_no"))
    document = building.put_question(document, "proyecto", depending)
    with pytest.raises(QuestionDepended):
        building.remove_question(document, "extra")
    with pytest.raises(QuestionUnknown):
        building.remove_question(document, "nothing")
    with pytest.raises(QuestionUnknown):
        building.put_question(document, "itinerario", question("x"))


def test_form_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_QUESTIONS", 1)
    with pytest.raises(TooManyQuestions):
        building.put_question(form(), "proyecto", question("extra"))


def test_new_ids_are_readable_and_free() -> None:
    document = building.put_question(form(), "proyecto", question("que_publico"))
    assert building.new_id(document, "¿Qué público?") == "que_publico_2"
    assert building.new_id(document, "¿?") == "pregunta"
    assert building.new_id(document, "Title") == "title_2"


@pytest.fixture
def call(client: FlaskClient, clock: FrozenClock) -> Call:
    call = make_draft_call()
    officer = make_user(Role.PROGRAMME_OFFICER)
    session().commit()
    sign_in_as(client, officer)
    return call


def edition(page: str) -> str:
    return page.split('name="edicion" value="')[1].split('"', maxsplit=1)[0]


def typed(page: str, **changes: Any) -> dict[str, Any]:
    words = {"label_es": "¿Con quién?", "label_en": "With whom?", "kind": "choice", "blind": "y"}
    return {"edicion": edition(page), "options": "Sola | Alone\nEn grupo | In a group", **words, **changes}


def test_clerk_adds_a_question_with_choices_and_a_condition(client: FlaskClient, call: Call) -> None:
    base = f"/es/programa/convocatorias/{call.slug}/formulario"
    page = client.get(f"{base}/nueva?paso=proyecto").text
    assert "Si «" in client.get(f"{base}/nueva?paso=presupuesto").text
    answer = client.post(f"{base}/nueva?paso=proyecto", data=typed(page, when="first_time=yes"))
    assert answer.location == f"{base}#pregunta-con_quien"
    session().refresh(call)
    assert rules.question(call.form, "con_quien") == {
        "id": "con_quien",
        "type": "choice",
        "label": {"es": "¿Con quién?", "en": "With whom?"},
        "required": False,
        "blind": True,
        "options": [
            {"value": "sola", "label": {"es": "Sola", "en": "Alone"}},
            {"value": "en_grupo", "label": {"es": "En grupo", "en": "In a group"}},
        ],
        "when": {"question": "first_time", "in": ["yes"]},
    }
    page = client.get(f"{base}/con_quien").text
    changed = typed(page, options="En grupo | As a group\nSola | Alone\nSola | Alone", when="")
    assert client.post(f"{base}/con_quien", data=changed).status_code == 303
    session().refresh(call)
    item = rules.question(call.form, "con_quien")
    assert item is not None
    assert [one["value"] for one in item["options"]] == ["en_grupo", "sola", "sola_2"]
    assert "when" not in item


@pytest.mark.parametrize(
    "changes",
    [
        {"label_en": ""},
        {"kind": "html"},
        {"kind": ""},
        {"options": "Solo una | Only one"},
        {"options": "Una\nDos"},
        {"hint_es": "Ayuda"},
        {"kind": "number", "least": "9", "most": "3"},
        {"kind": "text", "max_words": "muchas"},
        {"label_es": "x" * 301},
    ],
)
def test_question_that_cannot_be_asked_is_refused_and_kept_on_the_page(
    client: FlaskClient, call: Call, changes: dict[str, str]
) -> None:
    url = f"/es/programa/convocatorias/{call.slug}/formulario/nueva?paso=proyecto"
    before = dict(call.form)
    refused = client.post(url, data=typed(client.get(url).text, **changes))
    assert refused.status_code == 422
    assert changes.get("label_en", "With whom?") in refused.text
    session().refresh(call)
    assert call.form == before


def test_clerk_moves_and_removes_by_buttons(client: FlaskClient, call: Call) -> None:
    base = f"/es/programa/convocatorias/{call.slug}/formulario"
    order = ids(call.form)
    page = client.get(base).text
    moved = client.post(f"{base}/{order[3]}/subir", data={"edicion": edition(page)})
    assert moved.location == f"{base}?deshacer=pregunta:{order[3]}:1#pregunta-{order[3]}"
    stale = client.post(f"{base}/{order[3]}/subir", data={"edicion": edition(page)})
    assert stale.status_code == 409
    page = client.get(base).text
    assert client.post(f"{base}/title/quitar", data={"edicion": edition(page)}).status_code == 409
    assert client.post(f"{base}/{order[3]}/quitar", data={"edicion": edition(page)}).status_code == 303
    session().refresh(call)
    assert ids(call.form) == [one for one in order if one != order[3]]
    for act in ("subir", "nada"):
        assert client.post(f"{base}/nothing/{act}", data={"edicion": edition(client.get(base).text)}).status_code == 404
    assert client.get(f"{base}/nothing").status_code == 404


def test_needed_question_keeps_its_type_and_choices(client: FlaskClient, call: Call) -> None:
    url = f"/es/programa/convocatorias/{call.slug}/formulario/axis"
    old = rules.question(call.form, "axis")
    assert old is not None
    page = client.get(url).text
    assert 'name="options"' not in page
    data = typed(page, kind="line", options="", label_es="¿Qué eje?", label_en="Which axis?")
    assert client.post(url, data=data).status_code == 303
    session().refresh(call)
    item = rules.question(call.form, "axis")
    assert item is not None
    assert (item["type"], item["options"], item["label"]["es"]) == ("choice", old["options"], "¿Qué eje?")


def test_previews_show_what_each_reader_gets(client: FlaskClient, call: Call) -> None:
    url = f"/es/programa/convocatorias/{call.slug}/formulario/vista"
    mine, theirs = client.get(url).text, client.get(f"{url}?como=evaluadora").text
    assert "Nombre con el que se publicaría el apoyo" in mine
    assert "Nombre con el que se publicaría el apoyo" not in theirs
    assert "Qué gana la ciudad" in theirs


def test_published_form_is_frozen_and_not_the_publics_to_build(client: FlaskClient, clock: FrozenClock) -> None:
    call = make_published_call()
    officer, applicant = make_user(Role.PROGRAMME_OFFICER), make_user()
    session().commit()
    base = f"/es/programa/convocatorias/{call.slug}/formulario"
    sign_in_as(client, applicant)
    assert client.get(base).status_code == 403
    sign_in_as(client, officer)
    page = client.get(base).text
    assert "Agregar una pregunta" not in page
    page = client.get(f"{base}/title").text
    assert client.post(f"{base}/title", data=typed(page)).status_code == 409


# --- order -----------------------------------------------------------------------------------------------------------


def steps(document: Any) -> list[str]:
    return [section["id"] for section in document["sections"]]


@pytest.mark.parametrize(("places", "at"), [(-1, 0), (1, 2), (-9, 0), (99, -1)])
def test_a_step_moves_with_all_its_questions(places: int, at: int) -> None:
    before = form()
    second = steps(before)[1]
    after = building.move_step(before, second, places)
    assert steps(after)[at] == second
    assert ids(after) == ids(before)
    with pytest.raises(QuestionUnknown):
        building.move_step(before, "ninguno", 1)


def test_nothing_is_asked_before_what_it_depends_on() -> None:
    first = question("primera", type="yes_no")
    then = question("luego", when={"question": "primera", "in": ["yes"]})
    document = building.put_question(building.put_question(form(), "proyecto", first), "proyecto", then)
    with pytest.raises(QuestionTooEarly):
        building.move_question(document, "luego", -1)
    with pytest.raises(QuestionTooEarly):
        building.move_question(document, "primera", 1)
    assert ids(building.move_question(document, "primera", -1))[-1] == "luego"


def test_a_drag_is_saved_can_be_undone_and_never_goes_over_somebody_else_s(
    client: FlaskClient, clock: FrozenClock
) -> None:
    call = make_draft_call()
    sign_in_as(client, make_user(Role.PROGRAMME_OFFICER))
    address = f"/es/programa/convocatorias/{call.slug}/formulario"
    before = ids(call.form)
    page = parse(client.get(address).get_data())
    (hidden,) = page.xpath("//form[@data-order-form]")
    sent = {one.get("name"): one.get("value") or "" for one in hidden.xpath(".//input")}
    moved = client.post(f"{address}/{before[0]}/mover", data={**sent, "lugares": "2"})
    assert moved.status_code == 303
    session().expire_all()
    assert ids(call.form) == [before[1], before[2], before[0], *before[3:]]
    late = client.post(f"{address}/{before[1]}/mover", data={**sent, "lugares": "1"})
    assert late.status_code == 409
    back = parse(client.get(moved.headers["Location"]).get_data()).xpath("//form[.//button='Deshacer']")[0]
    undo = {one.get("name"): one.get("value") for one in back.xpath(".//input")}
    assert client.post(back.get("action"), data=undo).status_code == 303
    session().expire_all()
    assert ids(call.form) == before
    for places in ("0", "x", "", "1e9", "٣"):
        assert client.post(f"{address}/{before[0]}/mover", data={**sent, "lugares": places}).status_code == 404


def test_question_goes_to_another_step_with_all_that_is_said_of_it() -> None:
    asked = question("primera", type="yes_no", blind=True)
    then = question("luego", when={"question": "primera", "in": ["yes"]})
    document = building.put_question(building.put_question(form(), "proyecto", asked), "documentos", then)
    after = building.move_to_step(document, "luego", "proyecto")
    assert (ids(after)[-1], rules.question(after, "luego")) == ("luego", then)
    assert "luego" not in ids(after, "documentos")
    assert ids(building.move_to_step(after, "luego", "documentos", 0), "documentos")[0] == "luego"
    with pytest.raises(QuestionTooEarly):
        building.move_to_step(after, "primera", "documentos")
    for nowhere in ("itinerario", "ninguno"):
        with pytest.raises(QuestionUnknown):
            building.move_to_step(after, "primera", nowhere)


@pytest.mark.parametrize(("places", "order"), [(-1, "bac"), (9, "acb"), (0, "abc")])
def test_choices_move_and_stay_what_conditions_name(places: int, order: str) -> None:
    choices = [{"value": one, "label": {"es": one, "en": one}} for one in "abc"]
    document = building.put_question(form(), "proyecto", question("tres", type="choice", options=choices))
    after = rules.question(building.move_option(document, "tres", "b", places), "tres")
    assert after is not None
    assert "".join(one["value"] for one in after["options"]) == order
    with pytest.raises(QuestionUnknown):
        building.move_option(document, "tres", "d", 1)
    bound = building.put_question(document, "proyecto", question("luego", when={"question": "tres", "in": ["c"]}))
    with pytest.raises(AnswerDepended):
        building.put_question(bound, "proyecto", question("tres", type="choice", options=choices[:2]))


def undone(client: FlaskClient, moved: Any) -> None:
    """Press the button that takes a move back."""
    (back,) = parse(client.get(moved.location).get_data()).xpath("//form[.//button='Deshacer']")
    sent = {one.get("name"): one.get("value") or "" for one in back.xpath(".//input")}
    assert client.post(back.get("action"), data=sent).status_code == 303


def test_clerk_moves_a_choice_and_a_question_to_another_step_and_back(client: FlaskClient, call: Call) -> None:
    base, before = f"/es/programa/convocatorias/{call.slug}/formulario", dict(call.form)
    first = ids(before)[0]
    page = client.get(base).text
    there = client.post(
        f"{base}/{first}/trasladar", data={"edicion": edition(page), "destino": "documentos", "lugar": "0"}
    )
    assert there.location == f"{base}?deshacer=traslado:{first}:proyecto:0#pregunta-{first}"
    session().refresh(call)
    assert ids(call.form, "documentos")[0] == first
    undone(client, there)
    chosen = client.post(f"{base}/axis/opciones/1/bajar", data={"edicion": edition(client.get(base).text)})
    assert chosen.location == f"{base}?deshacer=opcion:axis:1:-1#opcion-axis-1"
    undone(client, chosen)
    session().refresh(call)
    assert call.form == before
    url = f"{base}/{first}"
    sent = typed(client.get(url).text, kind="line", options="", section="documentos")
    assert client.post(url, data=sent).location == there.location
    session().refresh(call)
    assert ids(call.form, "documentos")[-1] == first
    for place, act in (("axis/opciones/99", "bajar"), ("axis/opciones/1", "nada"), ("nada", "trasladar")):
        assert client.post(f"{base}/{place}/{act}", data={"edicion": edition(client.get(base).text)}).status_code == 404

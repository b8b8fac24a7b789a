"""Writing before there is an account: kept for one browser, taken along at registration, never in anybody's way."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core.clock import FrozenClock
from core.database import session
from core.jobs import run_due
from grants import services
from grants.errors.calls import AnswerRefused, CallNotOpen, TooManySketches, UnknownQuestion
from grants.models import Application, Call, Sketch
from grants.rules.sketch import sketch_questions, sketch_step
from grants.services import sketches
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_open_call, make_published_call
from tests.factories.rules import standard_form

pytestmark = pytest.mark.usefixtures("session")
KEY = "k" * 40


@pytest.fixture
def call(clock: FrozenClock) -> Call:
    call = make_open_call()
    session().commit()
    return call


def kept() -> int:
    return session().scalar(select(func.count(Sketch.id))) or 0


def test_only_the_project_is_asked_and_nothing_that_says_who() -> None:
    form = standard_form([], ["Coyoacán"])
    step = sketch_step(form)
    assert step is not None
    assert step["id"] == "proyecto"
    assert all(item["blind"] is True and item["type"] != "file" for item in sketch_questions(step))
    assert sketch_step({"sections": [{"id": "a", "questions": []}]}) is None


def test_sketch_grows_and_is_taken_into_a_draft(call: Call) -> None:
    assert services.save_sketch(call, KEY, {"title": None}) is None
    services.save_sketch(call, KEY, {"title": "Son jarocho"})
    sketch = services.save_sketch(call, KEY, {"summary": "Tres talleres.", "benefit": "Vuelve al barrio."})
    assert sketch is not None
    assert sketch.answers == {"title": "Son jarocho", "summary": "Tres talleres.", "benefit": "Vuelve al barrio."}
    assert KEY not in sketch.token_sha256
    application = services.start_application(call, make_user(), kind="person")
    services.save_draft(application, answers={"title": "Mi título", "benefit": "Vuelve al barrio."})
    assert services.adopt_sketch(application, "other" * 8) == 0
    assert services.adopt_sketch(application, KEY) == 1
    assert application.answers == {
        "title": "Mi título", "summary": "Tres talleres.", "benefit": "Vuelve al barrio."
    }  # fmt: skip
    left = services.sketch_for(call, KEY)
    assert left is not None
    assert left.answers == {"title": "Son jarocho"}
    services.save_draft(application, answers={"title": None})
    assert services.adopt_sketch(application, KEY) == 1
    assert kept() == 0


def test_sketch_joins_the_draft_as_it_is_now(call: Call) -> None:
    application = services.start_application(call, make_user(), kind="person")
    services.save_sketch(call, KEY, {"title": "Son jarocho", "summary": "Tres talleres."})
    saved = update(Application).values(answers={"title": "Guardado en otra página"})
    session().execute(saved, execution_options={"synchronize_session": False})
    assert services.adopt_sketch(application, KEY) == 1
    assert application.answers == {"title": "Guardado en otra página", "summary": "Tres talleres."}


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"public_name": "Lucía"}, UnknownQuestion),
        ({"nothing": "x"}, UnknownQuestion),
        ({"invitation": "x"}, UnknownQuestion),
        ({"title": "x" * 301}, AnswerRefused),
        ({"axis": "99"}, AnswerRefused),
    ],
)
def test_sketch_takes_only_what_its_page_asks(call: Call, answers: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        services.save_sketch(call, KEY, answers)
    assert kept() == 0


def test_nothing_is_sketched_for_a_call_that_takes_nothing(clock: FrozenClock) -> None:
    with pytest.raises(CallNotOpen):
        services.save_sketch(make_published_call(), KEY, {"title": "x"})


def test_old_sketches_are_forgotten_and_a_script_does_not_fill_the_disk(
    call: Call, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketches, "MOST_AN_HOUR", 2)
    services.save_sketch(call, "a" * 40, {"title": "Uno"})
    services.save_sketch(call, "b" * 40, {"title": "Dos"})
    with pytest.raises(TooManySketches):
        services.save_sketch(call, "c" * 40, {"title": "Tres"})
    services.save_sketch(call, "a" * 40, {"title": "Uno, corregido"})
    clock.advance(days=30)
    services.save_sketch(call, "c" * 40, {"title": "Tres"})
    session().commit()
    run_due()
    assert kept() == 3
    clock.advance(days=1)
    run_due()
    assert kept() == 1


def test_one_key_has_one_sketch_a_call(call: Call) -> None:
    services.save_sketch(call, KEY, {"title": "Uno"})
    first = services.sketch_for(call, KEY)
    assert first is not None
    session().add(
        Sketch(
            call=call, token_sha256=first.token_sha256, answers={}, version=1, created_at=first.created_at,
            updated_at=first.updated_at,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session().flush()


def test_person_writes_registers_and_finds_it_in_the_application(client: FlaskClient, call: Call) -> None:
    url = f"/es/convocatorias/{call.slug}/escribir"
    assert url in client.get(f"/es/convocatorias/{call.slug}").text
    page = client.get(url)
    assert page.status_code == 200
    assert "puente_sketch" not in (page.headers.get("Set-Cookie") or "")
    saved = client.post(url, data={"q_title": "Son jarocho", "accion": "borrador"}, headers={"X-Autosave": "1"})
    assert (saved.status_code, saved.headers["X-Draft-Version"]) == (204, "1")
    cookie = saved.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert 'value="Son jarocho"' in client.get(url).text
    assert client.get(url).headers["Cache-Control"] == "private, no-store"
    onwards = client.post(url, data={"q_title": "Son jarocho", "q_summary": "Talleres.", "accion": "seguir"})
    assert onwards.status_code == 303
    assert onwards.location == f"/es/cuenta/registro?next=/es/convocatorias/{call.slug}/empezar"
    person = make_user()
    session().commit()
    sign_in_as(client, person)
    start = f"/es/convocatorias/{call.slug}/empezar"
    assert "Lo que escribiste sin cuenta pasa a esta solicitud." in client.get(start).text
    assert client.post(start, data={"kind": "person"}).status_code == 303
    application = session().scalars(select(Application)).one()
    assert application.answers == {"title": "Son jarocho", "summary": "Talleres."}
    assert kept() == 0


def test_person_with_a_draft_is_asked_before_the_sketch_joins_it(client: FlaskClient, call: Call) -> None:
    person = make_user()
    application = services.start_application(call, person, kind="person")
    services.save_draft(application, answers={"title": "Mi título"})
    session().commit()
    url = f"/es/convocatorias/{call.slug}/escribir"
    client.post(url, data={"q_title": "Otro", "q_summary": "Talleres.", "accion": "borrador"})
    sign_in_as(client, person)
    start = f"/es/convocatorias/{call.slug}/empezar"
    assert "Agregarlo a mi borrador" in client.get(start).text
    session().refresh(application)
    assert application.answers == {"title": "Mi título"}
    assert client.post(start).status_code == 303
    session().expire_all()
    assert application.answers == {"title": "Mi título", "summary": "Talleres."}


def test_person_who_answered_twice_chooses_question_by_question(client: FlaskClient, call: Call) -> None:
    person = make_user()
    application = services.start_application(call, person, kind="person")
    services.save_draft(application, answers={"title": "Mi título", "summary": "Mi resumen", "host": "Casa"})
    session().commit()
    url, start = f"/es/convocatorias/{call.slug}/escribir", f"/es/convocatorias/{call.slug}/empezar"
    told = {"q_title": "Otro <b>", "q_summary": "Otro resumen", "q_host": "Casa", "accion": "borrador"}
    client.post(url, data=told)
    sign_in_as(client, person)
    page = client.get(start).text
    assert "En tu borrador: Mi título" in page
    assert "Sin cuenta: Otro &lt;b&gt;" in page
    assert 'name="q_host"' not in page  # said the same twice
    assert client.post(start, data={"q_title": "x"}).status_code == 422
    assert client.post(start, data={"q_title": "sin_cuenta", "q_summary": "borrador", "q_host": "x"}).status_code == 303
    session().expire_all()
    assert application.answers == {"title": "Otro <b>", "summary": "Mi resumen", "host": "Casa"}
    assert kept() == 0  # both texts were seen: the page does not come again
    assert client.get(start).location == f"/es/solicitudes/{application.id}"


@pytest.mark.parametrize("key", ["", "short", "ñ" * 40, "x" * 200])
def test_key_of_another_shape_opens_nothing(client: FlaskClient, call: Call, key: str) -> None:
    client.set_cookie("puente_sketch", key)
    assert client.get(f"/es/convocatorias/{call.slug}/escribir").status_code == 200


def test_refused_answer_stays_on_the_page(client: FlaskClient, call: Call) -> None:
    url = f"/es/convocatorias/{call.slug}/escribir"
    refused = client.post(url, data={"q_title": "x" * 400, "q_summary": "Talleres.", "accion": "seguir"})
    assert refused.status_code == 422
    assert "Talleres." in refused.text
    assert kept() == 1
    assert client.get("/es/convocatorias/nada/escribir").status_code == 404

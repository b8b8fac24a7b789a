"""What the public reads of a call, the quiz, and the consultation."""

from datetime import timedelta

import pytest

from core.clock import now
from core.database import db
from core.roles import Role
from grants import services
from grants.queries import calls as queries
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_call, make_open_call, make_submitted_application


def again(slug):
    db.session.expire_all()
    return queries.with_addenda(slug)


@pytest.fixture
def call(session, clock):
    call = make_open_call()
    session.commit()
    return call


def test_a_call_page_says_what_who_how_much_until_when(client, call):
    page = client.get(f"/es/convocatorias/{call.slug}").text
    for text in (
        "Movilidad de prueba",
        "Artistas y grupos culturales",
        "$100,000.00",
        "Empezar solicitud",
        "Culture Moves Europe",
        "1 EUR = 21.5000 MXN",
        call.frozen_sha256,
        f"/es/reglas-de-evaluacion/{call.rulebook.sha256}",
        "Orden y selección",
    ):
        assert text in page


def test_a_call_page_speaks_english_too(client, call):
    english = client.get(f"/en/convocatorias/{call.slug}").text
    assert "Test mobility" in english
    assert "Work journeys of artists." in english


def test_the_sealed_rules_are_there_to_check(client, call):
    import hashlib

    answer = client.get(f"/es/convocatorias/{call.slug}/reglas.json")
    assert hashlib.sha256(answer.data).hexdigest() == call.frozen_sha256


def test_a_draft_does_not_exist_for_the_public(client, login, session, clock):
    call = make_draft_call()
    session.commit()
    addresses = ["", "/puedo-participar", "/consulta", "/reglas.json"]
    assert {client.get(f"/es/convocatorias/{call.slug}{end}").status_code for end in addresses} == {404}
    assert call.slug not in client.get("/es/convocatorias").text
    login(Role.PROGRAMME_OFFICER)
    assert client.get(f"/es/convocatorias/{call.slug}").status_code == 200


def test_the_list_filters_by_its_address(client, session, call):
    page = client.get("/es/convocatorias?eje=1&region=europe&publico=artists&estado=open")
    assert call.slug in page.text
    for miss in ("eje=5", "region=asia", "publico=festivals", "estado=final"):
        empty = client.get(f"/es/convocatorias?{miss}")
        assert empty.status_code == 200
        assert "Ninguna convocatoria coincide" in empty.text
    for junk in ("eje=x&region=%27&publico=%3Cb%3E&estado=draft&orden=nada&pagina=-1", "eje=" + "9" * 500):
        assert client.get(f"/es/convocatorias?{junk}").status_code == 200
    for order in queries.ORDERS:
        assert client.get(f"/es/convocatorias?orden={order}").status_code == 200


def test_the_list_costs_the_same_for_one_and_for_many(client, session, call, count_queries):
    def cost(address):
        session.commit()
        with count_queries() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    one, page = cost("/es/convocatorias"), cost(f"/es/convocatorias/{call.slug}")
    for _turn in range(4):
        make_open_call()
    for _turn in range(3):
        make_submitted_application(call, make_user())
    assert cost("/es/convocatorias") == one
    assert cost(f"/es/convocatorias/{call.slug}") == page


@pytest.mark.parametrize(
    ("answers", "status", "sentence"),
    [
        ("lives_in_city=yes&adult=yes&previous_award=no&days=10", 200, "puedes participar"),
        ("lives_in_city=no&adult=yes&previous_award=no&days=3", 200, "El viaje dura siete días o más."),
        ("lives_in_city=yes", 422, "Responde esta pregunta."),
        ("lives_in_city=maybe&adult=%00&days=-3", None, ""),
        ("days=" + "9" * 300, 422, "número entero"),
    ],
)
def test_the_quiz_answers_with_reasons_and_keeps_nothing(client, call, answers, status, sentence):
    answer = client.get(f"/es/convocatorias/{call.slug}/puedo-participar?{answers}")
    assert answer.status_code == status or (status is None and answer.status_code in (400, 422))
    assert sentence in answer.text


@pytest.fixture
def consulted(session, clock):
    call = make_draft_call()
    services.open_consultation(call, now() + timedelta(days=10))
    session.commit()
    return call


def test_comments_and_answers_are_public(client, login, consulted):
    address = f"/es/convocatorias/{consulted.slug}/consulta"
    assert client.post(address, data={"text": "Anónimo"}).status_code == 401
    login()
    assert client.post(address, data={"text": ""}).status_code == 422
    assert client.post(address, data={"text": "<script>alert(1)</script> Faltan los barrios"}).status_code == 303
    (comment,) = queries.comments_of(again(consulted.slug))
    login(Role.PROGRAMME_OFFICER)
    answer = f"/es/programa/convocatorias/{consulted.slug}/comentarios/{comment.id}"
    assert client.get(answer).status_code == 200
    assert client.post(answer, data={"verdict": "perhaps", "answer": "x"}).status_code == 422
    assert client.post(answer, data={"verdict": "accepted", "answer": "Se agregan."}).status_code == 303
    assert client.post(answer, data={"verdict": "refused", "answer": "No."}).status_code == 409
    page = client.get(address).text
    assert "&lt;script&gt;" in page
    assert "Se agregan." in page


def test_the_desk_leads_to_the_comments_without_answer(client, login, session, consulted):
    login(Role.PROGRAMME_OFFICER)
    assert consulted.slug not in client.get("/es/programa/convocatorias?espera=comentarios").text
    services.comment_on_draft(consulted, make_user(), "Faltan los viajes por tierra.")
    session.commit()
    page = client.get("/es/programa/convocatorias?espera=comentarios")
    assert page.status_code == 200
    assert f'href="/es/convocatorias/{consulted.slug}/consulta"' in page.text


def test_a_comment_after_the_end_is_refused_and_shown_again(client, login, consulted, clock):
    address = f"/es/convocatorias/{consulted.slug}"
    page = client.get(address).text
    assert "Puedes comentar hasta" in page
    assert "Comentar las reglas" in page
    assert "La consulta cierra el" in client.get("/es/convocatorias").text
    clock.advance(days=11)
    page = client.get(address).text
    assert "Puedes coment" not in page
    assert "Comentar las reglas" not in page
    assert "La consulta cerró el" in client.get("/es/convocatorias").text
    login()
    answer = client.post(f"/es/convocatorias/{consulted.slug}/consulta", data={"text": "Llego tarde"})
    assert answer.status_code == 409

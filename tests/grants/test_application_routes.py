"""An applicant's road through the pages, without scripts."""

import hashlib
import io
import re
from datetime import timedelta

import pikepdf
import pytest

from core import settings
from core.audit import events_of
from core.context import acting_as
from core.database import db
from core.roles import Role
from grants import services
from grants.models import Application
from grants.queries.applications import mine_of_the_year, versions_of
from grants.services import start_application
from grants.states.application import ApplicationState
from grants.states.screening import ScreeningVerdict
from tests.factories import awards
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import (
    a_journey,
    a_pdf,
    answers_for,
    make_draft_application,
    make_open_call,
)


def step_url(application_id, step):
    return f"/es/solicitudes/{application_id}/{step}"


def sent(**values):
    return {f"q_{name}": value for name, value in values.items()}


def leg_fields(leg, number=0):
    return {f"legs-{number}-{name}": value for name, value in leg.items()}


@pytest.fixture
def call(session, clock):
    call = make_open_call()
    session.commit()
    return call


@pytest.fixture
def applicant(login):
    return login()


@pytest.fixture
def draft(session, call, applicant):
    application = make_draft_application(call, applicant)
    session.commit()
    return application


def found(pattern, text):
    match = re.search(pattern, text)
    assert match is not None
    return match[1]


def reload(application_id):
    db.session.expire_all()
    return db.session.get(Application, application_id)


def test_the_whole_road_from_start_to_acuse(client, call, applicant):
    page = client.get(f"/es/convocatorias/{call.slug}")
    assert page.status_code == 200
    assert "Empezar solicitud" in page.text
    assert client.get(f"/es/convocatorias/{call.slug}/empezar").status_code == 200
    started = client.post(f"/es/convocatorias/{call.slug}/empezar", data={"kind": "person"})
    assert started.status_code == 303
    number = int(found(r"/solicitudes/(\d+)/quien", started.location))
    answers = answers_for()
    for step, names in (
        ("quien", ("public_name", "alcaldia", "gender", "adult", "first_time", "previous_award")),
        ("proyecto", ("title", "summary", "axis", "purpose", "benefit", "host")),
    ):
        assert client.get(step_url(number, step)).status_code == 200
        answer = client.post(step_url(number, step), data=sent(**{name: answers[name] for name in names}))
        assert answer.status_code == 303, answer.text
    assert client.get(step_url(number, "itinerario")).status_code == 200
    assert client.post(step_url(number, "itinerario"), data=leg_fields(a_journey()[0])).status_code == 303
    answer = client.post(step_url(number, "presupuesto"), data=sent(green="no", other_funding="1,500.50"))
    assert answer.status_code == 303
    budget = client.get(step_url(number, "presupuesto"))
    assert "Viático por día y persona" in budget.text
    answer = client.post(step_url(number, "documentos"), data={"q_invitation": (io.BytesIO(a_pdf()), "carta.pdf")})
    assert answer.location.endswith("/revision")
    review = client.get(answer.location)
    assert "Enviar solicitud" in review.text
    assert "error-summary" not in review.text
    received = client.post(f"/es/solicitudes/{number}/enviar")
    assert received.location.endswith("/acuse")
    application = reload(number)
    assert application.state is ApplicationState.SUBMITTED
    assert application.answers["other_funding"] == 150_050
    acuse = client.get(received.location)
    assert application.folio in acuse.text
    assert application.content_sha256 in acuse.text
    pdf = client.get(f"/es/solicitudes/{number}/acuse.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert client.get(f"/es/solicitudes/{number}/acuse.pdf").data == pdf.data
    sealed = client.get(f"/es/solicitudes/{number}/acuse.json").data
    assert hashlib.sha256(sealed).hexdigest() == application.content_sha256
    assert client.get("/en/solicitudes").status_code == 200
    assert client.get(f"/en/solicitudes/{number}").status_code == 200


# --- drafts are never lost --------------------------------------------------------


def test_a_save_by_script_answers_without_a_page(client, draft):
    answer = client.post(
        step_url(draft.id, "proyecto"), data={"accion": "borrador", **sent(title="Nuevo")}, headers={"X-Autosave": "1"}
    )
    assert (answer.status_code, answer.data) == (204, b"")
    saved = reload(draft.id)
    assert answer.headers["X-Draft-Version"] == str(saved.version)
    assert saved.title == "Nuevo"
    assert saved.answers["host"] == "Centro cultural del puerto"  # a control that was not sent erases nothing


def test_an_incomplete_step_is_saved_and_its_gaps_are_pointed_out(client, draft):
    answer = client.post(step_url(draft.id, "proyecto"), data={"accion": "seguir", **sent(title="Otro", host="")})
    assert answer.status_code == 422
    assert 'href="#q_host"' in answer.text
    assert reload(draft.id).title == "Otro"
    assert "host" not in reload(draft.id).answers


def test_saving_and_leaving_asks_for_nothing(client, draft):
    answer = client.post(step_url(draft.id, "proyecto"), data={"accion": "borrador", **sent(title="", host="")})
    assert answer.status_code == 303


def test_too_long_a_text_is_refused_and_shown_again(client, draft):
    endless = "palabra " * 3_000
    answer = client.post(step_url(draft.id, "proyecto"), data={"accion": "seguir", **sent(purpose=endless, host="Sí")})
    assert answer.status_code == 422
    assert endless.strip() in answer.text
    assert "20000 caracteres" in answer.text
    assert reload(draft.id).answers["purpose"] == "Enseñar a construir jaranas y tocar juntos."
    assert reload(draft.id).answers["host"] == "Sí"


def test_too_many_words_are_kept_and_counted(client, draft):
    answer = client.post(step_url(draft.id, "proyecto"), data={"accion": "seguir", **sent(summary="palabra " * 121)})
    assert answer.status_code == 422
    assert "tiene 121 palabras; el máximo es 120" in answer.text
    assert reload(draft.id).answers["summary"].count("palabra") == 121


def test_two_people_never_overwrite_each_other_in_silence(client, draft):
    read_at = str(draft.version)
    mine = {"accion": "borrador", "version": read_at, "edition": "ana", **sent(title="De Ana")}
    assert client.post(step_url(draft.id, "proyecto"), data=mine).status_code == 303
    late = {"accion": "seguir", "version": read_at, "edition": "beto", **sent(title="De Beto", host="Otra casa")}
    conflict = client.post(step_url(draft.id, "proyecto"), data=late)
    assert conflict.status_code == 409
    assert "De Ana" in conflict.text
    assert "De Beto" in conflict.text
    assert reload(draft.id).title == "De Ana"
    version = found(r'name="version"[^>]*value="(\d+)"', conflict.text)
    assert client.post(step_url(draft.id, "proyecto"), data={**late, "version": version}).status_code == 303
    assert reload(draft.id).title == "De Beto"


def test_legs_are_added_and_taken_away_without_scripts(client, draft):
    first = leg_fields(draft.itinerary[0])
    more = client.post(step_url(draft.id, "itinerario"), data={"accion": "agregar", **first})
    assert more.status_code == 303
    assert 'name="legs-1-city"' in client.get(more.location.partition("#")[0]).text
    second = leg_fields(
        {**draft.itinerary[0], "origin_country": "FR", "origin_city": "Marsella", "city": "Lyon",
         "starts_on": draft.itinerary[0]["ends_on"], "ends_on": draft.itinerary[0]["ends_on"]}, 1
    )  # fmt: skip
    assert client.post(step_url(draft.id, "itinerario"), data={**first, **second}).status_code == 303
    assert [leg["city"] for leg in reload(draft.id).itinerary] == ["Marsella", "Lyon"]
    client.post(step_url(draft.id, "itinerario"), data={"accion": "quitar-0", **first, **second})
    assert [leg["city"] for leg in reload(draft.id).itinerary] == ["Lyon"]


def test_a_draft_waits_on_the_desk_until_it_is_discarded(client, draft):
    assert "Solicitudes por enviar" in client.get("/es/mi-espacio").text
    page = client.get(f"/es/solicitudes/{draft.id}/retirar").text
    assert "¿Descartar tu borrador?" in page
    assert "queda en el registro" not in page
    client.post(f"/es/solicitudes/{draft.id}/retirar", data={"reason": ""})
    assert "Nada espera por ti" in client.get("/es/mi-espacio").text


def test_an_unknown_city_is_kept_and_explained(client, draft):
    answer = client.post(step_url(draft.id, "itinerario"), data=leg_fields({**draft.itinerary[0], "city": "Marseile"}))
    assert answer.status_code == 422
    assert "¿Es Marseille" in answer.text
    assert reload(draft.id).itinerary[0]["city"] == "Marseile"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("carta.pdf", b"MZ not a pdf", "no es un PDF"),
        ("carta.pdf", b"%PDF-1.7 broken", "no se puede abrir"),
        ("vacio.pdf", b"", "está vacío"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_the_old_one_stays(client, draft, name, data, sentence):
    answer = client.post(step_url(draft.id, "documentos"), data={"q_invitation": (io.BytesIO(data), name)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert [a.stored_file.original_name for a in reload(draft.id).current_attachments] == ["carta.pdf"]


def test_a_pdf_of_too_many_pages_is_refused_with_both_numbers(client, draft, monkeypatch):
    monkeypatch.setitem(settings._installed, "MAX_UPLOAD_PAGES", 1)
    assert "un PDF tiene hasta 1 páginas" in client.get(step_url(draft.id, "documentos")).text
    whole = pikepdf.new()
    whole.add_blank_page()
    whole.add_blank_page()
    written = io.BytesIO()
    whole.save(written)
    data = {"q_invitation": (io.BytesIO(written.getvalue()), "larga.pdf")}
    answer = client.post(step_url(draft.id, "documentos"), data=data)
    assert answer.status_code == 422
    assert "«larga.pdf» tiene 2 páginas; el máximo es 1." in answer.text
    assert [a.stored_file.original_name for a in reload(draft.id).current_attachments] == ["carta.pdf"]


def test_a_file_is_downloaded_and_taken_off(client, draft):
    attachment = draft.attachments[0]
    url = f"/es/solicitudes/{draft.id}/archivos/{attachment.id}"
    answer = client.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.post(f"{url}/quitar").status_code == 303
    assert reload(draft.id).current_attachments == []


# --- sending -----------------------------------------------------------------------


def test_sending_twice_makes_one_submission(client, draft):
    for _turn in range(2):
        assert client.post(f"/es/solicitudes/{draft.id}/enviar").status_code == 303
    assert len(versions_of(reload(draft.id))) == 1


def test_a_late_submission_is_refused_noted_and_the_draft_kept(client, login, applicant, draft, clock):
    clock.set(draft.call.closes_at + timedelta(seconds=1))
    login(applicant)
    answer = client.post(f"/es/solicitudes/{draft.id}/enviar")
    assert answer.status_code == 409
    assert "23:59:59" in answer.text
    application = reload(draft.id)
    assert application.state is ApplicationState.DRAFT
    assert application.title == "Son jarocho en el puerto"
    assert events_of("application", draft.id)[-1].action == "application.refused_late"
    assert client.post(step_url(draft.id, "proyecto"), data=sent(title="Guardado")).status_code == 303


def test_an_incomplete_application_shows_every_problem_with_its_field(client, call, applicant, session):
    application = start_application(call, applicant, kind="person")
    session.commit()
    answer = client.post(f"/es/solicitudes/{application.id}/enviar")
    assert answer.status_code == 422
    assert f'href="/es/solicitudes/{application.id}/proyecto#q_title"' in answer.text
    assert f'href="/es/solicitudes/{application.id}/itinerario#legs-0-city"' in answer.text


def test_changes_after_sending_wait_until_they_are_sent(client, draft):
    client.post(f"/es/solicitudes/{draft.id}/enviar")
    client.post(step_url(draft.id, "proyecto"), data={"accion": "borrador", **sent(title="Corregido")})
    assert "Hay cambios sin enviar" in client.get(f"/es/solicitudes/{draft.id}").text
    client.post(f"/es/solicitudes/{draft.id}/enviar")
    application = reload(draft.id)
    assert (application.answers["title"], application.submissions) == ("Corregido", 2)
    assert client.get(f"/es/solicitudes/{draft.id}/acuse?envio=1").text.count("Son jarocho en el puerto") == 1
    assert client.get(f"/es/solicitudes/{draft.id}/acuse?envio=9").status_code == 404


def test_changes_that_missed_the_deadline_are_told_apart_from_what_counts(client, login, applicant, draft, clock):
    client.post(f"/es/solicitudes/{draft.id}/enviar")
    client.post(step_url(draft.id, "proyecto"), data={"accion": "borrador", **sent(title="Corregido")})
    clock.set(draft.call.closes_at + timedelta(seconds=1))
    sign_in_as(client, applicant)
    page = client.get(f"/es/solicitudes/{draft.id}").text
    assert "no se envió antes del cierre. Cuenta tu envío anterior." in page
    assert "Corregido" not in page


def test_withdrawing_asks_first(client, draft):
    assert client.get(f"/es/solicitudes/{draft.id}/retirar").status_code == 200
    assert client.post(f"/es/solicitudes/{draft.id}/retirar", data={"reason": "x" * 2_001}).status_code == 422
    assert client.post(f"/es/solicitudes/{draft.id}/retirar", data={"reason": "Visa"}).status_code == 303
    assert reload(draft.id).state is ApplicationState.WITHDRAWN
    assert client.get(f"/es/solicitudes/{draft.id}").status_code == 200
    assert client.post(f"/es/solicitudes/{draft.id}/retirar").status_code == 409
    assert client.post(f"/es/solicitudes/{draft.id}/enviar").status_code == 409
    for page in ("revision", "proyecto"):  # nothing of it can be written any more: no page pretends so
        assert client.get(f"/es/solicitudes/{draft.id}/{page}").location.endswith(f"/solicitudes/{draft.id}")


def test_starting_again_leads_to_the_one_that_stands(client, call, draft):
    answer = client.post(f"/es/convocatorias/{call.slug}/empezar", data={"kind": "collective"})
    assert answer.location.endswith(f"/solicitudes/{draft.id}")


@pytest.mark.parametrize("kind", ["", "king", "organisation"])
def test_a_start_without_a_real_applicant_is_refused(client, call, applicant, kind):
    assert client.post(f"/es/convocatorias/{call.slug}/empezar", data={"kind": kind}).status_code == 422


# --- cost and junk ---------------------------------------------------------------------


def test_my_list_costs_the_same_for_one_and_for_many(client, session, clock, applicant, count_queries):
    def cost():
        session.commit()
        with count_queries() as sent:
            assert client.get("/es/solicitudes").status_code == 200
        return len(sent)

    make_draft_application(make_open_call(), applicant)
    first = cost()
    for _turn in range(4):
        make_draft_application(make_open_call(), applicant)
    assert cost() == first


@pytest.mark.parametrize(
    "junk",
    [
        {"version": "99999999999999999999"},
        {"version": "x", "edition": "y" * 500},
        {"accion": "quitar-999999999"},
        {"accion": "quitar-x"},
        {"legs-999999-city": "x"},
        {"legs-x-city": "x"},
        {"q_axis": "'; DROP TABLE application; --"},
        {"q_people": "９"},
        {"q_other_funding": "1e999"},
        {"legs-0-starts_on": "0000-00-00", "legs-0-city": "x"},
        {"legs-0-starts_on": "9999-12-31", "legs-0-ends_on": "0001-01-01", "legs-0-city": "x"},
    ],
)
@pytest.mark.parametrize("step", ["quien", "proyecto", "itinerario", "presupuesto", "documentos", "nada"])
def test_junk_is_answered_and_never_breaks(client, draft, step, junk):
    assert client.post(step_url(draft.id, step), data=junk).status_code in (303, 404, 409, 422)


def test_status_page_tells_the_whole_story_in_order(client, clock, session):
    officer = make_user(Role.PROGRAMME_OFFICER)
    _call, (application,) = awards.closed_call(clock, applications=1)
    sign_in_as(client, application.applicant)
    with acting_as(awards.officer_actor(officer)):
        cure = services.request_cure(application, what="Falta la carta firmada.", days=3)
    session.commit()
    url = f"/es/solicitudes/{application.id}"
    page = client.get(url).text
    assert "Responder la aclaración" in page
    assert "Responde a más tardar el" in page
    assert "Falta una aclaración en su solicitud" in page
    clock.set(cure.due_at + timedelta(seconds=1))
    sign_in_as(client, application.applicant)
    page = client.get(url).text
    assert "Responder la aclaración" not in page
    assert "El plazo para aclarar terminó el" in page
    clock.set(cure.due_at)
    services.answer_cure(cure, text="Aquí está.")
    session.commit()
    sign_in_as(client, application.applicant)
    page = client.get(url).text
    assert "Recibimos tu aclaración." in page
    story = [page.index(text) for text in ("Empezaste el borrador", "La recibimos", "Te pedimos", "Respondiste")]
    assert story == sorted(story)


def test_open_page_can_ask_what_the_server_has_meanwhile(client, draft, session):
    url = f"{step_url(draft.id, 'proyecto')}/borrador.json"
    before = client.get(url).json
    assert before["values"]["q_title"] == [draft.answers["title"]]
    assert not set(before["values"]) & {"csrf_token", "version", "edition"}
    services.save_draft(draft, answers={"title": "Otro título", "summary": None})
    session.commit()
    after = client.get(url).json
    assert after["version"] == before["version"] + 1
    assert (after["values"]["q_title"], after["values"]["q_summary"]) == (["Otro título"], [])
    legs = client.get(f"{step_url(draft.id, 'itinerario')}/borrador.json").json["values"]
    assert legs["legs-0-city"] == ["Marsella"]
    assert "legs-1-city" not in legs
    assert "q_invitation" not in client.get(f"{step_url(draft.id, 'documentos')}/borrador.json").json["values"]
    assert client.get(f"{step_url(draft.id, 'nada')}/borrador.json").status_code == 404


def test_what_the_server_has_of_a_step_is_for_its_editors(client, draft, login):
    login()
    assert client.get(f"{step_url(draft.id, 'proyecto')}/borrador.json").status_code == 404


def test_cities_are_searched_as_one_types(client, login):
    assert client.get("/es/ciudades.json?pais=FR&q=marsel").status_code in (302, 303, 401)
    login()
    assert client.get("/es/ciudades.json?pais=FR&q=marsel").json == {
        "cities": [{"name": "Marseille", "spelled": "Marsel"}]
    }
    for query in ("", "?pais=FR", "?q=mar", "?pais=XX&q=mar", "?pais=FR&q=%25", f"?pais=FR&q={'x' * 500}"):
        assert client.get(f"/es/ciudades.json{query}").json == {"cities": []}


def test_the_page_gives_the_reason_before_and_after_the_letter(client, session, clock):
    officer = make_user(Role.PROGRAMME_OFFICER)
    _call, (application,) = awards.closed_call(clock, applications=1)
    sign_in_as(client, application.applicant)
    page = f"/es/solicitudes/{application.id}"
    assert "Motivo" not in client.get(page).get_data(as_text=True)
    with acting_as(awards.officer_actor(officer)):
        services.screen_application(application, verdict=ScreeningVerdict.INELIGIBLE, note="Falta la carta.")
    session.commit()
    assert "Falta la carta." in client.get(page).get_data(as_text=True)
    _call, (decided,) = awards.released(clock, officer, applications=1)
    sign_in_as(client, decided.applicant)
    assert "Motivo" in client.get(f"/es/solicitudes/{decided.id}").get_data(as_text=True)


def test_who_applies_sees_where_else_they_take_part_this_year_and_nothing_of_others(client, session, clock, login):
    person, call, beside = login(), make_open_call(), make_open_call()
    mine = services.start_application(call, person, kind="person")
    own = make_draft_application(beside, person, answers={"title": "Mi otra estancia"})
    somebody = make_draft_application(beside, make_user(), answers={"title": "De otra persona"})
    gone = services.start_application(make_open_call(), person, kind="person")
    services.withdraw_application(gone)
    third = make_open_call()
    session.commit()
    for page in (f"/es/solicitudes/{mine.id}/revision", f"/es/convocatorias/{third.slug}/empezar"):
        text = client.get(page).text
        assert f'href="/es/solicitudes/{own.id}">Mi otra estancia</a>' in text
        assert f'href="/es/solicitudes/{somebody.id}"' not in text
        assert f'href="/es/solicitudes/{gone.id}"' not in text
    assert mine_of_the_year(third, person.id) == [mine, own]
    assert beside.closes_at is not None
    clock.set(beside.closes_at + timedelta(seconds=1))  # a draft that can no longer be sent is in nobody's way
    assert mine_of_the_year(third, person.id) == []


def test_whoever_screens_sees_with_whom_what_is_shared_and_goes_there(client, session, clock, login):
    call, beside, person = make_open_call(), make_open_call(title={"es": "La otra", "en": "The other"}), make_user()
    first = make_draft_application(call, person)
    second = make_draft_application(beside, person, journey=a_journey(city="Niza"))
    for one in (first, second):
        services.submit_application(one)
    login(Role.PROGRAMME_OFFICER)
    session.commit()
    text = client.get(f"/es/programa/solicitudes/{first.id}").text
    table = found(r'(?s)<h2 id="alike">(.*?)</table>', text)
    assert f'href="/es/programa/solicitudes/{second.id}#alike">{second.folio}</a>' in table
    for told in (person.name, "La otra", "La misma persona"):
        assert told in table
    listed = client.get(f"/es/programa/{call.slug}/solicitudes").text
    assert f'href="/es/programa/solicitudes/{first.id}#alike"' in listed

"""What the public and the clerk see of a call."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import local, now
from core.database import db
from core.jobs import run_due
from core.money import Money
from core.roles import Role
from grants import services
from grants.errors.calls import ConsultationIncomplete
from grants.queries import calls as queries
from grants.states.call import CallState
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_call, make_open_call, make_published_call, make_submitted_application


def again(slug):
    db.session.expire_all()
    return queries.with_addenda(slug)


def typed(moment):
    return local(moment).strftime("%Y-%m-%dT%H:%M:%S")


def edition(client, address):
    """What a section's page says of the stored text it was filled from."""
    page = client.get(address)
    assert page.status_code == 200
    return edition_in(page.text)


def edition_in(page):
    (found,) = re.findall(r'name="edicion" value="([0-9a-f]{64})"', page)
    return found


@pytest.fixture
def call(session, clock):
    call = make_open_call()
    session.commit()
    return call


# --- the clerk ------------------------------------------------------------------------


def test_a_clerk_writes_consults_and_publishes_a_call(client, login, session, clock):
    login(Role.PROGRAMME_OFFICER)
    base = "/es/programa/convocatorias"
    assert client.get(f"{base}/nueva").status_code == 200
    bad = client.post(f"{base}/nueva", data={"title_es": "Música", "title_en": "Music", "slug": "¡!"})
    assert (bad.status_code, "¡!" in bad.text) == (422, True)
    started = client.post(f"{base}/nueva", data={"title_es": "Música", "title_en": "Music", "slug": " Música "})
    assert started.location.endswith("/musica/editar/textos")

    def write(section, **values):
        address = f"{base}/musica/editar/{section}"
        answer = client.post(address, data={**values, "edicion": edition(client, address)})
        assert answer.status_code == 303, answer.text
        return answer

    texts = {f"{name}_{code}": f"{name} {code}" for name in ("title", "summary", "body") for code in ("es", "en")}
    write("textos", **texts)
    write("alcance", axes=["1", "4"], regions=["europe"], audience=["artists"], direction="outbound")
    early = client.post(
        f"{base}/musica/editar/calendario",
        data={
            "opens_at": typed(now() + timedelta(days=20)),
            "closes_at": typed(now() + timedelta(days=50)),
            "results_on": typed(now() + timedelta(days=50))[:10],
            "edicion": edition(client, f"{base}/musica/editar/calendario"),
        },
    )
    assert (early.status_code, "Los resultados se dan después del cierre." in early.text) == (422, True)
    write(
        "calendario",
        opens_at=typed(now() + timedelta(days=20)),
        closes_at=typed(now() + timedelta(days=50)),
        results_on=typed(now() + timedelta(days=90))[:10],
        appeal_days="7",
    )
    support = {
        "cap": "80,000",
        "source_url": "https://culture.ec.europa.eu/", "rate": "21.5", "rate_date": "2026-02-27", "rate_source": "BCE",
    }  # fmt: skip
    write("apoyo", **support)
    write("preguntas", new_es="¿A quién invitas?", new_en="Whom do you invite?")
    write("elegibilidad", **{"rules-0-kept": "y", "rules-1-kept": "y"})
    write("reglas")
    call = again("musica")
    assert call.cap_per_award_cents == 8_000_000
    assert (call.tariff["per_diem"]["cents"], call.tariff["rate"]["value"]) == (8_500, "21.5")
    assert [rule["id"] for rule in call.eligibility["rules"]] == ["residence", "age"]
    assert call.form["sections"][1]["questions"][-1]["label"]["en"] == "Whom do you invite?"
    assert call.form["sections"][1]["questions"][0]["blind"] is True  # what was not sent changes nothing
    assert client.get(f"{base}/musica").status_code == 200
    assert client.post(f"{base}/musica/publicar").status_code == 409
    consult = client.post(f"{base}/musica/consulta", data={"closes_at": typed(now() + timedelta(days=10))})
    assert consult.status_code == 303
    clock.advance(days=11)
    login(Role.PROGRAMME_OFFICER)
    assert client.post(f"{base}/musica/publicar").location.endswith("/programa/convocatorias/musica")
    assert "Tesorería asignó el presupuesto." in client.get(f"{base}/musica").text
    services.set_allocated_budget(again("musica"), Money(100_000_000, "MXN"))
    session.commit()
    assert client.get(f"{base}/musica/publicar").status_code == 200
    assert client.post(f"{base}/musica/publicar").status_code == 303
    assert again("musica").state is CallState.PUBLISHED
    address = f"{base}/musica/editar/textos"
    frozen = client.post(address, data={**texts, "edicion": edition(client, address)})
    assert (frozen.status_code, "ya no cambian" in frozen.text) == (409, True)
    assert client.get(f"{base}/musica/editar/textos").status_code == 200


def test_what_publishing_asks_for_is_not_called_optional(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/programa/convocatorias/{draft.slug}/editar"
    scope = client.get(f"{base}/alcance").text
    assert (scope.count("(necesario para publicar)"), scope.count("(opcional)")) == (3, 0)
    texts = client.get(f"{base}/textos").text
    assert (texts.count("(necesario para publicar)"), texts.count("(opcional)")) == (6, 0)


def test_the_rules_are_run_over_the_queue_only_once_the_call_has_closed(client, login, session, call, clock):
    make_submitted_application(call, make_user())
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/{call.slug}/solicitudes"
    while_open = client.get(address).text
    assert "Se podrá desde que la convocatoria cierre, el" in while_open
    assert f'action="{address}/revisar"' not in while_open
    assert client.post(f"{address}/revisar").status_code == 409
    clock.advance(seconds=(call.closes_at - now()).total_seconds() + 1)
    login(Role.PROGRAMME_OFFICER)
    assert f'action="{address}/revisar"' in client.get(address).text
    assert client.post(f"{address}/revisar").status_code == 303


def test_of_two_windows_the_second_is_shown_what_the_first_saved(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/convocatorias/{draft.slug}/editar/textos"
    texts = {f"{name}_{code}": f"{name} {code}" for name in ("title", "summary", "body") for code in ("es", "en")}
    read = edition(client, address)
    assert client.post(address, data={**texts, "body_es": "La primera.", "edicion": read}).status_code == 303
    second = {**texts, "body_es": "La segunda."}
    for stale in (read, ""):
        refused = client.post(address, data={**second, "edicion": stale})
        assert refused.status_code == 409
        assert "Alguien más guardó esta sección mientras la editabas." in refused.text
        assert '<dt>Bases en español</dt><dd class="compared">La primera.</dd>' in refused.text
        assert refused.text.count("<dt>") == 1  # what both wrote alike is not listed
        assert "La segunda.</textarea>" in refused.text
    assert again(draft.slug).body["es"] == "La primera."
    assert client.post(address, data={**second, "edicion": edition_in(refused.text)}).status_code == 303
    assert again(draft.slug).body["es"] == "La segunda."


def test_two_sections_of_a_call_do_not_get_in_each_others_way(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/programa/convocatorias/{draft.slug}/editar"
    read = edition(client, f"{base}/textos")
    scope = {"axes": ["2"], "direction": "inbound", "edicion": edition(client, f"{base}/alcance")}
    assert client.post(f"{base}/alcance", data=scope).status_code == 303
    stale = client.post(f"{base}/alcance", data={**scope, "direction": "outbound"})
    assert (stale.status_code, "<dt>Sentido del viaje</dt>" in stale.text) == (409, True)
    assert client.post(f"{base}/textos", data={"title_es": "Otra", "edicion": read}).status_code == 303


def test_a_refused_save_stays_as_old_as_it_was(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/convocatorias/{draft.slug}/editar/textos"
    read = edition(client, address)
    assert client.post(address, data={"title_es": "La primera", "edicion": read}).status_code == 303
    wrong = client.post(address, data={"title_es": "x" * 201, "edicion": read})
    assert (wrong.status_code, f'value="{read}"' in wrong.text) == (422, True)


def test_a_clerk_extends_and_cancels_in_public(client, login, call):
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/programa/convocatorias/{call.slug}"
    assert f"/es/programa/{call.slug}/solicitudes" in client.get(base).text
    early = {"closes_at": typed(call.closes_at - timedelta(days=1)), "reason": "Sismo en la ciudad."}
    assert client.get(f"{base}/prorroga").status_code == 200
    refused = client.post(f"{base}/prorroga", data=early)
    assert (refused.status_code, "Sismo en la ciudad." in refused.text) == (422, True)
    later = {**early, "closes_at": typed(call.closes_at + timedelta(days=1))}
    assert client.post(f"{base}/prorroga", data=later).status_code == 303
    assert "Sismo en la ciudad." in client.get(f"/es/convocatorias/{call.slug}").text
    assert client.post(f"{base}/cancelar", data={"reason": ""}).status_code == 422
    assert client.post(f"{base}/cancelar", data={"reason": "Sin fondos"}).status_code == 303
    assert client.post(f"{base}/cancelar", data={"reason": "Otra vez"}).status_code == 409
    assert again(call.slug).state is CallState.CANCELLED


@pytest.fixture
def draft(session, clock):
    return make_draft_call()


CLERK = ["", "/nueva", "/{slug}", "/{slug}/editar/textos", "/{slug}/prorroga", "/{slug}/cancelar"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (None, 303),
        (Role.APPLICANT, 403),
        (Role.REVIEWER, 403),
        (Role.SPONSOR_CONTACT, 403),
        (Role.PAYMENT_AUTHORISER, 403),
        (Role.AUDITOR, 200),
        (Role.PROGRAMME_OFFICER, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_the_clerks_pages_by_role(client, login, call, role, seen):
    if role is not None:
        login(role)
    addresses = [f"/es/programa/convocatorias{end.format(slug=call.slug)}" for end in CLERK]
    assert {client.get(address).status_code for address in addresses} == {seen}
    acts = {client.post(address, data={}).status_code for address in addresses[3:]}
    allowed = role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    assert acts == ({409, 422} if allowed else {401 if role is None else 403})
    assert again(call.slug).state is CallState.OPEN


@pytest.mark.parametrize("section", ["textos", "alcance", "calendario", "apoyo", "preguntas", "elegibilidad", "nada"])
@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"axes": ["x", "99"], "direction": "sideways"},
        {"opens_at": "mañana", "closes_at": "9999-99-99", "appeal_days": "-4"},
        {"opens_at": "2026-03-02T00:00", "closes_at": "2026-03-01T00:00"},
        {"cap": "-5", "rate": "0"},
        {"title_es": "x" * 40_000},
        {"questions-0-label_es": "x" * 9_000, "questions-999-label_es": "x", "rules-0-reason_es": "y" * 9_000},
        {"questions-0-max_words": "uno"},
    ],
)
def test_junk_in_the_editor_is_answered(client, login, draft, section, junk):
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/convocatorias/{draft.slug}/editar/{section}"
    read = {"edicion": edition(client, address)} if section != "nada" else {}
    answer = client.post(address, data={**junk, **read})
    assert answer.status_code in (303, 404, 413, 422)


def test_my_place_is_the_next_action_on_a_call_i_applied_to(client, login, session, call):
    user = make_user()
    application = make_submitted_application(call, user)
    login(user)
    assert f"/es/solicitudes/{application.id}" in client.get(f"/es/convocatorias/{call.slug}").text


def test_a_call_that_is_not_open_is_not_started(client, login, session, clock):
    call = make_published_call()
    login()
    assert client.get(f"/es/convocatorias/{call.slug}/empezar").status_code == 409


def test_draft_cancelled_before_its_consultation_stays_between_us(client, login, session, draft):
    asked = services.subscribe(email="lectora@example.org", axes=[], audience=[], language="es")
    assert asked is not None
    services.confirm_subscription(asked)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    gone = client.post(f"/es/programa/convocatorias/{draft.slug}/cancelar", data={"reason": "Se repite."})
    assert gone.status_code == 303
    assert client.get(gone.location).status_code == 200
    run_due()
    told = select(OutboxMessage.subject).order_by(OutboxMessage.id)
    assert list(session.scalars(told)) == ["Confirma que quieres avisos de convocatorias"]
    stranger = client.application.test_client()
    for address in ("/es/convocatorias", "/es/convocatorias?estado=cancelled", "/es/convocatorias.atom"):
        assert draft.slug not in stranger.get(address).text
    assert stranger.get(f"/es/convocatorias/{draft.slug}").status_code == 404


def test_a_call_begins_from_an_earlier_one_without_its_dates_budget_and_rate(client, login, session, call):
    login(Role.PROGRAMME_OFFICER)
    address = "/es/programa/convocatorias/nueva"
    assert f'<option value="{call.slug}">Movilidad de prueba</option>' in client.get(address).text
    typed = {"title_es": "Otra", "title_en": "Another", "slug": "otra", "source": call.slug}
    assert client.post(address, data={**typed, "source": "ninguna"}).status_code == 422
    assert client.post(address, data=typed).location.endswith("/otra/editar/textos")
    source, copy = again(call.slug), again("otra")
    assert (copy.state, copy.title["es"], copy.rulebook.document["title"]["en"]) == (CallState.DRAFT, "Otra", "Another")
    same = ("summary", "body", "axes", "regions", "audience", "direction", "form", "eligibility", "cap_per_award_cents")
    assert [getattr(copy, name) for name in same] == [getattr(source, name) for name in same]
    assert (copy.tariff, copy.rulebook.call_key) == ({**source.tariff, "rate": {}}, "otra")
    assert (copy.opens_at, copy.closes_at, copy.results_on, copy.budget_cents) == (None, None, None, None)
    assert client.post(address, data=typed).status_code == 409
    assert client.get("/es/programa/convocatorias/otra/editar/apoyo").status_code == 200


def test_a_required_number_is_written_with_what_explains_it(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/convocatorias/{draft.slug}/editar/elegibilidad"
    page = client.get(address).text
    assert f"/es/convocatorias/{draft.slug}/puedo-participar" in page
    ticked = {f"rules-{number}-kept": "y" for number in range(4)}
    typed = {**ticked, "edicion": edition_in(page), "rules-3-number": "5", "rules-3-reason_es": "Cinco días o más."}
    half = client.post(address, data=typed)
    assert (half.status_code, half.text.count("di también aquí cuál es ahora") > 0) == (422, True)
    assert client.post(address, data={**typed, "rules-3-reason_en": "Five days or more."}).status_code == 303
    assert again(draft.slug).eligibility["rules"][3]["value"] == 5
    tried = {"lives_in_city": "yes", "adult": "yes", "previous_award": "no", "days": "5"}
    quiz = f"/es/convocatorias/{draft.slug}/puedo-participar"
    assert "con estas respuestas puedes participar" in client.get(quiz, query_string=tried).text
    assert "Cinco días o más." in client.get(quiz, query_string={**tried, "days": "4"}).text
    assert client.get(quiz).text.count(address) == 2  # who tries them goes back to where they are written


def test_a_clerk_writes_where_the_tariff_is_from_and_how_long_one_may_stay(client, login, session, draft):
    login(Role.PROGRAMME_OFFICER)
    address = f"/es/programa/convocatorias/{draft.slug}/editar/apoyo"
    typed = {
        "cap": "80,000", "rate": "21.5",
        "rate_date": "2026-02-27", "rate_source": "BCE", "source_es": "Tarifa de la ciudad", "source_en": "City tariff",
        "source_url": "https://ciudad.example/tarifa",
        "alone_least": "5", "alone_most": "30", "group_least": "9", "group_most": "7", "group_people": "8",
        "edicion": edition(client, address),
    }  # fmt: skip
    assert "El máximo debe ser igual o mayor" in client.post(address, data=typed).text
    below = client.post(address, data={**typed, "group_most": "12", "cap": "-85"})
    assert (below.status_code, below.text.count(">Escribe una cantidad de cero o más.<")) == (422, 1)
    assert client.post(address, data={**typed, "group_most": "12"}).status_code == 303
    tariff = again(draft.slug).tariff
    assert [tuple(row.values()) for row in tariff["stays"]] == [(1, 1, 5, 30), (2, 8, 9, 12)]
    assert tariff["source"]["name"] == {"es": "Tarifa de la ciudad", "en": "City tariff"}


def test_a_draft_without_its_texts_is_not_put_to_consultation(client, login, session):
    login(Role.PROGRAMME_OFFICER)
    base = "/es/programa/convocatorias"
    client.post(f"{base}/nueva", data={"title_es": "Vacía", "title_en": "Empty", "slug": "vacia"})
    assert f"{base}/vacia/consulta" not in client.get(f"{base}/vacia").text
    asked = client.post(f"{base}/vacia/consulta", data={"closes_at": typed(now() + timedelta(days=10))})
    assert asked.location.endswith(f"{base}/vacia")
    with pytest.raises(ConsultationIncomplete, match="Título, resumen y bases"):
        services.open_consultation(again("vacia"), now() + timedelta(days=10))
    assert again("vacia").state is CallState.DRAFT

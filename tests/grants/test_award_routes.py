"""The pages from screening to the closed award, over HTTP, by who may see them."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.clock import FrozenClock, now, today
from core.context import acting_as
from core.database import session
from core.jobs import run_due
from core.roles import Role
from grants import services
from grants.models import Appeal, Application, Award, BlindClearing, Determination, ExpenseReport
from grants.queries import determinations as queries
from grants.queries import screening as screening_queries
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.determination import AppealState, DeterminationState
from grants.states.screening import ClearingState
from scoring.models import ConflictDeclaration, PanelSeat
from scoring.rules import marking
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user, sign_in_as
from tests.factories.grants import make_open_call

Login = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER, name="Rebeca Officer Zárate")


def ok(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


def posted(client: FlaskClient, url: str, status: int = 303, /, **data: Any) -> Any:
    answer = client.post(url, data=data)
    assert answer.status_code == status, (url, answer.status_code, answer.get_data(as_text=True)[-3000:])
    return answer


def fresh(kind: type[Any], number: int) -> Any:
    session().expire_all()
    found = session().get(kind, number)
    assert found is not None
    return found


def test_officer_takes_a_call_from_the_queue_to_the_committee(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    call, found = make.closed_call(clock, applications=3)
    call_slug, first = call.slug, found[0].id
    reviewers = [make_user(Role.REVIEWER) for _number in range(3)]
    session().commit()
    sign_in_as(client, officer)
    page = ok(client, f"/es/programa/{call_slug}/solicitudes")
    assert all(str(application.folio) in page for application in found)
    assert ok(client, f"/es/programa/{call_slug}/solicitudes?estado=eligible&q=%25&orden=-monto&pagina=9&eje=x")
    csv = client.get(f"/es/programa/{call_slug}/solicitudes.csv?orden=folio").get_data(as_text=True)
    assert [line.split(",")[0] for line in csv.splitlines()[1:]] == sorted(str(item.folio) for item in found)
    assert ok(client, f"/es/programa/solicitudes/{first}")
    posted(client, f"/es/programa/solicitudes/{first}", 422, verdict="ineligible", note="", days="5")
    posted(client, f"/es/programa/solicitudes/{first}", 422, verdict="made-up", note="x", days="5")
    posted(client, f"/es/programa/solicitudes/{first}", verdict="eligible", note="", days="5")
    assert fresh(Application, first).state is ApplicationState.ELIGIBLE
    posted(client, f"/es/programa/{call_slug}/solicitudes/revisar")
    posted(client, f"/es/programa/{call_slug}/expedientes/preparar")
    assert run_due() >= 1
    page = ok(client, f"/es/programa/{call_slug}/expedientes")
    assert "Liberar 3 sin hallazgos" in page
    posted(client, f"/es/programa/{call_slug}/expedientes/liberar-limpios")
    opens, closes = now(), now() + timedelta(days=10)
    posted(
        client,
        f"/es/programa/{call_slug}/comite",
        reviewers=[str(person.id) for person in reviewers],
        review_opens_at=opens.strftime("%Y-%m-%dT%H:%M"),
        review_closes_at=closes.strftime("%Y-%m-%dT%H:%M"),
    )
    assert reviewers[0].name in ok(client, f"/es/programa/{call_slug}/comite")
    posted(client, f"/es/programa/{call_slug}/expedientes/entregar")
    session().expire_all()
    states = set(session().scalars(select(BlindClearing.state)))
    assert states == {ClearingState.HANDED_OVER}
    assert ok(client, f"/en/programa/{call_slug}/expedientes")


def test_who_joins_after_the_dossiers_went_out_has_conflicts_too(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    call, found = make.under_review(clock, officer, applications=2)
    colleague = make_user(Role.REVIEWER, name="Uno Dos Tres")
    make_organisation(colleague, found[0].applicant)
    session().commit()
    sign_in_as(client, officer)
    posted(
        client,
        f"/es/programa/{call.slug}/comite",
        reviewers=[str(colleague.id)],
        review_opens_at=now().strftime("%Y-%m-%dT%H:%M"),
        review_closes_at=(now() + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M"),
    )
    kinds = session().scalars(
        select(ConflictDeclaration.kind)
        .join(PanelSeat, PanelSeat.id == ConflictDeclaration.seat_id)
        .where(PanelSeat.reviewer_id == colleague.id)
    )
    assert kinds.all() == ["same_organisation"]


def test_clearing_desk_marks_redacts_dismisses_and_releases(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    call = make_open_call()
    make.apply(
        call,
        name="Juana Inés Núñez Arriaga",
        answers={"purpose": "Soy juana y la autora es Nuñez. Conciertos."},
        portfolio=make.written_pdf("Obra de Arriaga"),
    )
    make.close(call, clock)
    with acting_as(make.officer_actor(officer)):
        services.screen_applications(call)
        services.prepare_dossiers(call)
    clearing = session().scalars(select(BlindClearing)).one()
    number = clearing.id
    session().commit()
    sign_in_as(client, officer)
    url = f"/es/programa/expedientes/{number}"
    page = ok(client, url)
    assert page.count("<mark>") >= 4
    posted(client, f"{url}/liberar", 409)
    posted(client, f"{url}/tachar", index="0")
    while (left := fresh(BlindClearing, number)).open_findings > 1:
        place = next(n for n, trace in enumerate(left.findings) if not trace["dismissed"])
        posted(client, f"{url}/tachar", index=str(place))
    posted(client, f"{url}/tachar", 422, index="0")
    posted(client, f"{url}/tachar", 404, index="77")
    posted(client, f"{url}/descartar", 422, index="0", reason=" ")
    assert client.get(f"{url}/archivos/0").data.startswith(b"%PDF")
    assert client.get(f"{url}/archivos/9").status_code == 404
    posted(client, f"{url}/dejar-fuera", index="0", reason="Lleva el apellido en la portada.")
    posted(client, f"{url}/tachar-texto", passage="Conciertos")
    posted(client, f"{url}/tachar-texto", 422, passage="")
    posted(client, f"{url}/liberar")
    left = fresh(BlindClearing, number)
    assert left.state is ClearingState.CLEARED
    text = str(left.content).casefold()
    assert not any(word in text for word in ("juana", "nuñez", "conciertos"))
    posted(client, f"{url}/tachar-texto", 409, passage="autora")


def test_results_are_released_by_one_confirmation(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    call, found = make.ranked(clock, officer, applications=3)
    slug, first = call.slug, found[0].id
    session().commit()
    sign_in_as(client, officer)
    assert client.get(f"/es/convocatorias/{slug}/resultados").status_code == 404
    assert ok(client, f"/es/programa/{slug}/resultados")
    posted(client, f"/es/programa/{slug}/resultados/preparar")
    assert ok(client, f"/es/programa/{slug}/resultados/publicar")
    posted(client, f"/es/programa/{slug}/resultados/publicar", 409)
    for determination in queries.awaiting_award(call):
        assert determination.money is not None
        services.record_award(session().get_one(Application, determination.application_id), determination.money)
    session().commit()
    posted(client, f"/es/programa/{slug}/resultados/publicar")
    assert fresh(Determination, 1).state is DeterminationState.RELEASED
    assert ok(client, f"/es/programa/{slug}/resultados?resultado=awarded")
    applicant = fresh(Application, first).applicant
    client.get("/es/")
    assert run_due() >= 1
    sign_in_as(client, applicant)
    assert f"/solicitudes/{first}/resultado" in ok(client, f"/es/solicitudes/{first}")
    page = ok(client, f"/es/solicitudes/{first}/resultado")
    assert "Con apoyo" in page
    assert "1 de 3" in page
    assert "Bueno: lo aborda bien, con carencias menores." in page  # what the value given means
    letter = queries.letters_of(fresh(Application, first))[0]
    assert letter.subject in ok(client, f"/es/cartas/{letter.id}")
    assert client.get(f"/es/cartas/{letter.id}.pdf").data.startswith(b"%PDF")
    stranger = make_user()
    session().commit()
    sign_in_as(client, stranger)
    for url in (f"/es/cartas/{letter.id}", f"/es/cartas/{letter.id}.pdf", f"/es/solicitudes/{first}/resultado"):
        assert client.get(url).status_code == 404


def test_public_results_name_only_those_who_won(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    from core.money import Money

    marks = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
    call, found = make.released(clock, officer, applications=3, marks=marks, budget=Money(4_500_000, "MXN"))
    slug, names = call.slug, [application.applicant.name for application in found]
    folios = [str(application.folio) for application in found]
    codes = [row.dossier_code for row in queries.determinations_of(call)]
    session().commit()
    page = ok(client, f"/es/convocatorias/{slug}/resultados")
    assert names[0] in page
    assert not any(name in page for name in names[1:])
    assert not any(folio in page for folio in folios)
    assert all(str(code) in page for code in codes)
    assert ok(client, f"/en/convocatorias/{slug}/resultados")


def test_public_results_tell_how_the_committee_judged_and_nobody_in_particular(
    client: FlaskClient, clock: FrozenClock, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
    call, _found = make.released(clock, officer, applications=3, marks=marks)
    slug = call.slug
    session().commit()
    page, data = f"/es/convocatorias/{slug}/resultados", f"/es/transparencia/convocatorias/{slug}/comite.json"
    assert "Se reserva: con menos de cinco personas evaluadoras" in ok(client, page)
    told = json.loads(ok(client, data))
    assert (told["withheld"], told["marking"], told["guesses"]) == ("few_reviewers", [], None)
    monkeypatch.setattr(marking, "FEWEST", 1)
    told = json.loads(ok(client, data))
    assert told["marking"] == [[0, 1, 0, 0, 2]] * told["reviewers"]
    assert (told["reviews"], told["discrepancies"]) == (3 * told["reviewers"], {"reached": 0, "compared": 3})
    shown = ok(client, page)
    assert shown.count('data-label="De 0 a 20"') == told["reviewers"]
    assert client.get("/es/transparencia/convocatorias/ninguna/comite.json").status_code == 404


def test_applicant_appeals_and_another_officer_decides(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, applications=2, marks=[(5, 5, 5, 5), (1, 1, 1, 1)])
    loser, slug = found[1], call.slug
    other = make_user(Role.PROGRAMME_OFFICER)
    session().commit()
    url = f"/es/solicitudes/{loser.id}/inconformidad"
    sign_in_as(client, found[0].applicant)
    assert client.get(url).status_code == 404
    assert "/inconformidad" not in ok(client, f"/es/solicitudes/{found[0].id}")
    typed = f"/es/solicitudes/{found[0].id}/inconformidad"  # who has support has nothing to object to
    assert "Tu solicitud tiene apoyo" in ok(client, typed)
    posted(client, typed, 409, text="Quiero más.")
    sign_in_as(client, loser.applicant)
    status = f"/es/solicitudes/{loser.id}"
    assert url in ok(client, status)
    assert ok(client, url)
    posted(client, url, 422, text="")
    posted(client, url, text="La regla de viabilidad se aplicó mal.")
    assert url not in ok(client, status)
    posted(client, url, 409, text="Otra vez.")
    appeal = session().scalars(select(Appeal)).one().id
    staff = f"/es/programa/inconformidades/{appeal}"
    decision = {"outcome": "upheld", "reason": "Se aplicó mal.", "public_summary": "Se corrigió una regla."}
    sign_in_as(client, officer)
    assert ok(client, "/es/programa/inconformidades")
    posted(client, staff, 403, outcome="admitted")
    sign_in_as(client, other)
    posted(client, staff, 422, **decision)  # it is admitted first
    posted(client, staff, outcome="admitted")
    assert "otra persona decide si procede" in ok(client, staff)
    for tainted in (officer, other):
        sign_in_as(client, tainted)
        posted(client, staff, 403, **decision)
    sign_in_as(client, make_user(Role.PROGRAMME_OFFICER))
    posted(client, staff, 422, **(decision | {"outcome": "x"}))
    posted(client, staff, **decision)
    assert fresh(Appeal, appeal).state is AppealState.UPHELD
    assert "Se corrigió una regla." in ok(client, f"/es/convocatorias/{slug}/resultados")
    posted(client, staff, 409, **decision)


def test_awardee_reads_and_accepts_the_agreement(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    _call, found = make.released(clock, officer, applications=1)
    award = queries.award_of(found[0])
    assert award is not None
    number, person = award.id, found[0].applicant
    session().commit()
    sign_in_as(client, officer)
    staff = f"/es/programa/apoyos/{number}"
    assert ok(client, staff)
    posted(client, f"{staff}/convenio")
    sign_in_as(client, person)
    mine = f"/es/apoyos/{number}"
    assert ok(client, "/es/apoyos")
    assert ok(client, mine)
    assert "Convenios por aceptar" in ok(client, "/es/mi-espacio")
    assert ok(client, f"{mine}/declinar")
    page = ok(client, f"{mine}/convenio")
    agreement = fresh(Award, number).agreement
    assert agreement.sha256 in page
    assert client.get(f"{mine}/convenio.pdf").data.startswith(b"%PDF")
    with make.nobody_listens():
        posted(client, f"{mine}/convenio", 422, signed_name="Otra Persona", sha256=agreement.sha256, read="y")
        posted(client, f"{mine}/convenio", 409, signed_name=person.name, sha256="0" * 64, read="y")
        posted(client, f"{mine}/convenio", signed_name=person.name.upper(), sha256=agreement.sha256, read="y")
        posted(client, f"{mine}/convenio", 409, signed_name=person.name, sha256=agreement.sha256, read="y")
    assert client.get(f"{mine}/informe").status_code == 404


def test_awardee_reports_and_staff_closes(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    number, person = award.id, award.application.applicant
    staff, mine = f"/es/programa/apoyos/{number}", f"/es/apoyos/{number}"
    session().commit()
    sign_in_as(client, person)
    assert "Informes de gastos por entregar" in ok(client, "/es/mi-espacio")
    assert ok(client, f"{mine}/informe")
    assert 'name="lines-3-concept"' in client.post(f"{mine}/informe", data={"accion": "agregar"}).get_data(as_text=True)
    posted(client, f"{mine}/informe", 422)
    line = {
        "lines-0-concept": "Vuelo",
        "lines-0-spent_on": today().isoformat(),
        "lines-0-amount": str(award.money)[:-4],
    }
    posted(client, f"{mine}/informe", 422, **line)
    second = {"lines-0-concept": "", **{name.replace("-0-", "-1-"): value for name, value in line.items()}}
    assert "Gasto 2: falta el comprobante" in posted(client, f"{mine}/informe", 422, **second).get_data(as_text=True)
    receipt = (io.BytesIO(make.written_pdf("Boleto")), "boleto.pdf")
    posted(client, f"{mine}/informe", **line, **{"lines-0-receipt": receipt})
    assert "Nada espera por ti" in ok(client, "/es/mi-espacio")
    assert "Tu informe de gastos está en revisión." in ok(client, mine)
    report = session().scalars(select(ExpenseReport)).one()
    report_id, line_id = report.id, report.lines[0].id
    session().commit()
    assert client.get(f"/es/comprobantes/{line_id}").status_code == 200
    sign_in_as(client, officer)
    assert ok(client, "/es/programa/apoyos?q=MOV&estado=in_progress")
    posted(client, f"/es/programa/informes/{report_id}/devolver", 422, reason="")
    posted(client, f"/es/programa/informes/{report_id}/aceptar")
    posted(client, f"/es/programa/informes/{report_id}/aceptar", 409)
    posted(client, f"{staff}/cerrar", 409)
    award = fresh(Award, number)
    services.mark_tranche_ordered(award.tranches[1])
    services.mark_tranche_paid(award.tranches[1], paid_on=today())
    session().commit()
    posted(client, f"{staff}/cerrar")
    assert fresh(Award, number).state is AwardState.CLOSED
    sign_in_as(client, person)
    assert ok(client, mine)


def test_award_is_unknown_to_strangers_and_before_the_release(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    call, found = make.determined(clock, officer, applications=1)
    award = queries.award_of(found[0])
    assert award is not None
    number, person = award.id, found[0].applicant
    stranger = make_user()
    session().commit()
    sign_in_as(client, person)
    for url in (f"/es/apoyos/{number}", f"/es/apoyos/{number}/convenio", f"/es/solicitudes/{found[0].id}/resultado"):
        assert client.get(url).status_code == 404
    assert "Todavía no tienes apoyos" in ok(client, "/es/apoyos")
    with acting_as(make.officer_actor(officer)):
        services.release_determinations(call)
        services.offer_agreement(award)
    session().commit()
    assert ok(client, f"/es/apoyos/{number}")
    sign_in_as(client, stranger)
    for path in ("", "/convenio", "/convenio.pdf", "/declinar", "/informe"):
        assert client.get(f"/es/apoyos/{number}{path}").status_code == 404


def test_applicant_answers_a_cure_until_the_last_second(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    _call, found = make.closed_call(clock, applications=1)
    with acting_as(make.officer_actor(officer)):
        cure = services.request_cure(found[0], what="Falta la carta firmada.", days=3)
    due, url = cure.due_at, f"/es/solicitudes/{found[0].id}/aclaracion"
    session().commit()
    clock.set(due + timedelta(seconds=1))
    sign_in_as(client, found[0].applicant)
    posted(client, url, 409, text="Aquí está.")
    clock.set(due)
    sign_in_as(client, found[0].applicant)
    assert url.removeprefix("/es") in ok(client, f"/es/solicitudes/{found[0].id}")
    assert "Falta la carta firmada." in ok(client, url)
    posted(client, url, 422, text="")
    posted(client, url, text="Aquí está.", files=(io.BytesIO(make.written_pdf("Carta")), "carta.pdf"))
    posted(client, url, 409, text="Otra vez.")
    session().expire_all()
    answered = screening_queries.cure_of(fresh(Application, found[0].id))
    assert answered is not None
    assert answered.answer == "Aquí está."
    assert len(answered.answer_files) == 1


STAFF_PATHS = (
    "/es/programa/{slug}/solicitudes",
    "/es/programa/{slug}/solicitudes.csv",
    "/es/programa/solicitudes/{application}",
    "/es/programa/{slug}/expedientes",
    "/es/programa/{slug}/comite",
    "/es/programa/{slug}/resultados",
    "/es/programa/inconformidades",
    "/es/programa/apoyos",
)


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 302), (Role.APPLICANT, 403), (Role.REVIEWER, 403), (Role.SPONSOR_CONTACT, 403), (Role.AUDITOR, 200)],
)
def test_staff_pages_by_role(client: FlaskClient, clock: FrozenClock, role: Role | None, status: int) -> None:
    call, found = make.closed_call(clock, applications=1)
    person = make_user(role) if role is not None else None
    session().commit()
    if person is not None:
        sign_in_as(client, person)
    for path in STAFF_PATHS:
        answer = client.get(path.format(slug=call.slug, application=found[0].id))
        assert answer.status_code == status or (status == 302 and answer.status_code in (302, 303, 401)), path
    if role is Role.AUDITOR:
        posted(client, f"/es/programa/{call.slug}/solicitudes/revisar", 403)
        posted(client, f"/es/programa/solicitudes/{found[0].id}", 403, verdict="eligible")
        posted(client, f"/es/programa/{call.slug}/comite", 403)


def test_officer_divides_an_award_before_its_agreement(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    _call, found = make.released(clock, officer, applications=1)
    award = queries.award_of(found[0])
    assert award is not None
    number, url = award.id, f"/es/programa/apoyos/{award.id}"
    session().commit()
    sign_in_as(client, officer)
    assert "Cambiar el plan de pagos" in ok(client, url)
    for typed in ("", "ochenta", "80, 30", "100, 0", "50 50 x"):
        assert "Porcentaje de cada pago" in posted(client, f"{url}/pagos", 422, shares=typed).text
    posted(client, f"{url}/pagos", shares="50, 30, 20")
    assert [tranche.amount_cents for tranche in fresh(Award, number).tranches] == [
        part.amount_cents for part in award.money.split([50, 30, 20])
    ]
    posted(client, f"{url}/convenio")
    assert "Cambiar el plan de pagos" not in ok(client, url)
    assert posted(client, f"{url}/pagos", 409, shares="80, 20").text


def test_desk_leads_officers_to_the_calls_that_wait(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    call, _found = make.closed_call(clock, applications=2)
    quiet = make_open_call()
    session().commit()
    sign_in_as(client, officer)
    desk = ok(client, "/es/mi-espacio")
    assert "/es/programa/convocatorias?espera=veredicto" in desk
    page = ok(client, "/es/programa/convocatorias?espera=veredicto")
    assert f"/es/programa/{call.slug}/solicitudes?estado=submitted" in page
    assert f"/es/programa/{quiet.slug}/" not in page
    assert call.slug not in ok(client, "/es/programa/convocatorias?espera=comentarios")


def test_everybody_else_reads_the_title_that_was_sent(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    call, (application,) = make.released(clock, officer, applications=1)
    award = queries.award_of(application)
    assert award is not None
    sent = application.answers["title"]
    application.working_copy = {"answers": {"title": "Nunca enviado"}, "itinerary": []}
    session().commit()
    sign_in_as(client, officer)
    for url in (
        f"/es/convocatorias/{call.slug}/resultados",
        f"/es/programa/{call.slug}/solicitudes.csv",
        f"/es/programa/solicitudes/{application.id}",
        f"/es/programa/apoyos/{award.id}",
    ):
        page = ok(client, url)
        assert (sent in page, "Nunca enviado" in page) == (True, False), url

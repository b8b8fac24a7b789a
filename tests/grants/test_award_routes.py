"""The pages from screening to the closed award, over HTTP, by who may see them."""

import io
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
from grants.models import Application, Award, BlindClearing, ExpenseReport
from grants.queries import determinations as queries
from grants.queries import screening as screening_queries
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.screening import ClearingState
from scoring.models import ConflictDeclaration, PanelSeat
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user, sign_in_as
from tests.factories.grants import make_open_call
from tests.factories.visits import fresh, ok, posted

Login = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER, name="Rebeca Officer Zárate")


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

    def sent(act: str, expected: int = 303, **data: str) -> None:
        seen = services.dossier_edition(fresh(BlindClearing, number))
        posted(client, f"{url}/{act}", expected, edicion=seen, **data)

    sent("liberar", 409)
    before = services.dossier_edition(fresh(BlindClearing, number))
    sent("tachar", index="0")
    another = fresh(BlindClearing, number).findings[0]["matched"]
    for act in ("tachar", "descartar", "dejar-fuera", "liberar"):  # a window that shows what stood there before
        posted(client, f"{url}/{act}", 409, index="0", reason="No es su nombre.", edicion=before)
    left = fresh(BlindClearing, number)
    assert (left.findings[0]["matched"], left.findings[0]["dismissed"]) == (another, None)
    while (left := fresh(BlindClearing, number)).open_findings > 1:
        place = next(n for n, trace in enumerate(left.findings) if not trace["dismissed"])
        sent("tachar", index=str(place))
    sent("tachar", 422, index="0")
    sent("tachar", 404, index="77")
    sent("descartar", 422, index="0", reason=" ")
    assert client.get(f"{url}/archivos/0").data.startswith(b"%PDF")
    assert client.get(f"{url}/archivos/9").status_code == 404
    sent("dejar-fuera", index="0", reason="Lleva el apellido en la portada.")
    posted(client, f"{url}/tachar-texto", passage="Conciertos")
    posted(client, f"{url}/tachar-texto", 422, passage="")
    sent("liberar")
    left = fresh(BlindClearing, number)
    assert left.state is ClearingState.CLEARED
    text = str(left.content).casefold()
    assert not any(word in text for word in ("juana", "nuñez", "conciertos"))
    posted(client, f"{url}/tachar-texto", 409, passage="autora")


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

"""Results from their release to what the public reads, and an appeal against one."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.clock import FrozenClock
from core.database import session
from core.jobs import run_due
from core.roles import Role
from grants import services
from grants.models import Appeal, Application, Award, Determination
from grants.queries import determinations as queries
from grants.routes import determinations
from grants.states.determination import AppealState, DeterminationState
from scoring import queries as scoring_queries
from scoring.rules import marking
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.visits import fresh, ok, posted

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER, name="Rebeca Officer Zárate")


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


def test_many_public_scores_are_shown_part_by_part_and_found_by_their_code(
    client: FlaskClient, clock: FrozenClock, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
    call, _found = make.released(clock, officer, applications=3, marks=marks)
    ranking = scoring_queries.released_ranking(call.slug)
    assert ranking is not None
    codes = [line.dossier.code for line in scoring_queries.ranking_lines(ranking)]
    base = f"/es/convocatorias/{call.slug}/resultados"
    session().commit()

    def shown(query: str = "") -> list[str]:
        page = ok(client, base + query)
        assert "Ver las 3 calificaciones" in page  # how many there are in all, whatever is looked for
        assert ("<details open" in page) == bool(query)
        return re.findall(r'data-label="Código"><span class="cell-value">([^<]+)<', page)

    assert shown() == codes
    monkeypatch.setattr(determinations, "SCORES", 2)
    assert [shown(), shown("?pagina=2"), shown("?pagina=7")] == [codes[:2], codes[2:], codes[2:]]
    assert f'href="{base}?pagina=2#scores"' in ok(client, base)
    assert shown(f"?codigo={codes[2].lower()}") == [codes[2]]
    assert shown("?codigo=nadie") == []


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

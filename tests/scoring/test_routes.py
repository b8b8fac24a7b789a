import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.files import store_generated
from core.roles import Role
from scoring import queries, services
from scoring.models import Panel
from scoring.services import DossierAttachment
from scoring.states import AssignmentState, PanelState, ReviewState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., Any]


def fields(*values: int, why: str = make.JUSTIFICATION, accion: str = "enviar") -> dict[str, str]:
    typed = {"accion": accion}
    for name, value in zip(make.CRITERIA, values, strict=True):
        typed |= {f"score_{name}": str(value), f"why_{name}": why}
    return typed


@pytest.fixture
def reviewer(login: Login) -> Any:
    return login(Role.REVIEWER)


def panel_for(reviewer: Any, session: Session, dossiers: int = 1, **changes: Any) -> Panel:
    """A committee in review in which the person signed in is reviewer A, then two others."""
    panel = make.panel(document=make.simple_rulebook(3), **changes)
    for number in range(dossiers):
        make.dossier(panel, content=make.content(f"Proyecto {number}"))
    make.seat(panel, reviewer.id)
    make.seat(panel, 100_001)
    make.seat(panel, 100_002)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    session.commit()
    return panel


def code_of(panel: Panel) -> str:
    return queries.open_dossiers(panel)[0].code


def state_of(panel: Panel, reviewer_id: int, session: Session) -> AssignmentState:
    session.expire_all()
    return next(one.state for one in queries.assignments_of_panel(panel) if one.seat.reviewer_id == reviewer_id)


# --- who may pass ------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_reviewers_have_an_evaluation_desk(client: FlaskClient, login: Login, role: Role) -> None:
    login(role)
    assert client.get("/es/evaluacion").status_code == 403


def test_a_dossier_of_others_does_not_exist_for_a_reviewer(client: FlaskClient, login: Login, session: Session) -> None:
    panel = make.assigned_panel(1, 3)
    session.commit()
    code = code_of(panel)
    login(Role.REVIEWER)
    for path in (code, f"{code}/enviar", f"{code}/reconozco", f"{code}/archivos/1"):
        assert client.get(f"/es/evaluacion/{path}").status_code == 404
    assert client.post(f"/es/evaluacion/{code}", data=fields(5, 5, 5, 5)).status_code == 404
    assert client.post(f"/es/evaluacion/{code}/declarar", data={"verdict": "none"}).status_code == 404
    assert "0 expedientes" not in client.get("/es/evaluacion").text
    assert code not in client.get("/es/evaluacion").text


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.REVIEWER, Role.TREASURER])
def test_only_staff_sees_committees(client: FlaskClient, login: Login, session: Session, role: Role) -> None:
    panel = make.reviewed_panel()
    session.commit()
    login(role)
    for path in ("", f"/{panel.id}", f"/{panel.id}/orden"):
        assert client.get(f"/es/paneles{path}").status_code == 403


def test_an_auditor_reads_committees_and_changes_nothing(client: FlaskClient, login: Login, session: Session) -> None:
    panel = make.reviewed_panel()
    services.compute_ranking(panel)
    session.commit()
    login(Role.AUDITOR)
    page = client.get(f"/es/paneles/{panel.id}")
    assert page.status_code == 200
    assert "Calcular el orden" not in page.text
    assert client.get(f"/es/paneles/{panel.id}/orden").status_code == 200
    assert client.post(f"/es/paneles/{panel.id}/orden/calcular").status_code == 403


# --- the reviewer's way ------------------------------------------------------


def test_the_desk_lists_my_dossiers_and_my_progress(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session, 2)
    page = client.get("/es/evaluacion").text
    assert "Llevas 0 de 2 expedientes." in page
    for dossier in queries.open_dossiers(panel):
        assert dossier.code in page


def test_the_desk_says_what_is_left_until_when_and_what_only_has_to_be_sent(
    client: FlaskClient, reviewer: Any, session: Session, clock: FrozenClock
) -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    for _number in range(3):
        make.dossier(panel)
    seat = make.seat(panel, reviewer.id)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    first, second, _third = queries.assignments_of_panel(panel)
    services.declare_no_conflict(seat, first.dossier)
    services.declare_no_conflict(seat, second.dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    services.save_review_draft(first, make.entries(5, 4, 3, 2))
    session.commit()
    page = client.get("/es/evaluacion").text
    assert "Te faltan 3." in page
    assert "En 1 falta decir si tienes conflicto de interés" in page
    assert "quedan 20 días." in page
    assert page.count("Falta enviarla") == 1
    last_day = panel_for(reviewer, session, call_key="otra", closes_at=clock.now() + timedelta(hours=1))
    page = client.get("/es/evaluacion").text
    assert "Te faltan 4." in page
    assert "El plazo termina hoy:" in page
    clock.set(last_day.review_closes_at + timedelta(seconds=1))
    assert queries.due_counts(reviewer.id, clock.now()) == queries.DueCounts(1, 2, panel.review_closes_at)


def test_before_declaring_only_the_summary_is_shown(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    dossier = make.dossier(panel)
    make.seat(panel, reviewer.id)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    session.commit()
    page = client.get(f"/es/evaluacion/{dossier.code}").text
    assert "Una gira de tres semanas" in page
    assert "Conciertos y talleres." not in page
    refused = client.post(f"/es/evaluacion/{dossier.code}/declarar", data={"verdict": ""})
    assert refused.status_code == 422
    assert "Elige una de las opciones." in refused.text
    unexplained = client.post(f"/es/evaluacion/{dossier.code}/declarar", data={"verdict": "other"})
    assert unexplained.status_code == 422
    assert client.post(f"/es/evaluacion/{dossier.code}/declarar", data={"verdict": "burglar"}).status_code == 422
    accepted = client.post(f"/es/evaluacion/{dossier.code}/declarar", data={"verdict": "none"})
    assert accepted.status_code == 303
    assert "Conciertos y talleres." in client.get(f"/es/evaluacion/{dossier.code}").text


def test_declaring_a_conflict_recuses(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    answer = client.post(f"/es/evaluacion/{code_of(panel)}/declarar", data={"verdict": "same_household"})
    assert answer.headers["Location"] == "/es/evaluacion"
    assert state_of(panel, reviewer.id, session) == AssignmentState.RECUSED
    assert client.get(f"/es/evaluacion/{code_of(panel)}").status_code == 404


def test_each_score_stands_beside_its_anchor(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    page = client.get(f"/es/evaluacion/{code_of(panel)}").text
    for criterion in panel.rulebook.rules.criteria:
        for _value, text in criterion.anchors:
            assert text["es"] in page


def test_a_draft_is_kept_by_the_script_and_by_the_button(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    quiet = client.post(
        url, data={"accion": "borrador", "score_calidad": "4", "why_calidad": "Va"}, headers={"X-Autosave": "1"}
    )
    assert (quiet.status_code, quiet.data) == (204, b"")
    assert client.post(url, data={"accion": "borrador", "why_impacto": "También"}).status_code == 303
    page = client.get(url).text
    assert re.search(r'value="4" checked', page)
    assert "También" in page


def test_what_is_out_of_bounds_is_refused_and_kept_on_the_page(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    typed = {"accion": "borrador", "why_calidad": "x" * 20_001}
    quiet = client.post(url, data=typed, headers={"X-Autosave": "1"})
    assert (quiet.status_code, quiet.mimetype) == (422, "text/plain")
    assert quiet.text == "La justificación puede tener hasta 20000 caracteres. Sobra 1 carácter."
    answer = client.post(url, data=typed)
    assert answer.status_code == 422
    assert "hasta 20000 caracteres" in answer.text
    assert "x" * 20_001 in answer.text
    assert "data-refused" in answer.text
    long = {"accion": "borrador", "why_calidad": "Lo demás", "note": "n" * 10_001}
    answer = client.post(url, data=long)
    assert answer.status_code == 422
    assert "caben 10000 caracteres" in answer.text
    assert "n" * 10_001 in answer.text
    kept = client.get(url).text
    assert "Lo demás" in kept
    assert "nnn" not in kept
    assert "data-refused" not in kept
    assert client.post(url, data={"accion": "borrador", "score_calidad": "9"}).status_code == 422


def test_an_incomplete_review_is_not_sent_and_says_what_is_missing(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    answer = client.post(url, data=fields(4, 4, 4, 4) | {"why_impacto": "corta"})
    assert answer.status_code == 422
    assert "La justificación necesita al menos 20 caracteres." in answer.text
    assert client.get(f"{url}/enviar").headers["Location"] == url
    assert state_of(panel, reviewer.id, session) == AssignmentState.ACCEPTED


def test_a_review_is_sent_after_one_last_look_and_is_then_fixed(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session, 2)
    first, second = (dossier.code for dossier in queries.open_dossiers(panel))
    url = f"/es/evaluacion/{first}"
    assert client.post(url, data=fields(5, 4, 3, 2)).headers["Location"] == f"{url}/enviar"
    assert state_of(panel, reviewer.id, session) == AssignmentState.ACCEPTED
    assert "5 de 5" in client.get(f"{url}/enviar").text
    assert client.post(f"{url}/enviar").headers["Location"] == f"/es/evaluacion/{second}"
    assert client.post(url, data=fields(1, 1, 1, 1)).status_code == 409
    assert client.post(f"{url}/enviar").status_code == 303
    session.expire_all()
    review = next(
        one.review
        for one in queries.assignments_of_panel(panel)
        if one.seat.reviewer_id == reviewer.id and one.dossier.code == first
    )
    assert review is not None
    assert review.state == ReviewState.SUBMITTED
    assert review.sheet() == {"calidad": 5, "impacto": 4, "viabilidad": 3, "alcance": 2}


def test_others_reviews_are_read_only_in_discussion_and_under_letters(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    mine, second, third = queries.assignments_of_panel(panel)
    for assignment in (second, third):
        services.submit_review(assignment, make.entries(2, 2, 2, 2, justification="Secreto hasta deliberar, de veras."))
    session.commit()
    url = f"/es/evaluacion/{code_of(panel)}"
    assert "Secreto hasta deliberar" not in client.get(url).text
    make.review(mine)
    session.commit()
    waiting = client.get(url).text
    assert "Secreto hasta deliberar" not in waiting
    assert "Todas las calificaciones" not in waiting
    services.advance_panel(panel, PanelState.DISCUSSION)
    session.commit()
    page = client.get(url).text
    assert page.count("Secreto hasta deliberar") == 8
    table = page[page.index("Todas las calificaciones") :].split("</table>")[0]
    rows = [re.findall(r'cell-value">([^<]+)<', row) for row in table.split("<tr")[2:]]
    assert "data-frame-narrow" in page
    assert rows[0] == ["Calidad de la propuesta", "4", "2", "2"]
    assert len(rows) == len(make.CRITERIA)
    assert "Persona B" in page
    assert "100001" not in page


def test_recognising_the_person_asks_first_and_recuses(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}/reconozco"
    assert client.get(url).status_code == 200
    assert state_of(panel, reviewer.id, session) == AssignmentState.ACCEPTED
    assert client.post(url, data={"explanation": "El tema."}).status_code == 303
    assert state_of(panel, reviewer.id, session) == AssignmentState.RECUSED


def test_a_file_comes_under_a_neutral_name_and_only_after_declaring(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    stored = store_generated(b"%PDF-1.7 blind", "carta de Ana Torres.pdf", "application/pdf", purpose="dossier")
    panel = make.panel(document=make.simple_rulebook(1))
    dossier = make.dossier(panel, files=[DossierAttachment(stored.id, "Carta de invitación")])
    make.seat(panel, reviewer.id)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    session.commit()
    url = f"/es/evaluacion/{dossier.code}/archivos/1"
    assert client.get(url).status_code == 404
    services.declare_no_conflict(queries.seats_of_panel(panel)[0], dossier)
    session.commit()
    answer = client.get(url)
    assert answer.data == b"%PDF-1.7 blind"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={dossier.code}-1.pdf"
    assert client.get(f"/es/evaluacion/{dossier.code}/archivos/2").status_code == 404
    assert "Ana Torres" not in client.get(f"/es/evaluacion/{dossier.code}").text


def test_after_the_window_a_draft_is_refused_with_its_dates(
    client: FlaskClient, reviewer: Any, session: Session, clock: Any
) -> None:
    panel = panel_for(reviewer, session, closes_at=clock.now() + timedelta(minutes=5))
    clock.set(panel.review_closes_at)
    clock.advance(seconds=1)
    answer = client.post(f"/es/evaluacion/{code_of(panel)}", data=fields(4, 4, 4, 4))
    assert answer.status_code == 409
    assert "Las evaluaciones se reciben del" in answer.text


# --- two windows -------------------------------------------------------------


def state_in(page: str) -> dict[str, str]:
    """What a page's form remembers of the draft it shows."""
    return {name: re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[0] for name in ("version", "edition")}


def test_two_windows_never_overwrite_each_other_unseen(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    first, second = state_in(client.get(url).text), state_in(client.get(url).text)
    assert first["version"] == "0"
    assert client.post(url, data={"accion": "borrador", "why_calidad": "De la primera", **first}).status_code == 303
    refused = client.post(url, data={"accion": "borrador", "why_calidad": "De la segunda", **second})
    assert refused.status_code == 409
    assert "De la primera" in refused.text
    assert "De la segunda" in refused.text
    assert "Los dos textos" in refused.text
    kept = client.get(url).text
    assert "De la primera" in kept
    assert "De la segunda" not in kept
    chosen = state_in(refused.text)
    assert client.post(url, data={"accion": "borrador", "why_calidad": "De la segunda", **chosen}).status_code == 303
    assert "De la segunda" in client.get(url).text


def test_the_script_of_one_window_saves_again_and_again(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    page, other = state_in(client.get(url).text), state_in(client.get(url).text)
    script = {"X-Autosave": "1"}
    saved = client.post(url, data={"accion": "borrador", "why_calidad": "Uno", **page}, headers=script)
    assert saved.headers["X-Draft-Version"] == "1"
    # The answer to the first save may not have arrived: the page still says version 0, and is the same page.
    assert (
        client.post(url, data={"accion": "borrador", "why_calidad": "Dos", **page}, headers=script).status_code == 204
    )
    refused = client.post(url, data={"accion": "borrador", "why_calidad": "Tres", **other}, headers=script)
    assert (refused.status_code, refused.data) == (409, b"")
    same = client.post(url, data={"accion": "borrador", "why_calidad": "Dos", **other}, headers=script)
    assert same.status_code == 204


def test_what_is_typed_after_sending_elsewhere_is_refused_by_name(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    assert client.post(url, data=fields(5, 4, 3, 2)).status_code == 303
    assert client.post(f"{url}/enviar").status_code == 303
    late = client.post(url, data=fields(1, 1, 1, 1))
    assert late.status_code == 409
    assert "ya se envió" in late.text


@pytest.mark.parametrize(("typed", "kept"), [({"guess": "yes"}, True), ({"guess": "no"}, False), ({}, None)])
def test_a_reviewer_may_say_whether_they_think_to_know_who_it_is(
    client: FlaskClient, reviewer: Any, session: Session, typed: dict[str, str], kept: bool | None
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    client.post(url, data=fields(5, 4, 3, 2))
    assert "¿Crees saber quién presenta este expediente?" in client.get(f"{url}/enviar").text
    assert client.post(f"{url}/enviar", data=typed).status_code == 303
    session.expire_all()
    review = queries.reviews_of_dossier(queries.open_dossiers(panel)[0])[0]
    assert review.believes_known is kept
    assert "lo sospecho" not in client.get(url).text


def test_sending_a_review_is_not_dressed_as_a_danger(client: FlaskClient, reviewer: Any, session: Session) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    client.post(url, data=fields(5, 4, 3, 2))
    page = client.get(f"{url}/enviar").text
    assert "btn-danger" not in page
    assert "btn-accent" in page


# --- the deliberation --------------------------------------------------------


def discussed_panel(reviewer: Any, session: Session) -> Panel:
    panel = panel_for(reviewer, session)
    for assignment in queries.assignments_of_panel(panel):
        make.review(assignment, 5, 4, 3, 2)
    services.advance_panel(panel, PanelState.DISCUSSION)
    session.commit()
    return panel


def test_a_score_changes_in_the_deliberation_beside_what_it_was(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = discussed_panel(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    assert f"{url}/cambiar/calidad" in client.get(url).text
    page = client.get(f"{url}/cambiar/calidad")
    assert page.status_code == 200
    assert "Tu calificación es 5." in page.text
    typed = {"value": "3", "justification": make.JUSTIFICATION, "reason": "La discusión mostró un hueco."}
    missing = client.post(f"{url}/cambiar/calidad", data=typed | {"reason": ""})
    assert missing.status_code == 422
    assert "Escribe la razón; queda en el registro." in missing.text
    assert client.post(f"{url}/cambiar/calidad", data=typed | {"value": ""}).status_code == 422
    assert client.post(f"{url}/cambiar/calidad", data=typed | {"value": "9"}).status_code == 422
    short = client.post(f"{url}/cambiar/calidad", data=typed | {"justification": "corta"})
    assert (short.status_code, "al menos 20 caracteres" in short.text) == (422, True)
    assert client.post(f"{url}/cambiar/calidad", data=typed).status_code == 303
    page = client.get(url)
    assert "Cambió de 5 a 3" in page.text
    assert "La discusión mostró un hueco." in page.text
    assert client.get(f"{url}/cambiar/otro").status_code == 404


def test_a_score_changes_only_in_the_deliberation_and_only_ones_own(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}/cambiar/calidad"
    assert client.get(url).status_code == 404
    make.review(queries.assignments_of_panel(panel)[0])
    session.commit()
    page = client.get(url)
    assert (page.status_code, "solo se puede cambiar durante la deliberación" in page.text) == (200, True)
    typed = {"value": "3", "justification": make.JUSTIFICATION, "reason": "Porque sí."}
    assert client.post(url, data=typed).status_code == 409
    other = make.reviewed_panel(1, 3, call_key="otra")
    services.advance_panel(other, PanelState.DISCUSSION)
    session.commit()
    assert client.post(f"/es/evaluacion/{code_of(other)}/cambiar/calidad", data=typed).status_code == 404


@pytest.mark.parametrize("path", ["/es/evaluacion", "/es/evaluacion/{code}"])
def test_pages_take_as_many_statements_for_many_dossiers_as_for_one(
    client: FlaskClient, reviewer: Any, session: Session, count_queries: Callable[..., Any], path: str
) -> None:
    counts = []
    for dossiers in (1, 8):
        panel = panel_for(reviewer, session, dossiers, call_key=f"con-{dossiers}")
        session.expunge_all()
        url = path.format(code=code_of(panel))
        with count_queries() as sent:
            assert client.get(url).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_page_open_in_two_windows_asks_for_what_is_kept_and_nobody_else_can(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    assert json.loads(client.get(f"{url}/borrador.json").text)["version"] == 0
    typed = {"accion": "borrador", "score_calidad": "4", "why_calidad": "Va", "note": "Para mí"}
    assert client.post(url, data=typed).status_code == 303
    told = json.loads(client.get(f"{url}/borrador.json").text)
    assert (told["version"], told["values"]["score_calidad"], told["values"]["why_calidad"]) == (1, ["4"], ["Va"])
    assert (told["values"]["note"], told["values"]["why_impacto"]) == (["Para mí"], [])
    assert set(told["values"]) == {"note"} | {f"{kind}_{name}" for kind in ("score", "why") for name in make.CRITERIA}
    client.get("/es/cuenta/salir")
    with client.session_transaction() as kept:
        kept.clear()
    assert client.get(f"{url}/borrador.json").status_code == 303


def test_the_script_is_told_in_a_sentence_why_nothing_was_kept(
    client: FlaskClient, reviewer: Any, session: Session
) -> None:
    panel = panel_for(reviewer, session)
    url = f"/es/evaluacion/{code_of(panel)}"
    script = {"X-Autosave": "1"}
    assert client.post(url, data=fields(5, 4, 3, 2)).status_code == 303
    assert client.post(f"{url}/enviar").status_code == 303
    late = client.post(url, data=fields(1, 1, 1, 1, accion="borrador"), headers=script)
    assert (late.status_code, late.mimetype) == (409, "text/plain")
    assert "ya se envió" in late.text
    with client.session_transaction() as kept:
        kept.clear()
    ended = client.post(url, data=fields(1, 1, 1, 1, accion="borrador"), headers=script)
    assert (ended.status_code, ended.text) == (401, "Tu sesión terminó. Guarda para entrar otra vez y seguir aquí.")

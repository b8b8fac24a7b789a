"""The programme's way with a committee, through its pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.clock import FrozenClock, local
from core.roles import Role
from scoring import queries, services
from scoring.models import Panel
from scoring.rules.lots import Commitment, Reveal, verify
from scoring.states import AssignmentState, PanelState, RankingState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., Any]


def test_staff_runs_a_committee_to_its_release(client: FlaskClient, login: Login, session: Session) -> None:
    login(Role.PROGRAMME_OFFICER)
    panel = make.panel(document=make.simple_rulebook(1))
    for _number in range(2):
        make.dossier(panel)
    make.seat(panel, 901)
    session.commit()
    base = f"/es/paneles/{panel.id}"
    assert client.get(base).status_code == 200
    assert client.post(f"{base}/asignar").status_code == 303
    assert client.post(f"{base}/avanzar", data={"fase": "declarations"}).status_code == 303
    assert client.post(f"{base}/sorteo/comprometer").status_code == 303
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    session.commit()
    assert client.post(f"{base}/avanzar", data={"fase": "review"}).status_code == 303
    assert client.post(f"{base}/orden/calcular").status_code == 409
    session.expire_all()
    for assignment in queries.assignments_of_panel(panel):
        make.review(assignment, 4, 4, 4, 4)
    session.commit()
    assert client.post(f"{base}/orden/calcular").headers["Location"] == f"{base}/orden"
    assert "Hay empates que solo resuelve el sorteo." in client.get(f"{base}/orden").text
    assert client.post(f"{base}/orden/seleccionar", data={"budget": "50,000.00"}).status_code == 409
    assert client.post(f"{base}/sorteo/realizar", data={"randomness": " "}).status_code == 422
    assert client.post(f"{base}/sorteo/realizar", data={"randomness": "04.11.23"}).status_code == 303
    assert client.post(f"{base}/orden/calcular").status_code == 303
    assert client.post(f"{base}/orden/publicar").status_code == 409
    assert client.post(f"{base}/orden/seleccionar", data={"budget": "mucho"}).status_code == 422
    assert client.post(f"{base}/orden/seleccionar", data={"budget": "50,000.00"}).status_code == 303
    page = client.get(f"{base}/orden").text
    assert "Lugar 1 en el orden; el presupuesto alcanza." in page
    assert client.get(f"{base}/orden/publicar").status_code == 200
    assert client.post(f"{base}/orden/publicar").status_code == 303
    session.expire_all()
    ranking = queries.latest_ranking(panel)
    assert ranking is not None
    assert ranking.state == RankingState.RELEASED
    assert "Publicar el orden" not in client.get(f"{base}/orden").text


def test_a_phase_that_is_not_next_or_unknown_changes_nothing(
    client: FlaskClient, login: Login, session: Session
) -> None:
    login(Role.PROGRAMME_OFFICER)
    panel = make.panel()
    session.commit()
    assert client.post(f"/es/paneles/{panel.id}/avanzar", data={"fase": "discussion"}).status_code == 409
    assert client.post(f"/es/paneles/{panel.id}/avanzar", data={"fase": "released"}).status_code == 303
    assert client.post(f"/es/paneles/{panel.id}/avanzar").status_code == 303
    session.expire_all()
    assert panel.state == PanelState.SETUP
    assert client.get("/es/paneles/999").status_code == 404
    assert client.get(f"/es/paneles/{panel.id}/orden").status_code == 404


def test_staff_pages_show_letters_and_no_reviewer(client: FlaskClient, login: Login, session: Session) -> None:
    panel = make.reviewed_panel(first_reviewer_id=987_650)
    services.compute_ranking(panel)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    for path in ("", f"/{panel.id}", f"/{panel.id}/orden"):
        page = client.get(f"/es/paneles{path}")
        assert page.status_code == 200
        assert "98765" not in page.text


def code_of(panel: Panel) -> str:
    return queries.open_dossiers(panel)[0].code


def test_a_dossiers_page_names_its_readers_by_letter_and_takes_it_back(
    client: FlaskClient, login: Login, session: Session
) -> None:
    panel = make.assigned_panel(1, 3)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}/expedientes/{code_of(panel)}"
    assert base in client.get(f"/es/paneles/{panel.id}").text
    assert f"{base}/retirar/A" in client.get(base).text
    assert client.get(f"{base}/retirar/A").status_code == 200
    refused = client.post(f"{base}/retirar/A", data={"reason": " "})
    assert (refused.status_code, "Escribe la razón" in refused.text) == (422, True)
    assert client.post(f"{base}/retirar/A", data={"reason": "No responde."}).headers["Location"] == base
    session.expire_all()
    states = {one.seat.letter: one.state for one in queries.assignments_of_panel(panel)}
    assert states["A"] == AssignmentState.WITHDRAWN
    assert f"{base}/retirar/A" not in client.get(base).text
    assert client.get(f"{base}/retirar/A").status_code == 404
    assert client.get(f"{base}/retirar/Z").status_code == 404
    assert client.get(f"/es/paneles/{panel.id}/expedientes/D-XXXXX").status_code == 404


def test_somebody_leaves_the_committee_with_a_reason(client: FlaskClient, login: Login, session: Session) -> None:
    panel = make.assigned_panel(2, 3)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    url = f"/es/paneles/{panel.id}/personas/B/baja"
    assert url in client.get(f"/es/paneles/{panel.id}").text
    assert "Se le retiran 2 expedientes que no ha enviado" in client.get(url).text
    assert client.post(url, data={"reason": ""}).status_code == 422
    assert client.post(url, data={"reason": "Salud."}).status_code == 303
    page = client.get(f"/es/paneles/{panel.id}").text
    assert "dejó el comité" in page
    assert url not in page
    assert client.get(url).status_code == 404


def test_the_programme_gives_more_time_from_a_page(
    client: FlaskClient, login: Login, session: Session, clock: FrozenClock
) -> None:
    panel = make.assigned_panel(1)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    url = f"/es/paneles/{panel.id}/plazo"
    assert url in client.get(f"/es/paneles/{panel.id}").text
    assert 'value="2026-03-22T12:00:00"' in client.get(url).text
    later = {"closes_at": "2026-03-25T23:59:59", "reason": "Dos personas lo pidieron."}
    for wrong, said in (
        ({"closes_at": "2026-03-22T12:00:00"}, "debe ser posterior"),
        ({"closes_at": "mañana"}, "Escribe la fecha y la hora, por ejemplo"),
        ({"closes_at": ""}, "Escribe la fecha y la hora."),
        ({"reason": " "}, "Escribe la razón"),
    ):
        refused = client.post(url, data=later | wrong)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert client.post(url, data=later).status_code == 303
    session.expire_all()
    assert local(panel.review_closes_at).isoformat()[:19] == "2026-03-25T23:59:59"
    assert "En deliberación" not in client.get(f"/es/paneles/{panel.id}").text  # reviews may still come
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    services.advance_panel(panel, PanelState.DISCUSSION)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    assert url not in client.get(f"/es/paneles/{panel.id}").text


def test_what_is_lacking_is_assigned_until_the_order_is_computed(
    client: FlaskClient, login: Login, session: Session
) -> None:
    panel = make.reviewed_panel(1, 3)
    services.advance_panel(panel, PanelState.DISCUSSION)
    services.withdraw_assignment(queries.assignments_of_panel(panel)[0], reason="Conflicto descubierto tarde.")
    make.seat(panel, 950)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}"
    assert f"{base}/asignar" in client.get(base).text
    assert client.post(f"{base}/asignar").status_code == 303
    session.expire_all()
    (called,) = [one for one in queries.assignments_of_panel(panel) if one.state == AssignmentState.PROPOSED]
    services.declare_no_conflict(called.seat, called.dossier)
    make.review(called)
    services.compute_ranking(panel)
    session.commit()
    assert f"{base}/asignar" not in client.get(base).text


def test_the_programme_reads_what_changed_in_the_deliberation(
    client: FlaskClient, login: Login, session: Session
) -> None:
    panel = make.reviewed_panel(1, 3, scores=[(5, 4, 4, 4)])
    services.advance_panel(panel, PanelState.DISCUSSION)
    review = queries.reviews_of_dossier(queries.open_dossiers(panel)[0])[1]
    services.change_submitted_score(
        review, "calidad", value="2", justification=make.JUSTIFICATION, reason="Un hueco en el plan."
    )
    session.commit()
    login(Role.AUDITOR)
    page = client.get(f"/es/paneles/{panel.id}/expedientes/{code_of(panel)}").text
    assert "Un hueco en el plan." in page
    assert "retirar/" not in page
    assert client.get(f"/es/paneles/{panel.id}/personas/A/baja").status_code == 403


def test_one_more_reviewer_is_offered_only_where_the_rules_call_one_and_else_it_says_why(
    client: FlaskClient, login: Login, session: Session
) -> None:
    document = make.simple_rulebook(2)
    document["discrepancy"] |= {"further_reviewers": 1}
    panel = make.assigned_panel(3, 2, document=document)
    split = queries.open_dossiers(panel)[:2]
    for assignment in queries.assignments_of_panel(panel):
        low = assignment.dossier in split and assignment.seat.letter == "A"
        make.review(assignment, *((3, 3, 3, 3) if low else (5, 5, 5, 5)))
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    page, offer = f"/es/paneles/{panel.id}", "Llamar a otra persona</button>"

    def seen(word: str) -> int:
        return client.get(page).text.count(word)

    assert (seen(offer), seen("nadie más puede evaluarlo"), seen("Coinciden")) == (0, 2, 1)
    make.seat(panel, 950)
    session.commit()
    assert (seen(offer), seen("Coinciden")) == (2, 1)
    url = f"{page}/expedientes/{split[0].code}/otra-evaluacion"
    assert client.post(url).status_code == 303
    assert (seen(offer), seen("Ya se llamó a otra persona")) == (1, 1)
    assert client.post(url).status_code == 409


# --- the lot, for everybody --------------------------------------------------


def test_anybody_has_the_promise_of_a_lot_at_once_and_its_secret_only_when_it_is_drawn(
    client: FlaskClient, session: Session
) -> None:
    panel = make.reviewed_panel(2)
    session.commit()
    url = f"/es/sorteos/{panel.id}.json"
    assert client.get(url).status_code == 404
    lot = services.commit_lot(panel)
    session.commit()
    promised = client.get(url)
    assert set(promised.json or {}) == {
        "protocol",
        "labels",
        "randomness_source",
        "iterations",
        "commitment",
        "committed_at",
    }
    assert lot.secret_hex not in promised.text
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23")
    session.commit()
    told = client.get(url).json or {}
    published = Commitment(tuple(told["labels"]), told["randomness_source"], told["iterations"], told["commitment"])
    assert promised.json == {key: told[key] for key in promised.json or {}}
    assert verify(published, Reveal(told["secret"].encode(), told["randomness"]), told["places"])


def test_the_page_of_a_lot_says_that_it_decides_near_the_cut_and_how_its_program_is_run(
    client: FlaskClient, session: Session
) -> None:
    document = make.simple_rulebook(3)
    document["selection"] |= {"lottery_band": "0.5"}
    panel = make.reviewed_panel(3, document=document)
    services.commit_lot(panel)
    session.commit()
    page = client.get(f"/es/sorteos/{panel.id}").text
    assert "o quedan a menos de 0.5 puntos del corte" in page
    name = re.search(r"python3 repetir\.py (\S+)</code>", page)
    file = client.get(f"/es/sorteos/{panel.id}.json").headers["Content-Disposition"]
    assert name is not None
    assert f'"{name[1]}"' in file


def test_nobody_is_offered_the_lot_nor_can_draw_it_while_reviews_are_to_come(
    client: FlaskClient, login: Login, session: Session
) -> None:
    panel = make.assigned_panel(1, 3)
    services.commit_lot(panel)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    page, draw = f"/es/paneles/{panel.id}", f"/es/paneles/{panel.id}/sorteo/realizar"
    assert "Realizar el sorteo" not in client.get(page).text
    answer = client.post(draw, data={"randomness": "04.11.23"})
    assert (answer.status_code, "quedan 3 por llegar" in answer.text) == (409, True)
    assert client.get(f"/es/sorteos/{panel.id}.json").json.keys().isdisjoint({"secret", "places"})  # type: ignore[union-attr]
    for assignment in queries.assignments_of_panel(panel):
        make.review(assignment)
    session.commit()
    assert "Realizar el sorteo" not in client.get(page).text
    answer = client.post(draw, data={"randomness": "04.11.23"})
    assert (answer.status_code, "Antes del sorteo se calcula el orden" in answer.text) == (409, True)
    services.compute_ranking(panel)
    session.commit()
    assert "Realizar el sorteo" in (before := client.get(page).text)
    assert "Pasar a «En deliberación»" in before
    assert client.post(draw, data={"randomness": "04.11.23"}).status_code == 303
    assert "Pasar a «En deliberación»" not in (after := client.get(page).text)
    assert "la deliberación no se vuelve a abrir" in after
    answer = client.post(f"{page}/avanzar", data={"fase": "discussion"})
    assert (answer.status_code, "ninguna calificación cambia desde entonces" in answer.text) == (409, True)


def test_the_page_of_a_lot_shows_its_order_only_once_drawn_and_how_to_repeat_it(
    client: FlaskClient, session: Session
) -> None:
    panel = make.reviewed_panel(3)
    session.commit()
    assert client.get(f"/es/sorteos/{panel.id}").status_code == 404
    lot = services.commit_lot(panel)
    session.commit()
    promised = client.get(f"/es/sorteos/{panel.id}").text
    assert lot.commitment in promised
    assert "Todavía no se realiza." in promised
    assert "None" not in promised
    assert f'href="/es/convocatorias/{panel.call_key}"' in promised
    assert "/resultados" not in promised  # there are none
    assert lot.secret_hex not in promised
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23")
    session.commit()
    page = client.get(f"/es/sorteos/{panel.id}").text
    assert "Orden calculado por primera vez el</dt><dd><time" in page
    assert "Orden calculado por primera vez el</dt><dd><time" not in promised
    places = [page.rindex(code) for code in sorted(lot.places, key=lambda code: lot.places[code])]
    assert places == sorted(places)
    assert "hmac.new(value" in page


def test_a_reserved_place_that_its_envelope_cannot_pay_stays_empty_and_says_so(
    client: FlaskClient, login: Login, session: Session
) -> None:
    document = make.simple_rulebook(2)
    document["ties"] = ["lot"]
    document["selection"]["envelopes"] = {
        "by": "axis",
        "parts": [{"id": one, "name": {"es": f"Eje {one}"}, "percent": "50"} for one in ("1", "2")],
        "refill": ["1", "2"],
        "places_charged_to": "own_envelope",
    }
    document["reserved"][0]["places"] = 1
    panel = make.reviewed_panel(2, 2, document=document, scores=[(5, 5, 5, 5), (4, 4, 4, 4)])
    queries.open_dossiers(panel)[1].entitlements = ["primera_vez"]
    services.compute_ranking(panel)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}/orden"
    assert "Queda vacío" not in client.get(base).text  # nothing is decided yet
    assert client.post(f"{base}/seleccionar", data={"budget": "80,000.00"}).status_code == 303
    page = client.get(base).text
    assert "Queda vacío 1 lugar reservado (Primera vez que recibe apoyo)" in page
    assert "recibe de lo que sobró en las bolsas, cuando tocaba a «Eje 1»" in page
    assert "tiene derecho a un lugar reservado (Primera vez que recibe apoyo) que queda vacío" in page
    rules = client.get(f"/es/reglas-de-evaluacion/{panel.rulebook.sha256}").text
    assert "si ninguna bolsa alcanza, queda vacío. Se llenan antes de ofrecer lo que sobra." in " ".join(rules.split())


# --- how the reviews are going -----------------------------------------------


def test_the_chair_sees_what_is_due_and_where_reviewers_differ_but_no_score(
    client: FlaskClient, login: Login, session: Session
) -> None:
    panel = make.assigned_panel(2, 3)
    first, second, third, late = queries.assignments_of_panel(panel)[:4]
    make.review(first, 5, 5, 5, 5)
    make.review(second, 3, 3, 3, 3)
    make.review(third, 3, 3, 3, 3)
    make.review(late, 4, 4, 4, 4)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    url = f"/es/paneles/{panel.id}/marcha"
    assert url in client.get(f"/es/paneles/{panel.id}").text
    page = client.get(url).text
    assert "Faltan 2 evaluaciones." in page
    assert "No se estima la severidad" in page
    assert "con 30 puntos o más, las reglas piden otra evaluación" in page
    assert "En puntos del total; con signo más, califica más alto." in page
    assert "Cuánto coinciden quienes leyeron lo mismo" in page
    row = re.findall(r"<tr.*?</tr>", page[page.index("¿Dónde difieren?") :], flags=re.DOTALL)[1]
    text = re.sub(r"<[^>]+>|\s+", " ", row)
    assert f"{first.dossier.code}" in text
    assert " 40 " in text
    assert "la diferencia llega al límite" in text
    for score in ("100", "60", "80"):
        assert score not in re.sub(r"<[^>]+>", " ", page[page.index("¿Dónde difieren?") :]).split()
    login(Role.REVIEWER)
    assert client.get(url).status_code == 403


def test_the_chair_reads_the_names_of_the_criteria_in_which_reviewers_differ(
    client: FlaskClient, login: Login, session: Session
) -> None:
    document = make.simple_rulebook(2)
    document["discrepancy"] |= {"measure": "criterion", "spread_limit": "3"}
    panel = make.assigned_panel(1, 2, document=document)
    first, second = queries.assignments_of_panel(panel)
    make.review(first, 5, 5, 4, 4)
    make.review(second, 2, 2, 4, 4)
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    assert "Calidad de la propuesta, Beneficio para la ciudad" in client.get(f"/es/paneles/{panel.id}/marcha").text


def test_the_course_of_a_committee_takes_a_constant_number_of_reads(
    client: FlaskClient, login: Login, session: Session, count_queries: Callable[..., Any]
) -> None:
    login(Role.PROGRAMME_OFFICER)
    counts = []
    for dossiers in (1, 6):
        panel = make.reviewed_panel(dossiers, 3, call_key=f"con-{dossiers}", scores=[(5, 4, 4, 4)] * dossiers)
        session.commit()
        with count_queries() as sent:
            assert client.get(f"/es/paneles/{panel.id}/marcha").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]

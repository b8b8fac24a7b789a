"""The clerk writes the rules part by part; what is saved is always a whole rulebook that can be published."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.context import acting_as
from core.roles import Role
from grants import services
from grants.errors.building import CriterionLast, PartUnknown, TooManyParts
from grants.models import Call
from grants.queries.determinations import applications_by_code
from grants.routes.rulebook_builder import RULEBOOK
from grants.rules import rulebook_building as building
from grants.services.editions import edition_of
from scoring import queries as scoring_queries
from scoring.rules.rulebook import check
from tests.factories.accounts import make_user
from tests.factories.awards import closed_call, hand_over, officer_actor
from tests.factories.clerk import Send, sender
from tests.factories.grants import make_draft_call, make_open_call
from tests.factories.rules import SOURCE, standard_rulebook

CRITERION = {
    "name_es": "Rigor", "name_en": "Rigour", "description_es": "Está bien hecho.", "description_en": "Well made.",
    "weight": "2,5", "lowest": "0", "highest": "2", "step": "1", "threshold": "1",
    "anchors_es": "Nada\nAlgo\nMucho", "anchors_en": "Nothing\nSome\nMuch",
}  # fmt: skip


def document() -> dict[str, Any]:
    return standard_rulebook({"es": "Reglas", "en": "Rules"})


class TestParts:
    def test_a_part_is_added_changed_moved_and_taken_out(self) -> None:
        first = document()
        extra = {**first["criteria"][0], "id": "rigor", "weight": "2.5"}
        more = building.put_part(first, "criteria", extra)
        assert (more["weights_total"], check(more)) == ("22.5", [])
        moved = building.move_part(more, "criteria", "rigor", -1)
        assert [one["id"] for one in moved["criteria"]] == ["calidad", "impacto", "viabilidad", "rigor", "alcance"]
        gone = building.remove_part(moved, "criteria", "calidad")
        assert "criterion:calidad" not in gone["ties"]
        assert gone["weights_total"] == "16.5"
        assert check({**gone, "score": {**gone["score"], "threshold": None}}) == []
        assert first == document()

    def test_ties_are_moved_and_the_lot_stays_the_last(self) -> None:
        first = document()
        assert building.possible_ties(first) == ["criterion:viabilidad", "criterion:alcance", "lower_request"]
        more = building.move_tie(building.add_tie(first, "lower_request"), "lower_request", -9)
        assert more["ties"] == ["lower_request", *first["ties"]]
        assert building.move_tie(more, "lower_request", 9)["ties"][-2:] == ["lower_request", "lot"]
        assert building.remove_tie(more, "lower_request")["ties"] == first["ties"]
        for act in (building.remove_tie, building.add_tie):
            with pytest.raises(PartUnknown):
                act(first, "lot")

    def test_what_cannot_be_is_refused(self) -> None:
        one = {**document(), "criteria": document()["criteria"][:1]}
        with pytest.raises(CriterionLast):
            building.remove_part(one, "criteria", "calidad")
        with pytest.raises(PartUnknown):
            building.remove_part(one, "bonus", "nadie")
        full = {**document(), "bonus": [{**document()["bonus"][0], "id": f"b{number}"} for number in range(20)]}
        with pytest.raises(TooManyParts):
            building.put_part(full, "bonus", {**full["bonus"][0], "id": "otro"})

    @pytest.mark.parametrize(
        ("name", "found"),
        [("Rigor técnico", "rigor_tecnico"), ("Calidad", "calidad_2"), ("1 de mayo", "p_1_de_mayo"), ("¿?", "parte")],
    )
    def test_ids_are_readable_and_free(self, name: str, found: str) -> None:
        assert building.new_id(document(), name) == found


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    call = make_draft_call()
    session.commit()
    return call


@pytest.fixture
def send(client: FlaskClient, login: Callable[..., User], session: Session, call: Call) -> Send:
    login(Role.PROGRAMME_OFFICER)
    return sender(client, session, call, "evaluacion", RULEBOOK)


def rules(call: Call) -> dict[str, Any]:
    assert call.rulebook is not None
    return call.rulebook.document


def test_the_usual_rules_promise_no_right_that_no_answer_gives(call: Call) -> None:
    usual = services.starting_rules(call)
    assert check(usual) == []
    assert usual["bonus"] == []
    assert [entry["when"]["in"] for entry in usual["reserved"]] == [["yes"]]
    other = building.starting_rulebook(
        {**call.form, "sections": []}, call.title, currency="MXN", lot_source=SOURCE, cap_per_award_cents=1
    )
    assert (other["reserved"], [tie for tie in other["ties"] if tie.startswith("reserved")]) == ([], [])
    assert check(other) == []


class TestPages:
    def test_a_criterion_is_written_and_published_as_typed(self, client: FlaskClient, call: Call, send: Send) -> None:
        status, _page = send("criterio/nuevo", **CRITERION)
        assert status == 303
        part = building.part_of(rules(call), "criteria", "rigor")
        assert part is not None
        assert (part["weight"], part["threshold"], part["scale"]["max"]) == ("2.5", "1", "2")
        assert [row["text"]["en"] for row in part["anchors"]] == ["Nothing", "Some", "Much"]
        assert call.rulebook is not None
        shown = client.get(f"/es/reglas-de-evaluacion/{call.rulebook.sha256}").get_data(as_text=True)
        assert "Está bien hecho." in shown
        build = client.get(f"/es/programa/convocatorias/{call.slug}/evaluacion").get_data(as_text=True)
        assert "Peso 2.5" in build

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"anchors_es": "Nada\nMucho"}, "escribe 3 renglones, uno por valor; hay 2."),
            ({"highest": "0"}, "La escala necesita dos valores o más"),
            ({"step": "0.7"}, "La escala necesita dos valores o más"),
            ({"weight": "mucho"}, "Escribe un número, por ejemplo 2.5."),
            ({"weight": "0"}, "no tiene la forma esperada"),
            ({"threshold": "7"}, "El mínimo exigido de «rigor» está fuera de su escala."),
            ({"name_en": ""}, "Escríbelo en los dos idiomas."),
        ],
    )
    def test_what_makes_no_sense_is_said_and_nothing_lost(
        self, call: Call, send: Send, changes: dict[str, str], said: str
    ) -> None:
        before = call.rulebook
        status, page = send("criterio/nuevo", **CRITERION | changes)
        assert status == 422
        assert said in page
        assert "Está bien hecho." in page
        assert call.rulebook == before

    def test_parts_move_and_go(self, call: Call, send: Send) -> None:
        assert send("criterio/impacto/subir")[0] == 303
        assert rules(call)["criteria"][0]["id"] == "impacto"
        assert send("lugares/primera_vez/quitar")[0] == 303
        assert rules(call)["reserved"] == []
        assert "reserved:primera_vez" not in rules(call)["ties"]
        assert send("desempate/agregar", desempate="lower_request")[0] == 303
        assert rules(call)["ties"][-2:] == ["lower_request", "lot"]
        assert send("criterio/calidad/quitar")[0] == 303
        status, page = send("criterio/viabilidad/quitar")
        assert status == 422
        assert "El mínimo total está fuera de lo posible" in page
        assert send("criterio/nadie/quitar")[0] == 404
        assert send("desempate/agregar", desempate="criterion:nadie")[0] == 404

    def test_how_it_is_decided_is_changed(self, client: FlaskClient, call: Call, send: Send) -> None:
        told = {
            "threshold": "", "better": "higher", "per_application": "2", "max_load": "10", "min_load": "0",
            "min_characters": "30", "max_characters": "900", "conflicts": ["recognised", "other"],
            "measure": "criterion", "spread_limit": "2", "further_reviewers": "1", "skip_rule": "stop",
            "waiting_list": "5", "source_es": "Sorteo", "source_en": "Draw", "justifications": "public",
            "title_es": "Reglas", "title_en": "Rules", "decimals": "1", "quorum_percent": "60", "tie": "chair",
            "signature_days": "15",
            "cap": "1,000.50", "iterations": "12",
        }  # fmt: skip
        assert send("decision", **told)[0] == 303
        now = rules(call)
        assert (now["score"]["threshold"], now["reviews"]["per_application"]) == (None, 2)
        assert now["discrepancy"] == {
            "measure": "criterion", "spread_limit": "2", "split_verdict": False, "further_reviewers": 1,
        }  # fmt: skip
        assert now["lot"]["randomness_source"] == {"es": "Sorteo", "en": "Draw"}
        assert now["sessions"] == {"quorum_percent": "60", "tie": "chair", "signature_days": 15}
        assert now["selection"]["cap_per_award_cents"] == 100_050
        assert call.rulebook is not None
        shown = client.get(f"/es/reglas-de-evaluacion/{call.rulebook.sha256}").get_data(as_text=True)
        assert "60 % de quienes se convocan: de 9 personas, 6" in shown
        assert "Escribe un número de 1 a 100." in send("decision", **told | {"quorum_percent": "0"})[1]
        status, page = send("decision", **told | {"min_load": "20"})
        assert status == 422
        assert "La carga mínima es mayor que la máxima." in page

    def test_the_money_is_parted_and_the_lot_given_its_band(self, client: FlaskClient, call: Call, send: Send) -> None:
        page = client.get(f"/es/programa/convocatorias/{call.slug}/evaluacion/bolsas").get_data(as_text=True)
        keys = [str(axis) for axis in call.axes]
        assert page.count("-percent") >= 2 * len(keys)
        typed = {"by": "axis", "lottery_band": "2.5", "axis-0-key": keys[0], "axis-0-percent": "60", "axis-0-turn": "2"}
        typed |= {"axis-1-key": keys[1], "axis-1-percent": "30", "axis-1-turn": "1"}
        assert "Los porcentajes deben sumar 100." in send("bolsas", **typed)[1]
        typed["axis-1-percent"] = "40"
        status, page = send("bolsas", **typed)
        assert (status, "de qué dinero sale cada lugar reservado" in page) == (422, True)
        assert send("bolsas", **typed | {"places_charged_to": "nadie"})[0] == 422
        typed["places_charged_to"] = "left_over"
        assert send("bolsas", **typed)[0] == 303
        selection = rules(call)["selection"]
        assert selection["lottery_band"] == "2.5"
        assert selection["envelopes"]["refill"] == [keys[1], keys[0]]
        assert [part["percent"] for part in selection["envelopes"]["parts"]] == ["60", "40"]
        assert "turno distinto" in send("bolsas", **typed | {"axis-1-turn": "2"})[1]
        assert send("bolsas", **typed | {"axis-1-key": "nadie"})[0] == 422
        assert send("bolsas", by="", lottery_band="")[0] == 303
        assert (rules(call)["selection"]["envelopes"], rules(call)["selection"]["lottery_band"]) == (None, None)

    def test_whoever_saves_over_another_s_change_is_told(self, call: Call, send: Send) -> None:
        send("criterio/nuevo", **CRITERION)
        status, page = send("criterio/calidad", **CRITERION | {"weight": "4", "edicion": "vieja"})
        assert (status, "Lo que ya está guardado" in page) == (409, True)
        assert '<dt>Peso</dt><dd class="compared">6</dd>' in page  # what stands, beside the 4 that was typed
        fresh = re.search(r'name="edicion" value="(\w+)"', page)
        assert fresh is not None
        assert send("criterio/calidad", **CRITERION | {"weight": "4", "edicion": fresh[1]})[0] == 303  # seen and meant
        status, page = send("criterio/nuevo", **CRITERION | {"name_es": "Otro", "edicion": "vieja"})
        assert status == 409
        assert "Está bien hecho." in page

    def test_a_published_call_keeps_its_rules(
        self, client: FlaskClient, login: Callable[..., User], session: Session, clock: FrozenClock
    ) -> None:
        published = make_open_call()
        session.commit()
        login(Role.PROGRAMME_OFFICER)
        url = f"/es/programa/convocatorias/{published.slug}/evaluacion"
        page = client.get(url).get_data(as_text=True)
        assert "ya no cambian" in page
        assert "Quitar" not in page
        edition = edition_of(published, RULEBOOK)
        assert client.post(f"{url}/criterio/impacto/subir", data={"edicion": edition}).status_code == 409


def test_an_answer_gives_the_right_that_the_rules_name(
    session: Session, clock: FrozenClock, call: Call, send: Send
) -> None:
    told = {
        "kind": "bonus",
        "name_es": "Viaje verde",
        "name_en": "Green travel",
        "points": "2",
        "answers": ["green=yes"],
    }
    assert send("puntos/nuevo", **told)[0] == 303
    part = building.part_of(rules(call), "bonus", "viaje_verde")
    assert part is not None
    assert part["when"]["in"] == ["yes"]
    assert part["when"]["text"]["es"].endswith(": Sí")
    status, page = send("puntos/nuevo", **told | {"answers": ["green=yes", "first_time=yes"]})
    assert (status, "de una misma pregunta" in page) == (422, True)
    officer = make_user(Role.PROGRAMME_OFFICER)
    held, found = closed_call(clock, applications=2, rulebook=rules(call))
    found[0].answers = {**found[0].answers, "green": "yes"}
    found[1].answers = {**found[1].answers, "green": "no"}
    with acting_as(officer_actor(officer)):
        hand_over(held)
    panel = scoring_queries.panel_of_call(held.slug)
    assert panel is not None
    rights = {dossier.code: dossier.entitlements for dossier in scoring_queries.dossiers_of_panel(panel)}
    codes = {application.id: code for code, application in applications_by_code(held).items()}
    assert "viaje_verde" in rights[codes[found[0].id]]
    assert "viaje_verde" not in rights[codes[found[1].id]]

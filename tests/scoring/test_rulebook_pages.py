"""The rules a call is judged by, read and worked out by anybody."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from lxml.html import fromstring
from sqlalchemy.orm import Session

from scoring.commands import scoring
from tests.factories import scoring as make

# What the command says in a sentence of its own.
OTHERWISE = {
    "Decimales de la calificación oficial": "redondeada una vez a 2 decimales",
    "Mínimo total": "Se pide en total: 60.",
    "Personas que evalúan cada expediente": "Personas que leen cada solicitud: 3;",
    "Diferencia que llama a otra persona": "si difieren 30 o más en el total",
    "Si unas personas lo aprobarían y otras no": "o si no todas la dejarían pasar",
    "Personas adicionales como máximo": "hasta 1 más",
    "Qué calificaciones se publican": "Se publica cada calificación, por códigos y letras.",
    "Quórum de las sesiones del comité": "debe asistir más de la mitad",
    "Si una votación empata": "Con empate no se aprueba.",
    "Días para firmar el acta de una sesión": "El acta se firma en 10 días",
    "Empieza la evaluación": "",
    "Termina la evaluación": "",
}

pytestmark = pytest.mark.usefixtures("clock", "app")


def test_anyone_reads_the_rulebook_and_can_hash_it(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    page = client.get(f"/es/reglas-de-evaluacion/{version.sha256}")
    assert page.status_code == 200
    assert version.sha256 in page.text
    assert "max-age=86400" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers
    again = client.get(f"/es/reglas-de-evaluacion/{version.sha256}", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    document = client.get(f"/es/reglas-de-evaluacion/{version.sha256}.json")
    assert hashlib.sha256(document.data).hexdigest() == version.sha256
    assert client.get("/es/reglas-de-evaluacion/abc").status_code == 404


def test_the_rulebook_is_worked_out_step_by_step(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    page = client.get(f"/es/reglas-de-evaluacion/{version.sha256}").text
    assert "Calificación oficial: 100.00. Cumple los mínimos y entra al orden." in page
    assert "No cumple los mínimos y no entra al orden." in page
    assert "se llama a otra persona." in page


def test_the_command_says_of_a_rulebook_all_that_its_page_says_of_how_it_decides(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    document = make.rulebook_document()
    document["selection"] |= {"lottery_band": "1.5", "waiting_list": 3, "skip_rule": "partial", "budget_cents": 900_000}
    version = make.rulebook(document=document)
    session.commit()
    page = fromstring(client.get(f"/es/reglas-de-evaluacion/{version.sha256}").text)
    (tmp_path / "r.json").write_text(json.dumps(document), encoding="utf-8")
    told = CliRunner().invoke(scoring, ["explain", str(tmp_path / "r.json"), "--lang", "es"]).output
    (section,) = (one for one in page.iter("section") if one.get("aria-labelledby") == "proceso")
    facts = [(fact.findtext("dt") or "", fact.findtext("dd") or "") for fact in section.iterfind("dl/div")]
    assert len(facts) > len(OTHERWISE)
    for label, value in ((" ".join(one.split()), " ".join(other.split())) for one, other in facts):
        if label not in OTHERWISE:
            assert f"{label}: {value}" in " ".join(told.split())
    for sentence in OTHERWISE.values():
        assert sentence in told
    for example in ("Todo en lo más alto", "Opiniones distintas", "Por debajo de lo exigido"):
        assert f": {example}" in told


def test_the_rulebook_reads_in_english(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    assert "Quality of the proposal" in client.get(f"/en/reglas-de-evaluacion/{version.sha256}").text

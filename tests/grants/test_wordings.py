"""The letters of a call in its own words: what they may name, what is refused, and that what was sent stays."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.audit import AuditEvent
from core.clock import FrozenClock
from core.context import acting_as
from core.errors import Refusal
from core.files import read
from core.language import in_language
from core.roles import Role
from grants import services
from grants.errors import wordings as errors
from grants.models import Call, Letter
from grants.rules.letter_kinds import KINDS
from grants.rules.wordings import Wording, filled, problems, standard
from grants.services.calls import copy_call
from grants.services.wordings import edition_of_wordings, word_letter, wordings_of
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.awards import closed_call, officer_actor
from tests.factories.grants import make_published_call
from tests.web.dom import parse

OWN = Wording("Carta {folio}", "Hola, {nombre}.\n\nMotivo: {motivo}\n\nPuntos: {puntos}\n\nPlazo: {plazo}")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
@pytest.mark.parametrize("language", ["es", "en"])
def test_our_own_texts_keep_the_rules_of_texts(session: Session, kind: Any, language: str) -> None:
    with in_language(language):
        assert list(problems(kind, standard(kind))) == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{folio} {motivo}\n\n{plazo} {plazo", errors.DatumMalformed),
        ("{folio} {motivo}\n\n{plazo}}", errors.DatumMalformed),
        ("{folio} {motivo} {}\n\n{plazo}", errors.DatumUnknown),
        ("{folio} {motivo} {huella}\n\n{plazo}", errors.DatumUnknown),
        ("{folio} {motivo} { folio }\n\n{plazo}", errors.DatumUnknown),
        ("{folio} {motivo} {motivo.__class__}\n\n{plazo}", errors.DatumUnknown),
        ("{folio}\n\n{plazo}", errors.DatumMissing),
        ("{folio} {motivo} {puntos}\n\n{plazo}", errors.DatumApart),
    ],
)
def test_a_text_names_only_what_its_letter_knows(body: str, error: type[Refusal]) -> None:
    found = [problem for _part, problem in problems(KINDS["not_selected"], Wording("Su resultado", body))]
    assert {type(problem) for problem in found} == {error}


def test_an_unknown_optional_datum_takes_its_paragraph_along_and_no_value_is_read_as_a_text() -> None:
    data = {"folio": "F-1", "nombre": "Ana {folio} <b>", "motivo": "{plazo}", "puntos": "", "plazo": "hoy"}
    subject, paragraphs = filled(KINDS["not_selected"], OWN, data)
    assert subject == "Carta F-1"
    assert paragraphs == ("Hola, Ana {folio} <b>.", "Motivo: {plazo}", "Plazo: hoy")


def test_what_was_sent_stays_and_what_follows_has_the_new_words(session: Session, clock: FrozenClock) -> None:
    officer = make_user(Role.PROGRAMME_OFFICER)
    call, (first, second) = closed_call(clock, applications=2)
    text = Wording("  Falta algo en\n {folio} ", "Folio {folio} <b>\n\nFalta: {aclaracion}\n\nHasta {plazo}")
    with acting_as(officer_actor(officer)):
        services.request_cure(first, what="Una carta.")
        word_letter(call, KINDS["cure"], {"es": text})
        word_letter(call, KINDS["cure"], {"es": text})  # the same again leaves no trace
        services.request_cure(second, what="{folio} & firma")
    sent = session.scalars(select(Letter).order_by(Letter.id)).all()
    cures = select(OutboxMessage).where(OutboxMessage.about == "grants.cure")
    mails = session.scalars(cures.order_by(OutboxMessage.id)).all()
    assert sent[0].subject == f"Falta una aclaración en su solicitud {first.folio}"
    assert sent[1].subject == f"Falta algo en {second.folio}"
    assert sent[1].paragraphs[:2] == [f"Folio {second.folio} <b>", "Falta: {folio} & firma"]
    assert "&lt;b&gt;" in mails[1].body_html
    assert sent[1].stored_file is not None
    assert "<b>" in PdfReader(io.BytesIO(read(sent[1].stored_file))).pages[0].extract_text()
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "call.letter_worded")).all()
    assert [event.after and event.after["subject"] for event in events] == ["Falta algo en {folio}"]
    assert copy_call(call, slug="otra-mas", title=call.title).wordings[0].body == text.body


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    return make_published_call()


@pytest.fixture
def send(
    client: FlaskClient, login: Callable[..., User], session: Session, call: Call
) -> Callable[..., tuple[int, Any]]:
    login(Role.PROGRAMME_OFFICER)
    session.commit()
    kind = KINDS["not_selected"]

    def sending(act: str = "guardar", **data: str) -> tuple[int, Any]:
        session.refresh(call)
        texts = {code: (text.subject, text.body) for code, text in wordings_of(call, kind).items()}
        typed = {f"subject_{code}": text[0] for code, text in texts.items()}
        typed |= {f"body_{code}": text[1] for code, text in texts.items()}
        typed |= {"edicion": edition_of_wordings(call, kind), "accion": act, **data}
        session.rollback()
        answer = client.post(f"/es/programa/convocatorias/{call.slug}/cartas/{kind.id}", data=typed)
        session.refresh(call)
        return answer.status_code, parse(answer.get_data())

    return sending


def typed_in(page: Any, name: str) -> str:
    return str(page.xpath(f"//textarea[@name='{name}']")[0].text).strip()


def test_a_published_call_words_a_letter_reads_it_and_goes_back(send: Callable[..., Any], call: Call) -> None:
    text = {"subject_es": OWN.subject, "body_es": OWN.body}
    status, page = send("vista", **text)
    assert (status, call.wordings) == (200, [])
    assert page.xpath("//article[@lang='es']/h3/text()") == ["Carta PUE-0000-00000"]
    assert len(page.xpath("//article[@lang='en']/p")) > 3
    assert send(**text)[0] == 303
    assert [(own.language, own.body) for own in call.wordings] == [("es", OWN.body)]
    assert send("modelo-es")[0] == 303
    assert call.wordings == []


def test_what_is_refused_stays_as_typed(send: Callable[..., Any], call: Call) -> None:
    bad = OWN.body + "\n\n{nadie} y {suelta"
    status, page = send(body_es=bad)
    assert (status, typed_in(page, "body_es")) == (422, bad)
    errors_shown = " ".join(page.xpath("//*[@id='body_es-error']//text()"))
    assert "«{nadie}»" in errors_shown
    assert "{suelta" in errors_shown
    status, page = send(body_es=OWN.body, edicion="older")
    assert (status, typed_in(page, "body_es")) == (409, OWN.body)
    assert send("vista", folio="MOV-NADIE")[0] == 404
    assert call.wordings == []

"""Each way of telling whose dossier it is, planted on purpose: each is noticed."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from flask import Flask, Response, request, request_finished
from sqlalchemy.orm import Session

from core.clock import now
from mail.services import enqueue_mail
from scoring import queries, services
from scoring.states import PanelState
from tests.blindness.conftest import Blind, Browser
from tests.blindness.rounds import declared, everything_told, recorded
from tests.blindness.watch import leaks_in_pdf
from tests.factories import scoring as make
from tests.factories.awards import written_pdf

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database


# --- planted leaks -----------------------------------------------------------


def _in_the_page(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f"<!-- {blind.applications[0].applicant.name} -->".encode())


def _without_accents(_blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + b'<img src="/es/foto/xochitl-quetzalli.jpg">')


def _email(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + blind.applications[1].applicant.email.upper().encode())


def _folio(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f'<a href="/es/folios/{blind.applications[2].folio}">.</a>'.encode())


def _account_id(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f'<form action="/es/personas/{blind.applications[0].applicant.id}">'.encode())


def _companion(_blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + b'<meta name="author" content="Policarpo">')


def _organisation(blind: Blind, answer: Response) -> None:
    body = blind.applications[2].organisation
    assert body is not None
    answer.set_data(answer.get_data() + f"<p hidden>{body.tax_id}</p>".encode())


def _public_name(_blind: Blind, answer: Response) -> None:
    answer.headers["X-Titulo"] = "TLALPUJAHUA"


def _header(blind: Blind, answer: Response) -> None:
    answer.headers["X-Application"] = str(blind.applications[0].id)


def _etag(blind: Blind, answer: Response) -> None:
    answer.headers["ETag"] = f'"{blind.applications[0].content_sha256}"'


def _cookie(blind: Blind, answer: Response) -> None:
    answer.set_cookie("ultimo", str(blind.applications[0].folio))


def _file_name(blind: Blind, answer: Response) -> None:
    answer.headers["Content-Disposition"] = f'attachment; filename="{blind.applications[0].folio}.pdf"'


PLANTED: list[tuple[Callable[[Blind, Response], None], str, str]] = [
    (_in_the_page, "scoring.dossier_show", "page"),
    (_in_the_page, "scoring.desk", "page"),
    (_in_the_page, "scoring.review_confirm", "page"),
    (_in_the_page, "scoring.dossier_recognise", "page"),
    (_in_the_page, "scoring.question_ask", "page"),
    (_without_accents, "scoring.dossier_show", "page"),
    (_email, "web.desk", "page"),
    (_folio, "scoring.desk", "page"),
    (_account_id, "scoring.dossier_show", "page"),
    (_companion, "scoring.dossier_show", "page"),
    (_organisation, "scoring.desk", "page"),
    (_public_name, "scoring.dossier_show", "header X-Titulo"),
    (_header, "scoring.desk", "header X-Application"),
    (_etag, "scoring.dossier_file", "header ETag"),
    (_cookie, "scoring.dossier_show", "cookie"),
    (_file_name, "scoring.dossier_file", "header Content-Disposition"),
    (_in_the_page, "scoring.meeting_attend", "page"),
    (_in_the_page, "grants.minutes_sign", "page"),
    (_file_name, "scoring.meeting_minutes_copy", "header Content-Disposition"),
    (_in_the_page, "scoring.panel_list", "error page"),
    (_in_the_page, "missing", "error page"),
]


@contextmanager
def planting(app: Flask, blind: Blind, plant: Callable[[Blind, Response], None], endpoint: str) -> Iterator[None]:
    """Let every answer of an endpoint tell; "missing" is an address of a dossier that is not there."""

    def tell(_sender: Flask, response: Response, **_more: object) -> None:
        missing = response.status_code == 404 and request.path.endswith("D-XXXXX")
        if (missing if endpoint == "missing" else request.endpoint == endpoint) and response.status_code < 500:
            response.direct_passthrough = False
            plant(blind, response)

    request_finished.connect(tell, app)
    try:
        yield
    finally:
        request_finished.disconnect(tell, app)


@pytest.mark.parametrize("case", PLANTED)
def test_a_leak_planted_in_an_answer_is_noticed(
    browser: Browser, session: Session, blind: Blind, case: tuple[Callable[[Blind, Response], None], str, str]
) -> None:
    plant, endpoint, channel = case
    if endpoint == "scoring.review_confirm":
        declared(blind, session)
        services.advance_panel(blind.panel, PanelState.REVIEW)
        for row in queries.desk_rows(blind.reviewer.id, now()):
            services.save_review_draft(row.assignment, make.entries(4, 4, 4, 4))
        session.commit()
    elif endpoint == "scoring.dossier_file":
        declared(blind, session)
    elif endpoint in ("scoring.meeting_attend", "grants.minutes_sign", "scoring.meeting_minutes_copy"):
        recorded(blind, session)
    browser.sign_in(blind.reviewer)
    with planting(browser.app, blind, plant, endpoint):
        assert channel in (leak.channel for leak in everything_told(browser.client, blind))


@pytest.mark.parametrize("channel", ["file metadata", "file"])
def test_a_leak_planted_in_a_file_is_noticed(
    browser: Browser, session: Session, blind: Blind, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    declared(blind, session)
    name = blind.applications[0].applicant.name
    monkeypatch.setattr("scoring.routes.desk.send_stored", lambda *_a, **_k: _telling_file(name, channel))
    browser.sign_in(blind.reviewer)
    assert channel in (leak.channel for leak in everything_told(browser.client, blind))


def _telling_file(name: str, channel: str) -> Response:
    data = written_pdf(name) if channel == "file" else written_pdf("Obra.")
    if channel == "file metadata":
        with pikepdf.open(io.BytesIO(data)) as pdf:
            with pdf.open_metadata() as known:
                known["dc:creator"] = [name]
            made = io.BytesIO()
            pdf.save(made)
            data = made.getvalue()
    return Response(data, mimetype="application/pdf")


def _bookmark(pdf: pikepdf.Pdf, name: str) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(name, 0))


def _link(pdf: pikepdf.Pdf, name: str) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://ejemplo.mx/{name}"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0]["/Annots"] = pikepdf.Array([link])


def _file_within(pdf: pikepdf.Pdf, name: str) -> None:
    pdf.attachments["datos.txt"] = name.encode()


@pytest.mark.parametrize("plant", [_bookmark, _link, _file_within])
def test_a_leak_planted_out_of_sight_in_a_file_is_noticed(plant: Callable[[pikepdf.Pdf, str], None]) -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(written_pdf("Obra."))) as pdf:
        plant(pdf, "Xóchitl Quetzalli")
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert {leak.channel for leak in leaks_in_pdf("file", made.getvalue(), {"xochitl quetzalli"})} == {"file"}


def test_a_leak_planted_in_a_letter_is_noticed(browser: Browser, session: Session, blind: Blind) -> None:
    enqueue_mail(
        to=blind.reviewer.email,
        subject="Recordatorio",
        paragraphs=[f"Falta tu evaluación de {blind.applications[0].applicant.name}."],
        language="es",
        about="scoring.reminder",
    )
    session.commit()
    browser.sign_in(blind.reviewer)
    assert {leak.channel for leak in everything_told(browser.client, blind)} == {"letter"}

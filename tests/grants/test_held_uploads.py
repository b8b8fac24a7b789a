"""A file sent with a form that is refused for another field is not lost, in every form that takes one."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.clock import FrozenClock, today
from core.context import acting_as
from core.database import session
from core.files import store_upload
from core.roles import Role
from grants import services
from grants.errors.calls import TooManyHeldFiles
from grants.models import Application, Award, ExpenseReport, HeldUpload, PartialUpload
from grants.queries import determinations as queries
from grants.queries import screening as screening_queries
from grants.services import held_uploads
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import a_pdf, make_draft_application, make_open_call
from tests.grants.test_uploads import PIECE, Sender, a_large_pdf

Login = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("session")


def file(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_pdf()), name


def held() -> list[HeldUpload]:
    session().expire_all()
    return list(session().scalars(select(HeldUpload).order_by(HeldUpload.id)))


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def cure_url(client: FlaskClient, clock: FrozenClock, officer: Any) -> str:
    _call, found = make.closed_call(clock, applications=1)
    with acting_as(make.officer_actor(officer)):
        services.request_cure(found[0], what="Falta la carta firmada.", days=3)
    session().commit()
    sign_in_as(client, found[0].applicant)
    return f"/es/solicitudes/{found[0].id}/aclaracion"


def test_answer_to_a_cure_keeps_its_files_when_the_text_is_refused(client: FlaskClient, cure_url: str) -> None:
    refused = client.post(cure_url, data={"text": "x" * 10_001, "files": [file("carta.pdf"), file("visa.pdf")]})
    assert refused.status_code == 422
    assert [upload.stored_file.original_name for upload in held()] == ["carta.pdf", "visa.pdf"]
    page = client.get(cure_url).text
    assert "Ya recibimos estos archivos" in page
    assert "carta.pdf" in page
    unwanted = held()[1].id
    sent = client.post(cure_url, data={"text": "Aquí está.", "quitar-archivo": str(unwanted)})
    assert sent.status_code == 303
    application = session().get(Application, int(cure_url.split("/")[3]))
    assert application is not None
    cure = screening_queries.cure_of(application)
    assert cure is not None
    assert len(cure.answer_files) == 1
    assert held() == []


def test_broken_file_is_refused_by_name_beside_the_good_one(client: FlaskClient, cure_url: str) -> None:
    files = [file("carta.pdf"), (io.BytesIO(b"hola"), "nota.txt")]
    refused = client.post(cure_url, data={"text": "Aquí está.", "files": files})
    assert refused.status_code == 422
    assert "«nota.txt» no es un PDF" in refused.text
    assert [upload.stored_file.original_name for upload in held()] == ["carta.pdf"]


def test_nothing_is_held_after_the_answer_was_sent(client: FlaskClient, cure_url: str) -> None:
    assert client.post(cure_url, data={"text": "Aquí está."}).status_code == 303
    assert client.post(cure_url, data={"text": "Otra.", "files": file("tarde.pdf")}).status_code == 409
    assert held() == []


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "-1", "x", "²"])
def test_numbers_of_other_forms_take_nothing_off(client: FlaskClient, cure_url: str, number: str) -> None:
    client.post(cure_url, data={"text": "x" * 10_001, "files": file("carta.pdf")})
    assert client.post(cure_url, data={"text": "x" * 10_001, "quitar-archivo": number}).status_code == 422
    assert len(held()) == 1


def test_nobody_takes_off_what_another_person_holds(clock: FrozenClock) -> None:
    mine, theirs = make_user(), make_user()
    stored = store_upload(a_pdf(), "a.pdf", purpose="cure")
    upload = services.hold_upload("cure:1", "files", mine, stored)
    assert services.drop_uploads("cure:1", theirs, {upload.id}) == 0
    assert services.drop_uploads("cure:2", mine, {upload.id}) == 0
    assert services.drop_uploads("cure:1", mine, {upload.id}) == 1


def test_a_form_holds_so_many_files_and_no_more(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_uploads, "MOST_HELD", 1)
    person = make_user()
    stored = store_upload(a_pdf(), "a.pdf", purpose="cure")
    services.hold_upload("cure:1", "files", person, stored)
    with pytest.raises(TooManyHeldFiles):
        services.hold_upload("cure:1", "files", person, stored)


@pytest.fixture
def award_url(client: FlaskClient, clock: FrozenClock, officer: Any) -> str:
    _call, found = make.released(clock, officer, applications=1)
    award = queries.award_of(found[0])
    assert award is not None
    person = found[0].applicant
    with make.nobody_listens(), acting_as(make.officer_actor(officer)):
        agreement = services.offer_agreement(award)
        services.accept_agreement(award, user=person, signed_name=person.name, sha256=agreement.sha256)
        services.mark_tranche_ordered(award.tranches[0])
        services.mark_tranche_paid(award.tranches[0], paid_on=today())
    session().commit()
    sign_in_as(client, person)
    return f"/es/apoyos/{award.id}/informe"


def line(number: int, **changes: str) -> dict[str, str]:
    values = {"concept": "Vuelo", "spent_on": today().isoformat(), "amount": "1,234.50"} | changes
    return {f"lines-{number}-{name}": value for name, value in values.items()}


BLANK = {f"lines-{number}-concept": "" for number in range(4)}


def test_report_keeps_each_receipt_on_its_line(client: FlaskClient, award_url: str) -> None:
    refused = client.post(award_url, data={**BLANK, **line(1, amount="mucho"), "lines-1-receipt": file("boleto.pdf")})
    assert refused.status_code == 422
    places = [refused.text.index(text) for text in ("Gasto 2", "boleto.pdf", "Gasto 3")]
    assert places == sorted(places)
    more = client.post(award_url, data={"accion": "agregar", **BLANK, **line(1), "lines-3-receipt": file("hotel.pdf")})
    assert "boleto.pdf" in more.text
    assert "hotel.pdf" in client.get(award_url).text
    again = client.post(award_url, data={**BLANK, **line(1), **line(3), "lines-1-receipt": file("boleto-bueno.pdf")})
    assert again.status_code == 303
    report = session().scalars(select(ExpenseReport)).one()
    assert [entry.receipt.original_name for entry in report.lines] == ["boleto-bueno.pdf", "hotel.pdf"]
    assert held() == []


def test_returned_report_is_corrected_not_typed_again(client: FlaskClient, award_url: str, officer: Any) -> None:
    data = {**line(0), "lines-0-receipt": file("boleto.pdf"), "narrative": "Tres talleres."}
    assert client.post(award_url, data=data).status_code == 303
    report = session().scalars(select(ExpenseReport)).one()
    with acting_as(make.officer_actor(officer)):
        services.return_expense_report(report, reason="La fecha no coincide.")
    session().commit()
    page = client.get(award_url).text
    assert 'value="Vuelo"' in page
    assert 'value="1,234.50"' in page
    assert "boleto.pdf" in page
    assert client.post(award_url, data={**line(0), "narrative": "Tres talleres."}).status_code == 303
    award = session().get(Award, int(award_url.split("/")[3]))
    assert award is not None
    session().refresh(award)
    assert [entry.lines[0].receipt.original_name for entry in award.reports] == ["boleto.pdf", "boleto.pdf"]


def test_step_keeps_a_file_when_somebody_else_saved_first(client: FlaskClient, clock: FrozenClock) -> None:
    call = make_open_call()
    person = make_user()
    draft = make_draft_application(call, person)
    session().commit()
    sign_in_as(client, person)
    url = f"/es/solicitudes/{draft.id}/documentos"
    services.save_draft(draft, answers={}, step="documentos", edition="other")
    session().commit()
    conflict = client.post(url, data={"version": "1", "edition": "mine", "q_invitation": file("nueva.pdf")})
    assert conflict.status_code == 409
    session().expire_all()
    names = [item.stored_file.original_name for item in draft.current_attachments if item.question_id == "invitation"]
    assert names == ["nueva.pdf"]
    assert session().scalar(select(func.count(HeldUpload.id))) == 0


def by_pieces(client: FlaskClient, application_id: int, purpose: str, slot: str, seed: int = 7) -> Sender:
    """A browser that sends one file of a form."""
    sender = Sender(client, application_id, a_large_pdf(seed=seed))
    sender.said = {"para": purpose, "pregunta": slot}
    return sender


def test_file_of_a_cure_goes_on_where_it_stood_and_waits_for_the_answer(client: FlaskClient, cure_url: str) -> None:
    number = int(cure_url.split("/")[3])
    sender = by_pieces(client, number, "cure", "files")
    first = int(sender.begin().get_json()["part"].split("/")[-2])
    assert sender.part(first, 0, PIECE).get_json()["offset"] == PIECE
    assert "&#34;offset&#34;: 40000" in client.get(cure_url).text
    told = sender.all().get_json()
    assert (told["done"], "carta.pdf" in told["held"]) == (True, True)
    assert sender.begin().get_json()["done"]  # its answer was lost on the way
    assert by_pieces(client, number, "cure", "files", seed=8).all().get_json()["held"].count("checkbox") == 2
    assert "Ya recibimos estos archivos" in client.get(cure_url).text
    late = by_pieces(client, number, "cure", "files", seed=9)
    upload = int(late.begin().get_json()["part"].split("/")[-2])
    assert client.post(cure_url, data={"text": "Aquí está."}).status_code == 303
    cure = screening_queries.cure_of(session().get_one(Application, number))
    assert cure is not None
    session().refresh(cure)
    assert len(cure.answer_files) == 2
    assert held() == []
    assert late.part(upload, 0, PIECE).status_code == 404
    assert late.begin().status_code == 409


def test_receipt_by_pieces_stands_on_its_line_and_another_replaces_it(client: FlaskClient, award_url: str) -> None:
    award = session().get_one(Award, int(award_url.split("/")[3]))
    number = award.application_id
    by_pieces(client, number, "receipt", "lines-1-receipt").all()
    told = by_pieces(client, number, "receipt", "lines-1-receipt", seed=8).all().get_json()
    assert told["held"].count("checkbox") == 1
    assert client.post(award_url, data={**BLANK, **line(1)}).status_code == 303
    report = session().scalars(select(ExpenseReport)).one()
    assert report.lines[0].receipt.sha256 == told["sha256"]
    assert by_pieces(client, number, "receipt", "lines-2-receipt").begin().status_code == 409


@pytest.mark.parametrize(
    ("purpose", "slot"),
    [
        ("receipt", "lines-60-receipt"),
        ("receipt", "lines-01-receipt"),
        ("receipt", "files"),
        ("cure", "files"),
        ("application", "lines-1-receipt"),
        ("otra", "files"),
    ],
)
def test_file_for_what_nobody_asks_is_refused(client: FlaskClient, award_url: str, purpose: str, slot: str) -> None:
    award = session().get_one(Award, int(award_url.split("/")[3]))
    assert by_pieces(client, award.application_id, purpose, slot).begin().status_code == 422
    assert session().scalar(select(func.count(PartialUpload.id))) == 0


def test_only_who_may_answer_sends_files_of_a_cure(client: FlaskClient, cure_url: str) -> None:
    sign_in_as(client, make_user())
    assert by_pieces(client, int(cure_url.split("/")[3]), "cure", "files").begin().status_code == 404


@pytest.mark.parametrize("purpose", ["cure", "receipt"])
def test_the_last_piece_twice_at_once_is_one_file_and_no_error(app: Flask, request: Any, purpose: str) -> None:
    url: str = request.getfixturevalue("cure_url" if purpose == "cure" else "award_url")
    client: FlaskClient = request.getfixturevalue("client")
    number, slot = int(url.split("/")[3]), "files" if purpose == "cure" else "lines-0-receipt"
    if purpose == "receipt":
        number = session().get_one(Award, number).application_id
    first = by_pieces(client, number, purpose, slot)
    part = int(first.begin().get_json()["part"].split("/")[-2])
    start = 0
    while start + PIECE < len(first.data):
        assert first.part(part, start, start + PIECE).status_code == 200
        start += PIECE
    twins = [app.test_client() for _twin in range(3)]
    for twin in twins:
        sign_in_as(twin, session().get_one(Application, number).applicant)
    together, answers = threading.Barrier(len(twins)), list[int]()

    def send(twin: FlaskClient) -> None:
        together.wait()
        answers.append(Sender(twin, number, first.data).part(part, start).status_code)

    threads = [threading.Thread(target=send, args=(twin,)) for twin in twins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(answers) < 500
    assert 200 in answers
    assert len(held()) == 1

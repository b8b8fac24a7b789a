"""A file that arrives piece by piece is whole or not there, whoever sends it, however often, in whatever order."""

import hashlib
import io
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import obstore
import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.clock import FrozenClock, now
from core.database import session
from core.files import _store, read
from core.jobs import run_due
from core.settings import setting
from grants import services
from grants.models import Application, Attachment, PartialUpload
from grants.services import partial_uploads
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import a_journey, answers_for, make_open_call

pytestmark = pytest.mark.usefixtures("session")
PIECE = 40_000


def a_large_pdf(size: int = 100_000, seed: int = 7) -> bytes:
    """A valid PDF of about so many bytes that do not compress."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Filling = pikepdf.Stream(pdf, random.Random(seed).randbytes(size))
        buffer = io.BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def empty_store(app: Flask) -> None:
    """What an earlier test left half sent is not this one's."""
    for path in pieces():
        obstore.delete(_store(setting("FILES_URL")), path)


@pytest.fixture
def draft(clock: FrozenClock) -> Application:
    application = services.start_application(make_open_call(), make_user(), kind="person")
    services.save_draft(application, answers=answers_for(), itinerary=a_journey())
    session().commit()
    return application


class Sender:
    """One browser that sends one file."""

    def __init__(self, client: FlaskClient, application: Application | int, data: bytes) -> None:
        self.client, self.data = client, data
        number = application if isinstance(application, int) else application.id
        self.url = f"/es/solicitudes/{number}/subidas"
        self.said = {"pregunta": "invitation"}

    def begin(self, **changes: Any) -> TestResponse:
        digest = hashlib.sha256(self.data).hexdigest()
        said = {"nombre": "carta.pdf", "bytes": len(self.data), "sha256": digest}
        return self.client.post(self.url, data=self.said | said | changes)

    def part(self, number: int, start: int, end: int | None = None, data: bytes | None = None) -> TestResponse:
        body = self.data[start:end] if data is None else data
        return self.client.post(
            f"{self.url}/{number}/parte?desde={start}", data=body, content_type="application/octet-stream"
        )

    def all(self) -> TestResponse:
        told = self.begin().get_json()
        number = int(told["part"].split("/")[-2])
        for start in range(told["offset"], len(self.data), PIECE):
            answer = self.part(number, start, start + PIECE)
        return answer


@pytest.fixture
def sender(client: FlaskClient, draft: Application) -> Sender:
    sign_in_as(client, draft.applicant)
    return Sender(client, draft, a_large_pdf())


def begun(sender: Sender) -> int:
    answer = sender.begin()
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["part"].split("/")[-2])


def attached() -> list[Attachment]:
    session().expire_all()
    return list(session().scalars(select(Attachment).order_by(Attachment.id)))


def waiting() -> int:
    return session().scalar(select(func.count(PartialUpload.id)).where(PartialUpload.attachment_id.is_(None))) or 0


def pieces() -> list[str]:
    found = obstore.list(_store(setting("FILES_URL")), prefix="application-parts").collect()
    return [one["path"] for one in found]


def test_file_in_pieces_is_the_file(sender: Sender) -> None:
    told = sender.all().get_json()
    (attachment,) = attached()
    assert read(attachment.stored_file) == sender.data
    assert (told["done"], told["sha256"]) == (True, hashlib.sha256(sender.data).hexdigest())
    assert sender.client.get(told["file"]).data == sender.data
    assert pieces() == []


def test_broken_line_costs_the_last_piece_only(sender: Sender) -> None:
    number = begun(sender)
    assert sender.part(number, 0, PIECE).get_json()["offset"] == PIECE
    again = sender.begin().get_json()
    assert (again["offset"], begun(sender)) == (PIECE, number)
    assert sender.client.get(f"{sender.url}/{number}").get_json()["offset"] == PIECE
    assert sender.part(number, PIECE).get_json()["done"]
    assert len(attached()) == 1


def test_piece_out_of_order_is_told_where_to_begin(sender: Sender) -> None:
    number = begun(sender)
    sender.part(number, 0, PIECE)
    for start, end in ((PIECE + 1, None), (2 * PIECE, None), (PIECE - 1, PIECE + 10)):
        answer = sender.part(number, start, end)
        assert (answer.status_code, answer.get_json()["offset"]) == (409, PIECE)
    assert sender.part(number, PIECE, data=b"").status_code == 409
    assert sender.client.post(f"{sender.url}/{number}/parte", data=b"x").status_code == 409
    assert sender.part(number, PIECE).get_json()["done"]


def test_piece_that_comes_twice_changes_nothing(sender: Sender) -> None:
    number = begun(sender)
    for _time in range(2):
        assert sender.part(number, 0, PIECE).get_json()["offset"] == PIECE
    for _time in range(2):
        assert sender.part(number, PIECE).get_json()["done"]
    assert len(attached()) == 1
    assert sender.begin().get_json()["done"]
    assert len(attached()) == 1


def test_file_taken_off_can_be_sent_again(sender: Sender) -> None:
    sender.all()
    (attachment,) = attached()
    services.detach_file(attachment)
    session().commit()
    assert sender.begin().get_json()["offset"] == 0
    assert sender.all().get_json()["done"]
    assert [one.detached_at is None for one in attached()] == [False, True]


def test_too_large_is_refused_before_any_byte(sender: Sender) -> None:
    answer = sender.begin(bytes=str(10_000_001))
    assert answer.status_code == 413
    assert "pesa más de 10.0 MB" in answer.get_json()["message"]
    assert waiting() == 0


@pytest.mark.parametrize("size", ["0", "", "-1", "x", "²", "9" * 30, "1.5"])
def test_size_that_is_none_is_refused(sender: Sender, size: str) -> None:
    assert sender.begin(bytes=size).status_code == 422
    assert waiting() == 0


@pytest.mark.parametrize("digest", ["x", "A" * 64, "0" * 63, "²" * 64])
def test_fingerprint_that_is_none_is_refused(sender: Sender, digest: str) -> None:
    assert sender.begin(sha256=digest).status_code == 422


@pytest.mark.parametrize("question", ["title", "nada", "", "x" * 500])
def test_question_that_takes_no_file_is_refused(sender: Sender, question: str) -> None:
    answer = sender.begin(pregunta=question)
    assert 400 <= answer.status_code < 500
    assert answer.get_json()["message"]


def test_wrong_kind_is_refused_at_its_first_bytes(sender: Sender) -> None:
    sender.data = b"hola " * 50_000
    number = begun(sender)
    answer = sender.part(number, 0, PIECE)
    assert answer.status_code == 422
    assert "no es un PDF, JPEG o PNG" in answer.get_json()["message"]
    assert (waiting(), pieces()) == (0, [])


def test_damaged_on_its_way_is_refused_and_forgotten(sender: Sender) -> None:
    number = begun(sender)
    sender.part(number, 0, PIECE)
    answer = sender.part(number, PIECE, data=sender.data[PIECE:-1] + b"\x00")
    assert answer.status_code == 422
    assert "llegó distinto" in answer.get_json()["message"]
    assert (attached(), waiting(), pieces()) == ([], 0, [])


def test_more_than_was_said_is_refused(sender: Sender) -> None:
    number = begun(sender)
    assert sender.part(number, 0, data=sender.data + b"x").status_code == 422
    assert waiting() == 0


def test_broken_file_says_so_at_its_end(sender: Sender) -> None:
    sender.data = b"%PDF-1.7\n" + random.Random(1).randbytes(50_000)
    answer = sender.all()
    assert answer.status_code == 422
    assert "está dañado" in answer.get_json()["message"]
    assert (attached(), waiting(), pieces()) == ([], 0, [])


def test_nobody_else_sees_continues_or_cancels_it(sender: Sender, app: Flask, draft: Application) -> None:
    number = begun(sender)
    other = app.test_client()
    sign_in_as(other, make_user())
    stranger = Sender(other, draft, sender.data)
    assert stranger.begin().status_code == 404
    assert stranger.part(number, 0, PIECE).status_code == 404
    assert other.get(f"{sender.url}/{number}").status_code == 404
    assert other.post(f"{sender.url}/{number}/cancelar").status_code == 404
    nobody = Sender(app.test_client(), draft, sender.data)
    assert nobody.begin().status_code == 401
    assert waiting() == 1


def test_upload_of_another_application_is_none_of_this_one(
    sender: Sender, draft: Application, clock: FrozenClock
) -> None:
    number = begun(sender)
    second = services.start_application(make_open_call(), draft.applicant, kind="person")
    session().commit()
    assert Sender(sender.client, second, sender.data).part(number, 0, PIECE).status_code == 404


def test_cancelled_is_gone_with_its_pieces_and_arrived_stays(sender: Sender) -> None:
    number = begun(sender)
    sender.part(number, 0, PIECE)
    assert len(pieces()) == 1
    assert sender.client.post(f"{sender.url}/{number}/cancelar").status_code == 200
    assert (waiting(), pieces()) == (0, [])
    assert sender.client.post(f"{sender.url}/{number}/cancelar").status_code == 404
    number = int(sender.all().get_json()["part"].split("/")[-2])
    assert sender.client.post(f"{sender.url}/{number}/cancelar").status_code == 200
    assert len(attached()) == 1


def test_begun_before_the_deadline_and_ended_after_is_refused_with_the_draft_kept(
    sender: Sender, draft: Application, clock: FrozenClock
) -> None:
    closes = draft.call.closes_at
    assert closes is not None
    clock.set(closes)
    sign_in_as(sender.client, draft.applicant)
    number = begun(sender)
    sender.part(number, 0, PIECE)
    assert sender.part(number, PIECE, 2 * PIECE).status_code == 200
    clock.advance(seconds=1)
    answer = sender.part(number, 2 * PIECE)
    assert answer.status_code == 409
    assert "Tu borrador se conserva" in answer.get_json()["message"]
    assert (attached(), waiting(), pieces()) == ([], 0, [])
    session().expire_all()
    assert draft.answers["title"] == answers_for()["title"]


def test_one_person_has_so_many_on_the_way(sender: Sender, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_uploads, "MOST_WAITING", 2)
    files = [a_large_pdf(2_000, seed) for seed in range(3)]
    for data in files[:2]:
        sender.data = data
        begun(sender)
    sender.data = files[2]
    answer = sender.begin()
    assert answer.status_code == 429
    assert "Ya tienes 2 archivos a medio subir" in answer.get_json()["message"]
    clock.advance(hours=1, seconds=1)
    assert sender.begin().status_code == 200
    assert waiting() == 2


def test_abandoned_pieces_are_cleared_in_three_days_and_no_sooner(sender: Sender, clock: FrozenClock) -> None:
    number = begun(sender)
    sender.part(number, 0, PIECE)
    clock.advance(days=3)
    run_due()
    assert (waiting(), len(pieces())) == (1, 1)
    clock.advance(days=1)
    run_due()
    assert (waiting(), pieces()) == (0, [])


def test_page_says_what_is_half_sent(sender: Sender) -> None:
    number = begun(sender)
    sender.part(number, 0, PIECE)
    page = sender.client.get(sender.url.replace("subidas", "documentos")).text
    assert "&#34;offset&#34;: 40000" in page
    assert "js/uploads.js" in page
    first = sender.client.get(sender.url.replace("subidas", "proyecto")).text
    assert "js/uploads.js" not in first


def test_undone_piece_leaves_nothing_in_the_store(draft: Application) -> None:
    upload = services.begin_upload(draft, draft.applicant, "invitation", name="a.pdf", size_bytes=50_000)
    assert isinstance(upload, PartialUpload)
    session().commit()
    services.take_part(upload, draft.applicant, 0, a_large_pdf()[:PIECE])
    assert len(pieces()) == 1
    session().rollback()
    assert pieces() == []
    services.take_part(upload, draft.applicant, 0, a_large_pdf()[:PIECE])
    session().commit()
    services.give_up_upload(upload)
    session().rollback()
    assert len(pieces()) == 1


def test_sending_costs_as_many_queries_at_the_tenth_piece_as_at_the_second(
    sender: Sender, count_queries: Callable[..., Any]
) -> None:
    sender.data = a_large_pdf(300_000)
    number = begun(sender)
    counts = {}
    for piece in range(10):
        with count_queries(forgetting=piece in (1, 9)) as sent:
            sender.part(number, piece * 20_000, (piece + 1) * 20_000)
        counts[piece] = len(sent)
    assert counts[1] == counts[9]


def test_the_last_second_counts_whole(draft: Application, clock: FrozenClock) -> None:
    closes = draft.call.closes_at
    assert closes is not None
    clock.set(closes + timedelta(milliseconds=900))
    begun = services.begin_upload(draft, draft.applicant, "invitation", name="a.pdf", size_bytes=10)
    assert isinstance(begun, PartialUpload)
    assert begun.begun_at == now()

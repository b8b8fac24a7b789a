"""Uploads and a virus scanner that finds, falls silent, hangs up or talks nonsense."""

import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import antivirus
from core.clock import FrozenClock
from core.file_refusals import FileInfected, FileWithheld
from core.files import StoredFile, read, store_upload
from core.jobs import run_due
from core.roles import Role
from core.settings import _installed
from tests.core.test_files import PNG
from tests.factories.accounts import make_user, sign_in_as

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
VERSION = b"ClamAV 1.4.2/27500\0"


def sound(data: bytes) -> bytes:
    """Answer as clamd does."""
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


class FakeScanner:
    """Speaks clamd's protocol on a socket, and answers a stream with what `answer` makes of it; None: not at all."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.answer: Callable[[bytes], bytes | None] = sound
        self.version = VERSION
        self.asked = 0
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _from = self.wire.accept()
                with client, client.makefile("rb") as lines, suppress(OSError):
                    self._talk(client, lines)

    def _talk(self, client: socket.socket, lines: Any) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += lines.read(1)
        if command == b"zVERSION\0":
            client.sendall(self.version)
            return
        assert command == b"zINSTREAM\0"
        self.asked += 1
        data = b""
        while size := struct.unpack(">I", lines.read(4))[0]:
            data += lines.read(size)
        said = self.answer(data)
        if said is None:
            self.over.wait(5)
        else:
            client.sendall(said)


@contextmanager
def scanning_at(url: str, wire: socket.socket) -> Iterator[FakeScanner]:
    """A site with a scanner."""
    before = _installed["ANTIVIRUS_URL"], _installed["ANTIVIRUS_SECONDS"]
    _installed["ANTIVIRUS_URL"], _installed["ANTIVIRUS_SECONDS"] = url, 0.5
    fake = FakeScanner(wire)
    try:
        yield fake
    finally:
        fake.over.set()
        wire.close()
        _installed["ANTIVIRUS_URL"], _installed["ANTIVIRUS_SECONDS"] = before
        antivirus._silent_until.clear()


@pytest.fixture
def scanner(app: Flask) -> Iterator[FakeScanner]:
    """A scanner on this machine."""
    wire = socket.create_server(("127.0.0.1", 0))
    with scanning_at(f"tcp://127.0.0.1:{wire.getsockname()[1]}", wire) as fake:
        yield fake


def test_a_clean_file_says_when_and_by_what(session: Session, clock: FrozenClock, scanner: FakeScanner) -> None:
    stored = store_upload(PNG, "foto.png", purpose="scan")
    assert (stored.scanned, stored.scanned_at, stored.scanned_by) == ("clean", clock.now(), "ClamAV 1.4.2/27500")
    assert read(stored) == PNG


def test_a_virus_is_refused_by_name_and_nothing_is_kept(session: Session, scanner: FakeScanner) -> None:
    with pytest.raises(FileInfected) as caught:
        store_upload(PNG + EICAR, "foto.png", purpose="scan")
    assert "foto.png" in caught.value.message()
    assert "Eicar-Test-Signature" in caught.value.message()
    assert session.scalar(select(func.count()).select_from(StoredFile).where(StoredFile.purpose == "scan")) == 0


def test_what_it_said_of_a_file_stands_though_it_does_not_say_who_it_is(session: Session, scanner: FakeScanner) -> None:
    scanner.version = b""
    with pytest.raises(FileInfected):
        store_upload(PNG + EICAR, "foto.png", purpose="scan")
    stored = store_upload(PNG, "foto.png", purpose="scan")
    assert (stored.scanned, stored.scanned_by) == ("clean", "clamd")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _data: None, id="silence"),
        pytest.param(lambda _data: b"", id="hangs up"),
        pytest.param(lambda _data: b"stream: O", id="cut"),
        pytest.param(lambda _data: b"stream: OK", id="cut before its end"),
        pytest.param(lambda _data: b"\xff\x00HTTP/1.1 200 OK\0", id="garbage"),
        pytest.param(lambda _data: b"INSTREAM size limit exceeded. ERROR\0", id="too large for it"),
        pytest.param(lambda _data: b"x" * 9_000, id="no end"),
    ],
)
def test_a_file_waits_for_a_scanner_that_fails_and_nobody_is_given_it(
    session: Session, clock: FrozenClock, scanner: FakeScanner, answer: Callable[[bytes], bytes | None]
) -> None:
    scanner.answer = answer
    stored = store_upload(PNG, "foto.png", purpose="scan")
    session.commit()
    assert stored.scanned == "waiting"
    with pytest.raises(FileWithheld):
        read(stored)
    scanner.over.set()
    scanner.answer = sound
    run_due()
    assert stored.scanned == "clean"
    assert read(stored) == PNG


def test_after_a_failure_uploads_do_not_wait_and_the_work_goes_on_asking(
    session: Session, clock: FrozenClock, scanner: FakeScanner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "puente")
    scanner.answer = lambda _data: b"?\0"
    first = store_upload(PNG, "una.png", purpose="scan")
    second = store_upload(PNG + EICAR, "dos.png", purpose="scan")
    session.commit()
    assert scanner.asked == 1
    for _attempt in range(10):
        run_due()
        clock.advance(hours=7)
    scanner.answer = sound
    run_due()
    assert (first.scanned, second.scanned, second.virus) == ("clean", "infected", "Eicar-Test-Signature")
    with pytest.raises(FileWithheld):
        read(second)


def test_it_can_be_reached_by_a_path(session: Session, tmp_path: Path) -> None:
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    wire.bind(str(tmp_path / "clamd"))
    wire.listen()
    with scanning_at(f"unix://{tmp_path}/clamd", wire):
        assert antivirus.scan(EICAR).virus == "Eicar-Test-Signature"


def test_the_administrator_reads_whether_it_answers(
    session: Session, client: FlaskClient, scanner: FakeScanner
) -> None:
    sign_in_as(client, make_user(Role.ADMINISTRATOR))
    assert "ClamAV 1.4.2/27500" in client.get("/es/trabajos").text

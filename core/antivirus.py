"""Ask a virus scanner about bytes: clamd's INSTREAM over TCP or a Unix socket. Without an address nothing is asked."""

import logging
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from core.settings import setting

PART_BYTES = 1 << 16
LONGEST_ANSWER = 4096
SILENCE_SECONDS = 60.0  # after a failure nobody who uploads waits for the scanner again for this long
UNNAMED = "clamd"  # a scanner that judged and then did not say its version
_silent_until: dict[str, float] = {}
log = logging.getLogger("puente.files")


class Scanned(StrEnum):
    """What a virus scanner said of a file."""

    NEVER = "not_scanned"  # this site had no scanner, or made the file itself
    WAITING = "waiting"  # the scanner did not answer: nobody is given the file until it does
    CLEAN = "clean"
    INFECTED = "infected"  # found after it came in: nobody is ever given it


class ScannerSilent(Exception):  # noqa: N818 (named for what happened)
    """The scanner was not there, took too long, or answered what nobody understands: nothing is known of the bytes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the scanner said: the virus's name, or None; and which scanner, with its signatures' version."""

    virus: str | None
    scanner: str


def is_configured() -> bool:
    """Return whether this site has a scanner."""
    return bool(setting("ANTIVIRUS_URL"))


def scan(data: bytes, *, patient: bool = False) -> Finding:
    """Ask about bytes. While a scanner that just failed rests, only the `patient` ask it again.

    Raises:
        ScannerSilent: no answer that could be trusted.
    """
    url = setting("ANTIVIRUS_URL")
    if not patient and time.monotonic() < _silent_until.get(url, 0.0):
        raise ScannerSilent("it failed a moment ago")
    try:
        virus = _verdict(_ask(url, b"zINSTREAM\0", data))
    except ScannerSilent:
        _silent_until[url] = time.monotonic() + SILENCE_SECONDS
        raise
    return Finding(virus, _signed_by())


def _verdict(answer: str) -> str | None:
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:80]
    if answer == "stream: OK":
        return None
    raise ScannerSilent(f"it answered {answer[:80]!r}")


def _signed_by() -> str:
    # What it said of the bytes stands, whether or not it still says who it is.
    try:
        return version()
    except ScannerSilent:
        return UNNAMED


def try_scan(data: bytes) -> Finding | None:
    """Ask about bytes; None when nothing is known of them."""
    try:
        return scan(data)
    except ScannerSilent as silence:
        log.warning("the antivirus does not answer, the file waits for it: %s", silence)
        return None


def version() -> str:
    """Return the scanner's name and signatures' version.

    Raises:
        ScannerSilent: it does not answer.
    """
    return _ask(setting("ANTIVIRUS_URL"), b"zVERSION\0", None)[:80]


def _ask(url: str, command: bytes, data: bytes | None) -> str:
    until = time.monotonic() + setting("ANTIVIRUS_SECONDS")
    try:
        with _connect(url, until) as wire:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may answer, and hang up, before the end
                _send(wire, command, until)
                if data is not None:
                    for start in range(0, len(data), PART_BYTES):
                        part = data[start : start + PART_BYTES]
                        _send(wire, struct.pack(">I", len(part)) + part, until)
                    _send(wire, struct.pack(">I", 0), until)
            return _answer(wire, until)
    except OSError as error:
        raise ScannerSilent(str(error) or type(error).__name__) from error


def _connect(url: str, until: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=_left(until))
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        wire.settimeout(_left(until))
        wire.connect(parts.path)
    except OSError:
        wire.close()
        raise
    return wire


def _send(wire: socket.socket, data: bytes, until: float) -> None:
    wire.settimeout(_left(until))
    wire.sendall(data)


def _answer(wire: socket.socket, until: float) -> str:
    said = b""
    while b"\0" not in said:
        wire.settimeout(_left(until))
        part = wire.recv(LONGEST_ANSWER)
        if not part or len(said) > LONGEST_ANSWER:
            raise ScannerSilent("its answer has no end")
        said += part
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left

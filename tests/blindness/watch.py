"""What must not be told, and where it is looked for: every part of every answer, whatever its form."""

import base64
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote

import pikepdf
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import User
from core.database import session
from core.files import read
from grants.models import Application
from grants.queries.companions import companions_of
from grants.rules.form import questions
from mail.emails import compose
from mail.models import OutboxMessage
from mail.queries import attached_files

PLAIN = frozenset({"cinco", "personas", "musicas", "musicos", "colectivo", "compania"})  # words that stand on any page


ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")  # as JSON writes what is not ASCII
TAG = re.compile(r"</?(?:b|i|em|strong|mark|small|span|wbr|abbr|bdi|font|u|s)\b[^>]*>")  # within a word
APART = re.compile(r"\b\w(?:[\s.\u00b7-]{1,3}\w){3,}(?!\w)")  # letters set one by one
CODED = re.compile(r"[A-Za-z0-9_+/-]{12,}={0,2}")


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that was told: through what, where, and what it was."""

    channel: str
    where: str
    what: str


class _Marks(dict[int, int | None]):
    """What becomes of each character of a text taken apart: marks go, and what is not seen. Looked up once each."""

    def __missing__(self, code: int) -> int | None:
        unseen = unicodedata.combining(chr(code)) or unicodedata.category(chr(code)) == "Cf"
        self[code] = kept = None if unseen else code
        return kept


_MARKS = _Marks()


def fold(text: str) -> str:
    """Return text without accents, case or the ways of writing a character in HTML and addresses."""
    plain = unescape(unquote(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text))
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).translate(_MARKS)
    return plain.casefold()


def readings(text: str) -> str:
    """Return a text as it is folded, and once more for each other way in which its words may be written."""
    folded = fold(text)
    bare = TAG.sub("", folded)
    spelt = " ".join(re.sub(r"\W", "", found[0]) for found in APART.finditer(bare))
    return "\n".join((folded, bare, spelt, *(fold(said) for said in _decoded(text))))


def _decoded(text: str) -> Iterator[str]:
    """Yield what words of a text say in base64, pressed together or not: as cookies and links carry things."""
    for found in set(CODED.findall(text)):
        if found.islower() or found.isdigit():  # a word, a hash, a number
            continue
        padded = found.rstrip("=") + "=" * (-len(found.rstrip("=")) % 4)
        with suppress(ValueError, zlib.error):
            data = base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
            data = zlib.decompress(data) if data[:1] == b"\x78" else data
            yield data.decode()


def secrets_of(application: Application) -> set[str]:
    """Return what would say whose application this is: names, addresses, folio, ids, hash, and who travels along."""
    told = secrets_of_person(application.applicant)
    told |= {fold(str(application.folio)), fold(str(application.content_sha256)), str(application.id)}
    told |= {fold(attachment.stored_file.original_name) for attachment in application.current_attachments}
    told |= secrets_of_answers(application)
    for attachment in application.submitted_attachments:
        if not attachment.blind_safe:  # letters of who invites, identifications: nobody there is the reviewers' to know
            said = PdfReader(io.BytesIO(read(attachment.stored_file))).pages[0].extract_text()
            told |= {*_words(said), attachment.stored_file.sha256}
    body = application.organisation
    if body is not None:
        told |= {fold(body.name), *_words(body.name), fold(body.tax_id or body.name), str(body.id)}
    for companion in companions_of(application):
        told |= {fold(companion.name), *_words(companion.name), fold(companion.email or companion.name)}
    return told


def secrets_of_answers(application: Application) -> set[str]:
    """Return what was written to questions a reviewer may not read: the whole of it, and each long word."""
    told = set[str]()
    for _step, question in questions(application.call.form):
        answer = application.answers.get(question["id"])
        if question["type"] in ("line", "text") and not question["blind"] and isinstance(answer, str) and answer:
            told |= {fold(answer), *_words(answer)}
    return told


def secrets_of_person(user: User) -> set[str]:
    """Return what would say who a person is. Short words of a name say nothing by themselves."""
    return _words(user.name) | {fold(user.name), fold(user.email), str(user.id)}


def _words(said: str) -> set[str]:
    """Return the words that tell something by themselves."""
    return {word for word in re.findall(r"\w+", fold(said)) if len(word) > 4} - PLAIN


def leaks_in(answer: TestResponse, secrets: Iterable[str]) -> Iterator[Leak]:
    """Yield every secret an answer tells: in its body, headers, cookies, address, file or the file's own data."""
    where = answer.request.path
    for name, value in answer.headers.items():
        yield from _told("cookie" if name == "Set-Cookie" else f"header {name}", where, value, secrets)
    if answer.mimetype == "application/pdf":
        yield from leaks_in_pdf(where, answer.get_data(), secrets)
    else:
        channel = "error page" if answer.status_code >= 400 else "page"
        yield from _told(channel, where, plainly(answer.get_data()), secrets)


def kept_in(app: Flask, answer: TestResponse) -> dict[str, Any]:
    """Return what the cookie of the session holds that an answer sets: signed, and anybody's to read."""
    coding = SecureCookieSessionInterface().get_signing_serializer(app)
    assert coding is not None
    start = f"{app.config['SESSION_COOKIE_NAME']}="
    given = [
        value.removeprefix(start).split(";")[0] for value in answer.headers.getlist("Set-Cookie") if start in value
    ]
    return {name: value for one in given if one for name, value in coding.loads(one).items()}


def plainly(data: bytes) -> str:
    """Return whatever can be read in a body, the members of a workbook or an archive included."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b" ".join(archive.read(name) for name in archive.namelist())
    return data.decode(errors="replace")


def leaks_in_letters(to: User, secrets: Iterable[str]) -> Iterator[Leak]:
    """Yield every secret in what was written to a person, as it travels: head, both bodies and enclosures."""
    letters = session().scalars(select(OutboxMessage).where(OutboxMessage.to == to.email).order_by(OutboxMessage.id))
    for letter in letters:
        for part in compose(letter, attached_files(letter)).walk():
            head = " ".join(f"{name}: {value}" for name, value in part.items())
            yield from _told("letter", letter.about, f"{head} {part.get_filename() or ''}", secrets)
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and part.get_content_type() == "application/pdf":
                yield from leaks_in_pdf(letter.about, data, secrets)
            elif isinstance(data, bytes):
                yield from _told("letter", letter.about, plainly(data), secrets)


def leaks_in_pdf(where: str, data: bytes, secrets: Iterable[str]) -> Iterator[Leak]:
    """Yield every secret a PDF tells: in what is read on its pages, in its data and in its bytes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        known = " ".join(str(value) for value in pdf.docinfo.values()) if pdf.trailer.get("/Info") is not None else ""
        known += pdf.Root["/Metadata"].read_bytes().decode(errors="replace") if "/Metadata" in pdf.Root else ""
        known += " ".join(pdf.attachments)
        within = " ".join(said for thing in pdf.objects for said in _said_in(thing))
    yield from _told("file metadata", where, known, secrets)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    yield from _told("file", where, text, secrets)
    words = {secret for secret in secrets if not secret.isdigit()}
    yield from _told("file", where, f"{data.decode('latin-1')} {within}", words)


def _said_in(thing: pikepdf.Object) -> Iterator[str]:
    """Yield every text an object of a PDF holds: bookmarks, links, comments, fields, and files within the file."""
    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Stream):
        try:
            yield thing.read_bytes().decode(errors="replace")
        except pikepdf.PdfError:  # a picture: what its camera was told stands in its bytes
            raw = thing.read_raw_bytes()
            yield (base64.a85decode(raw, adobe=raw[-2:] == b"~>") if raw[-2:] == b"~>" else raw).decode("latin-1")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        inner: list[Any] = list(thing) if isinstance(thing, pikepdf.Array) else [part for _key, part in thing.items()]
        for part in inner:
            if isinstance(part, pikepdf.Object) and not part.is_indirect:  # those come by themselves
                yield from _said_in(part)


def _told(channel: str, where: str, text: str, secrets: Iterable[str]) -> Iterator[Leak]:
    folded = readings(text)
    for secret in sorted(set(secrets)):
        # A number is told when it stands alone; a word, wherever it stands.
        if secret in folded and (not secret.isdigit() or re.search(rf"(?<![\w.,]){secret}(?![\w.,])", folded)):
            yield Leak(channel, where, secret)

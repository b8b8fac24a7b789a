"""What people send is taken in by content; each refusal has its name and leaves nothing behind."""

import io
import struct
import zlib
from typing import Any

import obstore
import pikepdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import files
from core.clock import FrozenClock
from core.errors import InvalidInput
from core.file_refusals import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    FileTypeRefused,
    TooManyPages,
)
from core.files import StoredFile, clean_name, forget, read, store_generated, store_upload
from core.settings import setting
from core.web_files import send_stored


def pdf(pages: int = 1, **save: Any) -> bytes:
    """A real PDF with empty pages."""
    with pikepdf.new() as document:
        for _page in range(pages):
            document.add_blank_page()
        out = io.BytesIO()
        document.save(out, **save)
        return out.getvalue()


def image(kind: str, mode: str = "RGB", **save: Any) -> bytes:
    """A real picture that does not compress to nothing."""
    out = io.BytesIO()
    Image.effect_noise((120, 80), 90).convert(mode).save(out, kind, **save)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


ENCRYPTED = pdf(encryption=pikepdf.Encryption(owner="dueña", user="secreto"))
OWNER_LOCKED = pdf(encryption=pikepdf.Encryption(owner="dueña", user=""))
JPEG = image("JPEG")
PNG = image("PNG")


@pytest.mark.parametrize(
    ("data", "content_type", "pages"),
    [
        (pdf(), "application/pdf", 1),
        (pdf(3, force_version="2.0"), "application/pdf", 3),
        (JPEG, "image/jpeg", None),
        (image("JPEG", progressive=True), "image/jpeg", None),
        (image("JPEG", "CMYK"), "image/jpeg", None),
        (image("JPEG", "L", exif=Image.Exif()), "image/jpeg", None),
        (PNG, "image/png", None),
        (image("PNG", "P"), "image/png", None),
    ],
)
def test_a_good_file_comes_back_byte_for_byte(
    session: Session, clock: FrozenClock, data: bytes, content_type: str, pages: int | None
) -> None:
    stored = store_upload(data, "carta.bin", purpose="test")
    assert (stored.content_type, stored.pages, stored.size_bytes) == (content_type, pages, len(data))
    assert (stored.created_at, stored.scanned) == (clock.now(), "not_scanned")
    assert read(stored) == data


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        pytest.param(b"", FileEmpty, id="empty"),
        pytest.param(b"Estimado comite", FileTypeRefused, id="text named .pdf"),
        pytest.param(b"<html><script>alert(1)</script>", FileTypeRefused, id="page named .pdf"),
        pytest.param(b"MZ\x90\x00" + b"\0" * 64, FileTypeRefused, id="programme named .pdf"),
        pytest.param(b"GIF89a" + pdf(), FileTypeRefused, id="polyglot: picture before the PDF"),
        pytest.param(b"\n" + pdf(), FileTypeRefused, id="polyglot: signature not at the first byte"),
        pytest.param(b"PK\x03\x04" + pdf(), FileTypeRefused, id="polyglot: archive before the PDF"),
        pytest.param(b"\xef\xbb\xbf" + pdf(), FileTypeRefused, id="byte order mark before the PDF"),
        pytest.param(image("GIF"), FileTypeRefused, id="GIF"),
        pytest.param(image("WEBP"), FileTypeRefused, id="WebP"),
        pytest.param(image("TIFF"), FileTypeRefused, id="TIFF"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', FileTypeRefused, id="SVG"),
        pytest.param(ENCRYPTED, FileEncrypted, id="PDF with a password"),
        pytest.param(OWNER_LOCKED, FileEncrypted, id="PDF locked against changes"),
        pytest.param(b"%PDF-1.7\n" + b"\0" * 400, FileBroken, id="PDF by its first line alone"),
        pytest.param(b"%PDF-1.4\n<html><script>alert(1)</script></html>", FileBroken, id="page behind a PDF line"),
        pytest.param(pdf(0), FileBroken, id="PDF without pages"),
        pytest.param(pdf()[:60], FileBroken, id="truncated PDF"),
        pytest.param(PNG[: len(PNG) // 2], FileBroken, id="truncated PNG"),
        pytest.param(PNG[:8], FileBroken, id="signature of a PNG alone"),
        pytest.param(JPEG[: len(JPEG) // 2], FileBroken, id="truncated JPEG"),
        pytest.param(JPEG[:4], FileBroken, id="signature of a JPEG alone"),
        pytest.param(png_that_claims(9_000, 8_000), FileBroken, id="bomb of 72 megapixels"),
        pytest.param(png_that_claims(12_000, 11_000), FileBroken, id="bomb of 132 megapixels"),
        pytest.param(png_that_claims(60_000, 60_000), FileBroken, id="bomb of 3.6 gigapixels"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_nothing_is_kept(
    session: Session, clock: FrozenClock, data: bytes, refusal: type[InvalidInput]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        store_upload(data, "carta.pdf", purpose="refused")
    assert type(caught.value) is refusal
    assert "carta.pdf" in caught.value.message()
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    store = files._store(setting("FILES_URL"))
    assert [meta for batch in obstore.list(store, prefix="refused") for meta in batch] == []


def test_the_limit_is_exact_and_nothing_beyond_it_is_read(session: Session, clock: FrozenClock) -> None:
    data = pdf()
    assert store_upload(data, "a.pdf", purpose="test", max_bytes=len(data)).size_bytes == len(data)
    with pytest.raises(FileTooLarge) as caught:
        store_upload(data, "a.pdf", purpose="test", max_bytes=len(data) - 1)
    assert caught.value.status == 413
    endless = io.BytesIO(data + b"\0" * 5_000_000)
    with pytest.raises(FileTooLarge):
        store_upload(endless, "a.pdf", purpose="test", max_bytes=len(data))
    assert endless.tell() == len(data) + 1


def test_a_longer_pdf_than_the_form_takes_is_refused_with_both_numbers(session: Session, clock: FrozenClock) -> None:
    assert store_upload(pdf(2), "a.pdf", purpose="test", max_pages=2).pages == 2
    with pytest.raises(TooManyPages) as caught:
        store_upload(pdf(3), "a.pdf", purpose="test", max_pages=2)
    assert caught.value.parameters == {"name": "a.pdf", "pages": 3, "limit": 2}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("carta.pdf", "carta.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\carta.pdf", "carta.pdf"),
        ("carta\x00\r\n.pdf", "carta.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("  .oculto.pdf. ", "oculto.pdf"),
        ("señal «ñandú» 山.pdf", "señal «ñandú» 山.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("", "archivo"),
        ("....", "archivo"),
        ("/", "archivo"),
        ("a" * 500 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_odd_names_are_tamed_and_never_used_as_keys(
    session: Session, clock: FrozenClock, given: str, shown: str
) -> None:
    assert clean_name(given) == shown
    stored = store_upload(pdf(), given, purpose="test")
    assert stored.original_name == shown
    assert shown not in stored.key


def test_a_forgotten_file_leaves_its_row_and_no_bytes(session: Session, clock: FrozenClock) -> None:
    stored = store_upload(pdf(), "a.pdf", purpose="test")
    forget(stored)
    with pytest.raises(FileNotFoundError):
        read(stored)
    assert session.get(StoredFile, stored.id) is stored


def test_what_was_undone_leaves_no_bytes_but_a_savepoint_undoes_only_itself(
    session: Session, clock: FrozenClock
) -> None:
    early = store_upload(pdf(), "antes.pdf", purpose="test")
    savepoint = session.begin_nested()
    store_upload(pdf(2), "dentro.pdf", purpose="test")
    savepoint.rollback()
    assert read(early)
    session.commit()
    late = store_upload(pdf(3), "después.pdf", purpose="test")
    session.rollback()
    assert read(early)
    with pytest.raises(FileNotFoundError):
        read(late)


def test_a_download_cannot_run_or_be_sniffed(app: Flask, session: Session, clock: FrozenClock) -> None:
    stored = store_generated(b"a,b\n1,2\n", "cuentas á «1».csv", "text/csv", "test")
    with app.test_request_context():
        response = send_stored(stored)
        response.direct_passthrough = False
        assert response.get_data() == b"a,b\n1,2\n"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"

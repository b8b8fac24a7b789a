"""Answer from the reader's own copy while nothing public has changed."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, make_response, request, stream_with_context

from core.clock import today
from core.context import ANONYMOUS, set_actor
from core.language import current_language
from core.settings import setting
from transparency import queries

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "grants", "rendering", "scoring", "transparency", "treasury", "trust", "web")
MADE_OF = (*ROOMS, "static", "templates", "translations")
SETTINGS_SHOWN = (
    "AXES",
    "BASE_CURRENCY",
    "CITY_NAME",
    "CONTACT_EMAIL",
    "PUBLIC_URL",
    "REGIONS",
    "SOURCE_URL",
    "TERRITORIES",
    "TERRITORY_LABEL",
    "TRANSPARENCY_ARTICLES",
    "TRUST_NAME",
)
COMPRESSED = ("text/html", "image/svg+xml")
WORTH_COMPRESSING = 1_000  # bytes; below that the header costs more than it saves


def cached_page(make: Callable[[], str | Response]) -> Response:
    """Answer with a page: the shared one without a cookie, else one with the person's header that nobody keeps."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return cached(make)
    response = make_response(make())
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def cached(make: Callable[[], str | Response]) -> Response:
    """Answer 304 if the reader has this version, without making it; else make it and name its version.

    It is made as for nobody in particular, so that every reader and every cache may share it.
    """
    set_actor(ANONYMOUS)
    named = "|".join((queries.public_version(), current_language(), request.full_path, _edition(), _day()))
    etag = hashlib.sha256(named.encode()).hexdigest()[:32]
    known = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if known else _compressed(make_response(make()))
    response.set_etag(etag, weak=True)  # weak: compressed and plain are the same page
    response.vary.update(("Accept-Encoding",))
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _day() -> str:
    return today().isoformat()


def _edition() -> str:
    shown = json.dumps([setting(name) for name in SETTINGS_SHOWN], sort_keys=True, default=str)
    return f"{current_app.config['VERSION']}|{code_digest(ROOT)}|{shown}"


@lru_cache(maxsize=4)
def code_digest(root: Path) -> str:
    """Return a digest of the code, templates, texts and assets under `root`: another deployment is another version."""
    found = hashlib.sha256()
    for folder in MADE_OF:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(str(file.relative_to(root)).encode())
                found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:16]


def _compressed(response: Response) -> Response:
    # Only what is the same for everybody: beside somebody's form token, sizes would give it away.
    if response.is_streamed or response.mimetype not in COMPRESSED:
        return response
    data = response.get_data()
    if len(data) >= WORTH_COMPRESSING and request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(data, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def download(data: bytes | Iterable[bytes], content_type: str, filename: str) -> Response:
    """Answer with a file under its own name."""
    body = data if isinstance(data, bytes) else stream_with_context(iter(data))
    response = Response(body, mimetype=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

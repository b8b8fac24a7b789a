"""Answer from the reader's own copy while nothing public has changed."""

import hashlib
from collections.abc import Callable, Iterable

from flask import Response, current_app, make_response, request, stream_with_context

from core.clock import today
from core.context import ANONYMOUS, set_actor
from core.language import current_language
from transparency import queries


def cached(make: Callable[[], str | Response]) -> Response:
    """Answer 304 if the reader has this version, without making the page; else make it and name its version.

    The page is made as for nobody in particular, so that every reader and every cache may share it.
    """
    set_actor(ANONYMOUS)
    named = "|".join(
        (
            queries.public_version(),
            current_language(),
            request.full_path,
            str(current_app.config["VERSION"]),
            today().isoformat(),
        )
    )
    etag = hashlib.sha256(named.encode()).hexdigest()[:32]
    known = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if known else make_response(make())
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def download(data: bytes | Iterable[bytes], content_type: str, filename: str) -> Response:
    """Answer with a file under its own name."""
    body = data if isinstance(data, bytes) else stream_with_context(iter(data))
    response = Response(body, mimetype=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def picture(data: bytes) -> Response:
    """Answer with a drawing that a page shows."""
    response = Response(data, mimetype="image/svg+xml")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

"""Hand a stored file to a browser without letting it run."""

import io

from flask import Response, send_file

from core.files import StoredFile, read, read_parts


def send_stored(stored: StoredFile, *, filename: str | None = None, inline: bool = False) -> Response:
    """Answer with a file as a download. `inline` shows a PDF we generated ourselves; never use it for an upload."""
    return send_bytes(read(stored), filename or stored.original_name, stored.content_type, inline=inline)


def send_parts(stored: StoredFile, *, filename: str | None = None) -> Response:
    """Answer with a file as a download, read in parts as the browser takes them: for what may be very large."""
    parts = read_parts(stored)
    response = Response(parts, mimetype=stored.content_type)
    response.headers.set("Content-Disposition", "attachment", filename=filename or stored.original_name)
    response.content_length = stored.size_bytes
    return _quiet(response)


def send_bytes(data: bytes, filename: str, content_type: str, *, inline: bool = False) -> Response:
    """Answer with bytes as a download that cannot be sniffed into something else or run scripts."""
    response = send_file(
        io.BytesIO(data), mimetype=content_type, as_attachment=not inline, download_name=filename, etag=False
    )
    return _quiet(response)


def drawing(data: bytes) -> Response:
    """Answer with an SVG of ours that a page shows; it runs nothing. Who may keep it is for the caller to say."""
    response = Response(data, mimetype="image/svg+xml")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _quiet(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response

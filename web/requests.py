"""What happens around every request: its language, its id, its person, its transaction."""

import re
import secrets

from flask import Flask, Response, abort, current_app, g, has_request_context, redirect, request, url_for
from werkzeug.datastructures import ImmutableMultiDict, LanguageAccept
from werkzeug.wrappers import Response as BaseResponse

from accounts.login import load_actor
from core.access import enforce, public
from core.context import ANONYMOUS, set_actor, set_request_id, set_writing
from core.database import db
from core.language import LANGUAGES

READING = ("GET", "HEAD", "OPTIONS")


def select_language() -> str:
    """Return the language in the address, or what the browser asks for, or Spanish; Spanish too outside a request."""
    if not has_request_context():
        return LANGUAGES[0]
    return getattr(g, "language", None) or negotiate(request.accept_languages)


def negotiate(accepted: LanguageAccept) -> str:
    """Pick Spanish or English from what a browser accepts; Spanish wins a tie and stands in for everything else."""
    quality = dict.fromkeys(LANGUAGES, 0.0)
    for tag, weight in accepted:
        language = tag.lower().replace("_", "-").split("-")[0]
        if language in quality:
            quality[language] = max(quality[language], weight)
    return "en" if quality["en"] > quality["es"] else "es"


def install(app: Flask) -> None:
    """Hang the hooks on `app`."""
    app.url_value_preprocessor(_bound_form)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_prepare)
    app.before_request(enforce)
    app.after_request(_finish)
    app.add_url_rule("/", "front", _front)
    public(app.view_functions["static"])  # WhiteNoise answers before us; what it does not know is simply not found
    app.add_url_rule("/favicon.ico", "favicon", _favicon)


def _bound_form(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    # Werkzeug bounds the fields of a multipart form alone; any other body is read whole, so it gets the same bound.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    if values is not None and "lang" in values:
        g.language = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, object]) -> None:
    from flask import current_app  # local: url_for also runs in jobs, where only the application exists

    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        from core.language import current_language  # local: reads the request or the letter's language

        values["lang"] = getattr(g, "language", None) or current_language()


def _prepare() -> None:
    given = request.headers.get("X-Request-Id", "")
    set_request_id(given if re.fullmatch(r"[A-Za-z0-9._-]{8,40}", given) else secrets.token_hex(8))
    set_writing(request.method not in READING)
    if "language" not in g and (match := re.match(r"/(es|en)(/|$)", request.path)):
        g.language = match[1]  # an unknown address under /en/ still answers in English
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        abort(400)
    if request.method not in READING:
        request.get_data(parse_form_data=True)  # before any transaction: a slow line must not make others wait for it
    _drop_null_bytes()
    set_actor(load_actor() if request.endpoint not in (None, "static") else ANONYMOUS)


def _drop_null_bytes() -> None:
    # No field means them and PostgreSQL cannot store them; everything else a person typed stays as it is.
    if request.method in READING or request.mimetype not in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        return
    if any("\x00" in value for _key, value in request.form.items(multi=True)):
        request.form = ImmutableMultiDict(
            (key.replace("\x00", ""), value.replace("\x00", "")) for key, value in request.form.items(multi=True)
        )


def _finish(response: Response) -> Response:
    from core.context import request_id  # local: read at the end, when the id is set

    response.headers["X-Request-Id"] = request_id()
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie",))
    set_writing(True)
    return response


@public
def _front() -> BaseResponse:
    response = redirect(url_for("web.home", lang=negotiate(request.accept_languages)), 302)
    response.vary.update(("Accept-Language",))
    return response


@public
def _favicon() -> BaseResponse:
    return redirect(url_for("static", filename="icons/favicon.svg"), 301)


def roll_back() -> None:
    """Undo whatever the current request wrote."""
    db.session.rollback()

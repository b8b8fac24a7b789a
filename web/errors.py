"""Every refusal becomes a page: what happened, what was kept, what to do now."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from accounts.login import current_facts
from accounts.rules.places import same_site_path
from core.access import guard_of
from core.audit import record
from core.connections import is_full
from core.context import actor, request_id, set_writing
from core.database import session
from core.errors import Forbidden, MissingCredentials, Refusal
from core.files import StoreUnavailable
from core.language import N_, _
from web.requests import roll_back

log = logging.getLogger("puente.web")

TITLES = {
    400: N_("No entendimos lo que llegó"),
    401: N_("Entra con tu cuenta"),
    403: N_("Esta página no es para tu cuenta"),
    404: N_("No encontramos esta página"),
    405: N_("Esta dirección no acepta eso"),
    409: N_("No se puede hacer ahora"),
    413: N_("Es demasiado grande"),
    415: N_("No reconocemos ese formato"),
    422: N_("Hay algo que corregir"),
    429: N_("Demasiados intentos"),
    500: N_("Algo falló de nuestro lado"),
    503: N_("El servicio está ocupado"),
    507: N_("No hay espacio para guardar"),
}
SENTENCES = {
    400: N_("La dirección o el formulario llegaron incompletos o alterados."),
    404: N_("La dirección no existe o cambió de lugar."),
    405: N_("La página existe, pero no se puede usar de esa manera."),
    413: N_("Lo que enviaste supera el tamaño que aceptamos."),
    415: N_("Lo que enviaste viene en un formato que no sabemos leer."),
    429: N_("Recibimos muchos intentos seguidos desde aquí."),
    500: N_("Ya quedó registrado para revisarlo. No se guardó nada a medias."),
    503: N_("Hay mucha gente usando el servicio en este momento."),
    507: N_("El servicio se quedó sin espacio. No se guardó nada, tampoco a medias, y ya quedó registrado."),
}
ADVICE = {
    400: N_("Vuelve a la página anterior e inténtalo otra vez."),
    404: N_("Revisa la dirección o vuelve al inicio."),
    405: N_("Vuelve al inicio y llega desde ahí."),
    413: N_("Vuelve atrás y envía menos texto o archivos más ligeros."),
    415: N_("Vuelve atrás y usa el formulario de la página."),
    429: N_("Espera unos minutos y vuelve a intentarlo."),
    500: N_("Vuelve a intentarlo. Si sigue fallando, escríbenos con la referencia de abajo."),
    503: N_("Espera unos segundos y vuelve a intentarlo."),
    507: N_("Vuelve a intentarlo más tarde. Si es urgente, escríbenos con la referencia de abajo."),
}
RETRY_SECONDS = {503: 5, 507: 300}
ENDED = N_("Tu sesión terminó antes de que enviaras el formulario, así que no se guardó.")
ENDED_WRITING = N_("Tu sesión terminó. Guarda para entrar otra vez y seguir aquí.")
LONG = 20  # characters; what is shorter, or is no words at all, is quickly typed again or was not typed
PASSWORD_FIELDS = ("password", "current")
KEPT = N_("Lo que escribiste sigue en la página anterior: vuelve con el botón «Atrás» de tu navegador.")


def install(app: Flask) -> None:
    """Answer every kind of trouble with a page in the reader's language."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(IntegrityError, contradicted)
    app.register_error_handler(StaleDataError, overtaken)
    app.register_error_handler(DataError, malformed)
    for unreachable in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(unreachable, busy)
    app.register_error_handler(StoreUnavailable, unstored)
    app.register_error_handler(500, broken)


def page(
    status: int,
    sentence: str,
    *,
    kept: str | None = None,
    what_to_do: str | None = None,
    typed: Sequence[str] = (),
    sign_in: str | None = None,
) -> tuple[str, int]:
    """Render the error page; the transaction is already rolled back. `typed` is shown to be copied."""
    title = TITLES.get(status) or TITLES[409 if status < 500 else 500]
    body = render_template(
        "errors/error.html",
        status=status,
        title=_(title),
        sentence=sentence,
        kept=kept,
        what_to_do=what_to_do,
        typed=typed,
        sign_in=sign_in,
        reference=request_id(),
    )
    return body, status


def _kept() -> str | None:
    try:
        return _(KEPT) if request.method == "POST" and request.form else None
    except HTTPException:  # a form that is too large to read cannot be read now either
        return None


def _note(action: str) -> None:
    """Leave a line in the audit trail about a request that was turned away; only of people we know.

    Strangers are left to the log: the trail cannot be pruned, and anybody could fill it.
    """
    log.warning("%s: %s %s", action, request.method, request.endpoint)
    if actor().is_anonymous:
        return
    try:
        set_writing(True)
        record(action, "address", (request.endpoint or request.path)[:80])
        session().commit()
    except SQLAlchemyError:
        roll_back()


def _typed() -> list[str]:
    """Return the texts of the form that was sent, so that nobody writes them twice; never a password."""
    try:
        texts = [(name, value.strip()) for name, value in request.form.items(multi=True)]
    except HTTPException:
        return []
    return [value for name, value in texts if len(value) >= LONG and " " in value and name not in PASSWORD_FIELDS]


def _way_back() -> str | None:
    """Return where somebody who signs in again finds the form that was sent."""
    return same_site_path(urlsplit(request.referrer or "").path)


def refused(refusal: Refusal) -> Response | tuple[str, int]:
    """Show a named refusal; somebody who only has to sign in is led there and back."""
    roll_back()
    if isinstance(refusal, Forbidden):
        _note("access.refused")
    if request.headers.get("X-Autosave"):  # shown beside what is being written: one sentence, not a page
        ended = isinstance(refusal, MissingCredentials)
        return Response(_(ENDED_WRITING) if ended else refusal.message(), refusal.status, mimetype="text/plain")
    if isinstance(refusal, MissingCredentials) and request.method == "POST":
        return page(refusal.status, _(ENDED), typed=_typed(), sign_in=url_for("accounts.sign_in", next=_way_back()))
    if isinstance(refusal, MissingCredentials) and request.method in ("GET", "HEAD"):
        flash(refusal.message(), "info")
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    return page(refusal.status, refusal.message(), kept=_kept(), what_to_do=refusal.advice() or None)


def forged(_error: CSRFError) -> Response | tuple[str, int]:
    """Refuse a form whose token is missing or not ours; who signed in meanwhile in another tab is led on."""
    roll_back()
    if request.endpoint == "accounts.sign_in" and current_facts() is not None:
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
    _note("request.forged")
    guard = guard_of(request.endpoint or "static")
    if actor().is_anonymous and (guard is None or guard.roles is not None):
        return page(400, _(ENDED), typed=_typed(), sign_in=url_for("accounts.sign_in", next=_way_back()))
    sentence = _("La página estuvo abierta demasiado tiempo o el formulario no salió de este sitio.")
    advice = _("Copia lo que escribiste, vuelve atrás, recarga la página y envíala otra vez.")
    return page(400, sentence, kept=_kept(), typed=_typed(), what_to_do=advice)


def http_error(error: HTTPException) -> Response | tuple[str, int]:
    """Show what the framework refused: unknown address, wrong method, too large."""
    roll_back()
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if isinstance(error, SecurityError):  # a Host that is not ours: there is no address to build a page's links from
        return Response(_(SENTENCES[400]), 400, mimetype="text/plain")
    known = status if status in SENTENCES else (400 if status < 500 else 500)
    body, _status = page(status, _(SENTENCES[known]), kept=_kept(), what_to_do=_(ADVICE[known]))
    return body, status


def contradicted(error: IntegrityError) -> tuple[str, int]:
    """The database refused what the code let through: nothing was written; somebody must look at the log."""
    roll_back()
    log.error("refused by the database: %s", error.orig)
    return page(
        HTTPStatus.CONFLICT, _("Esto contradice algo que ya está registrado, así que no se guardó."), kept=_kept()
    )


def overtaken(error: StaleDataError) -> tuple[str, int]:
    """Somebody else changed or removed the same thing in between: nothing was written."""
    roll_back()
    log.error("changed in between: %s", error)
    sentence = _("Alguien cambió lo mismo mientras lo enviabas, así que no se guardó.")
    advice = _("Copia lo que escribiste, recarga la página y revisa cómo quedó antes de enviarlo otra vez.")
    return page(HTTPStatus.CONFLICT, sentence, kept=_kept(), typed=_typed(), what_to_do=advice)


def malformed(error: DataError) -> tuple[str, int]:
    """A value no column can hold."""
    roll_back()
    log.error("unstorable value: %s", error.orig)
    return page(422, _("Un dato es demasiado grande o no tiene la forma esperada."), kept=_kept())


def busy(error: SQLAlchemyError) -> Response:
    """The database could not be reached, stayed locked or has no room left: nothing was written."""
    roll_back()
    reason = getattr(error, "orig", None) or error
    log.error("database unavailable: %s", reason)
    return _later(507 if is_full(reason) else 503)


def unstored(error: StoreUnavailable) -> Response:
    """The file store took no file: nothing was written to the database either."""
    roll_back()
    log.error("file store unavailable: %s", error)
    return _later(507)


def _later(status: int) -> Response:
    body, _status = page(status, _(SENTENCES[status]), kept=_kept(), what_to_do=_(ADVICE[status]))
    return Response(body, status, {"Retry-After": str(RETRY_SECONDS[status])}, mimetype="text/html")


def broken(error: Exception) -> tuple[str, int]:
    """A mistake of ours."""
    roll_back()
    log.exception("unhandled", exc_info=getattr(error, "original_exception", error))
    return page(500, _(SENTENCES[500]), kept=_kept(), what_to_do=_(ADVICE[500]))

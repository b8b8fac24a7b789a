"""Writing without an account: the project's questions, kept for this browser until they join an application."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import public
from core.database import session
from core.errors import Refusal
from core.language import _
from core.settings import setting
from grants import services
from grants.errors.calls import CallNotFound, CallNotOpen
from grants.forms.applications import StepForm, answers_in, question_form
from grants.forms.sketches import twice_form
from grants.models import Application, Call, Sketch
from grants.queries import calls as call_queries
from grants.routes.room import blueprint, show, visible_call
from grants.rules import form as form_rules
from grants.rules.sketch import sketch_questions, sketch_step
from grants.services.sketches import KEPT

COOKIE = "puente_sketch"


@blueprint.route("/convocatorias/<slug>/escribir", methods=["GET", "POST"])
@public
def sketch_write(slug: str) -> Response | BaseResponse:
    """Begin to write without an account."""
    call = visible_call(slug)
    if not call_queries.accepts_now(call):
        raise CallNotOpen()
    step = sketch_step(call.form)
    if step is None:
        raise CallNotFound()
    key = sketch_key()
    sketch = services.sketch_for(call, key)
    questions = sketch_questions(step)
    form = question_form(
        questions,
        sketch.answers if sketch else {},
        call.currency,
        version=sketch.version if sketch else 0,
        edition="",
    )
    if not form.is_submitted():
        return _page(call, form, sketch)
    valid = form.validate_on_submit()
    key = key or services.new_key()
    try:
        sketch = services.save_sketch(call, key, answers_in(form, questions))
    except Refusal as refusal:
        session().rollback()
        return _page(visible_call(slug), form, None, refusal.status, [refusal.message()])
    session().commit()
    return _keep(_answer(call, form, sketch, valid), key)


def _answer(call: Call, form: StepForm, sketch: Sketch | None, valid: bool) -> Response | BaseResponse:
    if request.headers.get("X-Autosave"):
        response = Response(status=204 if valid else 422)
        response.headers["X-Draft-Version"] = str(sketch.version if sketch else 0)
        return response
    if not valid:
        return _page(call, form, sketch, 422)
    if request.form.get("accion") == "seguir":
        return redirect(url_for("accounts.register", next=url_for("grants.application_start", slug=call.slug)), 303)
    flash(_("Guardamos lo que llevas escrito en este navegador por %(days)s días.", days=KEPT.days), "success")
    return redirect(url_for("grants.sketch_write", slug=call.slug), 303)


def _page(
    call: Call, form: StepForm, sketch: Sketch | None, status: int = 200, extra: list[str] | None = None
) -> Response:
    step = sketch_step(call.form)
    assert step is not None
    response = show(
        "grants/sketch_write.html",
        status,
        call=call,
        step=step,
        form=form,
        questions=[(item, form[f"q_{item['id']}"]) for item in sketch_questions(step)],
        sketch=sketch,
        days=KEPT.days,
        extra=extra or [],
        start=url_for("grants.application_start", slug=call.slug),
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sketch_key() -> str:
    """Return the key this browser holds, or nothing."""
    key = request.cookies.get(COOKIE, "")
    return key if 20 <= len(key) <= 80 and key.isascii() else ""


def _keep(response: Any, key: str) -> Response:
    answer: Response = make_response(response)
    answer.set_cookie(
        COOKIE,
        key,
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        secure=bool(setting("SESSION_COOKIE_SECURE")),
        samesite="Lax",
    )
    return answer


def take_along(call: Call, standing: Application) -> Response | BaseResponse:
    """Ask whoever has a draft already whether what they wrote without an account joins it, and which of two texts."""
    twice = services.answered_twice(standing, sketch_key())
    form = twice_form([(one.item["id"], form_rules.label(one.item), one.drafted, one.written) for one in twice])
    if form.validate_on_submit():
        adopt(standing, form.chosen())
        session().commit()
        return redirect(url_for("grants.application_show", application_id=standing.id), 303)
    response = show(
        "grants/sketch_adopt.html", 422 if form.errors else 200, call=call, application=standing, form=form, twice=twice
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def adopt(application: Application, chosen: Mapping[str, bool] | None = None) -> None:
    """Take what this browser wrote without an account into a draft of whoever signed in, and say so."""
    if services.adopt_sketch(application, sketch_key(), chosen=chosen):
        flash(_("Lo que escribiste sin cuenta ya está en tu solicitud."), "success")
    elif chosen:
        flash(_("Tu solicitud queda como estaba."), "success")

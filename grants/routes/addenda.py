"""What the clerk changes in a published call: in public, with its reason."""

from functools import partial

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.database import session
from core.errors import Refusal
from core.language import _
from core.listing import chosen
from grants import services
from grants.errors.calls import CallNotFound
from grants.forms import editor as forms
from grants.routes.editor import ADMINISTRATOR, OFFICER, any_call, closing_page
from grants.routes.room import blueprint, show
from grants.rules.comparison import TEXTS
from grants.states.call import CALL_STATES, CallState


@blueprint.route("/programa/convocatorias/<slug>/prorroga", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_extend(slug: str) -> Response | BaseResponse:
    """Extend the deadline by a public notice."""
    form = forms.ExtensionForm()
    extend = partial(services.extend_deadline, reason=form.reason.data or "")
    page = closing_page("grants/call_extend.html", any_call(slug), form, extend)
    if page is not None:
        return page
    flash(_("Publicamos la prórroga con su motivo."), "success")
    return redirect(url_for("grants.call_show", slug=slug), 303)


@blueprint.route("/programa/convocatorias/<slug>/cancelar", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_cancel(slug: str) -> Response | BaseResponse:
    """Cancel, in public and with the reason."""
    call = any_call(slug)
    CALL_STATES.check(call.state, CallState.CANCELLED)
    form = forms.CancellationForm()
    if not form.validate_on_submit():
        return show("grants/call_cancel.html", 422 if form.is_submitted() else 200, call=call, form=form)
    services.cancel_call(call, form.reason.data or "")
    session().commit()
    flash(_("Cancelamos la convocatoria."), "success")
    return redirect(url_for("grants.call_show", slug=slug), 303)


@blueprint.route("/programa/convocatorias/<slug>/corregir", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_correct(slug: str) -> Response | BaseResponse:
    """Correct a text by a public notice."""
    call = any_call(slug)
    if call.frozen_sha256 is None:
        raise CallNotFound()
    name = chosen(request.args, "texto", list(TEXTS)) or "body"
    form = forms.CorrectionForm(data=getattr(call, name))
    problem = None
    if form.validate_on_submit():
        try:
            text = {"es": form.es.data or "", "en": form.en.data or ""}
            services.correct_text(call, name, text, form.reason.data or "")
            session().commit()
            flash(_("Publicamos la corrección con su motivo."), "success")
            return redirect(url_for("grants.call_show", slug=slug), 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
            call = any_call(slug)
    status = problem.status if problem is not None else 422 if form.errors else 200
    return show(
        "grants/call_correct.html",
        status,
        call=call,
        form=form,
        name=name,
        texts=TEXTS,
        problem=problem.message() if problem is not None else None,
    )

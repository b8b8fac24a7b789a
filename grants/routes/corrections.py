"""Data that were sent with a mistake: their sender asks, an officer answers, and what was sent stays as it was."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles, signed_in
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import N_, _
from core.listing import chosen, page_number, paginate
from core.navigation import DeskItem
from core.roles import Role
from grants import services
from grants.errors.calls import ApplicationNotFound
from grants.errors.corrections import CorrectInstead
from grants.forms.corrections import CorrectionAnswerForm, CorrectionForm
from grants.models import DataCorrection
from grants.queries import corrections as queries
from grants.routes.applications import own_application
from grants.routes.room import READERS, WRITERS, blueprint, may_decide, show
from grants.rules import form as form_rules
from grants.rules.corrections import PUBLIC_NAME
from grants.services.applications import is_editable
from grants.services.corrections import correctable_of, sent_answer, told, told_of
from grants.services.impartiality import is_mine
from grants.states.correction import CORRECTION, CorrectionState


@blueprint.route("/solicitudes/<int:application_id>/correccion", methods=["GET", "POST"])
@signed_in
def correction_ask(application_id: int) -> Response | BaseResponse:
    """Ask for the correction of a datum I sent."""
    application = own_application(application_id, editing=True)
    if application.submitted_at is None:
        raise ApplicationNotFound()
    if is_editable(application):
        if request.method == "POST":
            raise CorrectInstead()
        return redirect(url_for("grants.application_show", application_id=application_id), 303)
    items = correctable_of(application)
    form, problem = CorrectionForm.of([(item["id"], form_rules.label(item)) for item in items]), None
    if form.validate_on_submit():
        try:
            services.ask_correction(application, form.datum.data or "", form.asked.data or "")
            session().commit()
            flash(_("Recibimos tu petición. Una persona la revisa y te responde por correo."), "success")
            return redirect(url_for("grants.application_show", application_id=application_id), 303)
        except Refusal as refusal:
            session().rollback()
            problem, application = refusal, own_application(application_id, editing=True)
    return show(
        "grants/correction_ask.html",
        problem.status if problem is not None else (422 if form.is_submitted() else 200),
        application=application,
        form=form,
        sent=[(form_rules.label(item), sent_answer(application, item)) for item in items],
        told=told_of(application),
        states=CORRECTION,
        problem=problem.message() if problem is not None else None,
    )


@blueprint.get("/programa/correcciones")
@roles(*READERS)
def correction_list() -> Response:
    """Every correction people asked for, those to answer first."""
    state = chosen(request.args, "estado", [one.value for one in CorrectionState])
    listing = paginate(queries.corrections(CorrectionState(state) if state else None), page=page_number(request.args))
    return show("grants/correction_list.html", listing=listing, states=CORRECTION)


@blueprint.route("/programa/correcciones/<int:number>", methods=["GET", "POST"])
@roles(*READERS)
def correction_show(number: int) -> Response | BaseResponse:
    """One correction, and its answer."""
    correction, problem = _found(number), None
    form: Any = CorrectionAnswerForm.blank()
    if request.method == "POST":
        ensure(actor().has(*WRITERS))
        if form.validate_on_submit():
            try:
                services.answer_correction(
                    correction, corrected=form.outcome.data == "corrected", reason=form.reason.data or ""
                )
                session().commit()
                flash(_("Respuesta guardada; la carta va en camino."), "success")
                return redirect(url_for("grants.correction_show", number=number), 303)
            except Refusal as refusal:
                session().rollback()
                problem, correction = refusal, _found(number)
    application = correction.application
    return show(
        "grants/correction_show.html",
        problem.status if problem is not None else (422 if request.method == "POST" else 200),
        told=told(correction),
        is_public=correction.question_id == PUBLIC_NAME,
        correction=correction,
        application=application,
        states=CORRECTION,
        form=form if correction.state is CorrectionState.ASKED and may_decide(application) else None,
        own=is_mine(application),
        problem=problem.message() if problem is not None else None,
    )


def _found(number: int) -> DataCorrection:
    correction = queries.correction_by_id(number)
    if correction is None:
        raise NotFound()
    return correction


DESK = (
    DeskItem(
        label=N_("Correcciones de datos por responder"),
        endpoint="grants.correction_list",
        roles=frozenset({Role.PROGRAMME_OFFICER}),
        count=queries.count_asked,
    ),
)

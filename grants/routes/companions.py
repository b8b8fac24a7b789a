"""Who travels along: the applicant's list, and the invited person's answer."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, signed_in
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from grants import services
from grants.forms.applications import CompanionForm, ConfirmForm
from grants.models import Application
from grants.queries import companions as queries
from grants.routes.applications import may_edit, own_application
from grants.routes.room import blueprint, show, this_person
from grants.services.applications import is_editable
from grants.states.application import ApplicantKind
from grants.states.companion import COMPANION, CompanionState


@blueprint.route("/solicitudes/<int:application_id>/acompanantes", methods=["GET", "POST"])
@signed_in
def companion_list(application_id: int) -> Response | BaseResponse:
    """Who travels along, and inviting one more."""
    application = own_application(application_id, editing=request.method == "POST")
    ensure(application.kind is not ApplicantKind.PERSON)
    form = CompanionForm()
    if not form.validate_on_submit():
        return _page(application, form, 422 if form.errors else 200)
    try:
        companion = services.invite_companion(application, name=form.name.data or "", email=form.email.data or "")
    except Refusal as refusal:
        session().rollback()
        return _page(own_application(application_id), form, refusal.status, refusal.message())
    session().commit()
    flash(_("Invitamos a %(name)s por correo.", name=companion.name), "success")
    return redirect(url_for("grants.companion_list", application_id=application_id), 303)


def _page(application: Application, form: CompanionForm, status: int, problem: str | None = None) -> Response:
    return show(
        "grants/companion_list.html",
        status,
        application=application,
        companions=queries.companions_of(application),
        states=COMPANION,
        invited=CompanionState.INVITED,
        declined=CompanionState.DECLINED,
        form=form,
        problem=problem,
        editable=may_edit(application) and is_editable(application),
    )


@blueprint.post("/solicitudes/<int:application_id>/acompanantes/<int:companion_id>/<act>")
@signed_in
def companion_act(application_id: int, companion_id: int, act: str) -> BaseResponse:
    """Take somebody off the list, or send the invitation again."""
    ensure(ConfirmForm().validate_on_submit() and act in ("quitar", "invitar"), NotFound())
    application = own_application(application_id, editing=True)
    companion = next((one for one in queries.companions_of(application) if one.id == companion_id), None)
    if companion is None:
        raise NotFound()
    if act == "quitar":
        services.remove_companion(application, companion)
        flash(_("Quitamos a %(name)s de la lista.", name=companion.name), "success")
    else:
        services.invite_companion(application, name=companion.name, email=companion.email or "")
        flash(_("Invitamos a %(name)s por correo.", name=companion.name), "success")
    session().commit()
    return redirect(url_for("grants.companion_list", application_id=application_id), 303)


@blueprint.route("/viajo-con/<token>", methods=["GET", "POST"])
@signed_in
def companion_answer(token: str) -> Response | BaseResponse:
    """The invited person's answer."""
    companion = services.invitation(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        accept = request.form.get("respuesta") == "acepto"
        services.answer_invitation(companion, this_person(), accept=accept)
        session().commit()
        if accept:
            flash(_("Ya formas parte. Puedes leer la solicitud aquí."), "success")
            return redirect(url_for("grants.application_show", application_id=companion.application_id), 303)
        flash(_("Rechazaste la invitación."), "success")
        return redirect(url_for("web.desk"), 303)
    return show(
        "grants/companion_answer.html",
        422 if form.errors else 200,
        companion=companion,
        application=companion.application,
        mine=this_person().email == companion.email,
        who=actor().label,
        form=form,
    )


@blueprint.route("/solicitudes/<int:application_id>/dejar", methods=["GET", "POST"])
@signed_in
def companion_leave(application_id: int) -> Response | BaseResponse:
    """Stop being part of somebody's application, once it was read what happens to it."""
    companion = queries.my_place(application_id, this_person().id)
    if companion is None:
        raise NotFound()
    form = ConfirmForm()
    if form.validate_on_submit():
        services.leave_application(companion)
        session().commit()
        flash(_("Ya no formas parte de la solicitud."), "success")
        return redirect(url_for("grants.application_list"), 303)
    return show(
        "grants/companion_leave.html",
        422 if form.errors else 200,
        application=companion.application,
        others=sum(
            1
            for one in queries.companions_of(companion.application)
            if one.id != companion.id and one.state is CompanionState.ACCEPTED
        ),
        form=form,
    )

"""An applicant's pages: start, my applications, where one stands, send, withdraw, the acuse."""

import json
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accounts import queries as people
from accounts.models import Organisation
from core.access import ensure, signed_in
from core.context import actor
from core.database import session
from core.errors import IllegalTransition
from core.language import _, current_language
from core.listing import page_number, paginate
from core.moments import exact_moment
from core.money import Money, format_money
from core.web_files import send_bytes
from grants import services
from grants.documents.acuse import acuse_pdf
from grants.errors.calls import (
    AlreadyApplied,
    ApplicationIncomplete,
    ApplicationNotFound,
    CallNotOpen,
    DeadlinePassed,
    OrganisationNeeded,
)
from grants.forms.applications import ConfirmForm, StartForm, WithdrawForm
from grants.models import Application, ApplicationVersion, Attachment
from grants.queries import applications as queries
from grants.queries import calls as call_queries
from grants.queries.determinations import released_determination_of
from grants.routes.room import READERS, blueprint, show, this_person, visible_call
from grants.rules import form as form_rules
from grants.rules.tariff import RULE_LABELS, spoken_rate
from grants.services import applications as drafts
from grants.services import submission
from grants.states.application import APPLICATION_STATES, KIND_LABELS, ApplicantKind, ApplicationState


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline."""

    at: datetime
    title: str
    text: str = ""
    url: str = ""
    by: str = ""


def own_application(application_id: int, *, editing: bool = False) -> Application:
    """Return an application of mine or of my organisation; anybody else's does not exist for me."""
    who = actor().user_id
    ensure(who is not None, ApplicationNotFound())
    locked = request.method == "POST"
    application = queries.application_of(who or 0, application_id, editing=editing, lock=locked)
    if application is None:
        raise ApplicationNotFound()
    return application


def readable_application(application_id: int) -> Application:
    """Return an application that I may read: mine, my organisation's, or any that was sent when I am staff."""
    who = actor().user_id
    application = queries.application_of(who or 0, application_id) if who is not None else None
    if application is None and actor().has(*READERS):
        application = queries.application_by_id(application_id)
        ensure(application is not None and application.submitted_at is not None, ApplicationNotFound())
    if application is None:
        raise ApplicationNotFound()
    return application


def may_edit(application: Application) -> bool:
    """Return whether I may change an application that I can read."""
    return queries.application_of(actor().user_id or 0, application.id, editing=True) is not None


@blueprint.get("/solicitudes")
@signed_in
def application_list() -> Response:
    """My applications, newest first."""
    listing = paginate(queries.applications_of(this_person().id), page=page_number(request.args))
    return show("grants/application_list.html", listing=listing, states=APPLICATION_STATES)


@blueprint.route("/convocatorias/<slug>/empezar", methods=["GET", "POST"])
@signed_in
def application_start(slug: str) -> Response | BaseResponse:
    """Begin: who applies."""
    call = visible_call(slug)
    person = this_person()
    standing = call_queries.accepts_now(call) and queries.standing_application(call, person.id)
    if standing:
        return redirect(url_for("grants.application_show", application_id=standing.id), 303)
    bodies = [place.organisation for place in people.memberships_of(person) if place.member_role in queries.EDITORS]
    form = StartForm.for_person(bodies)
    if not call_queries.accepts_now(call):
        raise CallNotOpen()
    if not form.validate_on_submit():
        return show("grants/application_start.html", 422 if form.is_submitted() else 200, call=call, form=form)
    if form.kind.data not in list(ApplicantKind):
        form.kind.errors = [_("Elige quién solicita el apoyo.")]
        return show("grants/application_start.html", 422, call=call, form=form)
    try:
        body = _chosen(bodies, form.organisation_id.data) if form.kind.data == ApplicantKind.ORGANISATION else None
        application = services.start_application(call, person, kind=form.kind.data, organisation=body)
    except OrganisationNeeded as refusal:
        form.organisation_id.errors = [refusal.message()]
        return show("grants/application_start.html", refusal.status, call=call, form=form)
    except AlreadyApplied as refusal:
        session().rollback()
        if refusal.application_id is None:
            raise
        return redirect(url_for("grants.application_show", application_id=refusal.application_id), 303)
    session().commit()
    first = form_rules.steps(call.form)[0]["id"]
    return redirect(url_for("grants.application_step", application_id=application.id, step_id=first), 303)


def _chosen(bodies: list[Organisation], typed: str | None) -> Organisation | None:
    return next((body for body in bodies if str(body.id) == typed), None)


@blueprint.get("/solicitudes/<int:application_id>")
@signed_in
def application_show(application_id: int) -> Response:
    """Where an application stands, what is next and when."""
    application = readable_application(application_id)
    call = application.call
    versions = queries.versions_of(application)
    return show(
        "grants/application_show.html",
        application=application,
        call=call,
        states=APPLICATION_STATES,
        kind=_(KIND_LABELS[application.kind]),
        requested=Money(application.requested_cents, application.currency),
        accepts=call_queries.accepts_now(call),
        editable=may_edit(application),
        unsent=submission.has_unsent_changes(application),
        can_withdraw=APPLICATION_STATES.allows(application.state, ApplicationState.WITHDRAWN),
        events=_events(application, versions),
        first_step=form_rules.steps(call.form)[0]["id"],
        result_is_out=released_determination_of(application) is not None,
    )


def _events(application: Application, versions: list[ApplicationVersion]) -> list[Event]:
    events = [Event(application.created_at, _("Empezaste el borrador"))]
    for version in versions:
        title = _("La recibimos") if version.number == 1 else _("La recibimos otra vez; cuenta este envío")
        url = url_for("grants.acuse_show", application_id=application.id, envio=version.number)
        events.append(Event(version.submitted_at, title, _("Huella %(start)s…", start=version.sha256[:12]), url))
    if application.withdrawn_at is not None:
        events.append(Event(application.withdrawn_at, _("La retiraste"), application.withdrawal_reason or ""))
    return events


@blueprint.get("/solicitudes/<int:application_id>/revision")
@signed_in
def application_review(application_id: int) -> Response:
    """Everything on one page before it is sent, with every problem linked to its field."""
    application = own_application(application_id, editing=True)
    return review_page(application)


def review_page(application: Application, status: int = 200, extra: list[str] | None = None) -> Response:
    """Show the review, after the steps or after a refused submission."""
    problems = drafts.problems_of(application)
    content = drafts.working_content(application)
    steps = form_rules.steps(application.call.form)
    return show(
        "grants/application_review.html",
        status,
        application=application,
        call=application.call,
        form=ConfirmForm(),
        problems=problems,
        extra=extra or [],
        failed=drafts.eligibility_of(application).failed,
        content=content,
        derived=drafts.derived_of(application),
        steps=steps,
        accepts=call_queries.accepts_now(application.call),
        applies=lambda item: form_rules.applies(item, content.answers, application.kind.value),
        files={attachment.question_id: attachment for attachment in application.current_attachments},
        shown=lambda item, value, kept: shown_answer(item, value, kept, application.currency),
        rule_labels=RULE_LABELS,
        cents=Money,
        rate=spoken_rate(application.call.tariff),
    )


def shown_answer(item: form_rules.Question, value: object, kept: Attachment | None, currency: str) -> str:
    """Return an answer as people read it; nothing for what is still missing."""
    if item["type"] == "file":
        return kept.stored_file.original_name if kept else ""
    if value is None:
        return ""
    if item["type"] == "yes_no":
        return _("Sí") if value == "yes" else _("No")
    if item["type"] == "choice":
        return dict(form_rules.options(item, current_language())).get(str(value), "")
    if item["type"] == "money" and isinstance(value, int):
        return format_money(Money(value, currency), current_language())
    return str(value)


@blueprint.post("/solicitudes/<int:application_id>/enviar")
@signed_in
def application_submit(application_id: int) -> Response | BaseResponse:
    """Send it."""
    application = own_application(application_id, editing=True)
    try:
        services.submit_application(application)
    except DeadlinePassed as late:
        session().rollback()
        application = own_application(application_id, editing=True)
        services.note_late_attempt(application)
        session().commit()
        return review_page(application, late.status, [late.message(), late.advice()])
    except ApplicationIncomplete as refusal:
        session().rollback()
        return review_page(own_application(application_id, editing=True), refusal.status)
    session().commit()
    return redirect(url_for("grants.acuse_show", application_id=application_id), 303)


@blueprint.route("/solicitudes/<int:application_id>/retirar", methods=["GET", "POST"])
@signed_in
def application_withdraw(application_id: int) -> Response | BaseResponse:
    """Take it out, after saying what that means."""
    application = own_application(application_id, editing=True)
    form = WithdrawForm()
    if not APPLICATION_STATES.allows(application.state, ApplicationState.WITHDRAWN):
        raise IllegalTransition(
            from_state=APPLICATION_STATES.label(application.state),
            to_state=APPLICATION_STATES.label(ApplicationState.WITHDRAWN),
        )
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        accepts = call_queries.accepts_now(application.call)
        return show("grants/application_withdraw.html", status, application=application, form=form, accepts=accepts)
    services.withdraw_application(application, form.reason.data or "")
    session().commit()
    was_sent = application.folio is not None
    flash(_("Retiraste tu solicitud. Ya no participa.") if was_sent else _("Descartaste el borrador."), "success")
    return redirect(url_for("grants.application_show", application_id=application.id), 303)


# --- acuse -------------------------------------------------------------------


def _version(application: Application) -> ApplicationVersion:
    versions = queries.versions_of(application)
    wanted = request.args.get("envio", "")
    chosen = [version for version in versions if str(version.number) == wanted] or versions[-1:]
    ensure(chosen, ApplicationNotFound())
    return chosen[0]


@blueprint.get("/solicitudes/<int:application_id>/acuse")
@signed_in
def acuse_show(application_id: int) -> Response:
    """The acuse as a page."""
    application = readable_application(application_id)
    version = _version(application)
    return show(
        "grants/acuse_show.html",
        application=application,
        call=application.call,
        version=version,
        content=json.loads(version.content),
        kind=_(KIND_LABELS[application.kind]),
        received=exact_moment(version.submitted_at),
        cents=Money,
    )


@blueprint.get("/solicitudes/<int:application_id>/acuse.pdf")
@signed_in
def acuse_document(application_id: int) -> Response:
    """The acuse as a PDF."""
    application = readable_application(application_id)
    version = _version(application)
    data = acuse_pdf(application, version, current_language())
    return send_bytes(data, f"acuse-{application.folio}-{version.number}.pdf", "application/pdf")


@blueprint.get("/solicitudes/<int:application_id>/acuse.json")
@signed_in
def acuse_content(application_id: int) -> Response:
    """The very bytes that the acuse's fingerprint is of."""
    application = readable_application(application_id)
    version = _version(application)
    name = f"solicitud-{application.folio}-{version.number}.json"
    return send_bytes(version.content.encode(), name, "application/json")

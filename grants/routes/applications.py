"""An applicant's pages: start, my applications, where one stands, the way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accounts import queries as people
from accounts.models import NoticePlace, Organisation, User
from accounts.services import note_shown
from core.access import ensure, signed_in
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import IllegalTransition
from core.language import _
from core.listing import page_number, paginate
from core.money import Money
from grants import services
from grants.emails.letters import readmission_text, reason_text
from grants.errors.calls import (
    AlreadyApplied,
    ApplicationNotFound,
    CallNotOpen,
    OrganisationNeeded,
)
from grants.forms.applications import StartForm, WithdrawForm
from grants.models import Application, Call, CureRequest
from grants.queries import applications as queries
from grants.queries import calls as call_queries
from grants.queries import screening as screening_queries
from grants.queries.appeals import appeal_of, appeal_window
from grants.queries.companions import companions_of
from grants.queries.determinations import letters_of, released_determination_of
from grants.queries.readmissions import readmission_of
from grants.routes.room import READERS, blueprint, show, this_person, visible_call
from grants.routes.sketches import adopt, sketch_key, take_along
from grants.rules import form as form_rules
from grants.rules.deadlines import is_before_closing
from grants.rules.eligibility import spoken_note
from grants.services import submission
from grants.services.applications import is_editable
from grants.services.corrections import Told, correctable_of, told_of
from grants.states.application import APPLICATION_STATES, KIND_LABELS, ApplicantKind, ApplicationState
from grants.states.companion import COMPANION
from grants.states.correction import CORRECTION
from grants.states.determination import APPEAL, OUTCOME_LABELS, Outcome
from grants.states.screening import CureState


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


def past_writing(application: Application) -> BaseResponse | None:
    """Lead from a page that writes to where a sent application stands, once nothing of it can be written any more."""
    if application.state is ApplicationState.DRAFT or is_editable(application):
        return None
    return redirect(url_for("grants.application_show", application_id=application.id), 303)


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
    standing = queries.standing_application(call, person.id) if call_queries.accepts_now(call) else None
    if standing is not None and standing.state is ApplicationState.DRAFT and services.sketch_for(call, sketch_key()):
        return take_along(call, standing)
    if standing is not None:
        return redirect(url_for("grants.application_show", application_id=standing.id), 303)
    if not call_queries.accepts_now(call):
        raise CallNotOpen()
    bodies = [place.organisation for place in people.memberships_of(person) if place.member_role in queries.EDITORS]
    form = StartForm.for_person(bodies)
    if form.validate_on_submit() and form.kind.data in list(ApplicantKind):
        return _begin(call, person, form, bodies)
    if form.is_submitted() and not form.kind.errors:
        form.kind.errors = [_("Elige quién solicita el apoyo.")]
    return _start_page(call, form, 422 if form.is_submitted() else 200)


def _begin(call: Call, person: User, form: StartForm, bodies: list[Organisation]) -> Response | BaseResponse:
    body = _chosen(bodies, form.organisation_id.data) if form.kind.data == ApplicantKind.ORGANISATION else None
    try:
        application = services.start_application(call, person, kind=form.kind.data, organisation=body)
    except OrganisationNeeded as refusal:
        form.organisation_id.errors = [refusal.message()]
        return _start_page(call, form, refusal.status)
    except AlreadyApplied as refusal:
        session().rollback()
        if refusal.application_id is None:
            raise
        return redirect(url_for("grants.application_show", application_id=refusal.application_id), 303)
    adopt(application)
    note_shown(NoticePlace.APPLICATION, "application", application.id, user_id=person.id)
    session().commit()
    first = form_rules.steps(call.form)[0]["id"]
    return redirect(url_for("grants.application_step", application_id=application.id, step_id=first), 303)


def _start_page(call: Call, form: StartForm, status: int) -> Response:
    sketch = services.sketch_for(call, sketch_key())
    return show(
        "grants/application_start.html",
        status,
        call=call,
        form=form,
        sketch=sketch,
        beside=queries.mine_of_the_year(call, actor().user_id or 0),
        states=APPLICATION_STATES,
    )


def _chosen(bodies: list[Organisation], typed: str | None) -> Organisation | None:
    return next((body for body in bodies if str(body.id) == typed), None)


@blueprint.get("/solicitudes/<int:application_id>")
@signed_in
def application_show(application_id: int) -> Response:
    """Where an application stands, what is next and when."""
    application = readable_application(application_id)
    call = application.call
    cure, companions = screening_queries.cure_of(application), companions_of(application)
    corrections = told_of(application) if application.folio else []
    accepts, editable = call_queries.accepts_now(call), may_edit(application)
    return show(
        "grants/application_show.html",
        application=application,
        title=application.title if accepts and editable else application.sent_title,
        call=call,
        states=APPLICATION_STATES,
        kind=_(KIND_LABELS[application.kind]),
        requested=Money(application.requested_cents, application.currency),
        accepts=accepts,
        editable=editable,
        unsent=accepts and editable and submission.has_unsent_changes(application),
        missed=not accepts and editable and submission.has_unsent_changes(application),
        can_withdraw=APPLICATION_STATES.allows(application.state, ApplicationState.WITHDRAWN),
        events=_events(application, cure, corrections),
        letters=letters_of(application),
        cure=cure,
        companions=companions,
        travels_along=any(one.user_id is not None and one.user_id == actor().user_id for one in companions),
        companion_states=COMPANION,
        cure_is_open=_is_open(application, cure),
        first_step=form_rules.steps(call.form)[0]["id"],
        result_is_out=released_determination_of(application) is not None,
        why=_why(application),
        appeal_until=_appeal_until(application),
        sent_files=application.submitted_attachments if application.folio else [],
        corrections=corrections,
        correction_states=CORRECTION,
        may_correct=editable and bool(correctable_of(application)),
    )


def _why(application: Application) -> str:
    """Return the reason of what was decided, in words, as the letter gives it; empty while nothing was."""
    found, readmission = released_determination_of(application), readmission_of(application)
    if readmission is not None and readmission.released_at is not None:
        return readmission_text(readmission)
    if found is not None and application.state is ApplicationState.AWARDED and found.outcome is not Outcome.AWARDED:
        return _("Se liberó o asignó dinero después de los resultados.")
    if found is not None:
        return reason_text(found)
    screenings = screening_queries.screenings_of(application)
    refused = screenings[-1] if screenings and application.state is ApplicationState.INELIGIBLE else None
    return spoken_note(refused.note, refused.reasons) if refused is not None else ""


def _appeal_until(application: Application) -> datetime | None:
    """Return until when this person may object to the result; None when they may not, or did."""
    if queries.application_of(actor().user_id or 0, application.id) is None:
        return None
    window = appeal_window(application)
    return window.closes_at if window is not None and window.is_open and appeal_of(application) is None else None


def _is_open(application: Application, cure: CureRequest | None) -> bool:
    waiting = application.state is ApplicationState.IN_CURE and cure is not None and cure.state is CureState.OPEN
    return waiting and cure is not None and is_before_closing(cure.due_at, now())


def _events(application: Application, cure: CureRequest | None, corrections: Sequence[Told]) -> list[Event]:
    own = application.applicant_user_id == actor().user_id
    events = [Event(application.created_at, _("Empezaste el borrador") if own else _("Se empezó el borrador"))]
    for version in queries.versions_of(application):
        title = _("La recibimos") if version.number == 1 else _("La recibimos otra vez; cuenta este envío")
        url = url_for("grants.acuse_show", application_id=application.id, envio=version.number)
        events.append(Event(version.submitted_at, title, _("Huella %(start)s…", start=version.sha256[:12]), url))
    if cure is not None:
        events.append(Event(cure.requested_at, _("Te pedimos una aclaración"), cure.what))
    if cure is not None and cure.answered_at is not None:
        events.append(Event(cure.answered_at, _("Respondiste la aclaración")))
    for one in corrections:
        correction = one.correction
        events.append(Event(correction.asked_at, _("Pediste corregir «%(datum)s»", datum=one.label)))
        if correction.decided_at is not None:
            events.append(Event(correction.decided_at, CORRECTION.label(correction.state), one.label))
    events += _after_the_result(application)
    if application.withdrawn_at is not None:
        events.append(Event(application.withdrawn_at, _("La retiraste"), application.withdrawal_reason or ""))
    return sorted(events, key=lambda event: event.at)


def _after_the_result(application: Application) -> Iterator[Event]:
    found = released_determination_of(application)
    if found is None or found.released_at is None:
        return
    url = url_for("grants.determination_show", application_id=application.id)
    yield Event(found.released_at, _("Publicamos el resultado"), _(OUTCOME_LABELS[found.outcome]), url)
    appeal = appeal_of(application)
    if appeal is not None:
        yield Event(appeal.filed_at, _("Presentaste una inconformidad"), "", url)
    if appeal is not None and appeal.admission is not None and appeal.admission.admitted:
        yield Event(appeal.admission.decided_at, _("Admitimos tu inconformidad"), "", url)
    if appeal is not None and appeal.resolved_at is not None:
        yield Event(appeal.resolved_at, _("Resolvimos tu inconformidad"), APPEAL.label(appeal.stands), url)


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

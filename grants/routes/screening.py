"""The officer's desk until the committee has its dossiers: queue, screening, cure, blinding, committee."""

from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.jobs import enqueue
from core.language import N_, _
from core.navigation import DeskItem
from core.roles import Role
from core.web_files import send_stored
from grants import services
from grants.errors.calls import ApplicationNotFound, CallNotFound
from grants.forms.applications import ConfirmForm
from grants.forms.notes import NoteForm
from grants.forms.staff import BulkScreeningForm, ScreeningForm
from grants.models import Application, Call
from grants.queries import calls as call_queries
from grants.queries import screening as queries
from grants.queries.bulk import officer_of, undone_screenings
from grants.queries.companions import companions_of
from grants.queries.dossiers import preparing_key
from grants.queries.likeness import applications_by_id, likeness_of
from grants.queries.mail import mails_of
from grants.queries.notes import notes_of
from grants.queries.paper import source_of
from grants.queries.retention import destruction_of
from grants.routes.review import shown_answer
from grants.routes.room import READERS, WRITERS, blueprint, may_decide, show
from grants.rules import form as form_rules
from grants.rules.earlier_awards import FACT
from grants.rules.itinerary import read_legs
from grants.rules.likeness import LIKENESS_LABELS, by_application, likenesses
from grants.services.applications import known_awards
from grants.services.corrections import told_of
from grants.services.impartiality import is_mine
from grants.services.screening import evaluate
from grants.states.application import APPLICATION_STATES, KIND_LABELS, ApplicationState
from grants.states.companion import COMPANION
from grants.states.correction import CORRECTION
from grants.states.screening import CURE, VERDICT_LABELS, ScreeningVerdict
from mail.queries import LOST
from mail.states import MESSAGE_STATES

MOST_ALIKE = 20  # a form that everybody attaches would fill the page


def staff_call(slug: str) -> Call:
    """Return a call for the staff's pages."""
    call = call_queries.call_by_slug(slug)
    if call is None:
        raise CallNotFound()
    return call


@blueprint.post("/programa/<slug>/solicitudes/revisar")
@roles(*WRITERS, auditor=False)
def screen_in_bulk(slug: str) -> BaseResponse:
    """Decide by the rules every application that leaves no doubt."""
    call = staff_call(slug)
    form = BulkScreeningForm()
    ensure(form.validate_on_submit(), NotFound())
    tally = services.screen_applications(call, refuse_failing=bool(form.refuse_failing.data))
    session().commit()
    flash(
        _(
            "%(eligible)s cumplen, %(ineligible)s no cumplen y %(waiting)s esperan a una persona.",
            eligible=tally.eligible,
            ineligible=tally.ineligible,
            waiting=tally.waiting,
        ),
        "success",
    )
    return redirect(url_for("grants.staff_queue", slug=slug), 303)


@blueprint.route("/programa/solicitudes/<int:application_id>", methods=["GET", "POST"])
@roles(*READERS)
def screening_show(application_id: int) -> Response | BaseResponse:
    """One application as screening sees it, each rule with its reason, and the verdict."""
    application = submitted_application(application_id)
    form = ScreeningForm.blank()
    if request.method == "POST":
        ensure(actor().has(*WRITERS))
        if form.validate_on_submit() and form.chosen is not None:
            try:
                _decide(application, form)
            except Refusal as refusal:
                session().rollback()
                return screening_page(submitted_application(application_id), form, refusal)
            session().commit()
            flash(_("Veredicto guardado."), "success")
            following = queries.neighbours(application)
            target = following if following is not None else application_id
            return redirect(url_for("grants.screening_show", application_id=target), 303)
        return screening_page(application, form, None, 422)
    return screening_page(application, form, None)


def _decide(application: Application, form: ScreeningForm) -> None:
    note = form.note.data or ""
    if form.chosen is ScreeningVerdict.NEEDS_CURE:
        services.request_cure(application, what=note, days=form.days.data or 5)
    elif form.chosen is not None:
        services.screen_application(application, verdict=form.chosen, note=note)


def screening_page(
    application: Application,
    form: ScreeningForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    note_form: NoteForm | None = None,
) -> Response:
    """Answer with an application as screening sees it. A form that was not sent is blank."""
    form = form or ScreeningForm.blank()
    own = is_mine(application)
    undecided = application.state in (ApplicationState.SUBMITTED, ApplicationState.IN_CURE)
    decidable = undecided and not call_queries.accepts_now(application.call)
    cure, known = queries.cure_of(application), known_awards([application])
    alike = by_application(likenesses(*likeness_of(application)))
    return show(
        "grants/screening_show.html",
        refusal.status if refusal is not None else status,
        application=application,
        call=application.call,
        outcome=evaluate(application, known),
        earlier=known.get(application.id, []),
        said_none=application.answers.get(FACT) == "no",
        companions=companions_of(application),
        companion_states=COMPANION,
        answers=list(_answers(application)),
        corrections=told_of(application),
        correction_states=CORRECTION,
        legs=read_legs(application.itinerary),
        alike=alike[:MOST_ALIKE],
        alike_labels=LIKENESS_LABELS,
        alike_more=max(0, len(alike) - MOST_ALIKE),
        others=applications_by_id({number for number, _shared in alike[:MOST_ALIKE]}) if alike else {},
        paper=source_of(application),
        screenings=queries.screenings_of(application),
        undone=undone_screenings(application),
        officer=officer_of(application),
        destruction=destruction_of(application),
        cure=cure,
        cure_states=CURE,
        cure_files=queries.files_of_cure(cure) if cure is not None else [],
        verdicts=VERDICT_LABELS,
        states=APPLICATION_STATES,
        kinds=KIND_LABELS,
        undecided=undecided,
        next_id=queries.neighbours(application),
        refusal=refusal.message() if refusal is not None else None,
        form=form if decidable and may_decide(application) else None,
        own=own,
        mails=mails_of(application) if not own else [],
        mail_states=MESSAGE_STATES,
        lost=LOST,
        notes=notes_of(application) if not own else [],
        note_form=(note_form or NoteForm(formdata=None)) if may_decide(application) else None,
    )


def _answers(application: Application) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    """Yield what was answered, by section, as people read it."""
    for section in application.call.form["sections"]:
        rows = [
            (
                form_rules.label(item),
                shown_answer(item, application.answers.get(item["id"]), None, application.currency),
            )
            for item in section["questions"]
        ]
        if any(text for _label, text in rows):
            yield section["title"], [(label, text) for label, text in rows if text]


@blueprint.get("/programa/solicitudes/<int:application_id>/archivos/<int:attachment_id>")
@roles(*READERS)
def screening_file(application_id: int, attachment_id: int) -> Response:
    """A file of a submitted application, as it was sent."""
    application = submitted_application(application_id)
    found = next((item for item in application.submitted_attachments if item.id == attachment_id), None)
    if found is None:
        raise ApplicationNotFound()
    return send_stored(found.stored_file)


@blueprint.post("/programa/<slug>/expedientes/preparar")
@roles(*WRITERS, auditor=False)
def dossiers_prepare(slug: str) -> BaseResponse:
    """Blind every eligible application, in the background."""
    call = staff_call(slug)
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    enqueue("grants.prepare_dossiers", {"call_id": call.id}, unique_key=preparing_key(call))
    session().commit()
    flash(_("Se están preparando los expedientes; esta página muestra el avance."), "success")
    return redirect(url_for("grants.dossier_queue", slug=slug), 303)


def submitted_application(application_id: int) -> Application:
    """Return an application that staff may see: one that was sent."""
    application = queries.submitted_application(application_id)
    if application is None:
        raise ApplicationNotFound()
    return application


DESK = (
    DeskItem(
        label=N_("Solicitudes por revisar"),
        endpoint="grants.call_desk",
        roles=frozenset({Role.PROGRAMME_OFFICER}),
        count=call_queries.verdicts_waiting,
        values={"espera": call_queries.CallWaits.VERDICTS},
    ),
)

"""Appeals: filed by the applicant, decided by somebody who took no part before."""

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
from grants.emails.letters import reason_text
from grants.errors.calls import ApplicationNotFound
from grants.forms.applications import ConfirmForm
from grants.forms.awards import AppealForm
from grants.forms.staff import AppealDecisionForm
from grants.models import Appeal
from grants.queries import appeals as queries
from grants.queries.determinations import released_determination_of
from grants.queries.readmissions import readmission_of
from grants.routes.applications import own_application
from grants.routes.determinations import next_step
from grants.routes.room import READERS, WRITERS, blueprint, may_decide, show
from grants.routes.screening import staff_call
from grants.rules.appeals import may_object
from grants.services.appeals import is_admitted_by
from grants.services.impartiality import is_mine
from grants.states.determination import APPEAL, OUTCOME_LABELS, AppealStanding, AppealState


@blueprint.route("/solicitudes/<int:application_id>/inconformidad", methods=["GET", "POST"])
@signed_in
def appeal_file(application_id: int) -> Response | BaseResponse:
    """Object to the result of my application."""
    application = own_application(application_id, editing=request.method == "POST")
    found = released_determination_of(application)
    if found is None:
        raise ApplicationNotFound()
    form = AppealForm()
    problem = None
    if form.validate_on_submit():
        try:
            services.file_appeal(application, text=form.text.data or "")
            session().commit()
            flash(_("Recibimos tu inconformidad. La revisará otra persona y te responderemos por escrito."), "success")
            return redirect(url_for("grants.determination_show", application_id=application_id), 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
    return show(
        "grants/appeal_file.html",
        problem.status if problem is not None else (422 if form.errors else 200),
        application=application,
        window=queries.appeal_window(application),
        filed=queries.appeal_of(application),
        supported=not may_object(found.outcome),
        form=form,
        problem=problem.message() if problem is not None else None,
    )


@blueprint.get("/programa/inconformidades")
@roles(*READERS)
def staff_appeal_list() -> Response:
    """Every appeal, open ones first."""
    state = chosen(request.args, "estado", [item.value for item in AppealStanding])
    listing = paginate(queries.appeals(AppealStanding(state) if state else None), page=page_number(request.args))
    return show("grants/staff_appeal_list.html", listing=listing, states=APPEAL)


@blueprint.route("/programa/inconformidades/<int:appeal_id>", methods=["GET", "POST"])
@roles(*READERS)
def staff_appeal_show(appeal_id: int) -> Response | BaseResponse:
    """One appeal, whether it is heard, and its decision."""
    appeal = queries.appeal_by_id(appeal_id)
    if appeal is None:
        raise NotFound()
    form = AppealDecisionForm.of(appeal.stands)
    problem = None
    if request.method == "POST":
        ensure(actor().has(*WRITERS))
        if form.validate_on_submit():
            try:
                _act(appeal, form)
                session().commit()
                flash(_("Resolución guardada; la carta va en camino."), "success")
                follow_up = appeal.state is not AppealState.DISMISSED
                here = url_for("grants.staff_appeal_show", appeal_id=appeal_id)
                return redirect(here if follow_up else url_for("grants.staff_appeal_list"), 303)
            except Refusal as refusal:
                session().rollback()
                problem = refusal
    readmission = readmission_of(appeal.determination.application)
    open_to_me = appeal.state is AppealState.FILED and may_decide(appeal.determination.application)
    by_me = open_to_me and is_admitted_by(appeal, actor().user_id)
    return show(
        "grants/staff_appeal_show.html",
        problem.status if problem is not None else (422 if request.method == "POST" else 200),
        appeal=appeal,
        application=appeal.determination.application,
        reason=reason_text(appeal.determination),
        outcomes=OUTCOME_LABELS,
        states=APPEAL,
        form=form if open_to_me and not by_me else None,
        by_me=by_me,
        admitting=appeal.stands is AppealStanding.FILED,
        follow_up=next_step(readmission) if readmission is not None and actor().has(*WRITERS) else None,
        own=is_mine(appeal.determination.application),
        problem=problem.message() if problem is not None else None,
    )


def _act(appeal: Appeal, form: AppealDecisionForm) -> None:
    words = {"reason": form.reason.data or "", "public_summary": form.public_summary.data or ""}
    match form.outcome.data:
        case "admitted":
            services.admit_appeal(appeal)
        case "inadmissible":
            services.refuse_appeal(appeal, **words)
        case outcome:
            services.resolve_appeal(appeal, upheld=outcome == "upheld", **words)


@blueprint.post("/programa/<slug>/concluir")
@roles(*WRITERS, auditor=False)
def call_conclude(slug: str) -> BaseResponse:
    """Make a call's results final."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    services.conclude_call(staff_call(slug))
    session().commit()
    flash(_("El resultado de la convocatoria es definitivo."), "success")
    return redirect(url_for("grants.determination_queue", slug=slug), 303)


DESK = (
    DeskItem(
        label=N_("Inconformidades por resolver"),
        endpoint="grants.staff_appeal_list",
        roles=frozenset({Role.PROGRAMME_OFFICER}),
        count=queries.count_open_appeals,
    ),
)

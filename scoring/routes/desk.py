"""The reviewer's pages. Every one finds the dossier through the reviewer's own assignment, or finds nothing."""

from pathlib import PurePosixPath

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import local, now, today
from core.context import actor
from core.database import session
from core.language import _
from core.listing import Listing, page_number
from core.roles import Role
from core.web_files import send_stored
from scoring import queries, services
from scoring.errors import DossierNotFound, UnknownConflict
from scoring.errors.calibration import CalibrationFirst
from scoring.forms import NO_CONFLICT, DeclarationForm, QuestionForm, RecognitionForm, review_form
from scoring.models import Assignment
from scoring.routes.discussion import submitted_page
from scoring.routes.reviews import review_page
from scoring.routes.room import blueprint, own_assignment
from scoring.states import ASSIGNMENT, MEETING, AssignmentState, ConflictKind

PER_PAGE = 50
READABLE = (AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)


@blueprint.get("/evaluacion")
@roles(Role.REVIEWER, auditor=False)
def desk() -> str:
    """What waits for this reviewer, and how far it is."""
    reviewer_id = actor().user_id or 0
    total, sent = queries.desk_counts(reviewer_id)
    due = queries.due_counts(reviewer_id, now())
    page = min(page_number(request.args), max(1, -(-total // PER_PAGE)))
    rows = queries.desk_rows(reviewer_id, now(), page=page, per_page=PER_PAGE)
    return render_template(
        "scoring/desk.html",
        listing=Listing(rows, total, page, PER_PAGE),
        done=sent,
        waiting=[row for row in rows if row.is_open],
        over=[row for row in rows if not row.is_open and row.assignment.state != AssignmentState.SUBMITTED],
        sent=[row for row in rows if row.assignment.state == AssignmentState.SUBMITTED],
        due=due,
        days_left=(local(due.closes_at).date() - today()).days if due.closes_at is not None else None,
        following=queries.next_due(reviewer_id, now()) if due.total else None,
        talked_over=queries.talked_over(reviewer_id, most=PER_PAGE),
        states=ASSIGNMENT,
        samples=queries.samples_for(reviewer_id),
        meetings=queries.meetings_ahead(reviewer_id),
        past=queries.meetings_past(reviewer_id),
        meeting_states=MEETING,
    )


@blueprint.get("/evaluacion/<code>")
@roles(Role.REVIEWER, auditor=False)
def dossier_show(code: str) -> str | Response:
    """A dossier: its summary until there is a declaration, then all of it beside the form, then what was submitted."""
    try:
        assignment = own_assignment(code)
    except CalibrationFirst as refusal:
        flash(refusal.message(), "warning")
        return redirect(url_for("scoring.sample_list"), 303)
    rules = assignment.dossier.panel.rulebook.rules
    if assignment.state == AssignmentState.PROPOSED:
        return _declaration_page(assignment, DeclarationForm(rules))
    if assignment.state == AssignmentState.ACCEPTED:
        return review_page(assignment, review_form(rules, assignment.review))
    return submitted_page(assignment, QuestionForm())


@blueprint.post("/evaluacion/<code>/declarar")
@roles(Role.REVIEWER, auditor=False)
def conflict_declare(code: str) -> Response | tuple[str, int]:
    """Declare a conflict, or that there is none, having read the summary alone."""
    assignment = own_assignment(code)
    form = DeclarationForm(assignment.dossier.panel.rulebook.rules)
    valid = form.validate()
    if not form.verdict.data or form.verdict.errors:
        form.verdict.errors = [_("Elige una de las opciones.")]
        valid = False
    if not valid:
        return _declaration_page(assignment, form), 422
    if form.verdict.data == NO_CONFLICT:
        services.declare_no_conflict(assignment.seat, assignment.dossier)
        session().commit()
        return redirect(url_for("scoring.dossier_show", code=code), 303)
    try:
        services.declare_conflict(
            assignment.seat,
            assignment.dossier,
            kind=ConflictKind(form.verdict.data),
            explanation=form.explanation.data or "",
        )
    except UnknownConflict as refusal:
        session().rollback()
        form.explanation.errors = [refusal.message()]
        return _declaration_page(own_assignment(code), form), 422
    session().commit()
    flash(_("Quedó registrada tu excusa de %(code)s. Otra persona lo evaluará.", code=code), "success")
    return redirect(url_for("scoring.desk"), 303)


@blueprint.route("/evaluacion/<code>/reconozco", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def dossier_recognise(code: str) -> str | Response:
    """Step back on recognising whose dossier it is."""
    assignment = own_assignment(code)
    form = RecognitionForm()
    if form.validate_on_submit():
        services.recognise_person(assignment, explanation=form.explanation.data or "")
        session().commit()
        flash(_("Quedó registrada tu excusa de %(code)s. Otra persona lo evaluará.", code=code), "success")
        return redirect(url_for("scoring.desk"), 303)
    return render_template("scoring/dossier_recognise.html", dossier=assignment.dossier, form=form)


@blueprint.get("/evaluacion/<code>/archivos/<int:position>")
@roles(Role.REVIEWER, auditor=False)
def dossier_file(code: str, position: int) -> FlaskResponse:
    """An attachment under a neutral name, once there is a declaration."""
    assignment = own_assignment(code)
    file = queries.file_of_assignment(assignment, position)
    if file is None or assignment.state not in READABLE:
        raise DossierNotFound()
    suffix = PurePosixPath(file.stored.key).suffix or {"application/pdf": ".pdf", "image/png": ".png"}.get(
        file.stored.content_type, ".jpg"
    )
    return send_stored(file.stored, filename=f"{code}-{position}{suffix}")


def _declaration_page(assignment: Assignment, form: DeclarationForm) -> str:
    return render_template(
        "scoring/dossier_declare.html", assignment=assignment, dossier=assignment.dossier, form=form, states=ASSIGNMENT
    )

"""Writing a review, sending it, and openly changing a score in the deliberation."""

from fractions import Fraction

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import InvalidInput
from core.language import _, localised
from core.roles import Role
from scoring import queries, services
from scoring.errors import (
    DossierNotFound,
    NotDeclared,
    ReasonMissing,
    ReviewEditedElsewhere,
    ReviewIncomplete,
    ScoreOffScale,
    ScoreUnchanged,
)
from scoring.forms import QuestionForm, ReviewForm, ScoreChangeForm, SubmitForm, review_form
from scoring.models import Assignment, Review, Score
from scoring.routes.room import blueprint, own_assignment
from scoring.rules.rulebook import Criterion, plain
from scoring.states import ASSIGNMENT, AssignmentState, PanelState

NOT_TYPED = frozenset({"csrf_token", "version", "edition"})


@blueprint.post("/evaluacion/<code>")
@roles(Role.REVIEWER, auditor=False)
def review_save(code: str) -> Response | FlaskResponse | tuple[str, int]:
    """Keep the draft; with `accion=enviar` go on to the last look before submitting."""
    assignment = own_assignment(code)
    form = review_form(assignment.dossier.panel.rulebook.rules, assignment.review)
    form.validate()
    by_script = bool(request.headers.get("X-Autosave"))
    note_fits = not form.note.errors
    try:
        review = services.save_review_draft(
            assignment,
            form.entries(),
            expected_version=form.expected_version,
            edition=(form.edition.data or "")[:40],
            note=(form.note.data or "") if note_fits else None,
        )
    except ReviewEditedElsewhere as conflict:
        session().rollback()
        return FlaskResponse(status=conflict.status) if by_script else _both_texts(code, form, conflict)
    except ReviewIncomplete as refusal:
        session().rollback()
        if by_script:  # not saved: the script keeps what was typed and says why
            why = " ".join(filter(None, (text for lack in refusal.errors.values() for text in lack)))
            return FlaskResponse(why, refusal.status, mimetype="text/plain")
        form.show_errors(refusal.errors)
        return review_page(own_assignment(code), form, refused=True), 422
    if note_fits:
        return _kept(assignment, review, form, by_script=by_script)
    form.version.data = str(review.version)
    session().commit()  # all but the note, which stays on the page
    if by_script:
        return FlaskResponse(" ".join(form.note.errors), 422, mimetype="text/plain")
    return review_page(own_assignment(code), form, refused=True), 422


@blueprint.get("/evaluacion/<code>/borrador.json")
@roles(Role.REVIEWER, auditor=False)
def review_draft(code: str) -> FlaskResponse:
    """The version of one's own draft and what each control would show, for a page open in two windows."""
    assignment = own_assignment(code)
    form = review_form(assignment.dossier.panel.rulebook.rules, assignment.review)
    values = {one.name: [str(one.data)] if one.data else [] for one in form if one.name not in NOT_TYPED}
    return jsonify(version=int(form.version.data or 0), values=values)


def _kept(
    assignment: Assignment, review: Review, form: ReviewForm, *, by_script: bool
) -> Response | FlaskResponse | tuple[str, int]:
    code = assignment.dossier.code
    form.version.data = str(review.version)
    if request.form.get("accion") != "enviar":
        session().commit()
        if by_script:
            return FlaskResponse(status=204, headers={"X-Draft-Version": form.version.data})
        flash(_("Guardamos tu borrador."), "success")
        return redirect(url_for("scoring.dossier_show", code=code), 303)
    errors = services.missing_in_review(review)
    session().commit()
    if errors:
        form.show_errors(errors)
        return review_page(assignment, form), 422
    return redirect(url_for("scoring.review_confirm", code=code), 303)


def _both_texts(code: str, form: ReviewForm, conflict: ReviewEditedElsewhere) -> tuple[str, int]:
    """Show what stands beside what was typed. Sending again from this page is a decision, and replaces it."""
    assignment = own_assignment(code)
    rows = []
    for criterion in assignment.dossier.panel.rulebook.rules.criteria:
        typed = form.entries()[criterion.id]
        value, text = conflict.theirs.get(criterion.id, (None, ""))
        theirs = (None if value is None else plain(value), text)
        if theirs != (typed.value, typed.justification):
            rows.append((localised(criterion.name), _said(*theirs), _said(typed.value, typed.justification)))
    if conflict.note != (form.note.data or "").strip():
        rows.append((_("Notas para ti"), conflict.note, form.note.data or ""))
    form.version.data = str(conflict.version)
    extra = [f"{conflict.message()} {conflict.advice()}"]
    return review_page(assignment, form, conflicts=rows, extra=extra, refused=True), conflict.status


def _said(value: str | None, justification: str) -> str:
    return f"{value or _('Sin calificación.')} · {justification}" if justification else value or _("Sin calificación.")


@blueprint.route("/evaluacion/<code>/enviar", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def review_confirm(code: str) -> str | Response:
    """One last look, and then the review is fixed."""
    assignment = own_assignment(code)
    if assignment.state == AssignmentState.SUBMITTED:
        return redirect(url_for("scoring.dossier_show", code=code), 303)
    if assignment.state == AssignmentState.PROPOSED:
        raise NotDeclared()
    if assignment.review is None or services.missing_in_review(assignment.review):
        return redirect(url_for("scoring.dossier_show", code=code), 303)
    form = SubmitForm()
    if form.validate_on_submit():
        services.submit_review(assignment, {}, believes_known=form.believes_known())
        session().commit()
        following = queries.next_due(actor().user_id or 0, now(), assignment)
        if following is None:
            flash(_("Enviamos tu evaluación de %(code)s. No queda nada pendiente.", code=code), "success")
            return redirect(url_for("scoring.desk"), 303)
        flash(_("Enviamos tu evaluación de %(code)s. Sigue este expediente.", code=code), "success")
        return redirect(url_for("scoring.dossier_show", code=following.dossier.code), 303)
    rules = assignment.dossier.panel.rulebook.rules
    return render_template(
        "scoring/review_confirm.html",
        assignment=assignment,
        dossier=assignment.dossier,
        review=assignment.review,
        rules=rules,
        form=form,
        plain=plain,
    )


@blueprint.route("/evaluacion/<code>/cambiar/<criterion_id>", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def score_change(code: str, criterion_id: str) -> str | Response | tuple[str, int]:
    """Change one's own submitted score in the deliberation, with its reason."""
    assignment, criterion, score = _own_score(code, criterion_id)
    form = ScoreChangeForm(criterion, score)
    if not form.validate_on_submit():
        return _change_page(assignment, criterion, score, form)
    try:
        services.change_submitted_score(
            score.review,
            criterion.id,
            value=form.value.data or "",
            justification=form.justification.data or "",
            reason=form.reason.data or "",
        )
    except (ReasonMissing, ReviewIncomplete, ScoreOffScale, ScoreUnchanged) as refusal:
        session().rollback()
        _point_out(form, criterion, refusal)
        return _change_page(*_own_score(code, criterion_id), form), 422
    session().commit()
    flash(_("Cambiamos tu calificación; la anterior y tu razón quedan a la vista del comité."), "success")
    return redirect(url_for("scoring.dossier_show", code=code), 303)


def _own_score(code: str, criterion_id: str) -> tuple[Assignment, Criterion, Score]:
    assignment = own_assignment(code)
    criterion = next((one for one in assignment.dossier.panel.rulebook.rules.criteria if one.id == criterion_id), None)
    scores = assignment.review.scores if assignment.review is not None else []
    score = next((one for one in scores if one.criterion == criterion_id), None)
    if criterion is None or score is None or assignment.state != AssignmentState.SUBMITTED:
        raise DossierNotFound()
    return assignment, criterion, score


def _point_out(form: ScoreChangeForm, criterion: Criterion, refusal: InvalidInput) -> None:
    if isinstance(refusal, ReviewIncomplete):
        form.justification.errors = [refusal.errors[criterion.id].why]
    elif isinstance(refusal, ReasonMissing):
        form.reason.errors = [refusal.message()]
    else:
        form.value.errors = [refusal.message()]


def _change_page(assignment: Assignment, criterion: Criterion, score: Score, form: ScoreChangeForm) -> str:
    return render_template(
        "scoring/score_change.html",
        dossier=assignment.dossier,
        rules=assignment.dossier.panel.rulebook.rules,
        criterion=criterion,
        standing=plain(score.value or Fraction(0)),
        version=score.version,
        open=assignment.dossier.panel.state == PanelState.DISCUSSION,
        drawn=queries.is_lot_drawn(assignment.dossier.panel),
        form=form,
    )


def review_page(
    assignment: Assignment,
    form: ReviewForm,
    *,
    conflicts: list[tuple[str, str, str]] | None = None,
    extra: list[str] | None = None,
    refused: bool = False,
) -> str:
    """Return the page of a dossier beside its form. `refused`: what the form shows is not on the server."""
    return render_template(
        "scoring/dossier_show.html",
        assignment=assignment,
        dossier=assignment.dossier,
        rules=assignment.dossier.panel.rulebook.rules,
        form=form,
        conflicts=conflicts or [],
        extra=extra or [],
        refused=refused,
        mine=queries.own_other_scores(assignment),
        questions=queries.questions_of(assignment),
        question=QuestionForm(),
        states=ASSIGNMENT,
        plain=plain,
    )

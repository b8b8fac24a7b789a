"""A dossier whose review is in: the others' reviews and the discussion, by letter; and the programme's eye on it."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.database import session
from core.language import _
from core.roles import Role
from scoring import queries, services
from scoring.errors import ReasonMissing
from scoring.errors.discussion import NoteEmpty, NoteNotFound
from scoring.forms import QuestionForm, ReasonForm
from scoring.models import Assignment, DiscussionNote, Review, ScoreChange
from scoring.routes.room import STAFF, blueprint, dossier_or_404, own_assignment, panel_or_404
from scoring.rules.rulebook import plain
from scoring.states import ASSIGNMENT, PANEL, AssignmentState, PanelState


@blueprint.post("/evaluacion/<code>/comentarios")
@roles(Role.REVIEWER, auditor=False)
def note_write(code: str) -> Response | tuple[str, int]:
    """Say something about a dossier to its other reviewers."""
    assignment = _own_submitted(code)
    form = QuestionForm()
    form.validate()
    try:
        services.write_note(assignment, form.text.data or "")
    except NoteEmpty as refusal:
        session().rollback()
        form.text.errors = [refusal.message()]
        return submitted_page(_own_submitted(code), form), 422
    session().commit()
    flash(_("Quedó tu comentario. A quienes también lo evaluaron se les avisa por correo en unos minutos."), "success")
    return redirect(url_for("scoring.dossier_show", code=code, _anchor="discusion"), 303)


@blueprint.post("/evaluacion/<code>/comentarios/<int:note_id>/tachar")
@roles(Role.REVIEWER, auditor=False)
def note_strike(code: str, note_id: int) -> Response:
    """Strike out one's own comment."""
    assignment = _own_submitted(code)
    services.strike_note(_note(queries.notes_for(assignment), note_id), assignment)
    session().commit()
    flash(_("Tu comentario quedó tachado; se sigue leyendo."), "success")
    return redirect(url_for("scoring.dossier_show", code=code, _anchor="discusion"), 303)


@blueprint.route("/paneles/<int:panel_id>/expedientes/<code>/comentarios/<int:note_id>", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def note_cover(panel_id: int, code: str, note_id: int) -> str | Response | tuple[str, int]:
    """Cover a comment that tells who somebody is, with the reason."""
    panel = panel_or_404(panel_id)
    note = _note(queries.notes_of(dossier_or_404(panel, code)), note_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.cover_note(note, reason=form.reason.data or "")
        except ReasonMissing as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("El comentario quedó cubierto."), "success")
            return redirect(url_for("scoring.panel_dossier", panel_id=panel_id, code=code), 303)
    page = render_template(
        "scoring/note_cover.html",
        panel=panel_or_404(panel_id),
        code=code,
        note=note,
        letter=note.seat.letter,
        form=form,
    )
    return (page, 422) if form.errors else page


@blueprint.post("/paneles/<int:panel_id>/expedientes/<code>/comentarios/<int:note_id>/mostrar")
@roles(*STAFF, auditor=False)
def note_clear(panel_id: int, code: str, note_id: int) -> Response:
    """Let a comment that waited through to the others."""
    panel = panel_or_404(panel_id)
    services.clear_note(_note(queries.notes_of(dossier_or_404(panel, code)), note_id))
    session().commit()
    flash(_("El comentario ya se lee en el comité."), "success")
    return redirect(url_for("scoring.panel_dossier", panel_id=panel_id, code=code), 303)


def submitted_page(assignment: Assignment, form: QuestionForm) -> str:
    """Return the page of a dossier whose review is in."""
    discussing = assignment.dossier.panel.state == PanelState.DISCUSSION
    others, changes = queries.reviews_of_others(assignment), _changes(assignment)
    return render_template(
        "scoring/review_show.html",
        assignment=assignment,
        dossier=assignment.dossier,
        rules=assignment.dossier.panel.rulebook.rules,
        others=others,
        said=services.without_names(assignment.dossier, _written(others, changes)),
        mine=queries.own_other_scores(assignment),
        questions=queries.questions_of(assignment),
        notes=queries.notes_for(assignment),
        form=form,
        changes=changes,
        states=ASSIGNMENT,
        panel_states=PANEL,
        may_change=discussing,
        plain=plain,
    )


def _written(reviews: list[Review], changes: dict[int, list[ScoreChange]]) -> list[str]:
    """Return all that others wrote of a dossier, and why they changed it."""
    scores = [score for review in reviews for score in review.scores]
    later = [change for score in scores for change in changes.get(score.id, [])]
    return [
        *(score.justification for score in scores),
        *(text for change in later for text in (change.reason, change.previous_justification)),
    ]


def _own_submitted(code: str) -> Assignment:
    assignment = own_assignment(code)
    if assignment.state != AssignmentState.SUBMITTED:
        raise NoteNotFound()
    return assignment


def _note(notes: list[DiscussionNote], note_id: int) -> DiscussionNote:
    found = next((one for one in notes if one.id == note_id), None)
    if found is None:
        raise NoteNotFound()
    return found


def _changes(assignment: Assignment) -> dict[int, list[ScoreChange]]:
    """Return what was changed in the deliberation, by score; nothing while others' reviews are not shown."""
    by_score: dict[int, list[ScoreChange]] = {}
    if assignment.dossier.panel.state in queries.COMPARING:
        for change in queries.score_changes(assignment.dossier):
            by_score.setdefault(change.score_id, []).append(change)
    return by_score

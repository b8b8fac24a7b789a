"""Who reads what in a committee, and taking it back: a dossier's readers, a reading withdrawn, a person who leaves."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _, ngettext
from scoring import queries, services
from scoring.errors import PanelNotFound, ReasonMissing, SeatNotFound
from scoring.forms import ReasonForm
from scoring.models import Assignment, Panel, PanelSeat
from scoring.routes.room import STAFF, back_to, blueprint, dossier_or_404, panel_or_404
from scoring.rules.rulebook import plain
from scoring.services.phases import BEFORE_RANKING
from scoring.states import ASSIGNMENT, AssignmentState

STANDING = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)


@blueprint.get("/paneles/<int:panel_id>/expedientes/<code>")
@roles(*STAFF)
def panel_dossier(panel_id: int, code: str) -> str:
    """Who reads a dossier, how far each is, and every score that changed in the deliberation."""
    panel = panel_or_404(panel_id)
    dossier = dossier_or_404(panel, code)
    return render_template(
        "scoring/panel_dossier.html",
        panel=panel,
        dossier=dossier,
        rules=panel.rulebook.rules,
        assignments=queries.assignments_of_dossier(dossier),
        changes=queries.score_changes(dossier),
        notes=queries.notes_of(dossier),
        writes=actor().has(*STAFF),
        states=ASSIGNMENT,
        plain=plain,
        standing=STANDING if actor().has(*STAFF) and panel.state in BEFORE_RANKING else (),
    )


@blueprint.route("/paneles/<int:panel_id>/expedientes/<code>/retirar/<letter>", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def assignment_withdraw(panel_id: int, code: str, letter: str) -> str | Response | tuple[str, int]:
    """Take a dossier back from a reviewer, with the reason."""
    panel = panel_or_404(panel_id)
    assignment = _standing(panel, code, letter)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.withdraw_assignment(assignment, reason=form.reason.data or "")
        except ReasonMissing as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("Se retiró %(code)s a la persona %(letter)s.", code=code, letter=letter), "success")
            return redirect(url_for("scoring.panel_dossier", panel_id=panel_id, code=code), 303)
    page = render_template(
        "scoring/assignment_withdraw.html", panel=panel, code=code, letter=letter, assignment=assignment, form=form
    )
    return (page, 422) if form.reason.errors else page


@blueprint.route("/paneles/<int:panel_id>/personas/<letter>/baja", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def seat_leave(panel_id: int, letter: str) -> str | Response | tuple[str, int]:
    """Let a person leave the committee, with the reason."""
    panel = panel_or_404(panel_id)
    seat = _seat(panel, letter)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.unseat_reviewer(seat, reason=form.reason.data or "")
        except ReasonMissing as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("La persona %(letter)s dejó el comité.", letter=letter), "success")
            return back_to(panel)
    load = next(one for one in queries.coverage(panel).loads if one.seat.letter == letter)
    consequences = []
    if load.assigned > load.submitted:
        consequences.append(
            ngettext(
                "Se le retira %(num)s expediente que no ha enviado; lo lee otra persona cuando asignes lo que falta.",
                "Se le retiran %(num)s expedientes que no ha enviado; los lee otra persona cuando asignes lo que "
                "falta.",
                load.assigned - load.submitted,
            )
        )
    if load.submitted:
        consequences.append(
            ngettext(
                "%(num)s evaluación que ya envió se queda y cuenta.",
                "%(num)s evaluaciones que ya envió se quedan y cuentan.",
                load.submitted,
            )
        )
    page = render_template("scoring/seat_leave.html", panel=panel, letter=letter, consequences=consequences, form=form)
    return (page, 422) if form.reason.errors else page


def _standing(panel: Panel, code: str, letter: str) -> Assignment:
    found = queries.assignments_of_dossier(dossier_or_404(panel, code))
    for assignment in found:
        if assignment.seat.letter == letter and assignment.state in STANDING:
            return assignment
    raise PanelNotFound()


def _seat(panel: Panel, letter: str) -> PanelSeat:
    seat = next((one for one in queries.seats_of_panel(panel) if one.letter == letter), None)
    if seat is None:
        raise SeatNotFound()
    return seat

"""The programme's view of a committee: how far it is, and its next step. Reviewers appear as letters."""

from collections.abc import Sequence

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import now
from core.context import actor, set_writing
from core.database import session
from core.language import N_, _, ngettext
from core.listing import page_number
from scoring import queries, services
from scoring.errors import DeadlineNotLater, ReasonMissing
from scoring.forms import DeadlineForm, RandomnessForm
from scoring.models import DeclarationOrigin, Panel
from scoring.routes.room import STAFF, back_to, blueprint, dossier_or_404, panel_or_404
from scoring.rules.course import Leaning
from scoring.rules.reasons import names_in
from scoring.rules.rulebook import exact
from scoring.rules.severity import Unfit
from scoring.services.phases import BEFORE_RANKING
from scoring.states import ASSIGNMENT, CONFLICT_LABELS, PANEL, PanelState

SHOWN = 25
REFUSALS = {
    Unfit.TOO_FEW: N_("Hay menos de cinco evaluaciones por persona; no se distingue la severidad del azar."),
    Unfit.NOT_CONNECTED: N_("Hay personas que no comparten expedientes con las demás, ni siquiera a través de otras."),
    Unfit.NO_VARIATION: N_("Todas las calificaciones son iguales."),
}
BY_HAND = (PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION)
EXTENSIBLE = (PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW)
COMPUTABLE = (PanelState.REVIEW, PanelState.DISCUSSION, PanelState.RANKED)


@blueprint.get("/paneles")
@roles(*STAFF)
def panel_list() -> str:
    """Every committee."""
    return render_template("scoring/panel_list.html", rows=queries.panels(), states=PANEL)


@blueprint.get("/paneles/<int:panel_id>")
@roles(*STAFF)
def panel_show(panel_id: int) -> str:
    """How far a committee is, dossier by dossier and letter by letter."""
    return panel_page(panel_or_404(panel_id), RandomnessForm())


@blueprint.get("/paneles/<int:panel_id>/marcha")
@roles(*STAFF)
def panel_course(panel_id: int) -> str:
    """What a chair asks: who is late, where reviewers differ, who leans which way. Never who is ahead."""
    panel = panel_or_404(panel_id)
    standing = services.course_of(panel)
    if standing.is_wanted:
        session().rollback()  # the reading ends here: what follows is a transaction of its own that writes
        set_writing(True)
        services.ask_for_course(panel)
        session().commit()
        standing = services.course_of(panel)
    found = standing.found
    due = queries.readings_due(panel, most=SHOWN)
    return render_template(
        "scoring/panel_course.html",
        panel=panel,
        standing=standing,
        course=found,
        leanings=(found.leanings if _everybody() else _farthest(found.leanings)) if found is not None else (),
        due=due,
        due_count=queries.count_readings_due(panel),
        refused=_(REFUSALS[found.refused]) if found is not None and found.refused is not None else None,
        conflicts=queries.conflict_counts(panel),
        conflict_labels={kind: _(label) for kind, label in CONFLICT_LABELS.items()},
        late=now() > panel.review_closes_at,
        declared=DeclarationOrigin.DECLARED,
        assignment_states=ASSIGNMENT,
        exact=exact,
        names=names_in(panel.rulebook.rules),
    )


def _everybody() -> bool:
    """Return whether every letter was asked for, not only those to look at first."""
    return request.args.get("personas") == "todas"


def _farthest(leanings: Sequence[Leaning]) -> list[Leaning]:
    """Return those who lean most, in the order of their letters."""
    most = sorted(leanings, key=lambda one: -abs(one.difference))[:SHOWN]
    return [one for one in leanings if one in most]


def _behind(loads: Sequence[queries.SeatLoad]) -> list[queries.SeatLoad]:
    """Return those with most to do, in the order of their seats."""
    most = {one.seat.id for one in sorted(loads, key=lambda one: one.submitted - one.assigned)[:SHOWN]}
    return [one for one in loads if one.seat.id in most]


@blueprint.route("/paneles/<int:panel_id>/plazo", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def panel_window(panel_id: int) -> str | Response | tuple[str, int]:
    """Give the reviewers more time, with the reason."""
    panel = panel_or_404(panel_id)
    form = DeadlineForm(data={"closes_at": panel.review_closes_at})
    if form.validate_on_submit():
        assert form.closes_at.data is not None
        try:
            services.extend_window(panel, form.closes_at.data, reason=form.reason.data or "")
        except (DeadlineNotLater, ReasonMissing) as refusal:
            session().rollback()
            field = form.reason if isinstance(refusal, ReasonMissing) else form.closes_at
            field.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("El plazo se extendió."), "success")
            return back_to(panel)
    page = render_template("scoring/panel_window.html", panel=panel_or_404(panel_id), form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/paneles/<int:panel_id>/avanzar")
@roles(*STAFF)
def panel_advance(panel_id: int) -> Response:
    """Move a committee to its next phase."""
    panel = panel_or_404(panel_id)
    wanted = request.form.get("fase", "")
    if wanted in [state.value for state in BY_HAND]:
        services.advance_panel(panel, PanelState(wanted))
        session().commit()
        flash(_("El comité pasó a la fase «%(phase)s».", phase=PANEL.label(panel.state)), "success")
    return back_to(panel)


@blueprint.post("/paneles/<int:panel_id>/asignar")
@roles(*STAFF)
def panel_assign(panel_id: int) -> Response:
    """Give dossiers the reviewers they lack."""
    panel = panel_or_404(panel_id)
    outcome = services.assign_reviewers(panel)
    session().commit()
    flash(
        ngettext("Se propuso %(num)s asignación.", "Se propusieron %(num)s asignaciones.", len(outcome.pairs)),
        "success",
    )
    return back_to(panel)


@blueprint.post("/paneles/<int:panel_id>/expedientes/<code>/otra-evaluacion")
@roles(*STAFF)
def panel_further(panel_id: int, code: str) -> Response:
    """Call one more reviewer where the others disagree."""
    panel = panel_or_404(panel_id)
    services.assign_further_reviewer(dossier_or_404(panel, code))
    session().commit()
    flash(_("Se llamó a otra persona para el expediente %(code)s.", code=code), "success")
    return back_to(panel)


def _further(panel: Panel, coverage: queries.Coverage) -> dict[int, services.Standing]:
    """Return how the dossiers of a page whose reviews are in stand with a further one, by id."""
    if panel.state not in (PanelState.REVIEW, PanelState.DISCUSSION):
        return {}
    ready = [row.dossier for row in coverage.rows if row.dossier.is_open and row.submitted >= coverage.needed]
    loads = {one.seat: one.assigned for one in coverage.loads}
    return services.further_reviews(panel, ready, loads) if ready else {}


def panel_page(panel: Panel, form: RandomnessForm) -> str:
    """Return the page of a committee."""
    writes = actor().has(*STAFF)
    coverage = queries.coverage(panel, page=page_number(request.args))
    targets = [state for state in PANEL.targets(panel.state) if state in BY_HAND] if writes else []
    awaited, draw = queries.count_readings_due(panel), queries.draw_of_panel(panel)
    is_drawn = draw is not None and draw.drawn_at is not None
    if is_drawn or (awaited and now() <= panel.review_closes_at):
        targets = [state for state in targets if state != PanelState.DISCUSSION]
    return render_template(
        "scoring/panel_show.html",
        panel=panel,
        coverage=coverage,
        notes_waiting=queries.notes_waiting(panel) if writes else [],
        loads=coverage.loads if _everybody() else _behind(coverage.loads),
        draw=draw,
        ranking=queries.latest_ranking(panel),
        states=PANEL,
        targets=targets,
        may_assign=writes and panel.state in BEFORE_RANKING,
        may_compute=writes and panel.state in COMPUTABLE,
        may_draw=writes and panel.state == PanelState.RANKED,
        may_commit=writes and panel.state in (*BY_HAND, PanelState.RANKED),
        further=_further(panel, coverage) if writes else {},
        may_extend=writes and panel.state in EXTENSIBLE,
        may_unseat=writes and panel.state in BEFORE_RANKING,
        form=form,
    )

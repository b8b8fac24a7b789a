"""The programme's view of a committee: how far it is, its order, its lot. Reviewers appear as letters."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _, ngettext
from core.money import Money
from scoring import queries, services
from scoring.errors import PanelNotFound, RandomnessMissing
from scoring.forms import BudgetForm, ConfirmForm, RandomnessForm
from scoring.models import Panel, Ranking
from scoring.routes import STAFF, blueprint
from scoring.routes.rulebooks import names_in
from scoring.rules.reasons import sentence
from scoring.rules.selection import Reason
from scoring.states import DETERMINATION_LABELS, PANEL, RANKING, Determination, PanelState, RankingState

BY_HAND = (PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION)
ASSIGNABLE = (PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW)
COMPUTABLE = (PanelState.REVIEW, PanelState.DISCUSSION, PanelState.RANKED)
TONES = {
    Determination.AWARDED: "good",
    Determination.WAITLISTED: "warning",
    Determination.NOT_SELECTED: "neutral",
    Determination.BELOW_THRESHOLD: "neutral",
}


def _panel(panel_id: int) -> Panel:
    found = queries.panel_by_id(panel_id)
    if found is None:
        raise PanelNotFound()
    return found


def _back(panel: Panel, endpoint: str = "scoring.panel_show") -> Response:
    return redirect(url_for(endpoint, panel_id=panel.id), 303)


@blueprint.get("/paneles")
@roles(*STAFF)
def panel_list() -> str:
    """Every committee."""
    return render_template("scoring/panel_list.html", rows=queries.panels(), states=PANEL)


@blueprint.get("/paneles/<int:panel_id>")
@roles(*STAFF)
def panel_show(panel_id: int) -> str:
    """How far a committee is, dossier by dossier and letter by letter."""
    return _panel_page(_panel(panel_id), RandomnessForm())


@blueprint.post("/paneles/<int:panel_id>/avanzar")
@roles(*STAFF)
def panel_advance(panel_id: int) -> Response:
    """Move a committee to its next phase."""
    panel = _panel(panel_id)
    wanted = request.form.get("fase", "")
    if wanted in [state.value for state in BY_HAND]:
        services.advance_panel(panel, PanelState(wanted))
        session().commit()
        flash(_("El comité pasó a la fase «%(phase)s».", phase=PANEL.label(panel.state)), "success")
    return _back(panel)


@blueprint.post("/paneles/<int:panel_id>/asignar")
@roles(*STAFF)
def panel_assign(panel_id: int) -> Response:
    """Give dossiers the reviewers they lack."""
    panel = _panel(panel_id)
    outcome = services.assign_reviewers(panel)
    session().commit()
    flash(
        ngettext("Se propuso %(num)s asignación.", "Se propusieron %(num)s asignaciones.", len(outcome.pairs)),
        "success",
    )
    return _back(panel)


@blueprint.post("/paneles/<int:panel_id>/expedientes/<code>/otra-evaluacion")
@roles(*STAFF)
def panel_further(panel_id: int, code: str) -> Response:
    """Call one more reviewer where the others disagree."""
    panel = _panel(panel_id)
    dossier = queries.dossiers_by_code(panel, [code]).get(code)
    if dossier is None:
        raise PanelNotFound()
    services.assign_further_reviewer(dossier)
    session().commit()
    flash(_("Se llamó a otra persona para el expediente %(code)s.", code=code), "success")
    return _back(panel)


@blueprint.post("/paneles/<int:panel_id>/sorteo/comprometer")
@roles(*STAFF)
def lot_commit(panel_id: int) -> Response:
    """Publish the commitment of the lot."""
    panel = _panel(panel_id)
    services.commit_lot(panel)
    session().commit()
    flash(_("El sorteo quedó comprometido. Publica la huella antes de que exista el valor de azar."), "success")
    return _back(panel)


@blueprint.post("/paneles/<int:panel_id>/sorteo/realizar")
@roles(*STAFF)
def lot_draw(panel_id: int) -> Response | tuple[str, int]:
    """Draw the lot with the public randomness."""
    panel = _panel(panel_id)
    form = RandomnessForm()
    if not form.validate():
        return _panel_page(panel, form), 422
    try:
        services.draw_lots(panel, form.randomness.data or "")
    except RandomnessMissing as refusal:
        session().rollback()
        form.randomness.errors = [refusal.message()]
        return _panel_page(_panel(panel_id), form), 422
    session().commit()
    flash(_("El sorteo se realizó y cualquiera puede repetirlo."), "success")
    return _back(panel)


@blueprint.post("/paneles/<int:panel_id>/orden/calcular")
@roles(*STAFF)
def ranking_compute(panel_id: int) -> Response:
    """Compute the order of merit."""
    panel = _panel(panel_id)
    services.compute_ranking(panel)
    session().commit()
    flash(_("Se calculó el orden."), "success")
    return _back(panel, "scoring.ranking_show")


@blueprint.get("/paneles/<int:panel_id>/orden")
@roles(*STAFF)
def ranking_show(panel_id: int) -> str:
    """The order of merit with every term, trace and reason."""
    panel, ranking = _ranking(panel_id)
    return _ranking_page(panel, ranking, BudgetForm(ranking.currency))


@blueprint.post("/paneles/<int:panel_id>/orden/seleccionar")
@roles(*STAFF)
def ranking_select(panel_id: int) -> Response | tuple[str, int]:
    """Apply the budget."""
    panel, ranking = _ranking(panel_id)
    form = BudgetForm(ranking.currency)
    if not form.validate():
        return _ranking_page(panel, ranking, form), 422
    money = form.budget.data
    services.select(ranking, budget_cents=money.amount_cents, currency=money.currency)
    session().commit()
    flash(_("Se aplicó el presupuesto. Revisa las razones antes de publicar."), "success")
    return _back(panel, "scoring.ranking_show")


@blueprint.route("/paneles/<int:panel_id>/orden/publicar", methods=["GET", "POST"])
@roles(*STAFF)
def ranking_release(panel_id: int) -> str | Response:
    """Make the order public and final."""
    panel, ranking = _ranking(panel_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        services.release_ranking(ranking)
        session().commit()
        flash(_("El orden es público y definitivo."), "success")
        return _back(panel, "scoring.ranking_show")
    return render_template("scoring/ranking_release.html", panel=panel, lines=queries.ranking_lines(ranking), form=form)


def _ranking(panel_id: int) -> tuple[Panel, Ranking]:
    panel = _panel(panel_id)
    ranking = queries.latest_ranking(panel)
    if ranking is None:
        raise PanelNotFound()
    return panel, ranking


def _panel_page(panel: Panel, form: RandomnessForm) -> str:
    writes = actor().has(*STAFF)
    targets = [state for state in PANEL.targets(panel.state) if state in BY_HAND] if writes else []
    return render_template(
        "scoring/panel_show.html",
        panel=panel,
        coverage=queries.coverage(panel),
        draw=queries.draw_of_panel(panel),
        ranking=queries.latest_ranking(panel),
        states=PANEL,
        targets=targets,
        may_assign=writes and panel.state in ASSIGNABLE,
        may_compute=writes and panel.state in COMPUTABLE,
        may_commit=writes and panel.state in (*BY_HAND, PanelState.RANKED),
        may_call=writes and panel.state in (PanelState.REVIEW, PanelState.DISCUSSION),
        form=form,
    )


def _ranking_page(panel: Panel, ranking: Ranking, form: BudgetForm) -> str:
    names = names_in(panel.rulebook.rules)
    lines = queries.ranking_lines(ranking)
    return render_template(
        "scoring/ranking_show.html",
        panel=panel,
        ranking=ranking,
        lines=lines,
        reasons={
            line.id: sentence(Reason(line.reason), line.reason_params, ranking.currency, names)
            for line in lines
            if line.reason is not None
        },
        granted=Money(sum(line.granted_cents for line in lines), ranking.currency),
        budget=None if ranking.budget_cents is None else Money(ranking.budget_cents, ranking.currency),
        amount=Money,
        names=names,
        labels={kind: _(label) for kind, label in DETERMINATION_LABELS.items()},
        tones=TONES,
        states=RANKING,
        may_select=actor().has(*STAFF) and ranking.state != RankingState.RELEASED,
        may_release=actor().has(*STAFF) and ranking.state == RankingState.SELECTED,
        form=form,
    )

"""The order of merit of a committee: computed, put under the budget, released."""

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _
from core.listing import chosen, page_number
from core.money import Money
from scoring import queries, services
from scoring.errors import PanelNotFound
from scoring.forms import BudgetForm, ConfirmForm
from scoring.models import Panel, Ranking
from scoring.routes.room import STAFF, back_to, blueprint, panel_or_404
from scoring.rules.reasons import names_in, sentence
from scoring.rules.selection import Reason
from scoring.states import DETERMINATION_LABELS, RANKING, Determination, RankingState

PER_PAGE = 50
TONES = {
    Determination.AWARDED: "good",
    Determination.WAITLISTED: "warning",
    Determination.NOT_SELECTED: "neutral",
    Determination.BELOW_THRESHOLD: "neutral",
}


@blueprint.post("/paneles/<int:panel_id>/orden/calcular")
@roles(*STAFF)
def ranking_compute(panel_id: int) -> Response:
    """Compute the order of merit."""
    panel = panel_or_404(panel_id)
    services.compute_ranking(panel)
    session().commit()
    flash(_("Se calculó el orden."), "success")
    return back_to(panel, "scoring.ranking_show")


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
    money = services.budget_of(panel)
    if money is None:
        form = BudgetForm(ranking.currency)
        if not form.validate():
            return _ranking_page(panel, ranking, form), 422
        money = form.budget.data
    services.select(ranking, budget_cents=money.amount_cents, currency=money.currency)
    session().commit()
    flash(_("Se aplicó el presupuesto. Revisa las razones antes de publicar."), "success")
    return back_to(panel, "scoring.ranking_show")


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
        return back_to(panel, "scoring.ranking_show")
    sums = queries.ranking_sums(ranking)
    return render_template("scoring/ranking_release.html", panel=panel, lines=sums.lines, form=form)


def _ranking(panel_id: int) -> tuple[Panel, Ranking]:
    panel = panel_or_404(panel_id)
    ranking = queries.latest_ranking(panel)
    if ranking is None:
        raise PanelNotFound()
    return panel, ranking


def _ranking_page(panel: Panel, ranking: Ranking, form: BudgetForm) -> str:
    names = names_in(panel.rulebook.rules)
    sums = queries.ranking_sums(ranking)
    outcome = chosen(request.args, "resultado", list(Determination))
    listing = queries.ranking_page(
        ranking,
        page=page_number(request.args),
        per_page=PER_PAGE,
        outcome=None if outcome is None else Determination(outcome),
        code=request.args.get("codigo", "").strip(),
    )
    return render_template(
        "scoring/ranking_show.html",
        panel=panel,
        ranking=ranking,
        listing=listing,
        is_long=sums.lines > PER_PAGE,
        awaits_lot=sums.awaits_lot,
        reasons={
            line.id: sentence(Reason(line.reason), line.reason_params, ranking.currency, names)
            for line in listing.rows
            if line.reason is not None
        },
        granted=Money(sums.granted_cents, ranking.currency),
        budget=None if ranking.budget_cents is None else Money(ranking.budget_cents, ranking.currency),
        amount=Money,
        names=names,
        empty=services.empty_places_of(ranking),
        labels={kind: _(label) for kind, label in DETERMINATION_LABELS.items()},
        tones=TONES,
        states=RANKING,
        may_select=actor().has(*STAFF) and ranking.state != RankingState.RELEASED,
        may_release=actor().has(*STAFF) and ranking.state == RankingState.SELECTED,
        approved=services.budget_of(panel) if ranking.state != RankingState.RELEASED else None,
        form=form,
    )

"""What became of a thing given in kind: the programmes stand in the plan, so the treasury asks."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import today
from core.database import session
from core.language import N_, _, in_language
from core.money import AmountTooLarge
from core.roles import Role
from treasury import queries
from treasury.forms import OUTSIDE_THE_PLAN, OutcomeForm
from treasury.models import Programme
from treasury.routes import blueprint
from trust import queries as trust_queries
from trust.errors import DateInFuture, FundClosed, PeriodClosed, UsedBeforeReceived
from trust.services import use_in_kind

BLAMED = {AmountTooLarge: "price", FundClosed: "price"}


@blueprint.route("/tesoreria/aportaciones/<int:contribution_id>/uso", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def in_kind_use(contribution_id: int) -> Response | tuple[str, int]:
    """Record that what came in kind was used or sold, when, in which programme and for what."""
    contribution = trust_queries.contribution(contribution_id)
    programmes = queries.programmes_in_force()
    form = OutcomeForm().offer(programmes, contribution.currency)
    if request.method == "GET":
        form.on.data = today()
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            use_in_kind(
                contribution,
                on=form.on.data,
                memo=form.memo.data or "",
                programme=_named(form.programme.data, programmes),
                price=form.sold_for,
            )
            session().commit()
        except (AmountTooLarge, DateInFuture, FundClosed, PeriodClosed, UsedBeforeReceived) as refusal:
            session().rollback()
            form.blame(refusal, BLAMED, otherwise="on")
            contribution = trust_queries.contribution(contribution_id)
        else:
            told = (
                N_("La venta quedó asentada en los libros.")
                if form.sold_for
                else N_("El uso quedó asentado en los libros.")
            )
            flash(_(told), "success")
            return redirect(url_for("trust.contribution_show", contribution_id=contribution_id), 303)
    page = render_template("treasury/in_kind_use.html", contribution=contribution, form=form)
    return page, 422 if form.errors else 200


def _named(chosen: str, programmes: list[Programme]) -> dict[str, str]:
    """Return the chosen programme's name in both languages, with its year."""
    for one in programmes:
        if str(one.id) == chosen:
            return {code: f"{one.plan.year} · {one.name.get(code) or one.name['es']}" for code in ("es", "en")}
    names = {}
    for code in ("es", "en"):
        with in_language(code):
            names[code] = _(OUTSIDE_THE_PLAN)
    return names

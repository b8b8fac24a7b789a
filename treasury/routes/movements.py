"""Money of free use set aside for a purpose."""

import secrets
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import today
from core.database import session
from core.errors import Refusal
from core.language import _
from core.roles import Role
from treasury import queries, services
from treasury.forms import SetAsideForm
from treasury.routes import blueprint
from trust import queries as trust_queries
from trust.errors import DateInFuture, FundClosed, PeriodClosed, TransferNotAllowed
from trust.models import FundKind
from trust.services import Posted
from trust.states import FundState

BLAMED: dict[type[Refusal], str] = {
    DateInFuture: "on",
    PeriodClosed: "on",
    FundClosed: "target",
    TransferNotAllowed: "target",
}


@blueprint.route("/tesoreria/traspasos/nuevo", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def set_aside_new() -> Response | tuple[str, int]:
    """Set money of free use aside for a designated purpose: the only way money moves between funds."""
    sources = [one for one in trust_queries.funds(FundKind.UNRESTRICTED) if one.state == FundState.OPEN]
    targets = [one for one in trust_queries.funds(FundKind.DESIGNATED) if one.state == FundState.OPEN]
    form = SetAsideForm().offer(sources, targets)
    if request.method == "GET":
        form.key.data, form.on.data = secrets.token_hex(16), today()
    if form.validate_on_submit():
        try:
            entry = _move(form)
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, BLAMED, otherwise="amount")
        else:
            flash(_("El traspaso quedó asentado."), "success")
            return redirect(url_for("trust.entry_show", label=entry.label), 303)
    page = render_template(
        "treasury/set_aside_new.html",
        form=form,
        rooms=[queries.room_of(one) for one in sources],
        possible=bool(sources and targets),
    )
    return page, 422 if form.errors else 200


def _move(form: SetAsideForm) -> Posted:
    return services.set_aside(
        source=trust_queries.fund_by_code(form.source.data),
        target=trust_queries.fund_by_code(form.target.data),
        money=form.amount.data,
        on=form.on.data or date.min,
        memo=form.memo.data or "",
        idempotency_key=f"page:{(form.key.data or '')[:64]}",
    )

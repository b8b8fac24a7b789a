"""A call's budget: what it was allocated, and the awards that wait for their money."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import ensure, roles
from core.database import session
from core.errors import Refusal
from core.language import _, localised, ngettext
from core.money import Money, format_money
from core.roles import Role
from grants import queries as grants_queries
from grants.models import Call
from treasury import queries, services
from treasury.errors import NoFundMayPay
from treasury.forms import AllocationForm, ConfirmForm, axis_names
from treasury.routes import blueprint
from trust import queries as trust_queries
from trust.errors import EndowmentNotSpendable
from trust.models import FundKind


def _call(slug: str) -> Call:
    call = grants_queries.call_by_slug(slug)
    ensure(call)
    assert call is not None
    return call


@blueprint.route("/tesoreria/convocatorias/<slug>", methods=["GET", "POST"])
@roles(Role.TREASURER)
def call_budget(slug: str) -> Response | tuple[str, int]:
    """Show a call's allocations with what is left of each, and add one."""
    call = _call(slug)
    rooms = [queries.room_of(fund) for fund in trust_queries.funds() if fund.kind is not FundKind.ENDOWMENT]
    form = AllocationForm().offer([room.fund for room in rooms])
    if form.validate_on_submit():
        try:
            (made,) = services.allocate_budget(call, [(trust_queries.fund_by_code(form.fund.data), form.amount.data)])
            session().commit()
            told = {"fund": localised(made.fund.name), "amount": format_money(made.money)}
            flash(_("La bolsa «%(fund)s» da ahora %(amount)s.", **told), "success")
            return redirect(url_for("treasury.call_budget", slug=slug), 303)
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {EndowmentNotSpendable: "fund"}, otherwise="amount")
    page = render_template(
        "treasury/call_budget.html",
        call=call,
        form=form,
        rooms=rooms,
        allocations=queries.allocations_of(call),
        bound=queries.committed_by_allocation(call),
        amount=Money,
        waiting=grants_queries.awaiting_award(call),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/tesoreria/convocatorias/<slug>/comprometer", methods=["GET", "POST"])
@roles(Role.TREASURER)
def commit_awards(slug: str) -> Response | tuple[str, int]:
    """Commit the money of every award that waits for it, after showing the list."""
    call = _call(slug)
    form = ConfirmForm()
    waiting = grants_queries.awaiting_award(call)
    problems: list[str] = []
    count = 0
    if form.validate_on_submit():
        try:
            count = len(services.award_pending(call))
            session().commit()
        except NoFundMayPay as refusal:
            session().rollback()
            problems = [refusal.message()]
            call = _call(slug)
            waiting = grants_queries.awaiting_award(call)
    if problems or not form.is_submitted() or form.errors:
        page = render_template(
            "treasury/commit_awards.html", call=call, form=form, waiting=waiting, axes=axis_names(), problems=problems
        )
        return page, 422 if problems or form.errors else 200
    flash(ngettext("Comprometiste %(num)s apoyo.", "Comprometiste %(num)s apoyos.", count), "success")
    return redirect(url_for("treasury.call_budget", slug=slug), 303)

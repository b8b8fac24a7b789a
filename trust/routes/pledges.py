"""Promises of money, as the treasury keeps them."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from accounts.models import Organisation
from core.access import roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _
from core.listing import chosen, page_number, paginate
from core.roles import Role
from trust import queries, services
from trust.errors import FundClosed, NotOfThisPledge, PledgeNotFound
from trust.forms import ApplyForm, PledgeForm, ReasonForm
from trust.models import CONTRIBUTION_KINDS, Pledge
from trust.routes import blueprint
from trust.rules.pledges import schedule
from trust.states import PLEDGE_STATES, PledgeState


@blueprint.get("/tesoreria/promesas")
@roles(Role.TREASURER)
def pledge_list() -> str:
    """Every promise with what came of it and what is late. None of it is income."""
    state = chosen(request.args, "estado", [one.value for one in PledgeState])
    listing = paginate(queries.pledges(state=PledgeState(state) if state else None), page=page_number(request.args))
    return render_template(
        "trust/pledge_list.html",
        listing=listing,
        givers=_giver_names(list(listing.rows)),
        received=queries.received_of(list(listing.rows)),
        late={
            one for one, parts in queries.parts_of(list(listing.rows)).items() if any(part.is_late for part in parts)
        },
        states=PLEDGE_STATES,
        active=PledgeState.ACTIVE,
        state_options=[("", _("Todos")), *((one.value, PLEDGE_STATES.label(one)) for one in PledgeState)],
        may_write=actor().has(Role.TREASURER),
    )


def _givers() -> dict[int, Organisation]:
    return {one.id: one for one in session().scalars(account_queries.organisations())}


def _giver_names(found: list[Pledge]) -> dict[int, str]:
    names = account_queries.organisation_names(
        {one.giver_organisation_id for one in found if one.giver_organisation_id}
    )
    people = account_queries.user_names({one.giver_user_id for one in found if one.giver_user_id})
    return {
        one.id: names.get(one.giver_organisation_id or 0) or people.get(one.giver_user_id or 0) or "" for one in found
    }


@blueprint.route("/tesoreria/promesas/nueva", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def pledge_new() -> Response | tuple[str, int]:
    """Write down a promise; its dates follow from the first one."""
    givers = _givers()
    form = PledgeForm(organisations={one: giver.name for one, giver in givers.items()})
    if form.validate_on_submit():
        parts = schedule(form.amount.data, form.first.data or date.min, form.parts.data or 1, form.months.data or 1)
        try:
            promised = services.pledge(
                fund=queries.fund_by_code(form.fund.data),
                money=form.amount.data,
                instalments=parts,
                giver_organisation=givers[int(form.giver.data)],
                email=form.email.data or None,
            )
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {FundClosed: "fund"}, otherwise="amount")
        else:
            flash(_("La promesa quedó registrada con sus fechas."), "success")
            return redirect(url_for("trust.pledge_show", pledge_id=promised.id), 303)
    return render_template("trust/pledge_new.html", form=form), 422 if form.errors else 200


@blueprint.get("/tesoreria/promesas/<int:pledge_id>")
@roles(Role.TREASURER)
def pledge_show(pledge_id: int) -> str:
    """One promise: its dates, what came, and what is late."""
    return _page(_pledge(pledge_id))


@blueprint.post("/tesoreria/promesas/<int:pledge_id>/aplicar")
@roles(Role.TREASURER)
def pledge_apply(pledge_id: int) -> Response | tuple[str, int]:
    """Say that a contribution keeps the promise."""
    promised = _pledge(pledge_id)
    form = ApplyForm(prefix="aplicar").offer(queries.applicable(promised))
    if form.validate_on_submit():
        try:
            services.apply_contribution(promised, queries.contribution(form.contribution.data))
            session().commit()
        except NotOfThisPledge as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="contribution")
            promised = _pledge(pledge_id)
        else:
            flash(_("La aportación cuenta para esta promesa."), "success")
            return redirect(url_for("trust.pledge_show", pledge_id=pledge_id), 303)
    return _page(promised, apply=form), 422


@blueprint.post("/tesoreria/promesas/<int:pledge_id>/cancelar")
@roles(Role.TREASURER)
def pledge_cancel(pledge_id: int) -> Response | tuple[str, int]:
    """Let a promise go, with a reason."""
    promised = _pledge(pledge_id)
    form = ReasonForm(prefix="cancelar")
    if not form.validate_on_submit():
        return _page(promised, cancel=form), 422
    services.cancel_pledge(promised, reason=form.reason.data or "")
    session().commit()
    flash(_("La promesa quedó cancelada con su motivo."), "success")
    return redirect(url_for("trust.pledge_show", pledge_id=pledge_id), 303)


def _pledge(pledge_id: int) -> Pledge:
    promised = queries.pledge_by_id(pledge_id, hold=request.method == "POST")
    if promised is None:
        raise PledgeNotFound()
    return promised


def _page(promised: Pledge, *, apply: ApplyForm | None = None, cancel: ReasonForm | None = None) -> str:
    candidates = queries.applicable(promised) if promised.state == PledgeState.ACTIVE else []
    return render_template(
        "trust/pledge_show.html",
        pledge=promised,
        giver=_giver_names([promised])[promised.id],
        parts=queries.parts_of([promised])[promised.id],
        received=queries.received_of([promised])[promised.id],
        payments=queries.payments_of(promised),
        states=PLEDGE_STATES,
        kinds=CONTRIBUTION_KINDS,
        candidates=candidates,
        apply=apply or ApplyForm(None, prefix="aplicar").offer(candidates),
        cancel=cancel or ReasonForm(None, prefix="cancelar"),
        may_write=actor().has(Role.TREASURER) and promised.state == PledgeState.ACTIVE,
    )

"""Our balance at the payment company on its way to the bank, and what is contested of it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.language import N_, _, lazy
from core.listing import page_number, paginate
from core.money import Money
from core.roles import Role
from trust import gateway, queries, services
from trust.errors import PaymentUnavailable
from trust.forms import ConfirmForm, ReasonForm
from trust.models import Payout
from trust.models.online import MOVEMENT_KINDS
from trust.queries.company_charges import charges_told_in
from trust.routes import blueprint
from trust.rules import online
from trust.states import CHARGE_STATES, DECIDERS, DISPUTE_STATES, PAYOUT_STATES, ChargeState, PayoutState

READERS = sorted(DECIDERS)
CHARGE_KINDS = {
    "adjustment": N_("Ajuste"),
    "stripe_fee": N_("Comisión o suscripción"),
    "stripe_fx_fee": N_("Comisión por cambio de moneda"),
    "tax_fee": N_("Impuesto sobre comisiones"),
    "contribution": N_("Contribución climática"),
    "climate_order_purchase": N_("Contribución climática"),
    "climate_order_refund": N_("Contribución climática"),
}
PROBLEMS = {
    "unknown": lazy("Trae movimientos que los libros no tienen"),
    "different": lazy("Trae movimientos que los libros tienen con otra cantidad o en otro depósito"),
    "total": lazy("Sus movimientos no suman lo depositado"),
}


@blueprint.get("/tesoreria/disputas")
@roles(Role.TREASURER)
def dispute_list() -> str:
    """Payments that somebody contests at their bank."""
    listing = paginate(queries.disputes(), page=page_number(request.args))
    return render_template("trust/dispute_list.html", listing=listing, states=DISPUTE_STATES)


@blueprint.get("/tesoreria/depositos")
@roles(*READERS)
def payout_list() -> str:
    """The company's deposits in the bank, and whether each agrees with the books."""
    listing = paginate(queries.payouts(), page=page_number(request.args))
    return render_template("trust/payout_list.html", listing=listing, states=PAYOUT_STATES)


@blueprint.get("/tesoreria/depositos/<int:payout_id>")
@roles(*READERS)
def payout_show(payout_id: int) -> str:
    """One deposit: its entry, the movements it is made of, and what the company took of its own accord."""
    return _page(_payout(payout_id))


@blueprint.post("/tesoreria/depositos/<int:payout_id>/cargos/explicar")
@roles(Role.TREASURER, auditor=False)
def charges_explain(payout_id: int) -> Response | tuple[str, int]:
    """Say why the company took what it took."""
    payout, form = _payout(payout_id), ReasonForm(prefix="explicar")
    if not form.validate_on_submit():
        return _page(payout, explain=form), 422
    services.explain_charges(payout, reason=form.reason.data or "")
    session().commit()
    flash(_("Quedó explicado. Otra persona lo confirma."), "success")
    return redirect(url_for("trust.payout_show", payout_id=payout.id), 303)


@blueprint.post("/tesoreria/depositos/<int:payout_id>/cargos/regresar")
@roles(*READERS, auditor=False)
def charges_return(payout_id: int) -> Response | tuple[str, int]:
    """Say that the explanation does not do."""
    payout, form = _payout(payout_id), ReasonForm(prefix="regresar")
    if not form.validate_on_submit():
        return _page(payout, back=form), 422
    services.return_charges(payout, reason=form.reason.data or "")
    session().commit()
    flash(_("La explicación volvió a Tesorería."), "success")
    return redirect(url_for("trust.payout_show", payout_id=payout.id), 303)


@blueprint.post("/tesoreria/depositos/<int:payout_id>/cargos/asentar")
@roles(*READERS, auditor=False)
def charges_post(payout_id: int) -> Response:
    """Post what somebody else explained, and look whether the deposit agrees now."""
    payout, form = _payout(payout_id), ConfirmForm()
    ensure(form.validate_on_submit())
    company_id = payout.company_id
    session().commit()  # nothing is held while the company answers
    told = _told(company_id)
    payout = _payout(payout_id)
    services.post_charges(payout)
    if told is not None:
        services.apply_payout(told)
    session().commit()
    agrees = payout.state == PayoutState.POSTED
    flash(
        _("Los cargos están en los libros y el depósito cuadra.")
        if agrees
        else _("Los cargos están en los libros. El depósito se vuelve a comparar solo."),
        "success",
    )
    return redirect(url_for("trust.payout_show", payout_id=payout.id), 303)


def _told(company_id: str) -> online.Payout | None:
    try:
        return gateway.payout(company_id)
    except PaymentUnavailable:
        return None  # it is asked again by itself


def _payout(payout_id: int) -> Payout:
    payout = queries.payout(payout_id)
    ensure(payout)
    assert payout is not None
    return payout


def _page(payout: Payout, *, explain: ReasonForm | None = None, back: ReasonForm | None = None) -> str:
    charges = charges_told_in(payout)
    waiting = [one for one in charges if one.state == ChargeState.EXPLAINED]
    another = all(one.explained_by_id != actor().user_id for one in waiting)
    problem, _colon, detail = (payout.problem or "").partition(": ")
    if problem == "unknown":  # what stands in the table of charges is told there
        own = {one.transaction_id for one in charges}
        detail = ", ".join(one for one in detail.split(", ") if one not in own)
    return render_template(
        "trust/payout_show.html",
        payout=payout,
        states=PAYOUT_STATES,
        problem=PROBLEMS.get(problem),
        detail=detail,
        movements=queries.movements_in(payout),
        kinds=MOVEMENT_KINDS,
        amount=Money,
        charges=charges,
        charge_states=CHARGE_STATES,
        charge_kinds=CHARGE_KINDS,
        reason=waiting[0].reason if waiting else None,
        may_explain=actor().has(Role.TREASURER) and any(one.state == ChargeState.TOLD for one in charges),
        may_confirm=bool(waiting) and another and actor().has(*READERS),
        waits_for_another=bool(waiting) and not another,
        sees_payments=actor().has(Role.TREASURER, Role.AUDITOR),
        explain=explain or ReasonForm(None, prefix="explicar"),
        back=back or ReasonForm(None, prefix="regresar"),
        confirm=ConfirmForm(None),
    )

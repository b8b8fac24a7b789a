"""Online payments as the treasury sees them: what is on its way, and what only a person can decide."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import set_writing
from core.database import session
from core.errors import IllegalTransition, Refusal
from core.language import _
from core.roles import Role
from trust import queries, services
from trust.errors import NothingCharged, OrderNotFound, PaymentUnavailable
from trust.forms import AssignHeldForm, ReasonForm
from trust.gateway import PaymentSession
from trust.models import METHODS, CheckoutOrder
from trust.routes import blueprint
from trust.states import CHECKOUT_STATES, CheckoutState


@blueprint.get("/tesoreria/pagos-en-linea")
@roles(Role.TREASURER)
def held_payments() -> str:
    """Online payments that did not match what was ordered, or are still on their way."""
    return render_template("trust/checkout_list.html", orders=queries.unsettled_orders(), states=CHECKOUT_STATES)


@blueprint.get("/tesoreria/pagos-en-linea/<int:order_id>")
@roles(Role.TREASURER)
def payment_show(order_id: int) -> str:
    """One online payment: what was ordered, what the company says was charged, and the two ways out of a held one."""
    return _shown(queries.order(order_id))


@blueprint.post("/tesoreria/pagos-en-linea/<int:order_id>/asignar")
@roles(Role.TREASURER)
def payment_assign(order_id: int) -> Response | tuple[str, int]:
    """Enter what was really charged as a contribution to a fund, with the reason."""
    form = AssignHeldForm(prefix="asignar")
    if form.validate_on_submit():
        session_id = queries.order(order_id).company_id
        session().rollback()  # nothing is held while the company is asked
        try:
            found = services.ask_payment(session_id)
            fund = queries.fund_by_code(form.fund.data)
            services.assign_held_payment(queries.order(order_id), found, fund=fund, reason=form.reason.data or "")
            session().commit()
        except IllegalTransition:
            raise
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {NothingCharged: "reason", PaymentUnavailable: "reason"}, otherwise="fund")
        else:
            flash(_("El pago entró a los libros como aportación y su recibo se emitió."), "success")
            return redirect(url_for("trust.payment_show", order_id=order_id), 303)
    return _shown(queries.order(order_id), assign=form), 422


@blueprint.post("/tesoreria/pagos-en-linea/<int:order_id>/devolver")
@roles(Role.TREASURER)
def payment_refuse(order_id: int) -> Response | tuple[str, int]:
    """Mark a held payment to be given back, with the reason."""
    form = ReasonForm(prefix="devolver")
    order = queries.order(order_id)
    if not form.validate_on_submit():
        return _shown(order, refuse=form), 422
    services.refuse_held_payment(order, reason=form.reason.data or "")
    session().commit()
    flash(_("El pago quedó marcado para devolverse. No entra a los libros."), "success")
    return redirect(url_for("trust.payment_show", order_id=order_id), 303)


def _shown(order: CheckoutOrder, *, assign: AssignHeldForm | None = None, refuse: ReasonForm | None = None) -> str:
    held = order.state == CheckoutState.HELD
    found = _ask(order) if held else None
    if assign is None:
        assign = AssignHeldForm(None, prefix="asignar")
        assign.fund.data = order.fund.code
    return render_template(
        "trust/checkout_show.html",
        order=order,
        found=found,
        states=CHECKOUT_STATES,
        methods=METHODS,
        held=held,
        assign=assign,
        refuse=refuse or ReasonForm(None, prefix="devolver"),
    )


def _ask(order: CheckoutOrder) -> PaymentSession | None:
    """Ask what was charged, holding no lock; None when the company does not answer."""
    session_id = order.company_id
    if request.method == "POST":
        session().rollback()
        set_writing(False)
    try:
        return services.ask_payment(session_id)
    except (OrderNotFound, PaymentUnavailable):
        return None

"""Payment orders: prepare, authorise, record, cancel."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import ensure, roles
from core.clock import today
from core.context import actor
from core.database import session
from core.language import _
from core.listing import chosen, page_number, paginate
from core.money import Money
from core.roles import Role
from grants import queries as grants_queries
from treasury import queries, services
from treasury.errors import PaidInTheFuture, SamePerson
from treasury.forms import ConfirmForm, PaymentForm, ReasonForm
from treasury.models import PaymentOrder
from treasury.routes import blueprint
from treasury.states import ORDER_STATES, OrderState
from trust.errors import DateInFuture, PeriodClosed


def _order(order_id: int) -> PaymentOrder:
    order = queries.order(order_id)
    ensure(order)
    assert order is not None
    return order


@blueprint.get("/tesoreria/pagos")
@roles(Role.TREASURER, Role.PAYMENT_AUTHORISER)
def payment_list() -> str:
    """What is due, what waits for whom, and what was paid."""
    state = chosen(request.args, "estado", [one.value for one in OrderState])
    listing = paginate(queries.orders([OrderState(state)] if state else []), page=page_number(request.args))
    return render_template(
        "treasury/payment_list.html",
        listing=listing,
        states=ORDER_STATES,
        state_options=[("", _("Todos")), *((one.value, ORDER_STATES.label(one)) for one in OrderState)],
        due=grants_queries.tranches_due() if actor().has(Role.TREASURER) else [],
    )


@blueprint.post("/tesoreria/ministraciones/<int:tranche_id>/ordenar")
@roles(Role.TREASURER)
def payment_prepare(tranche_id: int) -> Response:
    """Prepare the payment of a tranche that is due."""
    tranche = next((one for one in grants_queries.tranches_due() if one.id == tranche_id), None)
    ensure(tranche)
    assert tranche is not None
    order = services.prepare_payment_order(tranche)
    session().commit()
    flash(_("La orden %(number)s espera que otra persona la autorice.", number=order.id), "success")
    return redirect(url_for("treasury.payment_show", order_id=order.id), 303)


@blueprint.get("/tesoreria/pagos/<int:order_id>")
@roles(Role.TREASURER, Role.PAYMENT_AUTHORISER)
def payment_show(order_id: int) -> str:
    """One order: what it pays, out of which funds, and who did what."""
    order = _order(order_id)
    return render_template(
        "treasury/payment_show.html",
        order=order,
        states=ORDER_STATES,
        amount=Money,
        may_authorise=order.state is OrderState.PREPARED
        and actor().has(Role.PAYMENT_AUTHORISER)
        and actor().user_id != order.prepared_by_id,
        may_record=order.state is OrderState.AUTHORISED and actor().has(Role.TREASURER),
        may_cancel=OrderState.CANCELLED in ORDER_STATES.targets(order.state)
        and actor().has(*ORDER_STATES.transitions[(order.state, OrderState.CANCELLED)].roles),
    )


@blueprint.route("/tesoreria/pagos/<int:order_id>/autorizar", methods=["GET", "POST"])
@roles(Role.PAYMENT_AUTHORISER)
def payment_authorise(order_id: int) -> Response | str:
    """Authorise an order that somebody else prepared."""
    order = _order(order_id)
    ensure(order.prepared_by_id != actor().user_id, SamePerson())
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("treasury/payment_authorise.html", order=order, form=form)
    services.authorise_payment(order)
    session().commit()
    flash(_("Autorizaste la orden %(number)s.", number=order.id), "success")
    return redirect(url_for("treasury.payment_show", order_id=order.id), 303)


@blueprint.route("/tesoreria/pagos/<int:order_id>/registrar", methods=["GET", "POST"])
@roles(Role.TREASURER)
def payment_record(order_id: int) -> Response | str | tuple[str, int]:
    """Record that the bank paid."""
    order = _order(order_id)
    form = PaymentForm()
    if request.method == "GET":
        form.paid_on.data = today()
    if not form.validate_on_submit():
        page = render_template("treasury/payment_record.html", order=order, form=form)
        return page, 422 if form.errors else 200
    assert form.paid_on.data is not None
    try:
        services.record_payment(order, paid_on=form.paid_on.data, bank_reference=form.bank_reference.data or "")
    except (PaidInTheFuture, DateInFuture, PeriodClosed) as refusal:
        session().rollback()
        form.blame(refusal, {}, otherwise="paid_on")
        return render_template("treasury/payment_record.html", order=_order(order_id), form=form), 422
    session().commit()
    flash(_("El pago quedó asentado en los libros."), "success")
    return redirect(url_for("treasury.payment_show", order_id=order.id), 303)


@blueprint.route("/tesoreria/pagos/<int:order_id>/cancelar", methods=["GET", "POST"])
@roles(Role.TREASURER, Role.PAYMENT_AUTHORISER)
def payment_cancel(order_id: int) -> Response | str | tuple[str, int]:
    """Cancel an order that the bank has not paid."""
    order = _order(order_id)
    ORDER_STATES.check(order.state, OrderState.CANCELLED)
    ensure(actor().has(*ORDER_STATES.transitions[(order.state, OrderState.CANCELLED)].roles))
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("treasury/payment_cancel.html", order=order, form=form)
        return page, 422 if form.errors else 200
    services.cancel_payment_order(order, reason=form.reason.data or "")
    session().commit()
    flash(_("Cancelaste la orden %(number)s. La ministración se puede ordenar de nuevo.", number=order.id), "success")
    return redirect(url_for("treasury.payment_show", order_id=order.id), 303)

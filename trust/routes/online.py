"""Online payments as the treasury sees them: what is on its way, and what only a person can decide."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import today
from core.context import actor, set_writing
from core.database import session
from core.errors import IllegalTransition, Refusal
from core.language import _
from core.roles import Role
from trust import queries, services
from trust.errors import (
    DateInFuture,
    KeyReused,
    NothingCharged,
    NotSettledYet,
    OrderNotFound,
    PaymentUnavailable,
    PeriodClosed,
    ReasonRequired,
    RefundRefused,
)
from trust.forms import AssignHeldForm, ReasonForm, RefundForm, TransferBackForm
from trust.models import METHODS, CheckoutOrder, Method, RefundRequest
from trust.routes import blueprint
from trust.rules.online import PaymentSession
from trust.states import CHECKOUT_STATES, DISPUTE_STATES, REFUND_STATES, CheckoutState, RefundState

TRANSFER_BLAMED: dict[type[Refusal], str] = {
    DateInFuture: "on",
    PeriodClosed: "on",
    KeyReused: "bank_reference",
    ReasonRequired: "reason",
}


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
            found, since = _all_of(session_id)
            fund = queries.fund_by_code(form.fund.data)
            services.assign_held_payment(queries.order(order_id), found, fund=fund, reason=form.reason.data or "")
            since()
            session().commit()
        except IllegalTransition:
            raise
        except Refusal as refusal:
            session().rollback()
            places: dict[type[Refusal], str] = dict.fromkeys(
                (NothingCharged, NotSettledYet, PaymentUnavailable), "reason"
            )
            form.blame(refusal, places, otherwise="fund")
        else:
            flash(_("El pago entró a los libros como aportación y su recibo se emitió."), "success")
            return redirect(url_for("trust.payment_show", order_id=order_id), 303)
    return _shown(queries.order(order_id), assign=form), 422


@blueprint.post("/tesoreria/pagos-en-linea/<int:order_id>/devolver")
@roles(Role.TREASURER)
def payment_refuse(order_id: int) -> Response | tuple[str, int]:
    """Mark a held payment to be given back, with the reason."""
    form = ReasonForm(prefix="devolver")
    if not form.validate_on_submit():
        return _shown(queries.order(order_id), refuse=form), 422
    company_id = queries.order(order_id).company_id
    session().rollback()  # nothing is held while the company is asked
    try:
        found, since = _all_of(company_id)
        request = services.refuse_held_payment(queries.order(order_id), found, reason=form.reason.data or "")
        since()
        session().commit()
    except (PaymentUnavailable, NotSettledYet) as refusal:
        session().rollback()
        form.blame(refusal, {}, otherwise="reason")
        return _shown(queries.order(order_id), refuse=form), 422
    if request is not None:
        send_refund(request)
    flash(_("El pago se devuelve a quien pagó: no es una aportación."), "success")
    return redirect(url_for("trust.payment_show", order_id=order_id), 303)


@blueprint.route("/tesoreria/pagos-en-linea/<int:order_id>/reembolso", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def payment_refund(order_id: int) -> Response | tuple[str, int]:
    """Give back part or all of what was paid on line."""
    order = queries.order(order_id)
    most = queries.refundable(order)
    form = RefundForm()
    form.amount.currency = most.currency
    if request.method == "GET":
        form.amount.data = most
    if form.validate_on_submit():
        try:
            wish = services.request_refund(order, form.amount.data, reason=form.reason.data or "")
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {ReasonRequired: "reason"}, otherwise="amount")
            order = queries.order(order_id)
        else:
            flash(*send_refund(wish))
            return redirect(url_for("trust.payment_show", order_id=order_id), 303)
    return render_template("trust/refund_new.html", order=order, form=form, most=most), 422 if form.errors else 200


@blueprint.route("/tesoreria/pagos-en-linea/<int:order_id>/transferencia", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def payment_transfer(order_id: int) -> Response | tuple[str, int]:
    """Enter what the bank shows as sent to whoever paid, where the company cannot give it back."""
    order = queries.order(order_id)
    form = TransferBackForm()
    form.amount.currency = order.currency
    if request.method == "GET":
        form.amount.data, form.on.data = queries.refundable(order), today()
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            services.return_by_transfer(
                order, form.amount.data, on=form.on.data, bank_reference=form.bank_reference.data or "",
                reason=form.reason.data or "",
            )  # fmt: skip
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, TRANSFER_BLAMED, otherwise="amount")
            order = queries.order(order_id)
        else:
            flash(_("La devolución quedó asentada."), "success")
            return redirect(url_for("trust.payment_show", order_id=order_id), 303)
    page = render_template("trust/refund_transfer.html", order=order, form=form, most=queries.refundable(order))
    return page, 422 if form.errors else 200


def send_refund(wish: RefundRequest) -> tuple[str, str]:
    """Ask the company for a refund that was written down, with no lock held, and enter what it did. Returns a message.

    What it does not answer now is asked again by itself.
    """
    try:
        company_id = services.ask_refund(wish)
    except RefundRefused as refusal:
        services.drop_refund(wish, refusal.message())
        session().commit()
        return refusal.message(), "error"
    except PaymentUnavailable:
        return _("La empresa de pagos no respondió: se le pedirá de nuevo en unos minutos."), "warning"
    services.keep_refund(wish, company_id)
    session().commit()
    try:
        enter = services.entering_charge(wish.order.charge_id or "")
        if enter is not None:
            enter()
            session().commit()
    except Refusal:
        session().rollback()  # the notice of the refund, or the next look, brings it
    return _("La devolución está en camino."), "success"


def _shown(order: CheckoutOrder, *, assign: AssignHeldForm | None = None, refuse: ReasonForm | None = None) -> str:
    held = order.state == CheckoutState.HELD
    found = _ask(order) if held else None
    if assign is None:
        assign = AssignHeldForm(None, prefix="asignar")
        assign.fund.data = order.fund.code
    wishes = queries.requests_of(order)
    in_shop = order.method == Method.OXXO
    may_return = (
        order.state in (CheckoutState.PAID, CheckoutState.REFUND_DUE)
        and bool(queries.refundable(order))
        and actor().has(Role.TREASURER)
    )
    return render_template(
        "trust/checkout_show.html",
        order=order,
        found=found,
        states=CHECKOUT_STATES,
        methods=METHODS,
        held=held,
        assign=assign,
        refuse=refuse or ReasonForm(None, prefix="devolver"),
        requests=wishes,
        refund_states=REFUND_STATES,
        disputes=queries.disputes_of(order),
        dispute_states=DISPUTE_STATES,
        may_refund=may_return and not in_shop,
        may_transfer=may_return and (in_shop or any(one.state == RefundState.REFUSED for one in wishes)),
        in_shop=in_shop,
    )


def _all_of(session_id: str) -> tuple[PaymentSession, Callable[[], object]]:
    """Ask what was charged, and what became of it while it was held. Returns both; the second enters itself."""
    found = services.ask_payment(session_id)
    enter = services.entering_charge(found.charge_id) if found.charge_id is not None else None
    return found, enter or (lambda: None)


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

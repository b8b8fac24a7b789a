"""Our balance at the payment company on its way to the bank, and what is contested of it."""

from flask import render_template, request

from core.access import ensure, roles
from core.listing import page_number, paginate
from core.money import Money
from core.roles import Role
from trust import queries
from trust.models.online import MOVEMENT_KINDS
from trust.routes import blueprint
from trust.states import DISPUTE_STATES, PAYOUT_STATES


@blueprint.get("/tesoreria/disputas")
@roles(Role.TREASURER)
def dispute_list() -> str:
    """Payments that somebody contests at their bank."""
    listing = paginate(queries.disputes(), page=page_number(request.args))
    return render_template("trust/dispute_list.html", listing=listing, states=DISPUTE_STATES)


@blueprint.get("/tesoreria/depositos")
@roles(Role.TREASURER)
def payout_list() -> str:
    """The company's deposits in the bank, and whether each agrees with the books."""
    listing = paginate(queries.payouts(), page=page_number(request.args))
    return render_template("trust/payout_list.html", listing=listing, states=PAYOUT_STATES)


@blueprint.get("/tesoreria/depositos/<int:payout_id>")
@roles(Role.TREASURER)
def payout_show(payout_id: int) -> str:
    """One deposit: its entry, and the movements it is made of."""
    payout = queries.payout(payout_id)
    ensure(payout)
    assert payout is not None
    return render_template(
        "trust/payout_show.html",
        payout=payout,
        states=PAYOUT_STATES,
        movements=queries.movements_in(payout),
        kinds=MOVEMENT_KINDS,
        amount=Money,
    )

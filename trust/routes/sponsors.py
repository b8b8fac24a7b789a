"""A giver's own pages: what I gave, its receipts, and where it went. Nobody sees another's."""

from flask import render_template, request
from werkzeug.wrappers import Response

from core.access import ensure, signed_in
from core.context import actor
from core.listing import page_number, paginate
from trust import queries
from trust.errors import ContributionNotFound
from trust.models import Contribution
from trust.routes import blueprint
from trust.routes.contributions import LABELS
from trust.routes.receipts import send_receipt
from trust.states import PLEDGE_STATES


def _mine(contribution_id: int) -> Contribution:
    """Return a contribution of the actor or of one of the actor's organisations; any other does not exist here."""
    contribution = queries.contribution(contribution_id)
    who = actor()
    own = contribution.giver_user_id is not None and contribution.giver_user_id == who.user_id
    shared = contribution.giver_organisation_id in who.organisation_ids
    ensure(own or shared, ContributionNotFound())
    return contribution


@blueprint.get("/mis-aportaciones")
@signed_in
def my_contributions() -> str:
    """What I and my organisations gave and promised."""
    who = actor()
    promised = queries.pledges_of(who.organisation_ids, who.user_id)
    query = queries.contributions(organisation_ids=who.organisation_ids, user_id=who.user_id)
    return render_template(
        "trust/my_contributions.html",
        listing=paginate(query, page=page_number(request.args)),
        totals=queries.totals_given(who.organisation_ids, who.user_id),
        pledges=promised,
        parts=queries.parts_of(promised),
        pledge_states=PLEDGE_STATES,
        **LABELS,
    )


@blueprint.get("/mis-aportaciones/<int:contribution_id>")
@signed_in
def my_contribution(contribution_id: int) -> str:
    """One contribution of mine: receipt, entry, fund, and what the fund has done since."""
    contribution = _mine(contribution_id)
    return render_template(
        "trust/my_contribution.html",
        contribution=contribution,
        entry=queries.entry_of(contribution),
        figures=[one for one in queries.fund_figures() if one.fund.id == contribution.fund_id],
        **LABELS,
    )


@blueprint.get("/mis-aportaciones/<int:contribution_id>/recibo.pdf")
@signed_in
def my_receipt(contribution_id: int) -> Response:
    """The receipt of a contribution of mine."""
    receipt = _mine(contribution_id).receipt
    ensure(receipt, ContributionNotFound())
    assert receipt is not None
    return send_receipt(receipt)

"""Where a sponsor's money went, under the page of each contribution: the fund's share, and the awards it paid."""

from dataclasses import replace
from decimal import Decimal

from flask import request

from core.listing import page_number, paginate
from grants.states.award import AWARD
from treasury import queries
from trust import queries as trust_queries
from trust.models import Contribution, ContributionForm
from trust.routes.sponsors import Part, add_part
from trust.states import ContributionState


def where_it_went(contribution: Contribution) -> Part | None:
    """Tell the part of its fund that a contribution in cash is, and what the fund did; never which peso paid what."""
    if contribution.form != ContributionForm.CASH or contribution.state != ContributionState.RECEIVED:
        return None
    fund_id = contribution.fund_id
    share = trust_queries.fund_share(contribution)
    listing = paginate(queries.funded_awards(fund_id), page=page_number(request.args), per_page=10, scalars=False)
    return Part(
        "treasury/contribution_awards.html",
        {
            "share": share,
            "ratio": Decimal(share.ratio.numerator) / Decimal(share.ratio.denominator),
            "totals": queries.funded_totals(fund_id),
            "listing": replace(listing, rows=[queries.funded_award(row) for row in listing.rows]),
            "passed": trust_queries.passed_on(fund_id),
            "states": AWARD,
        },
    )


add_part(where_it_went)

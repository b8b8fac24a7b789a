"""Every SELECT of the mobility fund; what other rooms ask for is named here."""

from grants.queries.awards import award_by_id, awards_of, tranches_due
from grants.queries.calls import call_by_slug
from grants.queries.determinations import awaiting_award, determinations_of, public_awards, waiting_list
from grants.queries.dossiers import clearings
from grants.queries.figures import process_figures

__all__ = [
    "awaiting_award",
    "award_by_id",
    "awards_of",
    "call_by_slug",
    "clearings",
    "determinations_of",
    "process_figures",
    "public_awards",
    "tranches_due",
    "waiting_list",
]

"""How sure an order is, from readings."""

from collections.abc import Sequence

from scoring.rules.mixed_model import Reading
from scoring.rules.rank_posterior import RankPosterior, posterior_of
from scoring.rules.severity import Unfit, prepared


def rank_posterior(
    readings: Sequence[Reading], applications: int, reviewers: int, *, width: float, lower_is_better: bool = False
) -> RankPosterior | None:
    """The posterior of the ranks; None where the model is not fitted."""
    equations = prepared(readings, applications, reviewers)
    return None if isinstance(equations, Unfit) else posterior_of(equations, width, lower_is_better=lower_is_better)

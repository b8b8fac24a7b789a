"""What `puente scoring rank` tells of each application."""

from fractions import Fraction
from typing import Any

from core.money import Money
from scoring.rules.discrepancy import examine
from scoring.rules.official_score import Arithmetic, OfficialScore, Term
from scoring.rules.ranking import Place
from scoring.rules.reasons import names_in, sentence
from scoring.rules.rulebook import Rulebook
from scoring.rules.selection import Decision, Reason


class Words:
    """Everything that follows exactly from the rules, written; what many applications share is written once."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic, self.rules = arithmetic, arithmetic.rulebook
        self.names = names_in(self.rules)
        # By identity: the arithmetic keeps every term, score and spread it made.
        self.terms: dict[int, dict[str, Any]] = {}
        self.scores: dict[int, tuple[dict[str, Any], OfficialScore]] = {}
        self.amounts: dict[int, str] = {}

    def row(self, place: Place, readers: dict[str, dict[str, Fraction]], decision: Decision | None) -> dict[str, Any]:
        """Return everything about one application."""
        rules = self.rules
        apart = examine(rules, list(readers.values()), self.arithmetic)
        return {
            "application": place.candidate.label,
            "position": place.position,
            **self._score(place.candidate.score),
            "spread": str(apart.spread),
            "further_review_due": apart.calls_reviewer
            and len(readers) < rules.reviews_per_application + rules.discrepancy.further_reviewers,
            "tie_break": [{"rule": step.rule, "value": step.value} for step in place.trace[1:]]
            + ([{"rule": "lot", "value": "awaited"}] if place.awaits_lot else []),
            "outcome": decision.determination.value if decision else None,
            "granted": self._amount(decision.granted_cents) if decision else None,
            "reason": self._why(decision) if decision else None,
            "reason_code": decision.reason.value if decision else None,
        }

    def _why(self, decision: Decision) -> str:
        return sentence(Reason(decision.reason), decision.params, self.rules.currency, self.names)

    def _score(self, score: OfficialScore) -> dict[str, Any]:
        known = self.scores.get(id(score))
        if known is None:
            told = {
                "score": str(score.rounded),
                "score_exact": str(score.exact),
                "terms": [self._term(term) for term in score.terms]
                + [{"bonus": name, "points": str(points)} for name, points in score.bonus],
                "thresholds": _thresholds(self.rules, score),
            }
            known = self.scores[id(score)] = (told, score)
        return known[0]

    def _term(self, term: Term) -> dict[str, Any]:
        known = self.terms.get(id(term))
        if known is None:
            known = self.terms[id(term)] = {
                "criterion": term.criterion,
                "weight": str(term.weight),
                "sum": str(term.sum),
                "count": term.count,
                "mean": str(term.mean),
                "contribution": str(term.contribution),
            }
        return known

    def _amount(self, cents: int) -> str:
        known = self.amounts.get(cents)
        if known is None:
            known = self.amounts[cents] = str(Money(cents, self.rules.currency).decimal)
        return known


def _thresholds(rules: Rulebook, score: OfficialScore) -> dict[str, bool]:
    by_criterion = {term.criterion: term.meets_threshold for term in score.terms}
    asked = {one.id: by_criterion[one.id] for one in rules.criteria if one.threshold is not None}
    return asked | ({"overall": score.meets_overall} if rules.threshold is not None else {})

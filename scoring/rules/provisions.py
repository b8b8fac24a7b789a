"""What a rulebook lays down, as values to compute with: criteria, thresholds, loads, bonus points, ties, selection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from scoring.rules.meetings import SIGNATURE_DAYS, quorum_of


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing reviewers judge. Scores run from `minimum` to `maximum` by `step`."""

    id: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    weight: Fraction
    minimum: Fraction
    maximum: Fraction
    step: Fraction
    lower_is_better: bool
    anchors: tuple[tuple[Fraction, Mapping[str, str]], ...]
    threshold: Fraction | None

    def values(self) -> list[Fraction]:
        """Return every score a reviewer may give, from the lowest."""
        steps = (self.maximum - self.minimum) / self.step
        return [self.minimum + self.step * number for number in range(int(steps) + 1)]

    def allows(self, score: Fraction) -> bool:
        """Return whether `score` lies on the scale and on a step."""
        return self.minimum <= score <= self.maximum and ((score - self.minimum) / self.step).denominator == 1

    def meets(self, mean: Fraction) -> bool:
        """Return whether `mean` reaches the criterion's threshold; always true without one."""
        if self.threshold is None:
            return True
        return mean <= self.threshold if self.lower_is_better else mean >= self.threshold


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points added to (or, where lower is better, taken from) a score whose dossier proved an entitlement.

    `when` says in words which answer proves it; None leaves the proof to whoever receives dossiers.
    """

    id: str
    name: Mapping[str, str]
    points: Fraction
    when: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reserved:
    """Places kept for dossiers with an entitlement; `winner_uses_place` says whether an open-rank winner fills one."""

    id: str
    name: Mapping[str, str]
    places: int
    winner_uses_place: bool
    when: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A part of the budget, in percent, kept for the applications of one axis or region."""

    id: str
    name: Mapping[str, str]
    percent: Fraction


class ChargedTo(StrEnum):
    """What pays a reserved place where the budget is divided."""

    OWN_ENVELOPE = "own_envelope"
    ANY_ENVELOPE = "any_envelope"
    LEFT_OVER = "left_over"


@dataclass(frozen=True, slots=True)
class Envelopes:
    """How the budget is divided: by what, into which parts, and in which order what is left over is offered again.

    `places_charged_to` says what pays reserved places; None where the rules keep none.
    """

    by: str
    parts: tuple[Envelope, ...]
    refill: tuple[str, ...]
    places_charged_to: ChargedTo | None = None


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """When reviewers disagree enough to call another: the measure, the spread that does, and how many may come."""

    by_criterion: bool
    spread_limit: Fraction
    split_verdict: bool
    further_reviewers: int


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A valid rulebook, parsed. Money is in minor units of `currency`."""

    title: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    threshold: Fraction | None
    decimals: int
    reviews_per_application: int
    max_load: int
    min_load: int
    one_per_institution: bool
    justification_min: int
    justification_max: int
    conflicts: tuple[str, ...]
    discrepancy: Discrepancy
    bonus: tuple[Bonus, ...]
    reserved: tuple[Reserved, ...]
    ties: tuple[str, ...]
    currency: str
    cap_per_award_cents: int | None
    skip_rule: str
    waiting_list: int | None
    lot_iterations: int
    justifications_public: bool
    budget_cents: int | None = None
    envelopes: Envelopes | None = None
    lottery_band: Fraction | None = None
    quorum_percent: Fraction | None = None
    chair_breaks_ties: bool = False
    signature_days: int = SIGNATURE_DAYS
    review_opens: datetime | None = None
    review_closes: datetime | None = None
    scores_public: bool = True

    @property
    def lower_is_better(self) -> bool:
        """True where the smaller score wins; all criteria agree, or the rulebook is refused."""
        return self.criteria[0].lower_is_better

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest score without bonus points."""
        low = sum((one.weight * one.minimum for one in self.criteria), Fraction(0))
        return low, sum((one.weight * one.maximum for one in self.criteria), Fraction(0))

    def criterion(self, criterion_id: str) -> Criterion:
        """Return the criterion called `criterion_id`.

        Raises:
            KeyError: the rulebook has no such criterion.
        """
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def quorum(self, called: int) -> int:
        """Return how many of those called to a session must attend."""
        return quorum_of(called, self.quorum_percent)

    def entitlements(self) -> frozenset[str]:
        """Return the ids a dossier can be entitled to: bonus points and reserved places."""
        return frozenset([entry.id for entry in self.bonus] + [entry.id for entry in self.reserved])


def exact(value: Fraction) -> str:
    """Return a number for reading, never rounded: as a decimal where it ends, else as a fraction."""
    return plain(value) if 10**12 % value.denominator == 0 else str(value)


def plain(value: Fraction) -> str:
    """Return a terminating fraction as the shortest decimal text: 1/2 is "0.5"."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return format(number.normalize(), "f")


def read(document: Mapping[str, Any]) -> Rulebook:
    """Return a document that `check` passed, such as a frozen one, as values; nothing is checked again."""
    selection, reviews, discrepancy = document["selection"], document["reviews"], document["discrepancy"]
    sessions, calendar = document.get("sessions", {}), document.get("calendar", {})
    return Rulebook(
        title=document["title"],
        criteria=tuple(read_criterion(entry) for entry in document["criteria"]),
        threshold=optional(document["score"]["threshold"]),
        decimals=int(document["score"]["decimals"]),  # JSON knows 2.0 for a whole number
        reviews_per_application=reviews["per_application"],
        max_load=reviews["max_load"],
        min_load=reviews["min_load"],
        one_per_institution=reviews["one_per_institution"],
        justification_min=reviews["justification"]["min_characters"],
        justification_max=reviews["justification"]["max_characters"],
        conflicts=tuple(document["conflicts"]),
        discrepancy=Discrepancy(
            by_criterion=discrepancy["measure"] == "criterion",
            spread_limit=Fraction(discrepancy["spread_limit"]),
            split_verdict=discrepancy["split_verdict"],
            further_reviewers=discrepancy["further_reviewers"],
        ),
        bonus=tuple(
            Bonus(entry["id"], entry["name"], Fraction(entry["points"]), _when(entry)) for entry in document["bonus"]
        ),
        reserved=tuple(
            Reserved(entry["id"], entry["name"], entry["places"], entry["winner_uses_place"], _when(entry))
            for entry in document["reserved"]
        ),
        ties=tuple(document["ties"]),
        currency=selection["currency"],
        cap_per_award_cents=selection["cap_per_award_cents"],
        skip_rule=selection["skip_rule"],
        waiting_list=selection.get("waiting_list"),
        lot_iterations=document["lot"]["iterations"],
        justifications_public=document["publication"]["justifications"] == "public",
        budget_cents=selection.get("budget_cents"),
        envelopes=read_envelopes(selection.get("envelopes")),
        lottery_band=optional(selection.get("lottery_band")),
        quorum_percent=optional(sessions.get("quorum_percent")),
        chair_breaks_ties=sessions.get("tie") == "chair",
        signature_days=int(sessions.get("signature_days", SIGNATURE_DAYS)),
        review_opens=moment(calendar.get("review_opens")),
        review_closes=moment(calendar.get("review_closes")),
        scores_public=document["publication"]["scores"] == "pseudonymous",
    )


def read_envelopes(entry: Mapping[str, Any] | None) -> Envelopes | None:
    """Return how the budget is divided; None where it is not."""
    if entry is None:
        return None
    parts = tuple(Envelope(part["id"], part["name"], Fraction(part["percent"])) for part in entry["parts"])
    charged = entry.get("places_charged_to")
    return Envelopes(entry["by"], parts, tuple(entry["refill"]), None if charged is None else ChargedTo(charged))


def _when(entry: Mapping[str, Any]) -> Mapping[str, str] | None:
    return entry["when"]["text"] if "when" in entry else None


def optional(text: str | None) -> Fraction | None:
    """Return a number that may be left out."""
    return None if text is None else Fraction(text)


def moment(text: str | None) -> datetime | None:
    """Return a moment that may be left out; None too where it is none, as rules frozen unchecked may say."""
    try:
        found = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def read_criterion(entry: Mapping[str, Any]) -> Criterion:
    """Return one criterion."""
    scale = entry["scale"]
    return Criterion(
        id=entry["id"],
        name=entry["name"],
        description=entry["description"],
        weight=Fraction(entry["weight"]),
        minimum=Fraction(scale["min"]),
        maximum=Fraction(scale["max"]),
        step=Fraction(scale["step"]),
        lower_is_better=scale["better"] == "lower",
        anchors=tuple((Fraction(anchor["value"]), anchor["text"]) for anchor in entry["anchors"]),
        threshold=optional(entry["threshold"]),
    )

"""Compute the order of merit, apply the budget, release it."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from core.audit import record
from core.clock import now
from core.database import session
from core.money import Money, format_money
from scoring import queries
from scoring.errors import (
    BudgetExceeded,
    DossierNotCleared,
    FurtherReviewNeeded,
    LotNeeded,
    NothingToRank,
    OtherCurrency,
    RankingOutdated,
    ReviewsMissing,
)
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, Ranking, RankingLine, Review
from scoring.rules import selection
from scoring.rules.discrepancy import examine
from scoring.rules.division import NoLotError, decide
from scoring.rules.official_score import Arithmetic, OfficialScore
from scoring.rules.ranking import Candidate, Place, rank
from scoring.rules.rulebook import Rulebook
from scoring.services.assignments import ENDED
from scoring.services.courses import keep_course
from scoring.services.outside_knowledge import ask_for_budget, ask_for_conflicts
from scoring.services.phases import require_phase
from scoring.states import PANEL, RANKING, Determination, PanelState, RankingState

NAMED = 10
"""How many codes a refusal names."""
Told = Callable[[Panel], object]
_after_release: list[Told] = []


def when_order_released(act: Told) -> Told:
    """Have `act(panel)` called, in the same transaction, when a committee's order becomes final."""
    if act not in _after_release:
        _after_release.append(act)
    return act


def compute_ranking(panel: Panel) -> Ranking:
    """Compute the official score of every dossier and their order, as a new version; the panel is then ranked.

    Where only the lot can separate some, they share a position until it is drawn and the ranking computed again.

    Raises:
        ReviewsMissing, FurtherReviewNeeded, DossierNotCleared, NothingToRank: it is too early; the codes are named.
    """
    queries.hold_panel(panel)
    session().refresh(panel)
    require_phase(panel, PanelState.REVIEW, PanelState.DISCUSSION, PanelState.RANKED)
    ask_for_conflicts(panel)
    rules = panel.rulebook.rules
    reviews = queries.submitted_reviews(panel)
    dossiers = _complete(panel, reviews)
    _require_agreement(panel, rules, dossiers, reviews)
    arithmetic = Arithmetic(rules)
    candidates = [
        Candidate(
            label=dossier.code,
            score=arithmetic.score([review.sheet() for review in reviews[dossier.id]], dossier.entitlements),
            entitlements=frozenset(dossier.entitlements),
            requested_cents=dossier.requested_cents,
        )
        for dossier in dossiers
    ]
    drawn = queries.draw_of_panel(panel)
    places = rank(rules, candidates, drawn.places if drawn is not None and drawn.drawn_at is not None else None)
    latest = queries.latest_ranking(panel)
    by_code = {dossier.code: dossier for dossier in dossiers}
    ranking = Ranking(
        panel=panel,
        version=1 if latest is None else latest.version + 1,
        state=RankingState.DRAFT,
        computed_at=now(),
        currency=rules.currency,
        lines=[_line(number, place, by_code[place.candidate.label]) for number, place in enumerate(places, start=1)],
    )
    session().add(ranking)
    if panel.state != PanelState.RANKED:
        PANEL.check(panel.state, PanelState.RANKED)
        panel.state = PanelState.RANKED
    session().flush()
    record("ranking.computed", "panel", panel.id, after={"version": ranking.version, "lines": len(places)})
    return ranking


def select(ranking: Ranking, *, budget_cents: int, currency: str) -> Ranking:
    """Decide every line under the budget by the rulebook; may be repeated until the release. Money in minor units.

    Raises:
        LotNeeded: a tie still waits for the lot. OtherCurrency, RankingOutdated; IllegalTransition once released.
    """
    if ranking.state != RankingState.SELECTED:
        RANKING.check(ranking.state, RankingState.SELECTED)
    _require_latest(ranking)
    rules = ranking.panel.rulebook.rules
    if currency != rules.currency:
        raise OtherCurrency(expected=rules.currency, given=currency)
    known = budget_of(ranking.panel)
    if known is not None and budget_cents > known.amount_cents:
        raise BudgetExceeded(approved=format_money(known))
    lines = queries.ranking_lines(ranking)
    tied = [line.dossier.code for line in lines if line.awaits_lot]
    if tied:
        raise LotNeeded(dossiers=", ".join(tied[:NAMED]))
    facts = _facts(ranking.panel, lines)
    try:
        decisions = decide(rules, facts, budget_cents)
    except NoLotError as missing:
        raise LotNeeded(dossiers=", ".join(missing.labels[:NAMED])) from None
    for line, decision in zip(lines, decisions, strict=True):
        line.determination = decision.determination
        line.granted_cents = decision.granted_cents
        line.waiting_position = decision.waiting_position
        line.reason = decision.reason.value
        line.reason_params = dict(decision.params)
    ranking.state = RankingState.SELECTED
    ranking.budget_cents = budget_cents
    ranking.selected_at = now()
    session().flush()
    record(
        "ranking.selected",
        "ranking",
        ranking.id,
        after={"budget_cents": budget_cents, "granted_cents": sum(line.granted_cents for line in lines)},
    )
    return ranking


def _facts(panel: Panel, lines: Sequence[RankingLine]) -> list[selection.Line]:
    """Return the lines of an order of merit as the selection sees them."""
    drawn = queries.draw_of_panel(panel)
    places = drawn.places if drawn is not None else {}
    return [
        selection.Line(
            label=line.dossier.code,
            position=line.position,
            requested_cents=line.dossier.requested_cents,
            entitlements=frozenset(line.dossier.entitlements),
            failed_criteria=tuple(line.failed),
            group=_group(panel.rulebook.rules, line.dossier),
            score=Fraction(line.score_text),
            lot=places.get(line.dossier.code),
        )
        for line in lines
    ]


def empty_places_of(ranking: Ranking) -> dict[str, int]:
    """Return how many reserved places of each group nobody fills in a selection; only groups with some."""
    if ranking.state == RankingState.DRAFT or not ranking.panel.rulebook.rules.reserved:
        return {}
    lines = queries.ranking_lines(ranking, Determination.AWARDED)  # nobody else fills a place or wins in open rank
    found = [
        selection.Decision(
            line.dossier.code,
            line.determination,
            line.granted_cents,
            selection.Reason(line.reason),
            line.reason_params,
        )
        for line in lines
        if line.determination is not None and line.reason is not None
    ]
    return selection.left_empty(ranking.panel.rulebook.rules, _facts(ranking.panel, lines), found)


def budget_of(panel: Panel) -> Money | None:
    """Return the money a committee gives: what the rulebook fixes, else what whoever keeps the budget says of the call.

    None where neither says: then a person types it.
    """
    rules = panel.rulebook.rules
    if rules.budget_cents is not None:
        return Money(rules.budget_cents, rules.currency)
    return ask_for_budget(panel)


def _group(rules: Rulebook, dossier: Dossier) -> str | None:
    """Return the envelope a dossier belongs to."""
    if rules.envelopes is None:
        return None
    return dossier.axis if rules.envelopes.by == "axis" else dossier.region


def release_ranking(ranking: Ranking) -> Ranking:
    """Make a selected ranking public and final; from here on the database refuses any change.

    Raises:
        IllegalTransition: it has no selection, or is released. RankingOutdated: a later computation exists.
    """
    RANKING.check(ranking.state, RankingState.RELEASED)
    _require_latest(ranking)
    panel = ranking.panel
    PANEL.check(panel.state, PanelState.RELEASED)
    ranking.state, panel.state = RankingState.RELEASED, PanelState.RELEASED
    ranking.released_at = panel.released_at = now()
    session().flush()
    keep_course(panel)
    record("ranking.released", "ranking", ranking.id, after={"version": ranking.version})
    for act in _after_release:
        act(panel)
    return ranking


def _require_latest(ranking: Ranking) -> None:
    latest = queries.latest_ranking(ranking.panel)
    if latest is None or latest.id != ranking.id:
        raise RankingOutdated()


def _complete(panel: Panel, reviews: dict[int, list[Review]]) -> list[Dossier]:
    """Return the dossiers in the contest, or refuse while any is not cleared or lacks a review."""
    contest = [dossier for dossier in queries.dossiers_of_panel(panel) if dossier.withdrawn_at is None]
    if not contest:
        raise NothingToRank()
    for dossier in contest:
        if dossier.cleared_at is None:
            raise DossierNotCleared(code=dossier.code)
    unfinished = queries.unfinished_dossiers(panel)
    needed = panel.rulebook.rules.reviews_per_application
    short = [one.code for one in contest if one.id in unfinished or len(reviews.get(one.id, [])) < needed]
    if short:
        raise ReviewsMissing(count=len(short), dossiers=", ".join(short[:NAMED]))
    return contest


def _require_agreement(
    panel: Panel, rules: Rulebook, dossiers: Sequence[Dossier], reviews: dict[int, list[Review]]
) -> None:
    """Refuse where reviewers disagree as far as the rulebook says and a further reviewer may still be called."""
    called = _further(queries.assignments_of_panel(panel))
    waiting = [
        dossier.code
        for dossier in dossiers
        if called.get(dossier.id, 0) < rules.discrepancy.further_reviewers
        and examine(rules, [review.sheet() for review in reviews[dossier.id]]).calls_reviewer
    ]
    if waiting:
        raise FurtherReviewNeeded(dossiers=", ".join(waiting[:NAMED]))


def _further(assignments: Sequence[Assignment]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for assignment in assignments:
        if assignment.origin == AssignmentOrigin.FURTHER and assignment.state not in ENDED:
            counts[assignment.dossier_id] = counts.get(assignment.dossier_id, 0) + 1
    return counts


def _line(number: int, place: Place, dossier: Dossier) -> RankingLine:
    score: OfficialScore = place.candidate.score
    return RankingLine(
        dossier=dossier,
        place=number,
        position=place.position,
        awaits_lot=place.awaits_lot,
        exact=str(score.exact),
        score_text=str(score.rounded),
        terms=[
            {
                "criterion": term.criterion,
                "weight": str(term.weight),
                "sum": str(term.sum),
                "count": term.count,
                "mean": str(term.mean),
                "contribution": str(term.contribution),
                "meets_threshold": term.meets_threshold,
            }
            for term in score.terms
        ],
        bonus=[{"id": name, "points": str(points)} for name, points in score.bonus],
        failed=score.failed_criteria(),
        trace=[{"rule": step.rule, "value": step.value} for step in place.trace],
        granted_cents=0,
        reason_params={},
    )

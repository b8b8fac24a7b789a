"""Reviews from the draft to the score that changes on record, by the services."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from core.audit import events_of
from core.clock import FrozenClock
from scoring import errors, queries, services
from scoring.services import ScoreEntry
from scoring.states import AssignmentState, PanelState, ReviewState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


def test_scoring_needs_a_declaration_first() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    make.dossier(panel)
    make.seat(panel, 1)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    services.advance_panel(panel, PanelState.REVIEW)
    with pytest.raises(errors.NotDeclared):
        services.save_review_draft(make.first_assignment(panel), {})


def test_a_draft_keeps_what_was_written_and_is_resumed() -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    services.save_review_draft(assignment, {"calidad": ScoreEntry("4", " Muy bien. ")})
    review = services.save_review_draft(assignment, {"impacto": ScoreEntry(None, "Falta.")})
    assert review.sheet() == {"calidad": Fraction(4)}
    assert {one.criterion: one.justification for one in review.scores} == {"calidad": "Muy bien.", "impacto": "Falta."}


@pytest.mark.parametrize("value", ["6", "-1", "2.5", "4,0", "cuatro", "4.0", "NaN", "1e0"])
def test_a_score_off_the_scale_is_refused(value: str) -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    with pytest.raises(errors.ScoreOffScale):
        services.save_review_draft(assignment, {"calidad": ScoreEntry(value)})


def test_a_criterion_the_rules_lack_is_refused() -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    with pytest.raises(errors.UnknownCriterion):
        services.save_review_draft(assignment, {"belleza": ScoreEntry("4")})


def test_submitting_needs_every_score_and_justification() -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    given = make.entries(4, 4, 4, 4) | {"calidad": ScoreEntry("4", "x" * 19), "alcance": ScoreEntry("", "y" * 20)}
    given["impacto"] = ScoreEntry("", "")
    with pytest.raises(errors.ReviewIncomplete) as caught:
        services.submit_review(assignment, given)
    score, why = "Elige una calificación.", "La justificación necesita al menos 20 caracteres."
    assert caught.value.errors == {"calidad": ("", why), "impacto": (score, why), "alcance": (score, "")}


def test_what_is_too_long_is_kept_as_a_draft_and_not_submitted() -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    given = make.entries(4, 4, 4, 4) | {"calidad": ScoreEntry("4", "x" * 3002)}
    review = services.save_review_draft(assignment, given)
    assert {len(one.justification) for one in review.scores if one.criterion == "calidad"} == {3002}
    with pytest.raises(errors.ReviewIncomplete) as caught:
        services.submit_review(assignment, given)
    over = "La justificación puede tener hasta 3000 caracteres. Sobran 2 caracteres."
    assert caught.value.errors == {"calidad": ("", over)}
    with pytest.raises(errors.ReviewIncomplete):
        services.save_review_draft(assignment, {"calidad": ScoreEntry("4", "x" * 20_001)})


def test_a_submitted_review_is_fixed(session: Session) -> None:
    assignment = make.first_assignment(make.assigned_panel(1))
    review = make.review(assignment, 5, 4, 3, 2)
    assert (review.state, assignment.state) == (ReviewState.SUBMITTED, AssignmentState.SUBMITTED)
    assert review.sheet() == {"calidad": 5, "impacto": 4, "viabilidad": 3, "alcance": 2}
    with pytest.raises(errors.ReviewAlreadySubmitted):
        services.save_review_draft(assignment, {})
    assert [event.action for event in events_of("review", review.id)] == ["review.submitted"]


def test_the_window_is_kept_to_the_second(clock: FrozenClock) -> None:
    opens = clock.now() + timedelta(hours=1)
    panel = make.assigned_panel(1, opens_at=opens, closes_at=opens + timedelta(hours=1))
    assignment = make.first_assignment(panel)
    clock.set(opens - timedelta(microseconds=1))
    with pytest.raises(errors.ReviewWindowClosed):
        services.save_review_draft(assignment, {})
    clock.set(opens)
    services.save_review_draft(assignment, {})
    clock.set(panel.review_closes_at + timedelta(milliseconds=999))
    services.save_review_draft(assignment, {})
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    with pytest.raises(errors.ReviewWindowClosed):
        make.review(assignment)


def test_the_window_is_extended_with_a_reason_and_never_shortened(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1)
    assignment, closes = make.first_assignment(panel), panel.review_closes_at
    for moment in (closes, closes - timedelta(seconds=1)):
        with pytest.raises(errors.DeadlineNotLater):
            services.extend_window(panel, moment, reason="Corto.")
    clock.set(closes + timedelta(days=2))
    with pytest.raises(errors.DeadlineNotLater):
        services.extend_window(panel, clock.now(), reason="Tarde.")
    with pytest.raises(errors.ReasonMissing):
        services.extend_window(panel, clock.now() + timedelta(days=1), reason=" ")
    with pytest.raises(errors.ReviewWindowClosed):
        services.save_review_draft(assignment, {})
    services.extend_window(panel, clock.now() + timedelta(days=1), reason="Se cayó el servicio.")
    make.review(assignment)
    event = events_of("panel", panel.id)[-1]
    assert (event.action, event.before, (event.after or {})["reason"]) == (
        "panel.window_extended",
        {"closes_at": closes.isoformat()},
        "Se cayó el servicio.",
    )
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.WrongPhase):
        services.extend_window(panel, clock.now() + timedelta(days=9), reason="Más.")


def test_the_deliberation_does_not_begin_while_reviews_may_still_come(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1, 2)
    first, second = queries.assignments_of_panel(panel)
    make.review(first)
    with pytest.raises(errors.ReviewsAwaited) as refusal:
        services.advance_panel(panel, PanelState.DISCUSSION)
    assert refusal.value.parameters["count"] == 1
    make.review(second)  # who is later than the others still can
    services.advance_panel(panel, PanelState.DISCUSSION)


def test_after_the_deadline_the_deliberation_begins_without_who_did_not_review(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1, 2)
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    assert services.advance_panel(panel, PanelState.DISCUSSION).state is PanelState.DISCUSSION


def test_a_score_changes_in_discussion_only_and_on_record() -> None:
    panel = make.reviewed_panel(1)
    review = make.first_assignment(panel).review
    assert review is not None
    changed = {"value": "2", "justification": "Tras la deliberación pesa más.", "reason": "Error de lectura."}
    with pytest.raises(errors.WrongPhase):
        services.change_submitted_score(review, "calidad", **changed)
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.ReasonMissing):
        services.change_submitted_score(review, "calidad", **(changed | {"reason": " "}))
    same = {"value": "5", "justification": make.JUSTIFICATION, "reason": "Por nada."}
    with pytest.raises(errors.ScoreUnchanged):
        services.change_submitted_score(review, "calidad", **same)
    change = services.change_submitted_score(review, "calidad", **changed)
    assert review.sheet()["calidad"] == 2
    assert (change.previous_numerator, change.numerator, change.version, change.reason) == (
        5,
        2,
        2,
        "Error de lectura.",
    )


def test_disagreement_calls_one_more_reviewer_before_the_ranking() -> None:
    document = make.simple_rulebook(2)
    document["discrepancy"] |= {"further_reviewers": 1}
    panel = make.assigned_panel(1, 2, document=document)
    low, high = queries.assignments_of_panel(panel)
    make.review(low, 3, 3, 3, 3)
    make.review(high, 5, 5, 5, 5)
    dossier = low.dossier
    with pytest.raises(errors.FurtherReviewNeeded):
        services.compute_ranking(panel)
    with pytest.raises(errors.NoReviewerAvailable):
        services.assign_further_reviewer(dossier)
    third = make.seat(panel, 950)
    further = services.assign_further_reviewer(dossier)
    assert further.seat is third
    with pytest.raises(errors.FurtherReviewNotCalled):
        services.assign_further_reviewer(dossier)
    with pytest.raises(errors.ReviewsMissing):
        services.compute_ranking(panel)
    services.declare_no_conflict(third, dossier)
    make.review(further, 4, 4, 4, 4)
    assert services.further_reviews(panel, [dossier], {third: 0}) == {dossier.id: services.Standing.CALLED}
    assert queries.ranking_lines(services.compute_ranking(panel))[0].score_text == "80.00"


def test_calling_further_reviewers_at_once_calls_one_where_they_disagree_and_nobody_else() -> None:
    document = make.simple_rulebook(2)
    document["discrepancy"] |= {"further_reviewers": 1}
    panel = make.assigned_panel(2, 2, document=document)
    split = queries.open_dossiers(panel)[0]
    for assignment in queries.assignments_of_panel(panel):
        low = assignment.dossier is split and assignment.seat.letter == "A"
        make.review(assignment, *((3, 3, 3, 3) if low else (5, 5, 5, 5)))
    make.seat(panel, 950)
    make.seat(panel, 951, institution_key="unam")
    called = services.assign_further_reviewers(panel)
    assert [(one.dossier.code, one.seat.letter) for one in called] == [(split.code, "C")]
    assert services.assign_further_reviewers(panel) == []

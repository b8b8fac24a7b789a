"""The order, the lot and the selection, by the services."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import IllegalTransition
from scoring import errors, queries, services
from scoring.models import Review
from scoring.states import Determination, PanelState, RankingState, ReviewState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


def test_a_ranking_waits_for_every_review() -> None:
    panel = make.assigned_panel(2)
    make.review(make.first_assignment(panel))
    with pytest.raises(errors.ReviewsMissing) as caught:
        services.compute_ranking(panel)
    assert caught.value.parameters["count"] == 2


def test_a_ranking_waits_for_what_is_not_cleared() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    make.dossier(panel)
    hidden = make.dossier(panel, cleared=False)
    make.seat(panel, 1)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    assignment = make.first_assignment(panel)
    services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    make.review(assignment)
    with pytest.raises(errors.DossierNotCleared):
        services.compute_ranking(panel)
    services.withdraw_dossier(hidden, reason="La solicitante se retiró.")
    assert len(queries.ranking_lines(services.compute_ranking(panel))) == 1


def test_the_ranking_publishes_every_term_and_what_each_line_gets() -> None:
    panel = make.reviewed_panel(3, scores=[(5, 5, 5, 5), (4, 4, 4, 4), (2, 5, 5, 5)])
    codes = [dossier.code for dossier in queries.open_dossiers(panel)]
    ranking = services.compute_ranking(panel)
    assert panel.state == PanelState.RANKED
    lines = queries.ranking_lines(ranking)
    assert [(line.dossier.code, line.position, line.score_text) for line in lines] == [
        (codes[0], 1, "100.00"),
        (codes[1], 2, "80.00"),
        (codes[2], None, "82.00"),
    ]
    assert lines[1].terms[0] == {
        "criterion": "calidad",
        "weight": "6",
        "sum": "12",
        "count": 3,
        "mean": "4",
        "contribution": "24",
        "meets_threshold": True,
    }
    services.select(ranking, budget_cents=5_000_000, currency="MXN")
    assert [(line.determination, line.granted_cents, line.reason) for line in queries.ranking_lines(ranking)] == [
        (Determination.AWARDED, 5_000_000, "awarded_in_rank"),
        (Determination.WAITLISTED, 0, "waitlisted_budget"),
        (Determination.BELOW_THRESHOLD, 0, "below_criteria"),
    ]


def test_a_tie_waits_for_the_lot_and_is_broken_by_it() -> None:
    panel = make.reviewed_panel(2, scores=[(4, 4, 4, 4), (4, 4, 4, 4)])
    tied = services.compute_ranking(panel)
    with pytest.raises(errors.LotNeeded):
        services.select(tied, budget_cents=5_000_000, currency="MXN")
    with pytest.raises(errors.LotNotCommitted):
        services.draw_lots(panel, "1.2.3")
    committed = services.commit_lot(panel)
    assert committed.revealed_secret is None
    with pytest.raises(errors.LotAlreadyCommitted):
        services.commit_lot(panel)
    with pytest.raises(errors.RandomnessMissing):
        services.draw_lots(panel, "  ")
    drawn = services.draw_lots(panel, "04.11.23.31.40.52.07")
    with pytest.raises(errors.LotAlreadyCommitted):
        services.draw_lots(panel, "another")
    again = services.compute_ranking(panel)
    assert again.version == 2
    lines = queries.ranking_lines(again)
    assert [line.dossier.code for line in lines] == sorted(drawn.places, key=drawn.places.__getitem__)
    assert lines[0].trace[-1] == {"rule": "lot", "value": "1"}
    with pytest.raises(errors.RankingOutdated):
        services.select(tied, budget_cents=5_000_000, currency="MXN")


def test_from_the_lot_on_nobody_changes_a_score_and_the_deliberation_stays_closed(session: Session) -> None:
    panel = make.reviewed_panel(2, scores=[(4, 4, 4, 4), (4, 4, 4, 4)])
    services.commit_lot(panel)
    with pytest.raises(errors.LotBeforeOrder):
        services.draw_lots(panel, "04.11.23.31.40.52.07")
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.LotBeforeOrder):
        services.draw_lots(panel, "04.11.23.31.40.52.07")
    services.compute_ranking(panel)
    assert services.advance_panel(panel, PanelState.DISCUSSION).state == PanelState.DISCUSSION  # nothing is known yet
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23.31.40.52.07")
    with pytest.raises(errors.LotAlreadyDrawn):
        services.advance_panel(panel, PanelState.DISCUSSION)
    assignment = queries.assignments_of_panel(panel)[0]
    with pytest.raises(errors.LotAlreadyDrawn):
        services.change_submitted_score(
            queries.reviews_of_dossier(assignment.dossier)[0],
            "calidad",
            value="5",
            justification=make.JUSTIFICATION,
            reason="Me convencieron.",
        )
    with pytest.raises(errors.WrongPhase):
        services.recognise_person(assignment)
    with pytest.raises(errors.WrongPhase):
        services.assign_further_reviewer(assignment.dossier)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE panel SET state = 'discussion'",
        "UPDATE panel SET state = 'review'",
        "UPDATE review SET state = 'set_aside', set_aside_at = submitted_at, set_aside_reason = 'x'",
        "INSERT INTO score_change (score_id, version, previous_numerator, previous_denominator, previous_justification,"
        " numerator, denominator, justification, reason, changed_at) SELECT id, version + 1, numerator, denominator,"
        " justification, 5, 1, justification, 'x', CURRENT_TIMESTAMP FROM score LIMIT 1",
    ],
)
def test_the_database_too_keeps_scores_as_they_were_when_the_lot_was_drawn(session: Session, statement: str) -> None:
    panel = make.reviewed_panel(2, scores=[(4, 4, 4, 4), (4, 4, 4, 4)])
    services.commit_lot(panel)
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23.31.40.52.07")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement))


def test_the_database_lets_no_lot_be_drawn_before_the_order(session: Session) -> None:
    panel = make.reviewed_panel(2)
    services.commit_lot(panel)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE draw SET drawn_at = committed_at, randomness = '1'"))


def test_a_dossier_cleared_after_the_commitment_takes_part_in_the_lot() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    cleared, hidden, gone = make.dossier(panel), make.dossier(panel, cleared=False), make.dossier(panel)
    services.withdraw_dossier(gone, reason="La solicitante se retiró.")
    services.advance_panel(panel, PanelState.DECLARATIONS)
    assert services.commit_lot(panel).labels == sorted([cleared.code, hidden.code])
    services.clear_dossier(hidden)
    make.seat(panel, 901)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.REVIEW)
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
        make.review(assignment, 4, 4, 4, 4)
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23.31.40.52.07")
    assert [line.awaits_lot for line in queries.ranking_lines(services.compute_ranking(panel))] == [False, False]


def test_selection_is_repeated_until_the_release_and_then_final() -> None:
    panel, ranking = make.released_panel()
    assert (panel.state, ranking.state) == (PanelState.RELEASED, RankingState.RELEASED)
    with pytest.raises(IllegalTransition):
        services.select(ranking, budget_cents=1, currency="MXN")
    with pytest.raises(errors.WrongPhase):
        services.compute_ranking(panel)
    with pytest.raises(IllegalTransition):
        services.release_ranking(ranking)


def test_a_ranking_without_selection_is_not_released() -> None:
    ranking = services.compute_ranking(make.reviewed_panel())
    with pytest.raises(IllegalTransition):
        services.release_ranking(ranking)
    with pytest.raises(errors.OtherCurrency):
        services.select(ranking, budget_cents=1, currency="EUR")
    services.select(ranking, budget_cents=0, currency="MXN")
    services.select(ranking, budget_cents=5_000_000, currency="MXN")
    assert ranking.budget_cents == 5_000_000


def test_entitlements_count_in_the_score_and_the_reserved_places() -> None:
    document = make.simple_rulebook(1)
    panel = make.panel(document=document)
    held = make.dossier(panel, entitlements=["barrio", "primera_vez"])
    make.dossier(panel)
    make.seat(panel, 901)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    for assignment in queries.assignments_of_panel(panel):
        make.review(assignment, 4, 4, 4, 4)
    lines = queries.ranking_lines(services.compute_ranking(panel))
    assert [(line.score_text, line.bonus) for line in lines] == [
        ("83.00", [{"id": "barrio", "points": "3"}]),
        ("80.00", []),
    ]
    assert lines[0].dossier is held


def test_assigning_and_ranking_take_a_constant_number_of_reads(
    session: Session, count_queries: Callable[..., Any]
) -> None:
    def reads(dossiers: int, call_key: str) -> int:
        panel = make.reviewed_panel(dossiers, call_key=call_key)
        session.commit()
        session.expunge_all()
        fresh = queries.panel_of_call(call_key)
        assert fresh is not None
        with count_queries() as sent:
            services.compute_ranking(fresh)
        assert panel.id == fresh.id
        return sum(statement.startswith("SELECT") for statement in sent)

    assert reads(1, "una") == reads(12, "doce")


def test_review_has_no_state_that_reviews_forget(session: Session) -> None:
    panel = make.reviewed_panel(1)
    session.expire_all()
    assert {review.state for review in session.query(Review)} == {ReviewState.SUBMITTED}
    assert queries.process_figures(panel.call_key) is not None

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.audit import events_of
from core.clock import FrozenClock
from core.errors import IllegalTransition
from scoring import errors, queries, services
from scoring.models import Assignment, AssignmentOrigin, Panel, Review
from scoring.services import KnownConflict, ScoreEntry
from scoring.states import AssignmentState, ConflictKind, Determination, PanelState, RankingState, ReviewState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


def first_assignment(panel: Panel) -> Assignment:
    return queries.assignments_of_panel(panel)[0]


# --- rulebooks ---------------------------------------------------------------


def test_freezing_the_same_rulebook_twice_keeps_one_version() -> None:
    first = make.rulebook()
    again = make.rulebook()
    later = make.rulebook(document=make.rulebook_document(weights_total="20", title={"es": "Reglas corregidas"}))
    assert again is first
    assert [(one.version, one.sha256) for one in queries.rulebooks_of_call("convocatoria")] == [
        (1, first.sha256),
        (2, later.sha256),
    ]
    assert queries.rulebook_by_digest(first.sha256) is first


def test_a_rulebook_that_contradicts_itself_is_refused_with_every_problem() -> None:
    with pytest.raises(errors.RulebookInvalid) as caught:
        make.rulebook(document=make.rulebook_document(weights_total="30", ties=["criterion:calidad"]))
    assert caught.value.parameters["count"] == 2
    assert "$.weights_total" in caught.value.message()


# --- panels and dossiers -----------------------------------------------------


def test_a_call_has_one_live_panel_and_another_after_it_is_cancelled() -> None:
    panel = make.panel()
    with pytest.raises(errors.PanelAlreadyOpen):
        make.panel()
    with pytest.raises(errors.ReasonMissing):
        services.advance_panel(panel, PanelState.CANCELLED)
    services.advance_panel(panel, PanelState.CANCELLED, reason="La convocatoria se canceló.")
    assert make.panel().id != panel.id


def test_letters_follow_one_another() -> None:
    panel = make.panel()
    letters = [make.seat(panel, number).letter for number in range(28)]
    assert letters[:2] + letters[25:] == ["A", "B", "Z", "AA", "AB"]
    with pytest.raises(errors.SeatTaken):
        make.seat(panel, 3)


def test_a_panel_is_ranked_and_released_only_by_its_services() -> None:
    panel = make.reviewed_panel()
    with pytest.raises(errors.WrongPhase):
        services.advance_panel(panel, PanelState.RANKED)


def test_an_empty_panel_does_not_review() -> None:
    panel = make.panel()
    services.advance_panel(panel, PanelState.DECLARATIONS)
    with pytest.raises(errors.NothingToRank):
        services.advance_panel(panel, PanelState.REVIEW)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"content": make.content() | {"applicant": "Ana"}}, errors.ContentNotBlind),
        ({"content": {"title": "x", "summary": "y"}}, errors.ContentNotBlind),
        ({"content": make.content() | {"title": {"name": "Ana"}}}, errors.ContentNotBlind),
        ({"currency": "EUR"}, errors.OtherCurrency),
        ({"requested_cents": 0}, errors.AmountNotPositive),
        ({"entitlements": ["primo_del_alcalde"]}, errors.UnknownEntitlement),
    ],
)
def test_a_dossier_that_is_not_blind_or_does_not_fit_is_refused(changes: dict[str, Any], refusal: type) -> None:
    with pytest.raises(refusal):
        make.dossier(make.panel(), **changes)


def test_no_dossier_arrives_once_declarations_began() -> None:
    panel = make.panel()
    make.dossier(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    with pytest.raises(errors.WrongPhase):
        make.dossier(panel)


# --- conflicts and assignment ------------------------------------------------


def test_conflicts_known_beforehand_are_never_assigned() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    dossier = make.dossier(panel)
    make.seat(panel, 1)
    make.seat(panel, 2)
    known = KnownConflict(dossier.code, 1, ConflictKind.SAME_ORGANISATION)
    assert services.record_conflicts(panel, [known]) == 1
    assert services.record_conflicts(panel, [known]) == 0
    assert services.assign_reviewers(panel).pairs == ((dossier.code, "B"),)


def test_a_conflict_of_another_panel_is_refused() -> None:
    panel, other = make.panel(), make.panel("otra")
    dossier = make.dossier(other)
    make.seat(panel, 1)
    with pytest.raises(errors.DossierNotFound):
        services.record_conflicts(panel, [KnownConflict(dossier.code, 1, ConflictKind.SAME_HOUSEHOLD)])
    with pytest.raises(errors.SeatNotFound):
        services.record_conflicts(other, [KnownConflict(dossier.code, 1, ConflictKind.SAME_HOUSEHOLD)])


def test_an_uncleared_dossier_is_not_assigned() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    hidden = make.dossier(panel, cleared=False)
    make.seat(panel, 1)
    assert services.assign_reviewers(panel).pairs == ()
    services.clear_dossier(hidden)
    assert services.assign_reviewers(panel).pairs == ((hidden.code, "A"),)


def test_a_recusal_leaves_a_gap_and_assigning_again_fills_only_the_gap() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    dossier = make.dossier(panel)
    make.seat(panel, 1)
    make.seat(panel, 2, keywords=[])
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    assignment = first_assignment(panel)
    services.declare_conflict(assignment.seat, dossier, kind=ConflictKind.EARLIER_COLLABORATION)
    assert assignment.state == AssignmentState.RECUSED
    assert services.assign_reviewers(panel).pairs == ((dossier.code, "B"),)
    assert services.assign_reviewers(panel).pairs == ()
    with pytest.raises(errors.InConflict):
        services.declare_no_conflict(assignment.seat, dossier)


def test_the_least_load_is_kept_at_first_and_does_not_stop_a_gap_from_being_filled() -> None:
    document = make.simple_rulebook(1)
    document["reviews"] |= {"min_load": 1}
    panel = make.panel(document=document)
    make.dossier(panel)
    make.seat(panel, 1)
    make.seat(panel, 2)
    with pytest.raises(errors.MinimumLoadUnreachable):
        services.assign_reviewers(panel)
    make.dossier(panel)
    assert sorted(letter for _code, letter in services.assign_reviewers(panel).pairs) == ["A", "B"]
    services.advance_panel(panel, PanelState.DECLARATIONS)
    recused, other = queries.assignments_of_panel(panel)
    services.declare_conflict(recused.seat, recused.dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    assert services.assign_reviewers(panel).pairs == ((recused.dossier.code, other.seat.letter),)


def test_who_takes_a_place_is_not_of_the_institution_of_somebody_who_read_it_and_left() -> None:
    panel = make.panel(document=make.simple_rulebook(2))
    dossier = make.dossier(panel)
    reader = make.seat(panel, 1, institution_key="unam")
    make.seat(panel, 2)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    first, second = queries.assignments_of_panel(panel)
    make.review(first)
    services.unseat_reviewer(reader, reason="Deja el comité por salud.")
    services.withdraw_assignment(second, reason="No respondió.")
    make.seat(panel, 3, institution_key="unam")
    make.seat(panel, 4, keywords=[])
    assert services.assign_reviewers(panel).pairs == ((dossier.code, "D"),)


def test_other_needs_an_explanation() -> None:
    panel = make.assigned_panel(1)
    assignment = first_assignment(panel)
    with pytest.raises(errors.UnknownConflict):
        services.declare_conflict(assignment.seat, assignment.dossier, kind=ConflictKind.OTHER, explanation="  ")


def test_recognising_the_person_recuses_and_sets_the_draft_aside() -> None:
    panel = make.assigned_panel(1)
    assignment = first_assignment(panel)
    review = services.save_review_draft(assignment, make.entries(3, 3, 3, 3))
    services.recognise_person(assignment)
    assert (assignment.state, review.state) == (AssignmentState.RECUSED, ReviewState.SET_ASIDE)
    with pytest.raises(errors.InConflict):
        services.save_review_draft(assignment, {})


def test_who_recognises_the_person_steps_back_also_where_the_rulebook_does_not_name_it() -> None:
    panel = make.assigned_panel(1, document=make.simple_rulebook(3, conflicts=["same_household"]))
    assignment = first_assignment(panel)
    services.recognise_person(assignment)
    assert assignment.state == AssignmentState.RECUSED
    other = queries.assignments_of_panel(panel)[1]
    with pytest.raises(errors.UnknownConflict):
        services.declare_conflict(other.seat, other.dossier, kind=ConflictKind.SPONSOR_OF_FUND)


def test_a_conflict_found_late_sets_a_submitted_review_aside_until_the_ranking() -> None:
    panel = make.reviewed_panel(1)
    assignment = first_assignment(panel)
    known = KnownConflict(assignment.dossier.code, assignment.seat.reviewer_id, ConflictKind.SPONSOR_OF_FUND)
    services.record_conflicts(panel, [known])
    assert assignment.state == AssignmentState.RECUSED
    assert assignment.review is not None
    assert assignment.review.state == ReviewState.SET_ASIDE
    with pytest.raises(errors.ReviewsMissing):
        services.compute_ranking(panel)


def test_an_infeasible_assignment_assigns_nobody() -> None:
    panel = make.panel(document=make.simple_rulebook(2))
    make.dossier(panel)
    make.seat(panel, 1, institution_key="unam")
    make.seat(panel, 2, institution_key="unam")
    with pytest.raises(errors.TooManyConflicts):
        services.assign_reviewers(panel)
    assert queries.assignments_of_panel(panel) == []


def test_who_leaves_takes_nothing_that_was_submitted() -> None:
    panel = make.assigned_panel(2, 3)
    mine = [one for one in queries.assignments_of_panel(panel) if one.seat.letter == "A"]
    make.review(mine[0])
    services.unseat_reviewer(mine[0].seat, reason="Deja el comité por salud.")
    assert [one.state for one in mine] == [AssignmentState.SUBMITTED, AssignmentState.WITHDRAWN]
    make.seat(panel, 950)
    assert [code for code, _letter in services.assign_reviewers(panel).pairs] == [mine[1].dossier.code]


def test_the_place_of_who_did_not_answer_is_taken_in_the_deliberation(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1, 3)
    gone, *others = queries.assignments_of_panel(panel)
    for assignment in others:
        make.review(assignment)
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.WrongPhase):
        make.review(gone)
    services.withdraw_assignment(gone, reason="No respondió.")
    seat = make.seat(panel, 950)
    assert services.assign_reviewers(panel).pairs == ((gone.dossier.code, seat.letter),)
    called = queries.assignment_of(seat, gone.dossier)
    assert called is not None
    assert called.origin == AssignmentOrigin.REPLACEMENT
    with pytest.raises(errors.NotDeclared):
        make.review(called)
    services.declare_no_conflict(seat, gone.dossier)
    assert queries.reviews_of_others(called) == []
    make.review(called)
    assert len(queries.ranking_lines(services.compute_ranking(panel))) == 1


def test_who_is_called_to_the_last_second_of_the_window_is_not_late(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1, 3)
    for seconds, origin in ((0.999, AssignmentOrigin.INITIAL), (1, AssignmentOrigin.REPLACEMENT)):
        clock.set(panel.review_closes_at + timedelta(seconds=seconds))
        services.withdraw_assignment(
            next(one for one in queries.assignments_of_panel(panel) if one.state != AssignmentState.WITHDRAWN),
            reason="No respondió.",
        )
        seat = make.seat(panel, 950 + len(queries.seats_of_panel(panel)))
        services.assign_reviewers(panel)
        called = queries.assignment_of(seat, queries.open_dossiers(panel)[0])
        assert called is not None
        assert called.origin == origin


# --- reviews -----------------------------------------------------------------


def test_scoring_needs_a_declaration_first() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    make.dossier(panel)
    make.seat(panel, 1)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    services.advance_panel(panel, PanelState.REVIEW)
    with pytest.raises(errors.NotDeclared):
        services.save_review_draft(first_assignment(panel), {})


def test_a_draft_keeps_what_was_written_and_is_resumed() -> None:
    assignment = first_assignment(make.assigned_panel(1))
    services.save_review_draft(assignment, {"calidad": ScoreEntry("4", " Muy bien. ")})
    review = services.save_review_draft(assignment, {"impacto": ScoreEntry(None, "Falta.")})
    assert review.sheet() == {"calidad": Fraction(4)}
    assert {one.criterion: one.justification for one in review.scores} == {"calidad": "Muy bien.", "impacto": "Falta."}


@pytest.mark.parametrize("value", ["6", "-1", "2.5", "4,0", "cuatro", "4.0", "NaN", "1e0"])
def test_a_score_off_the_scale_is_refused(value: str) -> None:
    assignment = first_assignment(make.assigned_panel(1))
    with pytest.raises(errors.ScoreOffScale):
        services.save_review_draft(assignment, {"calidad": ScoreEntry(value)})


def test_a_criterion_the_rules_lack_is_refused() -> None:
    assignment = first_assignment(make.assigned_panel(1))
    with pytest.raises(errors.UnknownCriterion):
        services.save_review_draft(assignment, {"belleza": ScoreEntry("4")})


def test_submitting_needs_every_score_and_justification() -> None:
    assignment = first_assignment(make.assigned_panel(1))
    given = make.entries(4, 4, 4, 4) | {"calidad": ScoreEntry("4", "x" * 19), "alcance": ScoreEntry("", "y" * 20)}
    with pytest.raises(errors.ReviewIncomplete) as caught:
        services.submit_review(assignment, given)
    assert caught.value.errors == {
        "calidad": "La justificación necesita al menos 20 caracteres.",
        "alcance": "Elige una calificación.",
    }
    with pytest.raises(errors.ReviewIncomplete):
        services.save_review_draft(assignment, {"calidad": ScoreEntry("4", "x" * 3001)})


def test_a_submitted_review_is_fixed(session: Session) -> None:
    assignment = first_assignment(make.assigned_panel(1))
    review = make.review(assignment, 5, 4, 3, 2)
    assert (review.state, assignment.state) == (ReviewState.SUBMITTED, AssignmentState.SUBMITTED)
    assert review.sheet() == {"calidad": 5, "impacto": 4, "viabilidad": 3, "alcance": 2}
    with pytest.raises(errors.ReviewAlreadySubmitted):
        services.save_review_draft(assignment, {})
    assert [event.action for event in events_of("review", review.id)] == ["review.submitted"]


def test_the_window_is_kept_to_the_second(clock: FrozenClock) -> None:
    opens = clock.now() + timedelta(hours=1)
    panel = make.assigned_panel(1, opens_at=opens, closes_at=opens + timedelta(hours=1))
    assignment = first_assignment(panel)
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
    assignment, closes = first_assignment(panel), panel.review_closes_at
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
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.WrongPhase):
        services.extend_window(panel, clock.now() + timedelta(days=9), reason="Más.")


def test_a_score_changes_in_discussion_only_and_on_record() -> None:
    panel = make.reviewed_panel(1)
    review = first_assignment(panel).review
    assert review is not None
    changed = {"value": "2", "justification": "Tras la deliberación pesa más.", "reason": "Error de lectura."}
    with pytest.raises(errors.WrongPhase):
        services.change_submitted_score(review, "calidad", **changed)
    services.advance_panel(panel, PanelState.DISCUSSION)
    with pytest.raises(errors.ReasonMissing):
        services.change_submitted_score(review, "calidad", **(changed | {"reason": " "}))
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


# --- ranking, lot, selection -------------------------------------------------


def test_a_ranking_waits_for_every_review() -> None:
    panel = make.assigned_panel(2)
    make.review(first_assignment(panel))
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
    assignment = first_assignment(panel)
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

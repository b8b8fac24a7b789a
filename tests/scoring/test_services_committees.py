"""Rulebooks, panels, dossiers, conflicts and assignment, by the services."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.clock import FrozenClock, local
from core.jobs import run_due
from scoring import errors, queries, services
from scoring.models import AssignmentOrigin
from scoring.services import KnownConflict
from scoring.states import AssignmentState, ConflictKind, PanelState, ReviewState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


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
    assignment = make.first_assignment(panel)
    services.declare_conflict(assignment.seat, dossier, kind=ConflictKind.EARLIER_COLLABORATION)
    assert assignment.state == AssignmentState.RECUSED
    assert services.assign_reviewers(panel).pairs == ((dossier.code, "B"),)
    assert services.assign_reviewers(panel).pairs == ()
    with pytest.raises(errors.InConflict):
        services.declare_no_conflict(assignment.seat, dossier)


def test_what_a_recusal_left_is_given_to_somebody_else_by_itself_while_anybody_may_read_it(session: Session) -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    dossier = make.dossier(panel)
    make.seat(panel, 1)
    make.seat(panel, 2, keywords=[])
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for letters, left_open in (("AB", False), ("AB", True)):
        standing = next(one for one in queries.assignments_of_panel(panel) if one.state == AssignmentState.PROPOSED)
        services.declare_conflict(standing.seat, dossier, kind=ConflictKind.SAME_HOUSEHOLD)
        session.commit()
        assert run_due() == 1
        session.expire_all()
        assert "".join(one.seat.letter for one in queries.assignments_of_panel(panel)) == letters
        assert services.fill_gaps(panel) is not left_open  # again: nothing changes
    assert len(queries.assignments_of_panel(panel)) == 2


def test_what_nobody_may_read_keeps_no_other_gap_open(session: Session) -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    for _number in range(2):
        make.dossier(panel)
    seats = [make.seat(panel, number) for number in (1, 2)]
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    hopeless, other = queries.open_dossiers(panel)
    for seat in seats:
        services.declare_conflict(seat, hopeless, kind=ConflictKind.SAME_HOUSEHOLD)
    (standing,) = queries.assignments_of_dossier(other)
    services.declare_conflict(standing.seat, other, kind=ConflictKind.SAME_HOUSEHOLD)
    session.commit()
    run_due()
    states = [one.state for one in queries.assignments_of_dossier(other)]
    assert sorted(states) == [AssignmentState.PROPOSED, AssignmentState.RECUSED]
    assert services.fill_gaps(panel) is False


def test_what_only_colleagues_of_a_reader_may_read_keeps_no_other_gap_open(session: Session) -> None:
    panel = make.panel(document=make.simple_rulebook(2))
    for _number in range(2):
        make.dossier(panel)
    seats = [make.seat(panel, number, institution_key="U" if number < 3 else None) for number in (1, 2, 3, 4)]
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    hopeless, other = queries.open_dossiers(panel)
    for seat in seats[2:]:
        services.declare_conflict(seat, hopeless, kind=ConflictKind.SAME_HOUSEHOLD)
    services.declare_conflict(queries.assignments_of_dossier(other)[0].seat, other, kind=ConflictKind.SAME_HOUSEHOLD)
    session.commit()
    run_due()
    session.expire_all()
    standing = [
        [one.seat.letter for one in queries.assignments_of_dossier(some) if one.state == AssignmentState.PROPOSED]
        for some in (hopeless, other)
    ]
    assert [len(letters) for letters in standing] == [1, 2]


def test_where_there_is_time_for_some_gaps_only_those_are_filled(session: Session) -> None:
    document = make.simple_rulebook(1)
    document["reviews"] |= {"max_load": 3}
    panel = make.panel(document=document)
    for _number in range(4):
        make.dossier(panel)
    leaving, staying = [make.seat(panel, number, keywords=[]) for number in (1, 2)]
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for dossier in queries.open_dossiers(panel):
        services.declare_conflict(leaving, dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    session.commit()
    run_due()
    session.expire_all()
    standing = [one for one in queries.assignments_of_panel(panel) if one.state == AssignmentState.PROPOSED]
    assert [one.seat_id for one in standing] == [staying.id] * 3


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
    assignment = make.first_assignment(panel)
    with pytest.raises(errors.UnknownConflict):
        services.declare_conflict(assignment.seat, assignment.dossier, kind=ConflictKind.OTHER, explanation="  ")


def test_recognising_the_person_recuses_and_sets_the_draft_aside() -> None:
    panel = make.assigned_panel(1)
    assignment = make.first_assignment(panel)
    review = services.save_review_draft(assignment, make.entries(3, 3, 3, 3))
    services.recognise_person(assignment)
    assert (assignment.state, review.state) == (AssignmentState.RECUSED, ReviewState.SET_ASIDE)
    with pytest.raises(errors.InConflict):
        services.save_review_draft(assignment, {})


def test_who_recognises_the_person_steps_back_also_where_the_rulebook_does_not_name_it() -> None:
    panel = make.assigned_panel(1, document=make.simple_rulebook(3, conflicts=["same_household"]))
    assignment = make.first_assignment(panel)
    services.recognise_person(assignment)
    assert assignment.state == AssignmentState.RECUSED
    other = queries.assignments_of_panel(panel)[1]
    with pytest.raises(errors.UnknownConflict):
        services.declare_conflict(other.seat, other.dossier, kind=ConflictKind.SPONSOR_OF_FUND)


def test_a_conflict_found_late_sets_a_submitted_review_aside_until_the_ranking() -> None:
    panel = make.reviewed_panel(1)
    assignment = make.first_assignment(panel)
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


def test_the_window_the_rules_fix_is_the_committee_s(clock: FrozenClock) -> None:
    opens = clock.now() + timedelta(days=1)
    closes, second = opens + timedelta(days=9), timedelta(seconds=1)
    dates = {"review_opens": opens.isoformat(), "review_closes": local(closes).isoformat()}
    document = make.rulebook_document(calendar=dates)
    for others in ((opens + second, closes), (opens, closes - second)):
        with pytest.raises(errors.WindowNotOfRules):
            make.panel(document=document, opens_at=others[0], closes_at=others[1])
    assert make.panel(document=document, opens_at=opens, closes_at=closes).review_closes_at == closes
    later = services.open_panel(
        call_key="convocatoria/2",
        rulebook=make.rulebook(document=document),
        title={"es": "Complementario"},
        review_opens_at=closes,
        review_closes_at=closes + second,
        is_supplementary=True,
    )
    assert later.review_opens_at == closes

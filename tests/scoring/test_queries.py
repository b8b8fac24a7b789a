from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.clock import FrozenClock, now
from scoring import queries, services
from scoring.rules.lots import Commitment, Reveal, verify
from scoring.states import AssignmentState, ConflictKind, Determination, PanelState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


def test_a_desk_shows_what_is_due_first_and_only_what_is_mine() -> None:
    panel = make.assigned_panel(3, 3)
    mine = queries.desk_rows(901, now())
    everything = queries.assignments_of_panel(panel)
    assert {row.assignment.id for row in mine} == {one.id for one in everything if one.seat.reviewer_id == 901}
    make.review(mine[0].assignment)
    services.save_review_draft(mine[1].assignment, {"calidad": make.entries(4, 4, 4, 4)["calidad"]})
    after = queries.desk_rows(901, now())
    assert after[-1].assignment.state == AssignmentState.SUBMITTED
    assert [(row.scored, row.criteria) for row in after if row.assignment.id == mine[1].assignment.id] == [(1, 4)]
    assert queries.count_due(901, now()) == len(mine) - 1
    assert queries.desk_rows(999, now()) == []
    assert queries.count_due(999, now()) == 0


def test_a_desk_leads_to_nothing_whose_window_is_over_and_shows_it_after_what_can_be_given(clock: FrozenClock) -> None:
    soon = make.assigned_panel(2, 3, call_key="una", closes_at=now() + timedelta(days=2))
    later = make.assigned_panel(1, 3, call_key="otra", closes_at=now() + timedelta(days=9))
    (last,) = queries.open_dossiers(later)
    clock.advance(days=2, seconds=1)
    assert [row.is_open for row in queries.desk_rows(901, now())] == [True, False, False]
    assert queries.count_due(901, now()) == 1
    following = queries.next_due(901, now())
    assert following is not None
    assert following.dossier is last
    services.extend_window(soon, now() + timedelta(days=1), reason="Falló el sitio.")
    assert queries.count_due(901, now()) == 3


def test_a_desk_is_empty_while_the_panel_is_set_up_and_after_leaving() -> None:
    panel = make.panel(document=make.simple_rulebook(1))
    make.dossier(panel)
    seat = make.seat(panel, 901)
    services.assign_reviewers(panel)
    assert queries.desk_rows(901, now()) == []
    services.advance_panel(panel, PanelState.DECLARATIONS)
    assert len(queries.desk_rows(901, now())) == 1
    services.unseat_reviewer(seat, reason="Se va.")
    assert queries.desk_rows(901, now()) == []


def test_an_assignment_is_found_only_by_its_own_reviewer() -> None:
    panel = make.assigned_panel(1, 3)
    assignment = queries.assignments_of_panel(panel)[0]
    code = assignment.dossier.code
    assert queries.assignment_by_code(assignment.seat.reviewer_id, code) is assignment
    assert queries.assignment_by_code(999, code) is None
    assert queries.assignment_by_code(assignment.seat.reviewer_id, "D-XXXXX") is None
    services.recognise_person(assignment)
    assert queries.assignment_by_code(assignment.seat.reviewer_id, code) is None


def test_others_reviews_appear_only_after_mine_and_in_discussion() -> None:
    panel = make.assigned_panel(1, 3)
    mine, second, third = queries.assignments_of_panel(panel)
    make.review(second)
    make.review(third)
    assert queries.reviews_of_others(mine) == []
    make.review(mine)
    assert queries.reviews_of_others(mine) == []
    services.advance_panel(panel, PanelState.DISCUSSION)
    assert [review.assignment.seat.letter for review in queries.reviews_of_others(mine)] == ["B", "C"]


def test_in_discussion_who_has_not_submitted_still_sees_nothing(clock: FrozenClock) -> None:
    panel = make.assigned_panel(1, 3)
    mine, second, _third = queries.assignments_of_panel(panel)
    make.review(second)
    clock.set(panel.review_closes_at + timedelta(seconds=1))
    services.advance_panel(panel, PanelState.DISCUSSION)
    assert queries.reviews_of_others(mine) == []


def test_nothing_of_a_result_is_known_before_the_release() -> None:
    panel = make.reviewed_panel()
    ranking = services.compute_ranking(panel)
    code = queries.ranking_lines(ranking)[0].dossier.code
    assert queries.released_ranking("convocatoria") is None
    assert queries.determinations("convocatoria") == []
    assert queries.feedback_for(code) == []


def test_a_release_publishes_determinations_and_feedback_without_reviewers() -> None:
    panel, _ranking = make.released_panel(3, 3, scores=[(5, 5, 5, 5), (4, 4, 4, 4), (3, 3, 3, 3)])
    rows = queries.determinations("convocatoria")
    assert [(row.position, row.score_text, row.determination, row.granted_cents) for row in rows] == [
        (1, "100.00", Determination.AWARDED, 5_000_000),
        (2, "80.00", Determination.AWARDED, 5_000_000),
        (3, "60.00", Determination.WAITLISTED, 0),
    ]
    feedback = queries.feedback_for(rows[2].dossier_code)
    assert [(one.reviewer_letter, one.value) for one in feedback[:4]] == [("A", Fraction(3))] * 4
    draw = queries.draw_of_panel(panel)
    assert draw is not None
    assert draw.revealed_secret is not None
    assert draw.randomness is not None
    published = Commitment(tuple(draw.labels), draw.randomness_source["es"], draw.iterations, draw.commitment)
    assert verify(published, Reveal(draw.revealed_secret.encode(), draw.randomness), draw.places)


def test_coverage_counts_what_stands_and_what_is_short() -> None:
    panel = make.assigned_panel(2, 4)
    assignment = queries.assignments_of_panel(panel)[0]
    services.declare_conflict(assignment.seat, assignment.dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    make.review(queries.assignments_of_panel(panel)[-1])
    found = queries.coverage(panel)
    assert (found.needed, found.submitted) == (3, 1)
    assert found.short == 1
    assert found.rows[0].dossier.code == assignment.dossier.code  # who lacks somebody comes first
    assert [row.dossier.code for row in queries.coverage(panel, page=2, per_page=1).rows] == [
        found.rows[1].dossier.code
    ]
    assert sum(load.assigned for load in found.loads) == 5
    assert sum(load.recused for load in found.loads) == 1


def test_process_figures_count_the_work() -> None:
    panel = make.reviewed_panel(3, 3, scores=[(5, 5, 5, 5), (4, 4, 4, 4), (3, 3, 3, 3)])
    figures = queries.process_figures(panel.call_key)
    assert figures is not None
    assert (figures.dossiers, figures.seats, figures.assignments, figures.reviews_submitted) == (3, 3, 9, 9)
    assert (figures.conflicts, figures.recusals, figures.further_reviews) == (0, 0, 0)
    assert figures.alpha == 1.0
    assert queries.process_figures("otra") is None


def test_panels_are_listed_newest_first_with_their_counts() -> None:
    make.panel("una")
    make.reviewed_panel(2, call_key="dos")
    assert [(row.panel.call_key, row.dossiers, row.seats, row.submitted) for row in queries.panels()] == [
        ("dos", 2, 3, 6),
        ("una", 0, 0, 0),
    ]


@pytest.mark.parametrize("read", ["desk", "page", "coverage", "lines", "determinations", "panels", "figures"])
def test_reading_takes_as_many_statements_for_many_as_for_one(
    session: Session, count_queries: Callable[..., Any], read: str
) -> None:
    def statements(dossiers: int, call_key: str, first: int) -> int:
        document = make.simple_rulebook(3)
        document["reserved"] = []
        document["ties"] = ["lot"]
        panel, ranking = make.released_panel(
            dossiers, 3, call_key=call_key, document=document, first_reviewer_id=first, budget_cents=10**9
        )
        code = queries.ranking_lines(ranking)[0].dossier.code
        panel_id, ranking_id = panel.id, ranking.id
        session.commit()
        session.expunge_all()
        fresh = queries.panel_by_id(panel_id)
        assert fresh is not None
        latest = queries.latest_ranking(fresh)
        assert latest is not None
        assert latest.id == ranking_id
        reads: dict[str, Callable[[], object]] = {
            "desk": lambda: queries.desk_rows(first, now()),
            "page": lambda: queries.assignment_by_code(first, code),
            "coverage": lambda: queries.coverage(fresh),
            "lines": lambda: [line.dossier.code for line in queries.ranking_lines(latest)],
            "determinations": lambda: queries.determinations(call_key),
            "panels": lambda: [row.panel.rulebook.sha256 for row in queries.panels()],
            "figures": lambda: queries.process_figures(call_key),
        }
        with count_queries() as sent:
            assert reads[read]()
        return len(sent)

    assert statements(1, "una", 901) == statements(9, "nueve", 931)


def test_a_desk_is_read_page_by_page_in_one_order() -> None:
    made = make.assigned_panel(5, 3)
    make.review(queries.desk_rows(901, now())[0].assignment)
    whole = [row.assignment.id for row in queries.desk_rows(901, now())]
    found = [queries.desk_rows(901, now(), page=number, per_page=2) for number in (1, 2, 3, 4)]
    pages = [[row.assignment.id for row in rows] for rows in found]
    assert pages == [whole[:2], whole[2:4], whole[4:], []]
    assert queries.desk_rows(901, now())[-1].assignment.state == AssignmentState.SUBMITTED
    assert queries.desk_counts(901) == (5, 1)
    assert queries.desk_counts(999) == (0, 0)
    following = queries.next_due(901, now())
    assert following is not None
    assert following.id == whole[0]
    after = queries.next_due(901, now(), following)
    assert after is not None
    assert after.id == whole[1]
    assert made.state == PanelState.REVIEW


def test_a_committee_shows_first_who_lacks_readers_on_whatever_page() -> None:
    made = make.panel(document=make.simple_rulebook(3))
    for _number in range(7):
        make.dossier(made)
    for number in range(3):
        make.seat(made, 901 + number)
    services.assign_reviewers(made)
    late = make.dossier(made)
    rest = sorted(one.code for one in queries.open_dossiers(made) if one.id != late.id)
    pages = [[row.dossier.code for row in queries.coverage(made, page=number, per_page=3).rows] for number in (1, 2, 3)]
    assert pages == [[late.code, *rest[:2]], rest[2:5], rest[5:]]
    found = queries.coverage(made, page=9, per_page=3)
    assert (found.page.page, found.page.total, found.short, found.submitted) == (3, 8, 1, 0)
    assert [(row.live, row.submitted) for row in found.rows] == [(3, 0), (3, 0)]

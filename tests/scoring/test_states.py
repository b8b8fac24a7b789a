from scoring.states import ASSIGNMENT, PANEL, RANKING, REVIEW, AssignmentState, PanelState, RankingState, ReviewState


def test_what_is_final_stays_final() -> None:
    assert PANEL.targets(PanelState.RELEASED) == []
    assert PANEL.targets(PanelState.CANCELLED) == []
    assert RANKING.targets(RankingState.RELEASED) == []
    assert REVIEW.targets(ReviewState.SET_ASIDE) == []
    assert ASSIGNMENT.targets(AssignmentState.RECUSED) == []


def test_a_submitted_review_is_never_a_draft_again() -> None:
    assert REVIEW.targets(ReviewState.SUBMITTED) == [ReviewState.SET_ASIDE]


def test_a_panel_may_go_back_from_its_order_to_the_discussion() -> None:
    assert PANEL.allows(PanelState.RANKED, PanelState.DISCUSSION)
    assert not PANEL.allows(PanelState.RANKED, PanelState.REVIEW)

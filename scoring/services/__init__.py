"""The verbs of scoring. They flush and never commit; every one leaves an audit event."""

from scoring.services.assignments import (
    AssignmentOutcome,
    assign_reviewers,
    withdraw_assignment,
)
from scoring.services.conflicts import (
    KnownConflict,
    declare_conflict,
    declare_no_conflict,
    recognise_person,
    record_conflicts,
)
from scoring.services.dossiers import (
    DossierAttachment,
    clear_dossier,
    forget_dossier,
    receive_dossier,
    withdraw_dossier,
)
from scoring.services.further import assign_further_reviewer, assign_further_reviewers
from scoring.services.lots import commit_lot, draw_lots
from scoring.services.outside_knowledge import before_conflicts_count, tells_budget
from scoring.services.panels import (
    advance_panel,
    extend_window,
    open_panel,
    seat_reviewer,
    unseat_reviewer,
    when_window_extended,
)
from scoring.services.questions import answer_reviewer, ask_programme
from scoring.services.rankings import budget_of, compute_ranking, release_ranking, select
from scoring.services.reviews import (
    ScoreEntry,
    change_submitted_score,
    missing_in_review,
    save_review_draft,
    submit_review,
)
from scoring.services.rulebooks import freeze_rulebook

__all__ = [
    "AssignmentOutcome",
    "DossierAttachment",
    "KnownConflict",
    "ScoreEntry",
    "advance_panel",
    "answer_reviewer",
    "ask_programme",
    "assign_further_reviewer",
    "assign_further_reviewers",
    "assign_reviewers",
    "before_conflicts_count",
    "budget_of",
    "change_submitted_score",
    "clear_dossier",
    "commit_lot",
    "compute_ranking",
    "declare_conflict",
    "declare_no_conflict",
    "draw_lots",
    "extend_window",
    "forget_dossier",
    "freeze_rulebook",
    "missing_in_review",
    "open_panel",
    "receive_dossier",
    "recognise_person",
    "record_conflicts",
    "release_ranking",
    "save_review_draft",
    "seat_reviewer",
    "select",
    "submit_review",
    "tells_budget",
    "unseat_reviewer",
    "when_window_extended",
    "withdraw_assignment",
    "withdraw_dossier",
]

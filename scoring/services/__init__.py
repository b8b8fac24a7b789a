"""The verbs of scoring. They flush and never commit; every one leaves an audit event."""

from scoring.services.assignments import (
    AssignmentOutcome,
    assign_reviewers,
    fill_gaps,
    withdraw_assignment,
)
from scoring.services.calibration import (
    add_invented_samples,
    add_sample,
    read_sample,
    require_calibration,
    retire_sample,
)
from scoring.services.conflicts import (
    KnownConflict,
    declare_conflict,
    declare_no_conflict,
    recognise_person,
    record_conflicts,
)
from scoring.services.courses import CourseNow, ask_for_course, course_of, keep_course, work_course_out
from scoring.services.discussion import clear_note, cover_note, strike_note, when_note_written, write_note
from scoring.services.dossiers import (
    DossierAttachment,
    clear_dossier,
    forget_dossier,
    receive_dossier,
    withdraw_dossier,
)
from scoring.services.further import Standing, assign_further_reviewer, assign_further_reviewers, further_reviews
from scoring.services.lots import commit_lot, draw_lots
from scoring.services.meetings import (
    add_point,
    cancel_meeting,
    convene_meeting,
    open_meeting,
    register_attendance,
    register_leaving,
    when_meeting_called,
)
from scoring.services.minutes import (
    close_meeting,
    end_signing,
    minutes_of,
    minutes_pdf,
    object_to_minutes,
    sign_minutes,
    signing_until,
)
from scoring.services.outside_knowledge import (
    are_results_out,
    before_conflicts_count,
    covers_names,
    finds_names,
    tells_budget,
    tells_results,
    without_names,
)
from scoring.services.panels import (
    advance_panel,
    extend_window,
    open_panel,
    seat_reviewer,
    unseat_reviewer,
    when_window_extended,
)
from scoring.services.phases import ensure_calibrated
from scoring.services.questions import answer_reviewer, ask_programme
from scoring.services.rankings import (
    budget_of,
    compute_ranking,
    empty_places_of,
    release_ranking,
    select,
    when_order_released,
)
from scoring.services.reviews import (
    ScoreEntry,
    change_submitted_score,
    missing_in_review,
    save_review_draft,
    submit_review,
)
from scoring.services.rulebooks import freeze_rulebook
from scoring.services.telling import Awaited, Waiting, when_awaited
from scoring.services.votes import cast_vote, close_point, open_point

__all__ = [
    "AssignmentOutcome",
    "Awaited",
    "CourseNow",
    "DossierAttachment",
    "KnownConflict",
    "ScoreEntry",
    "Standing",
    "Waiting",
    "add_invented_samples",
    "add_point",
    "add_sample",
    "advance_panel",
    "answer_reviewer",
    "are_results_out",
    "ask_for_course",
    "ask_programme",
    "assign_further_reviewer",
    "assign_further_reviewers",
    "assign_reviewers",
    "before_conflicts_count",
    "budget_of",
    "cancel_meeting",
    "cast_vote",
    "change_submitted_score",
    "clear_dossier",
    "clear_note",
    "close_meeting",
    "close_point",
    "commit_lot",
    "compute_ranking",
    "convene_meeting",
    "course_of",
    "cover_note",
    "covers_names",
    "declare_conflict",
    "declare_no_conflict",
    "draw_lots",
    "empty_places_of",
    "end_signing",
    "ensure_calibrated",
    "extend_window",
    "fill_gaps",
    "finds_names",
    "forget_dossier",
    "freeze_rulebook",
    "further_reviews",
    "keep_course",
    "minutes_of",
    "minutes_pdf",
    "missing_in_review",
    "object_to_minutes",
    "open_meeting",
    "open_panel",
    "open_point",
    "read_sample",
    "receive_dossier",
    "recognise_person",
    "record_conflicts",
    "register_attendance",
    "register_leaving",
    "release_ranking",
    "require_calibration",
    "retire_sample",
    "save_review_draft",
    "seat_reviewer",
    "select",
    "sign_minutes",
    "signing_until",
    "strike_note",
    "submit_review",
    "tells_budget",
    "tells_results",
    "unseat_reviewer",
    "when_awaited",
    "when_meeting_called",
    "when_note_written",
    "when_order_released",
    "when_window_extended",
    "withdraw_assignment",
    "withdraw_dossier",
    "without_names",
    "work_course_out",
    "write_note",
]

"""Every write of the mobility fund. Services flush and never commit."""

from grants.services.addenda import cancel_call, correct_text, extend_deadline
from grants.services.agreements import accept_agreement, offer_agreement
from grants.services.appeals import admit_appeal, conclude_call, file_appeal, refuse_appeal, resolve_appeal
from grants.services.applications import save_draft, start_application
from grants.services.attachments import attach_file, detach_file
from grants.services.awaited import write_to_awaited
from grants.services.awards import (
    before_award_closes,
    close_award,
    decline_award,
    mark_tranche_ordered,
    mark_tranche_paid,
    mark_tranche_unordered,
    plan_tranches,
    record_award,
    when_agreement_accepted,
    when_award_declined,
    when_award_settled,
)
from grants.services.calls import copy_call, draft_call, edit_call, set_allocated_budget, set_rulebook, starting_rules
from grants.services.clearing import (
    clear_clean_dossiers,
    clear_dossier,
    dismiss_finding,
    dossier_edition,
    ensure_seen,
    exclude_file,
    redact_finding,
    redact_passage,
)
from grants.services.committee_draws import (
    BARRED,
    OFF_ROSTER,
    call_next,
    commit_committee_draw,
    draw_committee,
    free_seats,
)
from grants.services.companions import (
    answer_invitation,
    invitation,
    invite_companion,
    leave_application,
    remove_companion,
)
from grants.services.conflicts import (
    hand_over_conflicts,
    name_paying_organisations,
    open_review,
    recheck_conflicts_of,
    seat_reviewer_on,
)
from grants.services.consultation import answer_comment, comment_on_draft, missing_for_consultation, open_consultation
from grants.services.corrections import answer_correction, ask_correction
from grants.services.course import advance_calls, bring_up_to_date, move_call
from grants.services.determinations import ReleaseOutcome, prepare_determinations, release_determinations, send_letters
from grants.services.discussion import tell_readers
from grants.services.dossiers import DossierTally, hand_over_dossiers, prepare_dossiers, withdraw_dossier_of
from grants.services.expense_reports import (
    ExpenseEntry,
    accept_expense_report,
    file_expense_report,
    return_expense_report,
)
from grants.services.feedback import (
    ask_for_feedback,
    dismiss_in_feedback,
    feedback_of,
    prepare_feedback,
    redact_feedback_passage,
    redact_in_feedback,
    release_clean_feedback,
    release_feedback,
    reword_feedback,
    take_back_feedback,
)
from grants.services.held_uploads import drop_uploads, hold_upload, release_uploads
from grants.services.infected import tell_officer_of_file
from grants.services.meetings import write_to_members
from grants.services.outages import extensions_for, record_outage
from grants.services.paper import Register, RowOutcome, TakenRow, open_register, take_rows
from grants.services.partial_uploads import begin_upload, forget_uploads_to, give_up_upload, take_part
from grants.services.publication import checklist, publish_call
from grants.services.readmissions import release_readmissions
from grants.services.roster import admit, change_profile, decline, leave_roster, offer_to_review
from grants.services.screening import ScreeningTally, answer_cure, request_cure, screen_application, screen_applications
from grants.services.sketches import adopt_sketch, answered_twice, new_key, save_sketch, sketch_for
from grants.services.submission import Acuse, note_late_attempt, submit_application
from grants.services.subscriptions import (
    change_subscription,
    confirm_subscription,
    end_subscription,
    subscribe,
    subscription_by_token,
    tell_subscribers,
)
from grants.services.unnamed import without_applicant
from grants.services.upload_places import cure_place
from grants.services.withdrawals import withdraw_application

__all__ = [
    "BARRED",
    "OFF_ROSTER",
    "Acuse",
    "DossierTally",
    "ExpenseEntry",
    "Register",
    "ReleaseOutcome",
    "RowOutcome",
    "ScreeningTally",
    "TakenRow",
    "accept_agreement",
    "accept_expense_report",
    "admit",
    "admit_appeal",
    "adopt_sketch",
    "advance_calls",
    "answer_comment",
    "answer_correction",
    "answer_cure",
    "answer_invitation",
    "answered_twice",
    "ask_correction",
    "ask_for_feedback",
    "attach_file",
    "before_award_closes",
    "begin_upload",
    "bring_up_to_date",
    "call_next",
    "cancel_call",
    "change_profile",
    "change_subscription",
    "checklist",
    "clear_clean_dossiers",
    "clear_dossier",
    "close_award",
    "comment_on_draft",
    "commit_committee_draw",
    "conclude_call",
    "confirm_subscription",
    "copy_call",
    "correct_text",
    "cure_place",
    "decline",
    "decline_award",
    "detach_file",
    "dismiss_finding",
    "dismiss_in_feedback",
    "dossier_edition",
    "draft_call",
    "draw_committee",
    "drop_uploads",
    "edit_call",
    "end_subscription",
    "ensure_seen",
    "exclude_file",
    "extend_deadline",
    "extensions_for",
    "feedback_of",
    "file_appeal",
    "file_expense_report",
    "forget_uploads_to",
    "free_seats",
    "give_up_upload",
    "hand_over_conflicts",
    "hand_over_dossiers",
    "hold_upload",
    "invitation",
    "invite_companion",
    "leave_application",
    "leave_roster",
    "mark_tranche_ordered",
    "mark_tranche_paid",
    "mark_tranche_unordered",
    "missing_for_consultation",
    "move_call",
    "name_paying_organisations",
    "new_key",
    "note_late_attempt",
    "offer_agreement",
    "offer_to_review",
    "open_consultation",
    "open_register",
    "open_review",
    "plan_tranches",
    "prepare_determinations",
    "prepare_dossiers",
    "prepare_feedback",
    "publish_call",
    "recheck_conflicts_of",
    "record_award",
    "record_outage",
    "redact_feedback_passage",
    "redact_finding",
    "redact_in_feedback",
    "redact_passage",
    "refuse_appeal",
    "release_clean_feedback",
    "release_determinations",
    "release_feedback",
    "release_readmissions",
    "release_uploads",
    "remove_companion",
    "request_cure",
    "resolve_appeal",
    "return_expense_report",
    "reword_feedback",
    "save_draft",
    "save_sketch",
    "screen_application",
    "screen_applications",
    "seat_reviewer_on",
    "send_letters",
    "set_allocated_budget",
    "set_rulebook",
    "sketch_for",
    "start_application",
    "starting_rules",
    "submit_application",
    "subscribe",
    "subscription_by_token",
    "take_back_feedback",
    "take_part",
    "take_rows",
    "tell_officer_of_file",
    "tell_readers",
    "tell_subscribers",
    "when_agreement_accepted",
    "when_award_declined",
    "when_award_settled",
    "withdraw_application",
    "withdraw_dossier_of",
    "without_applicant",
    "write_to_awaited",
    "write_to_members",
]

"""Every write of the mobility fund. Services flush and never commit."""

from grants.services.applications import save_draft, start_application, withdraw_application
from grants.services.attachments import attach_file, detach_file
from grants.services.calls import (
    advance_calls,
    bring_up_to_date,
    cancel_call,
    draft_call,
    edit_call,
    extend_deadline,
    move_call,
    set_allocated_budget,
    set_rulebook,
)
from grants.services.consultation import answer_comment, comment_on_draft, open_consultation
from grants.services.publication import checklist, publish_call
from grants.services.submission import Acuse, note_late_attempt, submit_application

__all__ = [
    "Acuse",
    "advance_calls",
    "answer_comment",
    "attach_file",
    "bring_up_to_date",
    "cancel_call",
    "checklist",
    "comment_on_draft",
    "detach_file",
    "draft_call",
    "edit_call",
    "extend_deadline",
    "move_call",
    "note_late_attempt",
    "open_consultation",
    "publish_call",
    "save_draft",
    "set_allocated_budget",
    "set_rulebook",
    "start_application",
    "submit_application",
    "withdraw_application",
]

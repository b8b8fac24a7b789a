"""People, organisations, sessions and attempts, looked up."""

from accounts.queries.groups import (
    live_invitation,
    membership,
    memberships_of,
    open_invitations,
    organisation,
    organisation_names,
    organisations,
    organisations_of,
    owner_count,
)
from accounts.queries.people import user, user_by_email, user_by_exact_email, user_names, users, users_with_role
from accounts.queries.proofs import (
    failures_of_account,
    failures_of_address,
    hold_account,
    live_token,
    recovery_codes_left,
)
from accounts.queries.sessions import TOUCH_EVERY, SessionFacts, session_facts, sessions_of, user_session

__all__ = [
    "TOUCH_EVERY",
    "SessionFacts",
    "failures_of_account",
    "failures_of_address",
    "hold_account",
    "live_invitation",
    "live_token",
    "membership",
    "memberships_of",
    "open_invitations",
    "organisation",
    "organisation_names",
    "organisations",
    "organisations_of",
    "owner_count",
    "recovery_codes_left",
    "session_facts",
    "sessions_of",
    "user",
    "user_by_email",
    "user_by_exact_email",
    "user_names",
    "user_session",
    "users",
    "users_with_role",
]

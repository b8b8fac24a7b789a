"""Offer to review, be admitted or not, and leave: the roster from which committees are drawn."""

import secrets
from collections.abc import Sequence

from accounts.models import User
from accounts.services import grant_role
from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.roles import Role
from grants.emails import roster as letters
from grants.errors.calls import ReasonMissing
from grants.errors.roster import AlreadyOnRoster
from grants.models import ReviewerProfile
from grants.queries import roster as queries
from grants.states.roster import ROSTER, RosterState
from scoring.services.dossiers import CODE_ALPHABET, CODE_LENGTH


def offer_to_review(person: User, *, axes: Sequence[int], keywords: Sequence[str], experience: str) -> ReviewerProfile:
    """Put somebody's offer before the programme; whoever left or was declined may offer again.

    Raises:
        AlreadyOnRoster: an offer waits or stands.
    """
    profile, moment = queries.profile_of(person.id), now()
    if profile is not None and profile.state in (RosterState.OFFERED, RosterState.ADMITTED):
        raise AlreadyOnRoster()
    if profile is None:
        profile = ReviewerProfile(user_id=person.id, code=_code(), state=ROSTER.initial)
        session().add(profile)
        before = None
    else:
        before = profile.state
        _move(profile, RosterState.OFFERED)
    profile.offered_at = moment
    _write(profile, axes, keywords, experience)
    record("roster.offered", "reviewer_profile", profile.id, {"state": before}, {"state": profile.state})
    return profile


def change_profile(
    profile: ReviewerProfile, *, axes: Sequence[int], keywords: Sequence[str], experience: str
) -> ReviewerProfile:
    """Change what somebody told of themselves. Lots already committed to keep the people they were made with."""
    _write(profile, axes, keywords, experience)
    record("roster.changed", "reviewer_profile", profile.id, None, {"axes": profile.axes})
    return profile


def admit(profile: ReviewerProfile) -> ReviewerProfile:
    """Take somebody onto the roster, give them the duty to review, and tell them.

    Raises:
        IllegalTransition. OwnRoles, AccountNotActive, RolesIncompatible: from accounts; nothing has changed.
    """
    _decide(profile, RosterState.ADMITTED, "")
    grant_role(profile.person, Role.REVIEWER)
    letters.write_admitted(profile)
    return profile


def decline(profile: ReviewerProfile, reason: str) -> ReviewerProfile:
    """Answer an offer with a reason, which is sent.

    Raises:
        IllegalTransition, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing()
    _decide(profile, RosterState.DECLINED, reason.strip())
    letters.write_declined(profile)
    return profile


def leave_roster(profile: ReviewerProfile, reason: str = "") -> ReviewerProfile:
    """Take somebody off the roster: no lot calls them any more, and what they were assigned stays theirs."""
    before = profile.state
    _move(profile, RosterState.LEFT)
    profile.reason = reason.strip()
    profile.changed_at = now()
    session().flush()
    record("roster.left", "reviewer_profile", profile.id, {"state": before}, {"reason": profile.reason})
    return profile


def _decide(profile: ReviewerProfile, to: RosterState, reason: str) -> None:
    # Two officers at once: the second sees the first. The person read with it stays unlocked.
    session().refresh(profile, with_for_update={"of": ReviewerProfile})
    before = profile.state
    _move(profile, to)
    profile.decided_at, profile.decided_by_id, profile.reason = now(), actor().user_id, reason
    profile.changed_at = profile.decided_at
    session().flush()
    record(f"roster.{to.value}", "reviewer_profile", profile.id, {"state": before}, {"state": to, "reason": reason})


def _move(profile: ReviewerProfile, to: RosterState) -> None:
    ROSTER.check(profile.state, to)
    profile.state = to


def _write(profile: ReviewerProfile, axes: Sequence[int], keywords: Sequence[str], experience: str) -> None:
    profile.axes, profile.keywords = sorted(set(axes)), list(dict.fromkeys(keywords))
    profile.experience, profile.changed_at = experience, now()
    session().flush()


def _code() -> str:
    while True:
        code = "P-" + "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))
        if not queries.is_code_taken(code):
            return code

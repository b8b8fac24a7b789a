"""Who travels along: invited by e-mail, part of the application once they say so themselves."""

import hashlib
import secrets
from datetime import timedelta

from accounts.errors import InvitationForAnother
from accounts.models import User
from accounts.rules.identity import normal_email, normal_name
from core.audit import record
from core.clock import now
from core.database import session
from core.errors import IllegalTransition
from grants.emails.companions import ABOUT, write_departure, write_invitation
from grants.errors.companions import (
    AlreadyOnBoard,
    CompanionRefused,
    InvitationGone,
    InvitedTooOften,
    OwnInvitation,
    TooManyCompanions,
)
from grants.models import Application, CoApplicant
from grants.queries import companions as queries
from grants.queries.applications import hold
from grants.services.applications import ensure_editable
from grants.services.marks import mark_again
from grants.states.application import ApplicantKind
from grants.states.companion import COMPANION, CompanionState
from mail.queries import letters_since

MOST_COMPANIONS = 60
MOST_A_DAY = 3
LONGEST_NAME = 120
VALID = timedelta(days=30)


def invite_companion(application: Application, *, name: str, email: str) -> CoApplicant:
    """Name somebody who travels along and send them an invitation. The same address again gets a fresh one.

    Raises:
        NotEditable: past editing. CompanionRefused: one person applies alone. OwnInvitation: the applicant's address.
        TooManyCompanions: the list is full. AlreadyOnBoard: that person accepted. NameRefused, EmailRefused.
        InvitedTooOften: three went to that address today, from whomever.
    """
    ensure_editable(application)
    if application.kind is ApplicantKind.PERSON:
        raise CompanionRefused()
    spelling, called = normal_email(email), normal_name(name, LONGEST_NAME)
    if spelling == application.applicant.email:
        raise OwnInvitation()
    companions = queries.companions_of(application)
    companion = next((one for one in companions if one.email == spelling), None)
    if companion is not None and companion.state is CompanionState.ACCEPTED:
        raise AlreadyOnBoard(name=companion.name)
    if letters_since(spelling, ABOUT, now() - timedelta(days=1)) >= MOST_A_DAY:
        raise InvitedTooOften()
    if companion is None:
        if len(companions) >= MOST_COMPANIONS:
            raise TooManyCompanions(most=MOST_COMPANIONS)
        companion = CoApplicant(application_id=application.id, email=spelling, state=CompanionState.NAMED)
        session().add(companion)
    companion.name = called
    _send(application, companion)
    mark_again(application)
    return companion


def _send(application: Application, companion: CoApplicant) -> None:
    token = secrets.token_urlsafe(32)
    before = companion.state
    if before is not CompanionState.INVITED:
        COMPANION.check(companion.state, CompanionState.INVITED)
    companion.state, companion.invited_at, companion.answered_at = CompanionState.INVITED, now(), None
    companion.token_sha256 = _digest(token)
    session().flush()
    record("companion.invited", "application", application.id, {"state": before.value}, {"companion": companion.id})
    write_invitation(application, companion, token)


def invitation(token: str) -> CoApplicant:
    """Return the open invitation behind a link.

    Raises:
        InvitationGone: there is none, it was answered, taken back, or is older than thirty days.
    """
    companion = queries.companion_by_token(_digest(token))
    if companion is None or companion.state is not CompanionState.INVITED or companion.invited_at is None:
        raise InvitationGone()
    if now() > companion.invited_at + VALID:
        raise InvitationGone()
    return companion


def answer_invitation(companion: CoApplicant, person: User, *, accept: bool) -> CoApplicant:
    """Say whether one is part of an application. Who accepts reads it; who applied goes on writing it.

    Raises:
        InvitationForAnother: it went to another address. IllegalTransition: it was answered.
    """
    if person.email != companion.email:
        raise InvitationForAnother()
    target = CompanionState.ACCEPTED if accept else CompanionState.DECLINED
    if companion.state is not CompanionState.INVITED:  # who accepted leaves by `leave_application`
        raise IllegalTransition(from_state=COMPANION.label(companion.state), to_state=COMPANION.label(target))
    COMPANION.check(companion.state, target)
    before, companion.state = companion.state, target
    companion.answered_at, companion.token_sha256 = now(), None
    companion.user_id = person.id if accept else None
    mark_again(companion.application)
    session().flush()
    record(
        f"companion.{target.value}",
        "application",
        companion.application_id,
        {"state": before.value},
        {"companion": companion.id, "user": person.id},
    )
    return companion


def leave_application(companion: CoApplicant) -> CoApplicant:
    """Stop being part of an application, whenever one wants. What was sent stays as it was sent; who applied is told.

    Raises:
        IllegalTransition: they left before, or were never part of it.
    """
    application = companion.application
    hold(application)  # two clicks at once: the second waits and sees the first
    session().refresh(companion)
    COMPANION.check(companion.state, CompanionState.DECLINED)
    if companion.state is not CompanionState.ACCEPTED:
        raise IllegalTransition(
            from_state=COMPANION.label(companion.state), to_state=COMPANION.label(CompanionState.DECLINED)
        )
    person, companion.user_id = companion.user_id, None
    companion.state, companion.answered_at = CompanionState.DECLINED, now()
    mark_again(application)
    session().flush()
    after = {"companion": companion.id, "user": person}
    record("companion.left", "application", application.id, {"state": "accepted"}, after)
    write_departure(application, companion)
    return companion


def remove_companion(application: Application, companion: CoApplicant) -> None:
    """Take somebody off the list; the link they got opens nothing any longer.

    Raises:
        NotEditable: past editing.
    """
    ensure_editable(application)
    record("companion.removed", "application", application.id, {"companion": companion.id}, None)
    session().delete(companion)
    session().flush()
    mark_again(application)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

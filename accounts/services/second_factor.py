"""The authenticator: enrolled, asked for at the door, replaced, lost."""

import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, or_, update

from accounts import emails, queries
from accounts.errors import EnrolmentExpired, OwnAccount, SecondFactorRequired
from accounts.models import AttemptKind, RecoveryCode, SessionEnd, User, UserSession
from accounts.rules.second_factor import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    matching_step,
    needs_second_factor,
    normal_recovery_code,
    secret_hash,
    shown_recovery_code,
)
from accounts.services.attempts import admit, forgive, note_failure
from accounts.services.sessions import complete_session, end_sessions
from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An authenticator confirmed: codes to keep on paper, and the session's new token."""

    recovery_codes: list[str]
    token: str


def begin_enrolment(opened: UserSession) -> str:
    """Return the secret to show as a QR code; the same one until it is confirmed or the session ends.

    Raises:
        Forbidden: the account has an authenticator and this session has not passed it.
    """
    _refuse_bypass(opened)
    if opened.pending_totp_secret is None:
        opened.pending_totp_secret = pyotp.random_base32()
        session().flush()
    return opened.pending_totp_secret


def confirm_enrolment(opened: UserSession, code: str) -> Enrolment | None:
    """Enrol the shown secret once a code proves that a phone has it; None when the code is wrong.

    Every other session of the person ends.

    Raises:
        EnrolmentExpired: no secret was shown. Forbidden: as in `begin_enrolment`.
    """
    _refuse_bypass(opened)
    secret = opened.pending_totp_secret
    if secret is None:
        raise EnrolmentExpired()
    step = matching_step(secret, code, now())
    if step is None:
        return None
    codes = enrol_second_factor(opened.user, secret)
    opened.user.totp_last_step = step
    end_sessions(opened.user, SessionEnd.SECOND_FACTOR_CHANGED, except_id=opened.id)
    emails.second_factor_enrolled(opened.user)
    return Enrolment(codes, complete_session(opened))


def enrol_second_factor(person: User, secret: str | None = None) -> list[str]:
    """Give a person an authenticator secret and return the recovery codes, which are kept nowhere else."""
    person.totp_secret, person.totp_last_step = secret or pyotp.random_base32(), None
    session().flush()
    record("second_factor.enrolled", "user_account", person.id)
    return _new_codes(person)


def pass_second_factor(opened: UserSession, code: str, *, address: str) -> str | None:
    """Complete a session with a code and return its new token; None, and a failure counted, when it is wrong.

    A code works once, also within its half minute.

    Raises:
        TooManyAttempts: the account or the network has to wait.
    """
    person = opened.user
    admit(AttemptKind.SECOND_FACTOR, person.email, address)
    step = matching_step(person.totp_secret, code, now()) if person.totp_secret is not None else None
    if step is not None and _spend_step(person, step):
        return _complete(opened)
    if step is not None:
        record("second_factor.replayed", "user_account", person.id)
    note_failure(AttemptKind.SECOND_FACTOR, person.email, address, person)
    return None


def pass_with_recovery_code(opened: UserSession, code: str, *, address: str) -> str | None:
    """Complete a session with a recovery code, which is then spent, and tell the owner; None when it is wrong.

    Raises:
        TooManyAttempts: the account or the network has to wait.
    """
    person = opened.user
    admit(AttemptKind.SECOND_FACTOR, person.email, address)
    spent = session().execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == person.id,
            RecoveryCode.code_hash == secret_hash(normal_recovery_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    if person.totp_secret is None or spent.scalar() is None:
        note_failure(AttemptKind.SECOND_FACTOR, person.email, address, person)
        return None
    record("second_factor.recovery_code_used", "user_account", person.id)
    emails.recovery_code_used(person, queries.recovery_codes_left(person))
    return _complete(opened)


def renew_recovery_codes(person: User) -> list[str]:
    """Return fresh recovery codes; the former ones are void.

    Raises:
        EnrolmentExpired: there is no authenticator to recover from.
    """
    if not person.has_second_factor:
        raise EnrolmentExpired()
    codes = _new_codes(person)
    record("second_factor.recovery_codes_renewed", "user_account", person.id)
    emails.recovery_codes_renewed(person)
    return codes


def remove_second_factor(person: User) -> None:
    """Take the authenticator off an account whose roles do not demand it.

    Raises:
        SecondFactorRequired: a role demands it.
    """
    if needs_second_factor(person.roles, enrolled=False):
        raise SecondFactorRequired()
    _clear(person)
    record("second_factor.removed", "user_account", person.id)


def reset_second_factor(person: User) -> None:
    """Let a person who lost phone and codes enrol again: an administrator's act, after seeing who they are.

    Every session of the person ends.

    Raises:
        OwnAccount: nobody does this for themselves.
    """
    if actor().user_id == person.id:
        raise OwnAccount()
    _clear(person)
    end_sessions(person, SessionEnd.SECOND_FACTOR_CHANGED)
    record("second_factor.reset", "user_account", person.id)


def _refuse_bypass(opened: UserSession) -> None:
    # Otherwise a stolen password would be enough: sign in, enrol one's own phone over the owner's.
    if opened.user.has_second_factor and opened.second_factor_at is None:
        raise Forbidden()


def _spend_step(person: User, step: int) -> bool:
    spent = session().execute(
        update(User)
        .where(User.id == person.id, or_(User.totp_last_step.is_(None), User.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(User.id)
    )
    return spent.scalar() is not None


def _complete(opened: UserSession) -> str:
    forgive(AttemptKind.SECOND_FACTOR, opened.user.email)
    record("second_factor.passed", "user_account", opened.user_id, None, {"session": opened.id})
    return complete_session(opened)


def _clear(person: User) -> None:
    person.totp_secret = person.totp_last_step = None
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    session().flush()
    emails.second_factor_removed(person)


def _new_codes(person: User) -> list[str]:
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session().add_all(RecoveryCode(user_id=person.id, code_hash=secret_hash(code), created_at=now()) for code in codes)
    session().flush()
    return [shown_recovery_code(code) for code in codes]

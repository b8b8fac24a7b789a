"""What proves or casts doubt on a person: failed sign-ins, links sent, recovery codes."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import (
    AttemptKind,
    EmailToken,
    RecoveryCode,
    SignInAttempt,
    TokenPurpose,
    User,
)
from accounts.rules.second_factor import secret_hash
from core.clock import now
from core.database import is_sqlite, session


def hold_account(key: str) -> None:
    """Let attempts at one account pass one at a time until the transaction ends, so that none slips past the count.

    SQLite's writing transactions already queue; PostgreSQL takes a lock named after the account.
    """
    if not is_sqlite():
        session().execute(select(func.pg_advisory_xact_lock(int(key[:15], 16))))


def failures_of_account(kind: AttemptKind, key: str, since: datetime) -> list[datetime]:
    """Return when an account's unforgiven failures happened after `since`, oldest first."""
    query = (
        select(SignInAttempt.at)
        .where(
            SignInAttempt.kind == kind,
            SignInAttempt.account_key == key,
            SignInAttempt.at > since,
            SignInAttempt.forgiven_at.is_(None),
        )
        .order_by(SignInAttempt.at, SignInAttempt.id)
    )
    return list(session().scalars(query))


def failures_of_address(kind: AttemptKind, address: str, since: datetime) -> list[datetime]:
    """Return when a network's failures happened after `since`, oldest first; one success forgives none of them."""
    query = (
        select(SignInAttempt.at)
        .where(SignInAttempt.kind == kind, SignInAttempt.address == address, SignInAttempt.at > since)
        .order_by(SignInAttempt.at, SignInAttempt.id)
    )
    return list(session().scalars(query))


def live_token(token: str, purpose: TokenPurpose) -> EmailToken | None:
    """Return the unused and unexpired link that `token` belongs to, with its person."""
    query = (
        select(EmailToken)
        .options(joinedload(EmailToken.user))
        .where(
            EmailToken.token_hash == secret_hash(token),
            EmailToken.purpose == purpose,
            EmailToken.used_at.is_(None),
            EmailToken.expires_at > now(),
        )
    )
    return session().scalar(query)


def recovery_codes_left(person: User) -> int:
    """Count the recovery codes a person has not used."""
    query = select(func.count()).where(RecoveryCode.user_id == person.id, RecoveryCode.used_at.is_(None))
    return session().scalar(query) or 0

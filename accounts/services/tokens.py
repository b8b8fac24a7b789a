"""Links that travel by e-mail: made, found and used up."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from accounts import queries
from accounts.errors import LinkExpired
from accounts.models import EmailToken, TokenPurpose, User
from accounts.rules.second_factor import secret_hash
from core.clock import now
from core.database import session

LIFETIMES = {
    TokenPurpose.VERIFY_EMAIL: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
}


def issue_token(
    person: User,
    purpose: TokenPurpose,
    *,
    new_email: str | None = None,
    new_name: str | None = None,
    new_password_hash: str | None = None,
    new_answers: dict[str, Any] | None = None,
) -> str:
    """Return a new link's secret; earlier links for the same purpose stop working.

    Links that confirm an account stay open beside each other until one is used: each carries the registration that
    asked for it, so a later one by somebody else cannot push the owner's aside.
    """
    if purpose is not TokenPurpose.VERIFY_EMAIL:
        void_tokens(person, purpose)
    token = secrets.token_urlsafe(32)
    session().add(
        EmailToken(
            user_id=person.id,
            purpose=purpose,
            token_hash=secret_hash(token),
            new_email=new_email,
            new_name=new_name,
            new_password_hash=new_password_hash,
            new_answers=new_answers,
            created_at=now(),
            expires_at=now() + LIFETIMES[purpose],
        )
    )
    session().flush()
    return token


def void_tokens(person: User, *purposes: TokenPurpose) -> None:
    """Make a person's open links for `purposes` useless."""
    session().execute(
        update(EmailToken)
        .where(EmailToken.user_id == person.id, EmailToken.purpose.in_(purposes), EmailToken.used_at.is_(None))
        .values(used_at=now())
    )


def use_token(token: str, purpose: TokenPurpose) -> EmailToken:
    """Use a link up, even against a second click at the same moment.

    Raises:
        LinkExpired: it was used, replaced, is too old or never was.
    """
    found = queries.live_token(token, purpose)
    if found is None:
        raise LinkExpired()
    taken = session().execute(
        update(EmailToken)
        .where(EmailToken.id == found.id, EmailToken.used_at.is_(None))
        .values(used_at=now())
        .returning(EmailToken.id)
    )
    if taken.scalar() is None:
        raise LinkExpired()
    return found

"""Passwords changed by their owner, or forgotten and set anew."""

from datetime import timedelta

from accounts import emails, queries
from accounts.errors import LinkExpired
from accounts.models import AttemptKind, SessionEnd, TokenPurpose, User
from accounts.rules.identity import normal_email
from accounts.rules.passwords import check_password
from accounts.services.attempts import admit, admit_letter, forgive, note_failure
from accounts.services.hashing import Prepared, Weighed, hash_of, verify_password
from accounts.services.registration import confirm_email
from accounts.services.sessions import end_sessions
from accounts.services.tokens import issue_token, use_token, void_tokens
from accounts.states import AccountState
from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import enqueue
from mail.queries import letters_since

RESETS_AN_HOUR = 3


def prove_password(person: User, typed: str, *, address: str, weighed: Weighed | None = None) -> bool:
    """Return whether a signed-in person typed their own password; wrong guesses count as failed sign-ins.

    Raises:
        TooManyAttempts: the account or the network has to wait.
    """
    admit(AttemptKind.PASSWORD, person.email, address)
    if verify_password(person, typed, weighed):
        forgive(AttemptKind.PASSWORD, person.email)
        return True
    note_failure(AttemptKind.PASSWORD, person.email, address, person)
    return False


def set_password(person: User, password: str, prepared: Prepared | None = None) -> None:
    """Give a person a password, hashed before the transaction where it is `prepared`. Open links for another expire.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: it will not do.
    """
    person.password_hash = hash_of(check_password(password, email=person.email, name=person.name), prepared)
    person.password_changed_at = now()
    void_tokens(person, TokenPurpose.RESET_PASSWORD)
    session().flush()
    record("account.password_changed", "user_account", person.id)


def change_password(
    person: User,
    current: str,
    new: str,
    *,
    address: str,
    session_id: int | None = None,
    weighed: Weighed | None = None,
    prepared: Prepared | None = None,
) -> bool:
    """Change a person's own password and end every session but `session_id`; False when `current` is wrong.

    `weighed` and `prepared` are what was reckoned of both passwords before this transaction.

    Raises:
        TooManyAttempts, PasswordTooShort, PasswordTooLong, PasswordTooCommon: nothing has changed.
    """
    check_password(new, email=person.email, name=person.name)
    if not prove_password(person, current, address=address, weighed=weighed):
        return False
    set_password(person, new, prepared)
    end_sessions(person, SessionEnd.PASSWORD_CHANGED, except_id=session_id)
    emails.password_changed(person)
    return True


def ask_password_reset(email: str, *, address: str) -> None:
    """Queue a request for a link. The same row is written for a stranger as for a member; a job tells them apart.

    Raises:
        EmailRefused: not an address. TooManyAttempts: the network asked for too many letters.
    """
    spelling = normal_email(email)
    admit_letter(address)
    enqueue("accounts.password_reset", {"email": spelling})


def request_password_reset(email: str) -> None:
    """Send the owner of an address a link that sets a new password; silence when there is no such account."""
    person = queries.user_by_email(email)
    if person is None or person.state not in (AccountState.ACTIVE, AccountState.UNVERIFIED):
        return
    if letters_since(person.email, "accounts.password_reset", now() - timedelta(hours=1)) < RESETS_AN_HOUR:
        emails.password_reset(person, issue_token(person, TokenPurpose.RESET_PASSWORD))
        record("account.reset_requested", "user_account", person.id)


def reset_password(token: str, password: str, prepared: Prepared | None = None) -> User:
    """Set a forgotten password with the link sent for it; every session ends, and the address counts as confirmed.

    `prepared` is the password hashed before this transaction.

    Raises:
        LinkExpired: the link is of no use any more. PasswordTooShort, PasswordTooLong, PasswordTooCommon: it still is.
    """
    found = queries.live_token(token, TokenPurpose.RESET_PASSWORD)
    if found is None or found.user.state not in (AccountState.ACTIVE, AccountState.UNVERIFIED):
        raise LinkExpired()
    person = found.user
    check_password(password, email=person.email, name=person.name)
    use_token(token, TokenPurpose.RESET_PASSWORD)
    set_password(person, password, prepared)
    confirm_email(person)
    end_sessions(person, SessionEnd.PASSWORD_CHANGED)
    forgive(AttemptKind.PASSWORD, person.email)
    emails.password_changed(person)
    return person

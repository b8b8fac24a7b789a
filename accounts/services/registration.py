"""A person arrives: registered, and confirmed as the owner of an address."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from accounts import emails, queries
from accounts.errors import EmailTaken, LinkExpired
from accounts.models import NAME_LENGTH, AttemptKind, NoticePlace, RoleGrant, TokenPurpose, User
from accounts.rules.identity import normal_email, normal_name
from accounts.rules.passwords import check_password
from accounts.services.attempts import admit, note_failure
from accounts.services.hashing import Prepared, Weighed, hash_of, hash_password, is_right
from accounts.services.privacy import answer_notice
from accounts.services.renaming import tell_of_change
from accounts.services.tokens import issue_token, use_token, void_tokens
from accounts.states import ACCOUNT_STATES, AccountState
from core.audit import record
from core.clock import now
from core.database import session
from core.language import LANGUAGES
from core.roles import Role
from mail.queries import letters_since

LETTERS_AN_HOUR = 3
NO_ADDRESS = "papel.invalid"  # RFC 2606: no such domain will ever exist


def register_user(*, email: str, name: str, password: str, language: str = "es") -> User:
    """Create an unconfirmed account with the role of applicant, and send the link that confirms it.

    Raises:
        EmailRefused, NameRefused, PasswordTooShort, PasswordTooLong, PasswordTooCommon: what has to be mended.
        EmailTaken: not for a stranger's eyes; pages call `sign_up` instead.
    """
    spelling, called = normal_email(email), normal_name(name, NAME_LENGTH)
    person = _add_user(spelling, called, hash_password(check_password(password, email=spelling, name=called)), language)
    send_verification(person)
    return person


def sign_up(
    *,
    email: str,
    name: str,
    password: str,
    language: str = "es",
    answers: dict[str, Any] | None = None,
    prepared: Prepared | None = None,
    place: str | None = None,
) -> None:
    """Register from a page. The outcome is the same for a new address and a known one: a letter goes to its owner.

    Each letter's link carries the name and password of the registration that asked for it, and the one that is opened
    with that password decides: whoever registers somebody else's address changes nothing. `answers` to the privacy
    notice travel with it: the `notice` that was shown, by number, and the purposes `chosen`; so does the `place` where
    the person was going, a path of this site. `prepared` is the password hashed before this transaction.

    Raises:
        EmailRefused, NameRefused, PasswordTooShort, PasswordTooLong, PasswordTooCommon: what has to be mended.
    """
    spelling, called = normal_email(email), normal_name(name, NAME_LENGTH)
    hashed = hash_of(check_password(password, email=spelling, name=called), prepared)
    known = queries.user_by_email(spelling)
    if known is None:
        try:
            with session().begin_nested():
                known = _add_user(spelling, called, hashed, language)
        except EmailTaken:  # the same person pressed twice
            return
        _send_link(known, called, hashed, answers, place)
    elif known.state is AccountState.UNVERIFIED:
        _send_link(known, called, hashed, answers, place)
    elif known.state is AccountState.ACTIVE:
        _send_sparingly(known, "accounts.already_registered")


def open_account(*, email: str, name: str, password: str | None = None, language: str = "es") -> User:
    """Create an account that is confirmed from the start, without a letter: for the console, the demo and tests.

    Without a password the person comes in by "forgot my password".

    Raises:
        EmailTaken, EmailRefused, NameRefused, PasswordTooShort, PasswordTooLong, PasswordTooCommon.
    """
    spelling, called = normal_email(email), normal_name(name, NAME_LENGTH)
    hashed = hash_password(check_password(password, email=spelling, name=called)) if password is not None else None
    person = _add_user(spelling, called, hashed, language)
    confirm_email(person)
    return person


def open_paper_account(*, name: str, email: str | None = None) -> User:
    """Return the account of somebody who applied on paper: the address's own, or a new one nobody has confirmed.

    Without an address the account gets one that no letter reaches; nobody can sign in to it.

    Raises:
        EmailRefused, NameRefused.
    """
    called = normal_name(name, NAME_LENGTH)
    if email is None:
        return _add_user(f"{secrets.token_hex(10)}@{NO_ADDRESS}", called, None, LANGUAGES[0])
    spelling = normal_email(email)
    return queries.user_by_email(spelling) or _add_user(spelling, called, None, LANGUAGES[0])


def send_verification(person: User) -> None:
    """Send an unconfirmed person a new link; at most three an hour, the rest is silence."""
    _send_link(person, person.name, person.password_hash)


def confirm_email(person: User) -> None:
    """Note that a person controls their address; an account that was confirmed before stays as it is."""
    if person.state is not AccountState.UNVERIFIED:
        return
    ACCOUNT_STATES.check(person.state, AccountState.ACTIVE)
    person.state, person.email_verified_at = AccountState.ACTIVE, now()
    void_tokens(person, TokenPurpose.VERIFY_EMAIL)
    session().flush()
    record("account.verified", "user_account", person.id, {"state": "unverified"}, {"state": person.state.value})


def verify_email(token: str, typed: str, *, address: str, weighed: Weighed | None = None) -> User | None:
    """Confirm an account with the link sent to it and the password it was asked for with, which become the account's.

    None, and a failure counted, for any other password: whoever opens a link that somebody else asked for gives that
    person no account. Commit in either case.

    Raises:
        LinkExpired: the link was used, replaced, is too old or never was. TooManyAttempts: one has to wait.
    """
    found = queries.live_token(token, TokenPurpose.VERIFY_EMAIL)
    if found is None or found.user.state is not AccountState.UNVERIFIED:
        raise LinkExpired()
    person = found.user
    admit(AttemptKind.PASSWORD, person.email, address)
    if not is_right(found.new_password_hash, typed, weighed):
        note_failure(AttemptKind.PASSWORD, person.email, address, person)
        return None
    opened = use_token(token, TokenPurpose.VERIFY_EMAIL)
    if opened.new_name is not None:
        person.name, person.password_hash = opened.new_name, opened.new_password_hash
        person.password_changed_at = now()
        tell_of_change(person)
    confirm_email(person)
    told = opened.new_answers
    notice = queries.published_notice(told["notice"]) if told else None
    if told and notice is not None:
        answer_notice(person, notice, told["chosen"], NoticePlace.REGISTRATION)
    return person


def _add_user(email: str, name: str, password_hash: str | None, language: str) -> User:
    if queries.user_by_email(email) is not None:
        raise EmailTaken()
    moment = now()
    person = User(
        email=email,
        name=name,
        language=language if language in LANGUAGES else LANGUAGES[0],
        state=AccountState.UNVERIFIED,
        password_hash=password_hash,
        password_changed_at=moment if password_hash else None,
        created_at=moment,
        grants=[RoleGrant(role=Role.APPLICANT, granted_at=moment)],
    )
    session().add(person)
    try:
        session().flush()
    except IntegrityError:
        raise EmailTaken() from None
    record("account.registered", "user_account", person.id, None, {"state": person.state.value})
    return person


def _send_link(
    person: User,
    name: str,
    password_hash: str | None,
    answers: dict[str, Any] | None = None,
    place: str | None = None,
) -> None:
    hour_ago = now() - timedelta(hours=1)
    if letters_since(person.email, "accounts.verification", hour_ago) < LETTERS_AN_HOUR:
        token = issue_token(
            person, TokenPurpose.VERIFY_EMAIL, new_name=name, new_password_hash=password_hash, new_answers=answers
        )
        emails.verification(person, token, name, place)


def _send_sparingly(person: User, about: str) -> None:
    if letters_since(person.email, about, now() - timedelta(hours=1)) < LETTERS_AN_HOUR:
        emails.already_registered(person)

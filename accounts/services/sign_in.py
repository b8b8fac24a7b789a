"""The password at the door."""

from dataclasses import dataclass

from accounts import queries
from accounts.models import AttemptKind, SessionEnd, User, UserSession
from accounts.rules.passwords import normal_password
from accounts.rules.second_factor import needs_second_factor
from accounts.services.attempts import admit, forgive, look_whether_to_wait, note_failure
from accounts.services.hashing import Weighed, hash_password, needs_new_hash, verify_password
from accounts.services.registration import send_verification
from accounts.services.sessions import end_session, open_session
from accounts.states import AccountState


@dataclass(frozen=True, slots=True)
class SignIn:
    """An accepted password. `token` goes into the cookie; a `pending` session still needs the second factor."""

    person: User
    opened: UserSession
    token: str
    pending: bool


def look_up_hash(email: str, address: str) -> str | None:
    """Return the hash to weigh a typed password against, read before the transaction that decides; None for nobody.

    Raises:
        TooManyAttempts: the account or the network has to wait; nothing is to be weighed.
    """
    look_whether_to_wait(AttemptKind.PASSWORD, email, address)
    person = queries.user_by_email(email)
    return person.password_hash if person is not None else None


def sign_in(*, email: str, password: str, address: str, device: str, weighed: Weighed | None = None) -> SignIn | None:
    """Open a session for the right password; None, and a failure counted, for anything else.

    Unknown, unconfirmed, suspended and closed accounts answer like a wrong password; who knows the password of an
    unconfirmed one gets a new link by e-mail. Commit in either case. `weighed` is the password compared before, so that
    nobody waits for that while this transaction holds the database.

    Raises:
        TooManyAttempts: the account or the network has to wait; the password was not looked at.
    """
    admit(AttemptKind.PASSWORD, email, address)
    person = queries.user_by_email(email)
    right = verify_password(person, password, weighed)
    if person is None or not right or person.state is not AccountState.ACTIVE:
        if person is not None and right and person.state is AccountState.UNVERIFIED:
            send_verification(person)
        note_failure(AttemptKind.PASSWORD, email, address, person)
        return None
    forgive(AttemptKind.PASSWORD, email)
    if needs_new_hash(person):
        person.password_hash = hash_password(normal_password(password))
    opened, token = open_session(person, address=address, device=device)
    pending = needs_second_factor(person.roles, enrolled=person.has_second_factor)
    return SignIn(person, opened, token, pending)


def sign_out(session_id: int) -> None:
    """End the session a person is using; one that is over already is left alone."""
    opened = queries.user_session(session_id)
    if opened is not None:
        end_session(opened, SessionEnd.SIGNED_OUT)

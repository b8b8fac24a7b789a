"""Count failures, make the next try wait, and forgive after a success."""

from datetime import timedelta

from sqlalchemy import update

from accounts import emails, queries
from accounts.errors import TooManyAttempts
from accounts.models import AttemptKind, SignInAttempt, User
from accounts.rules.identity import account_key, address_key
from accounts.rules.throttle import Limits, account_wait, address_wait, whole_seconds
from core.audit import record
from core.clock import now
from core.database import session
from core.language import ngettext
from core.settings import setting
from mail.queries import letters_since


def limits() -> Limits:
    """Return the limits in the settings."""
    return Limits(
        setting("SIGN_IN_FREE_FAILURES"),
        setting("SIGN_IN_LOCK_FAILURES"),
        setting("SIGN_IN_ADDRESS_FAILURES"),
        timedelta(minutes=setting("SIGN_IN_LOCK_MINUTES")),
    )


def admit(kind: AttemptKind, email: str, address: str) -> None:
    """Let one attempt at an account through, or say how long to wait. Attempts at one account queue up here.

    Raises:
        TooManyAttempts: the account or the network has to wait; nothing is counted.
    """
    queries.hold_account(account_key(email))
    look_whether_to_wait(kind, email, address)


def look_whether_to_wait(kind: AttemptKind, email: str, address: str) -> None:
    """Say how long to wait, where one has to, without queueing up: whoever decides asks `admit` again.

    Raises:
        TooManyAttempts: the account or the network has to wait.
    """
    key, bounds, moment = account_key(email), limits(), now()
    wait = max(
        account_wait(queries.failures_of_account(kind, key, moment - 2 * bounds.lock), moment, bounds),
        address_wait(queries.failures_of_address(kind, address_key(address), moment - 2 * bounds.lock), moment, bounds),
    )
    if wait > timedelta():
        raise waiting(whole_seconds(wait))


def note_failure(kind: AttemptKind, email: str, address: str, person: User | None) -> None:
    """Count a failed attempt; the one that locks leaves an audit event and a letter to the owner."""
    key, network, bounds, moment = account_key(email), address_key(address), limits(), now()
    session().add(SignInAttempt(at=moment, kind=kind, account_key=key, address=network))
    session().flush()
    if len(queries.failures_of_account(kind, key, moment - bounds.lock)) == bounds.account_failures:
        record("account.locked", "sign_in", key[:16], None, {"kind": kind.value, "user": person.id if person else None})
        hour_ago = moment - timedelta(hours=1)
        if person is not None and not letters_since(person.email, "accounts.account_locked", hour_ago):
            emails.account_locked(person)
    if len(queries.failures_of_address(kind, network, moment - bounds.lock)) == bounds.address_failures:
        record("address.locked", "sign_in", account_key(network)[:16], None, {"kind": kind.value})


def forgive(kind: AttemptKind, email: str) -> None:
    """Start an account's count again after a success. The network's count goes on."""
    session().execute(
        update(SignInAttempt)
        .where(
            SignInAttempt.kind == kind,
            SignInAttempt.account_key == account_key(email),
            SignInAttempt.forgiven_at.is_(None),
        )
        .values(forgiven_at=now())
    )


def admit_letter(address: str) -> None:
    """Let one request for a letter through from a network, and count it, whether or not a letter follows.

    Raises:
        TooManyAttempts: too many letters were asked for from there.
    """
    look_whether_letters_wait(address)
    session().add(SignInAttempt(at=now(), kind=AttemptKind.LETTER, account_key="", address=address_key(address)))
    session().flush()


def look_whether_letters_wait(address: str) -> None:
    """Say how long a network has to wait for another letter, where it has to; nothing is counted.

    Raises:
        TooManyAttempts: too many letters were asked for from there.
    """
    network, bounds, moment = address_key(address), limits(), now()
    asked = queries.failures_of_address(AttemptKind.LETTER, network, moment - 2 * bounds.lock)
    wait = address_wait(asked, moment, bounds)
    if wait > timedelta():
        raise waiting(whole_seconds(wait))


def waiting(seconds: int) -> TooManyAttempts:
    """Return the refusal that says how long to wait, in minutes once it is more than two."""
    if seconds <= 120:
        return TooManyAttempts(seconds=seconds, wait=ngettext("%(num)s segundo", "%(num)s segundos", seconds))
    minutes = -(-seconds // 60)
    return TooManyAttempts(seconds=seconds, wait=ngettext("%(num)s minuto", "%(num)s minutos", minutes))

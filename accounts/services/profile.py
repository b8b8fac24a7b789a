"""What a person may change about themselves: name, language, address."""

from sqlalchemy.exc import IntegrityError

from accounts import emails, queries
from accounts.errors import EmailTaken
from accounts.models import NAME_LENGTH, TokenPurpose, User
from accounts.rules.identity import normal_email, normal_name
from accounts.services.passwords import prove_password
from accounts.services.renaming import tell_of_change
from accounts.services.tokens import issue_token, use_token, void_tokens
from core.audit import record
from core.database import session
from core.errors import InvalidInput
from core.language import LANGUAGES


def edit_profile(person: User, *, name: str, language: str) -> None:
    """Change a person's name and the language of their letters.

    Raises:
        NameRefused, InvalidInput: nothing has changed.
    """
    if language not in LANGUAGES:
        raise InvalidInput()
    before = {"name": person.name, "language": person.language}
    person.name, person.language = normal_name(name, NAME_LENGTH), language
    session().flush()
    changed = [field for field, value in before.items() if value != getattr(person, field)]
    if changed:  # a name is personal data and an event cannot be erased: only that it changed is kept
        was, now_is = before["language"], person.language
        record(
            "account.edited",
            "user_account",
            person.id,
            {"language": was},
            {"language": now_is, "fields": sorted(changed)},
        )
    if "name" in changed:
        tell_of_change(person)


def request_email_change(person: User, new_email: str, password: str, *, address: str) -> bool:
    """Send a link to the new address and a warning to the present one; False when the password is wrong.

    An address that belongs to somebody else gets no link, and the answer is the same.

    Raises:
        EmailRefused, TooManyAttempts: nothing was sent.
    """
    spelling = normal_email(new_email)
    if not prove_password(person, password, address=address):
        return False
    emails.email_change_requested(person)
    owner = queries.user_by_email(spelling)
    if owner is None:
        emails.email_change_link(person, spelling, issue_token(person, TokenPurpose.CHANGE_EMAIL, new_email=spelling))
    else:
        emails.already_registered(owner)
    record("account.email_change_requested", "user_account", person.id)
    return True


def confirm_email_change(token: str) -> User:
    """Make the new address the account's own. Links sent to the former one stop working.

    Raises:
        LinkExpired: the link is of no use any more. EmailTaken: somebody registered the address meanwhile.
    """
    found = use_token(token, TokenPurpose.CHANGE_EMAIL)
    person, old_email = found.user, found.user.email
    assert found.new_email is not None  # a CHECK ties it to the purpose
    try:
        with session().begin_nested():
            person.email = found.new_email
    except IntegrityError:
        raise EmailTaken() from None
    void_tokens(person, TokenPurpose.RESET_PASSWORD, TokenPurpose.VERIFY_EMAIL)
    record("account.email_changed", "user_account", person.id)
    tell_of_change(person)
    emails.email_changed(person, old_email)
    return person

"""Who stands in the place of people whose data was destroyed."""

from accounts import queries
from accounts.models import NOBODY, User
from accounts.services.registration import NO_ADDRESS
from accounts.services.renaming import tell_of_change
from accounts.states import AccountState
from core.clock import now
from core.database import session

NAMELESS = "—"


def nobody(number: int) -> User:
    """Return the account that says nothing, with this number: nobody signs in with it, and no letter reaches it."""
    email = f"{number}@{NOBODY}"
    found = queries.user_by_exact_email(email)
    if found is None:
        found = User(email=email, name=NAMELESS, language="es", state=AccountState.CLOSED, created_at=now())
        session().add(found)
        session().flush()
    return found


def forget_paper_person(person: User) -> bool:
    """Forget the name on an account that was only opened for what came on paper; return whether it was one."""
    if not person.email.endswith(f"@{NO_ADDRESS}"):
        return False
    person.name = NAMELESS
    tell_of_change(person)
    return True

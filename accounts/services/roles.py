"""Duties given and taken, accounts stopped and reopened: the administrator's acts."""

from accounts import emails, queries
from accounts.errors import AccountNotActive, LastAdministrator, OwnAccount, OwnRoles, RoleMissing, RolesIncompatible
from accounts.models import RoleGrant, SessionEnd, User
from accounts.rules.duties import conflicting_role
from accounts.services.sessions import end_sessions
from accounts.states import ACCOUNT_STATES, AccountState
from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import IllegalTransition
from core.language import _, in_language, lazy
from core.roles import ROLE_LABELS, Role


def grant_role(person: User, role: Role, *, notify: bool = False) -> None:
    """Give a role; one already held stays. `notify` writes to the person.

    Raises:
        OwnRoles, AccountNotActive, RolesIncompatible: nothing has changed.
    """
    _refuse_own(person)
    if role in person.roles:
        return
    if person.state is not AccountState.ACTIVE:
        raise AccountNotActive()
    held = conflicting_role(person.roles, role)
    if held is not None:
        raise RolesIncompatible(held=lazy(ROLE_LABELS[held]), wanted=lazy(ROLE_LABELS[role]))
    person.grants.append(RoleGrant(role=role, granted_at=now(), granted_by_id=actor().user_id))
    session().flush()
    record("role.granted", "user_account", person.id, None, {"role": role.value})
    if notify:
        _write(person)


def revoke_role(person: User, role: Role, *, notify: bool = False) -> None:
    """Take a role away; it stops working with the person's next request.

    Raises:
        OwnRoles, RoleMissing, LastAdministrator: nothing has changed.
    """
    _refuse_own(person)
    grant = next((grant for grant in person.grants if grant.role is role), None)
    if grant is None:
        raise RoleMissing()
    if role is Role.ADMINISTRATOR:
        _refuse_last_administrator(person)
    person.grants.remove(grant)
    session().flush()
    record("role.revoked", "user_account", person.id, {"role": role.value}, None)
    if notify:
        _write(person)


def suspend_account(person: User) -> None:
    """Shut a person out until the account is reinstated; their sessions end now.

    Raises:
        OwnAccount, LastAdministrator, IllegalTransition: nothing has changed.
    """
    _stop(person, AccountState.SUSPENDED)


def close_account(person: User) -> None:
    """Shut an account for good; their sessions end now.

    Raises:
        OwnAccount, LastAdministrator, IllegalTransition: nothing has changed.
    """
    _stop(person, AccountState.CLOSED)


def reinstate_account(person: User) -> None:
    """Let a suspended person in again.

    Raises:
        IllegalTransition: the account is not suspended.
    """
    if person.state is AccountState.UNVERIFIED:  # only a link from the person's own mailbox confirms
        raise IllegalTransition(
            from_state=ACCOUNT_STATES.label(person.state), to_state=ACCOUNT_STATES.label(AccountState.ACTIVE)
        )
    _move(person, AccountState.ACTIVE)


def _stop(person: User, state: AccountState) -> None:
    if actor().user_id == person.id:
        raise OwnAccount()
    if Role.ADMINISTRATOR in person.roles and person.state is AccountState.ACTIVE:
        _refuse_last_administrator(person)
    _move(person, state)
    end_sessions(person, SessionEnd.ACCOUNT_STOPPED)


def _move(person: User, state: AccountState) -> None:
    before = person.state
    ACCOUNT_STATES.check(before, state)
    person.state = state
    session().flush()
    record("account.moved", "user_account", person.id, {"state": before.value}, {"state": state.value})


def _refuse_own(person: User) -> None:
    if actor().user_id == person.id:
        raise OwnRoles()


def _refuse_last_administrator(person: User) -> None:
    others = [other for other in queries.users_with_role(Role.ADMINISTRATOR) if other.id != person.id]
    if not others:
        raise LastAdministrator()


def _write(person: User) -> None:
    with in_language(person.language):
        emails.roles_changed(person, [_(ROLE_LABELS[role]) for role in sorted(person.roles)])

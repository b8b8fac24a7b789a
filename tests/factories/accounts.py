"""People and organisations, made the way the console makes them."""

from itertools import count

from flask.testing import FlaskClient

from accounts.models import Organisation, OrganisationKind, User
from accounts.services import (
    add_member,
    create_organisation,
    enrol_second_factor,
    grant_role,
    open_account,
    open_session,
)
from core.database import db
from core.roles import SECOND_FACTOR_ROLES, Role

PASSWORD = "jacaranda sobre Reforma 1968"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)


def make_user(
    *roles: Role, email: str | None = None, name: str | None = None, password: str = PASSWORD, language: str = "es"
) -> User:
    """A confirmed person who holds `roles` (and applicant), with the second factor enrolled where a role demands it."""
    number = next(_numbers)
    user = open_account(
        email=email or f"persona{number}@example.org",
        name=name or f"Persona {number}",
        password=password,
        language=language,
    )
    for role in roles:
        grant_role(user, role)
    if set(roles) & SECOND_FACTOR_ROLES:
        enrol_second_factor(user, TOTP_SECRET)
    return user


def make_organisation(*members: User, name: str | None = None, kind: str = OrganisationKind.COMPANY) -> Organisation:
    """An organisation whose every member is an owner."""
    organisation = create_organisation(name=name or f"Organización {next(_numbers)}", kind=kind)
    for member in members:
        add_member(organisation, member)
    return organisation


def sign_in_as(client: FlaskClient, user: User) -> str:
    """Open a complete session for `user`, put it into the client's cookie jar and return its token."""
    passed = user.has_second_factor
    _opened, token = open_session(user, address="127.0.0.1", device="tests", second_factor_passed=passed)
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return token

"""The doors of accounts: signing in and out, one's own account, organisations, and the people list of the staff."""

from accounts.routes import account, organisations, people, privacy, registration, second_factor, sign_in
from accounts.routes.room import blueprint
from core.language import N_
from core.navigation import NavItem
from core.roles import Role

NAVIGATION = (
    NavItem(N_("Mis organizaciones"), "accounts.organisation_list", order=91, roles=frozenset()),
    NavItem(
        N_("Avisos de privacidad"),
        "accounts.notice_list",
        order=96,
        roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    ),
    NavItem(N_("Personas"), "accounts.user_list", order=94, roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)

__all__ = [
    "NAVIGATION",
    "account",
    "blueprint",
    "organisations",
    "people",
    "privacy",
    "registration",
    "second_factor",
    "sign_in",
]

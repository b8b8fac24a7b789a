"""Which roles one person may hold together."""

from collections.abc import Set

from core.roles import STAFF_ROLES, Role

# Who reads the accounts for the public did not write them; who authorises a payment did not prepare it; who scores
# without knowing the name does not read the applications.
APART: tuple[frozenset[Role], ...] = (
    *(frozenset({Role.AUDITOR, role}) for role in sorted(STAFF_ROLES | {Role.REVIEWER})),
    frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER}),
    *(frozenset({Role.REVIEWER, role}) for role in (Role.PROGRAMME_OFFICER, Role.TREASURER, Role.ADMINISTRATOR)),
)


def conflicting_role(held: Set[Role], wanted: Role) -> Role | None:
    """Return a role already held that forbids `wanted`, or None."""
    return next((role for role in sorted(held) if frozenset({role, wanted}) in APART), None)

"""The doors of the mobility fund."""

from core.language import N_
from core.navigation import DeskItem, NavItem
from core.roles import Role
from grants.queries.calls import comments_waiting
from grants.routes import applications, calls, editor, steps
from grants.routes.room import WRITERS, blueprint

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(N_("Convocatorias"), "grants.call_list", order=10),
    NavItem(N_("Mis solicitudes"), "grants.application_list", order=20, roles=frozenset({Role.APPLICANT})),
    NavItem(N_("Programa"), "grants.call_desk", order=40, roles=WRITERS | {Role.AUDITOR}),
)
DESK: tuple[DeskItem, ...] = (
    DeskItem(N_("Comentarios de consulta por responder"), "grants.call_desk", WRITERS, comments_waiting),
)

__all__ = ["DESK", "NAVIGATION", "applications", "blueprint", "calls", "editor", "steps"]

"""The doors of the mobility fund."""

from core.language import N_
from core.navigation import DeskItem, NavItem
from core.roles import Role
from grants.queries.calls import CallWaits, comments_waiting
from grants.routes import (
    acuses,
    addenda,
    appeals,
    applications,
    awards,
    builder,
    calls,
    committee_draws,
    companions,
    comparison,
    cures,
    determinations,
    dossiers,
    drafts,
    editor,
    feeds,
    outages,
    places,
    queue,
    retention,
    review,
    roster,
    saved_filters,
    screening,
    sketches,
    staff_awards,
    steps,
    subscriptions,
    waiting,
)
from grants.routes.room import WRITERS, blueprint

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(N_("Convocatorias"), "grants.call_list", order=10),
    NavItem(N_("Mis solicitudes"), "grants.application_list", order=20, roles=frozenset({Role.APPLICANT})),
    NavItem(N_("Mis apoyos"), "grants.award_list", order=25, roles=frozenset({Role.APPLICANT})),
    NavItem(N_("Programa"), "grants.call_desk", order=40, roles=WRITERS | {Role.AUDITOR}),
)
DESK: tuple[DeskItem, ...] = (
    *waiting.DESK,
    DeskItem(
        N_("Comentarios de consulta por responder"),
        "grants.call_desk",
        WRITERS,
        comments_waiting,
        {"espera": CallWaits.COMMENTS},
    ),
    *screening.DESK,
    *staff_awards.DESK,
    *appeals.DESK,
    *roster.DESK,
)

__all__ = [
    "DESK",
    "NAVIGATION",
    "acuses",
    "addenda",
    "appeals",
    "applications",
    "awards",
    "blueprint",
    "builder",
    "calls",
    "committee_draws",
    "companions",
    "comparison",
    "cures",
    "determinations",
    "dossiers",
    "drafts",
    "editor",
    "feeds",
    "outages",
    "places",
    "queue",
    "retention",
    "review",
    "roster",
    "saved_filters",
    "screening",
    "sketches",
    "staff_awards",
    "steps",
    "subscriptions",
]

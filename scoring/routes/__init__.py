"""Scoring's doors: the reviewer's desk, the public rulebook, the programme's view of a committee."""

from core.clock import now
from core.context import actor
from core.language import N_
from core.navigation import DeskItem, NavItem
from core.roles import Role
from scoring import queries
from scoring.routes import (
    attendance,
    calibration,
    committee,
    desk,
    lots,
    meetings,
    panels,
    questions,
    rankings,
    reviews,
    rulebooks,
    signing,
)
from scoring.routes.room import STAFF, blueprint

NAVIGATION = (
    NavItem(N_("Evaluar"), "scoring.desk", order=40, roles=frozenset({Role.REVIEWER})),
    NavItem(N_("Comités"), "scoring.panel_list", order=45, roles=frozenset({*STAFF, Role.AUDITOR})),
)
DESK = (
    DeskItem(
        N_("Expedientes por evaluar"),
        "scoring.desk",
        frozenset({Role.REVIEWER}),
        lambda: queries.count_due(actor().user_id or 0, now()),
    ),
    DeskItem(N_("Preguntas de quienes evalúan"), "scoring.panel_list", frozenset(STAFF), queries.count_unanswered),
    DeskItem(
        N_("Comentarios del comité por revisar"), "scoring.panel_list", frozenset(STAFF), queries.count_notes_waiting
    ),
)

__all__ = [
    "DESK",
    "NAVIGATION",
    "attendance",
    "blueprint",
    "calibration",
    "committee",
    "desk",
    "discussion",
    "lots",
    "meetings",
    "panels",
    "questions",
    "rankings",
    "reviews",
    "rulebooks",
    "signing",
]

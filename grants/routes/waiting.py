"""What waits for whoever asked for support: on their desk until it is done."""

from core.clock import now
from core.language import N_
from core.navigation import DeskItem
from core.roles import Role
from grants.queries import applications, awards
from grants.routes.room import this_person

APPLICANT = frozenset({Role.APPLICANT})

DESK = (
    DeskItem(
        N_("Solicitudes por enviar"),
        "grants.application_list",
        APPLICANT,
        lambda: applications.drafts_open(this_person().id, now()),
    ),
    DeskItem(
        N_("Aclaraciones por responder"),
        "grants.application_list",
        APPLICANT,
        lambda: applications.cures_open(this_person().id),
    ),
    DeskItem(
        N_("Convenios por aceptar"),
        "grants.award_list",
        APPLICANT,
        lambda: awards.agreements_to_accept(this_person().id),
    ),
    DeskItem(
        N_("Informes de gastos por entregar"),
        "grants.award_list",
        APPLICANT,
        lambda: awards.reports_to_file(this_person().id),
    ),
)

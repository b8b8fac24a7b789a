"""The life of an invitation to travel with whoever applies."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

APPLICANT = frozenset({Role.APPLICANT})


class CompanionState(StrEnum):
    """Whether somebody named in an application agrees to be part of it."""

    NAMED = "named"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


COMPANION = StateTable(
    "companion",
    {
        CompanionState.NAMED: State(N_("Sin invitar"), N_("Está en la lista, sin invitación todavía."), "neutral"),
        CompanionState.INVITED: State(N_("Invitación enviada"), N_("Falta que la persona acepte."), "warning"),
        CompanionState.ACCEPTED: State(N_("Aceptó"), N_("La persona confirmó que forma parte."), "good"),
        CompanionState.DECLINED: State(N_("No participa"), N_("La persona no aceptó, o dejó la solicitud."), "bad"),
    },
    [
        Transition(CompanionState.NAMED, CompanionState.INVITED, APPLICANT),
        Transition(CompanionState.INVITED, CompanionState.ACCEPTED, APPLICANT),
        Transition(CompanionState.INVITED, CompanionState.DECLINED, APPLICANT),
        Transition(CompanionState.ACCEPTED, CompanionState.DECLINED, APPLICANT),  # they leave by themselves
        Transition(CompanionState.DECLINED, CompanionState.INVITED, APPLICANT),
    ],
    CompanionState.NAMED,
)

"""The life of a person's place on the roster of reviewers."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
ANYBODY = frozenset({Role.APPLICANT, Role.REVIEWER})


class RosterState(StrEnum):
    """Where somebody who offered to review stands."""

    OFFERED = "offered"
    ADMITTED = "admitted"
    DECLINED = "declined"
    LEFT = "left"


ROSTER = StateTable(
    "roster",
    {
        RosterState.OFFERED: State(
            N_("En revisión"), N_("El equipo del programa lee la propuesta y responde por correo."), "progress"
        ),
        RosterState.ADMITTED: State(
            N_("En el padrón"), N_("Entra en los sorteos de los comités que corresponden a sus ejes."), "good"
        ),
        RosterState.DECLINED: State(
            N_("No admitida"), N_("La razón se envió por correo; se puede proponer otra vez."), "neutral"
        ),
        RosterState.LEFT: State(
            N_("Fuera del padrón"), N_("Ya no entra en sorteos; lo que tenía asignado sigue su curso."), "neutral"
        ),
    },
    [
        Transition(RosterState.OFFERED, RosterState.ADMITTED, OFFICER),
        Transition(RosterState.OFFERED, RosterState.DECLINED, OFFICER),
        Transition(RosterState.OFFERED, RosterState.LEFT, ANYBODY),
        Transition(RosterState.ADMITTED, RosterState.LEFT, ANYBODY | OFFICER),
        Transition(RosterState.DECLINED, RosterState.OFFERED, ANYBODY),
        Transition(RosterState.LEFT, RosterState.OFFERED, ANYBODY),
    ],
    RosterState.OFFERED,
)

"""The life of an application that an appeal brings back after the results."""

from enum import StrEnum

from core.language import N_
from core.states import State, StateTable, Transition
from grants.states.determination import OFFICER


class ReadmissionState(StrEnum):
    """Where an application stands that was admitted to a review, or another one, on appeal."""

    ADMITTED = "admitted"
    RELEASED = "released"


READMISSION = StateTable(
    "readmission",
    {
        ReadmissionState.ADMITTED: State(
            N_("Admitida por inconformidad"),
            N_("La evalúa un comité complementario con las mismas reglas; su resultado se publica como adenda."),
            "progress",
        ),
        ReadmissionState.RELEASED: State(
            N_("Con resultado"), N_("Su lugar se publicó como adenda; los apoyos ya otorgados no cambiaron."), "good"
        ),
    },
    [Transition(ReadmissionState.ADMITTED, ReadmissionState.RELEASED, OFFICER)],
    ReadmissionState.ADMITTED,
)

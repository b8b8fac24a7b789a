"""The life of a correction that somebody asks for of what they sent."""

from enum import StrEnum

from core.language import N_
from core.states import State, StateTable, Transition
from grants.states.determination import OFFICER


class CorrectionState(StrEnum):
    """Where a request to correct a datum of a sent application stands."""

    ASKED = "asked"
    CORRECTED = "corrected"
    REFUSED = "refused"


CORRECTION = StateTable(
    "correction",
    {
        CorrectionState.ASKED: State(
            N_("Corrección por responder"), N_("Una persona del programa la revisa y responde por escrito."), "progress"
        ),
        CorrectionState.CORRECTED: State(
            N_("Dato corregido"),
            N_("La corrección queda junto a lo que se envió, con su fecha; lo enviado y su acuse no cambian."),
            "good",
        ),
        CorrectionState.REFUSED: State(
            N_("Corrección negada"), N_("El dato queda como se envió, con las razones por escrito."), "neutral"
        ),
    },
    [
        Transition(CorrectionState.ASKED, CorrectionState.CORRECTED, OFFICER),
        Transition(CorrectionState.ASKED, CorrectionState.REFUSED, OFFICER),
    ],
    CorrectionState.ASKED,
)

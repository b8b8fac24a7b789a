"""The life of a screening, of the request to cure, and of a blinded dossier before anybody reviews it."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
APPLICANT = frozenset({Role.APPLICANT})
SYSTEM: frozenset[Role] = frozenset()


class ScreeningVerdict(StrEnum):
    """What an officer decided about one application against the call's eligibility rules."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    NEEDS_CURE = "needs_cure"


VERDICT_LABELS: dict[ScreeningVerdict, str] = {
    ScreeningVerdict.ELIGIBLE: N_("Cumple los requisitos"),
    ScreeningVerdict.INELIGIBLE: N_("No cumple los requisitos"),
    ScreeningVerdict.NEEDS_CURE: N_("Falta algo que se puede corregir"),
}


class CureState(StrEnum):
    """Where a request to cure stands."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"


CURE = StateTable(
    "cure",
    {
        CureState.OPEN: State(
            N_("Aclaración pendiente"), N_("Pedimos algo que falta; hay un plazo para responder."), "warning"
        ),
        CureState.ANSWERED: State(
            N_("Aclaración recibida"), N_("La respuesta llegó a tiempo y volverá a revisarse."), "progress"
        ),
        CureState.EXPIRED: State(N_("Aclaración vencida"), N_("El plazo terminó sin respuesta."), "bad"),
    },
    [
        Transition(CureState.OPEN, CureState.ANSWERED, APPLICANT),
        Transition(CureState.OPEN, CureState.EXPIRED, OFFICER),
        Transition(CureState.EXPIRED, CureState.OPEN, OFFICER),  # the verdict that closed it was undone
    ],
    CureState.OPEN,
)


class ClearingState(StrEnum):
    """Where a blinded dossier stands before it reaches the committee."""

    AWAITING = "awaiting"
    CLEARED = "cleared"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


CLEARING = StateTable(
    "clearing",
    {
        ClearingState.AWAITING: State(
            N_("Por liberar"), N_("Una persona tiene que leerlo antes de que llegue al comité."), "warning"
        ),
        ClearingState.CLEARED: State(
            N_("Liberado"), N_("Una persona confirmó que no revela la identidad de quien solicita."), "progress"
        ),
        ClearingState.HANDED_OVER: State(
            N_("Entregado al comité"), N_("El comité lo evalúa sin conocer la identidad de quien solicita."), "good"
        ),
        ClearingState.WITHDRAWN: State(
            N_("Retirado"), N_("La solicitud se retiró y el expediente ya no se evalúa."), "neutral"
        ),
    },
    [
        Transition(ClearingState.AWAITING, ClearingState.CLEARED, OFFICER),
        Transition(ClearingState.CLEARED, ClearingState.AWAITING, OFFICER),
        Transition(ClearingState.CLEARED, ClearingState.HANDED_OVER, OFFICER),
        Transition(ClearingState.HANDED_OVER, ClearingState.CLEARED, OFFICER),  # an appeal was upheld
        Transition(ClearingState.AWAITING, ClearingState.WITHDRAWN, SYSTEM),
        Transition(ClearingState.CLEARED, ClearingState.WITHDRAWN, SYSTEM),
        Transition(ClearingState.HANDED_OVER, ClearingState.WITHDRAWN, SYSTEM),
    ],
    ClearingState.AWAITING,
)

"""The life of a fiscal receipt."""

from enum import StrEnum

from core.language import N_
from core.states import State, StateTable, Transition


class FiscalState(StrEnum):
    """Where a fiscal receipt stands before the tax office."""

    DRAFT = "draft"
    STAMPED = "stamped"
    CANCELLED = "cancelled"


FISCAL_STATES = StateTable(
    "fiscal_receipt",
    {
        FiscalState.DRAFT: State(
            N_("Borrador"), N_("Borrador sin validez fiscal: todavía no tiene el timbre del SAT."), "progress"
        ),
        FiscalState.STAMPED: State(N_("Timbrado"), N_("Un proveedor de certificación lo timbró."), "good"),
        FiscalState.CANCELLED: State(N_("Cancelado"), N_("Dejó de valer junto con su recibo."), "neutral"),
    },
    [
        Transition(FiscalState.DRAFT, FiscalState.STAMPED),
        Transition(FiscalState.DRAFT, FiscalState.CANCELLED),
        Transition(FiscalState.STAMPED, FiscalState.CANCELLED),
    ],
    FiscalState.DRAFT,
)

"""The life of an act on many applications at once, and of each application in it."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
SYSTEM: frozenset[Role] = frozenset()


class BulkKind(StrEnum):
    """What is done to each application chosen."""

    ASSIGN = "assign"
    ELIGIBLE = "eligible"
    CURE = "cure"
    INELIGIBLE = "ineligible"
    LETTERS = "letters"


BULK_LABELS: dict[BulkKind, str] = {
    BulkKind.ASSIGN: N_("Encargar a una persona"),
    BulkKind.ELIGIBLE: N_("Marcar que cumplen los requisitos"),
    BulkKind.CURE: N_("Pedir una aclaración"),
    BulkKind.INELIGIBLE: N_("Rechazar con la razón de la regla que no cumplen"),
    BulkKind.LETTERS: N_("Enviar ya las cartas retenidas"),
}


class BulkState(StrEnum):
    """Where an act on many applications stands."""

    PREPARED = "prepared"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    SETTLED = "settled"


BULK = StateTable(
    "bulk_action",
    {
        BulkState.PREPARED: State(N_("Por confirmar"), N_("Todavía no se hace nada; revisa la lista."), "warning"),
        BulkState.RUNNING: State(N_("En curso"), N_("Se está haciendo, una solicitud tras otra."), "progress"),
        BulkState.DONE: State(N_("Se puede deshacer"), N_("Las cartas esperan a que pase el plazo."), "good"),
        BulkState.UNDOING: State(N_("Deshaciéndose"), N_("Cada solicitud vuelve a donde estaba."), "progress"),
        BulkState.UNDONE: State(N_("Deshecho"), N_("Cada solicitud volvió a donde estaba."), "neutral"),
        BulkState.SETTLED: State(N_("Definitivo"), N_("Ya no se puede deshacer."), "neutral"),
    },
    [
        Transition(BulkState.PREPARED, BulkState.RUNNING, OFFICER),
        Transition(BulkState.RUNNING, BulkState.DONE, SYSTEM),
        Transition(BulkState.RUNNING, BulkState.SETTLED, SYSTEM),
        Transition(BulkState.DONE, BulkState.UNDOING, OFFICER),
        Transition(BulkState.UNDOING, BulkState.UNDONE, SYSTEM),
        Transition(BulkState.DONE, BulkState.SETTLED, SYSTEM),
    ],
    BulkState.PREPARED,
)


class BulkRowState(StrEnum):
    """What became of one application in it."""

    PLANNED = "planned"
    REFUSED = "refused"
    DONE = "done"
    KEPT = "kept"
    UNDONE = "undone"


BULK_ROW = StateTable(
    "bulk_row",
    {
        BulkRowState.PLANNED: State(N_("Se hará"), N_("Está en la lista de lo que se hará."), "progress"),
        BulkRowState.REFUSED: State(N_("No se hace"), N_("Queda como estaba, por la razón que se indica."), "warning"),
        BulkRowState.DONE: State(N_("Hecha"), N_("Se hizo lo que decía la lista."), "good"),
        BulkRowState.KEPT: State(N_("Sin deshacer"), N_("No se deshizo, por la razón que se indica."), "warning"),
        BulkRowState.UNDONE: State(N_("Deshecha"), N_("Volvió a donde estaba."), "neutral"),
    },
    [
        Transition(BulkRowState.PLANNED, BulkRowState.DONE, SYSTEM),
        Transition(BulkRowState.PLANNED, BulkRowState.REFUSED, SYSTEM),
        Transition(BulkRowState.DONE, BulkRowState.UNDONE, OFFICER),
        Transition(BulkRowState.DONE, BulkRowState.KEPT, SYSTEM),
    ],
    BulkRowState.PLANNED,
)

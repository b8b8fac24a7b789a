"""The life of what sponsors get back: the package they choose and each thing it promises."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

KEEPERS = frozenset({Role.TREASURER, Role.PROGRAMME_OFFICER})


class PackageState(StrEnum):
    """Whether a package can still be chosen."""

    OPEN = "open"
    CLOSED = "closed"


PACKAGE_STATES = StateTable(
    "sponsor_package",
    {
        PackageState.OPEN: State(N_("Abierto"), N_("Se puede elegir en sus fechas, mientras queden."), "good"),
        PackageState.CLOSED: State(
            N_("Cerrado"), N_("Ya no se puede elegir; lo prometido a quien lo eligió se cumple."), "neutral"
        ),
    },
    [Transition(PackageState.OPEN, PackageState.CLOSED, KEEPERS)],
    PackageState.OPEN,
)


class BenefitState(StrEnum):
    """Whether a sponsor got what was promised in return. What lapses stays as it was, and reads as `LAPSED`."""

    DUE = "due"
    DELIVERED = "delivered"


BENEFIT_STATES = StateTable(
    "promised_benefit",
    {
        BenefitState.DUE: State(N_("Por entregar"), N_("Se prometió a cambio y falta entregarlo."), "progress"),
        BenefitState.DELIVERED: State(N_("Ya se entregó"), N_("Se entregó en la fecha que se indica."), "good"),
    },
    [
        Transition(BenefitState.DUE, BenefitState.DELIVERED, KEEPERS),
        # Only on the day it was said, by whoever mistook it; the trail keeps both.
        Transition(BenefitState.DELIVERED, BenefitState.DUE, KEEPERS),
    ],
    BenefitState.DUE,
)

# How one that is due reads once its day is over, and once nothing is owed for what is left of the gift.
LATE = State(N_("Atrasado"), N_("Su día ya pasó y no consta su entrega."), "bad")
LAPSED = State(
    N_("Ya no se debe"), N_("Lo que queda de la aportación ya no alcanza el paquete: no se entrega."), "neutral"
)

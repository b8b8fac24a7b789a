"""The lives of a plan, a commitment and a payment order."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition


class PlanState(StrEnum):
    """Whether the year's plan binds."""

    DRAFT = "draft"
    APPROVED = "approved"


class CommitmentState(StrEnum):
    """How far money set aside for an award has come."""

    COMMITTED = "committed"
    ACCRUED = "accrued"
    PAID = "paid"
    RELEASED = "released"


class OrderState(StrEnum):
    """How far a payment has come."""

    PREPARED = "prepared"
    AUTHORISED = "authorised"
    PAID = "paid"
    CANCELLED = "cancelled"


_TREASURER = frozenset({Role.TREASURER})
_AUTHORISER = frozenset({Role.PAYMENT_AUTHORISER})

PLAN_STATES = StateTable(
    "operating_plan",
    {
        PlanState.DRAFT: State(N_("En preparación"), N_("Todavía se puede cambiar; no autoriza gasto."), "neutral"),
        PlanState.APPROVED: State(N_("Aprobado"), N_("El comité técnico lo aprobó; autoriza gasto."), "good"),
    },
    [Transition(PlanState.DRAFT, PlanState.APPROVED, _TREASURER)],
    PlanState.DRAFT,
)

COMMITMENT_STATES = StateTable(
    "commitment",
    {
        CommitmentState.COMMITTED: State(
            N_("Comprometido"), N_("El dinero está apartado para este apoyo."), "progress"
        ),
        CommitmentState.ACCRUED: State(N_("Devengado"), N_("El convenio está firmado; se debe pagar."), "progress"),
        CommitmentState.PAID: State(N_("Pagado"), N_("Se pagó completo."), "good"),
        CommitmentState.RELEASED: State(N_("Liberado"), N_("Lo no usado volvió a la bolsa."), "neutral"),
    },
    [
        Transition(CommitmentState.COMMITTED, CommitmentState.ACCRUED),
        Transition(CommitmentState.COMMITTED, CommitmentState.RELEASED),
        Transition(CommitmentState.ACCRUED, CommitmentState.PAID),
        Transition(CommitmentState.ACCRUED, CommitmentState.RELEASED),
    ],
    CommitmentState.COMMITTED,
)

ORDER_STATES = StateTable(
    "payment_order",
    {
        OrderState.PREPARED: State(N_("Preparada"), N_("Espera que otra persona la autorice."), "warning"),
        OrderState.AUTHORISED: State(N_("Autorizada"), N_("El banco ya puede pagarla."), "progress"),
        OrderState.PAID: State(N_("Pagada"), N_("El banco la pagó."), "good"),
        OrderState.CANCELLED: State(N_("Cancelada"), N_("No se pagará con esta orden."), "neutral"),
    },
    [
        Transition(OrderState.PREPARED, OrderState.AUTHORISED, _AUTHORISER),
        Transition(OrderState.PREPARED, OrderState.CANCELLED, _TREASURER | _AUTHORISER),
        Transition(OrderState.AUTHORISED, OrderState.PAID, _TREASURER),
        Transition(OrderState.AUTHORISED, OrderState.CANCELLED, _AUTHORISER),
    ],
    OrderState.PREPARED,
)

"""The life of an award, of its tranches and of the report on how it was spent."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
APPLICANT = frozenset({Role.APPLICANT})
TREASURY = frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER})
SYSTEM: frozenset[Role] = frozenset()


class AwardState(StrEnum):
    """Where an award stands, from the committed money to the closed file."""

    PENDING = "pending"
    COMMITTED = "committed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    CLOSED = "closed"


AWARD = StateTable(
    "award",
    {
        AwardState.PENDING: State(N_("Por comprometer"), N_("Falta reservar el dinero."), "warning"),
        AwardState.COMMITTED: State(
            N_("Comprometido"), N_("El dinero está reservado; falta aceptar el convenio."), "progress"
        ),
        AwardState.ACCEPTED: State(N_("Convenio aceptado"), N_("Sigue el primer pago."), "progress"),
        AwardState.DECLINED: State(
            N_("Declinado"), N_("La persona no aceptó el apoyo; el dinero se libera."), "neutral"
        ),
        AwardState.IN_PROGRESS: State(
            N_("En marcha"), N_("Ya se hizo al menos un pago; falta el informe de gastos."), "progress"
        ),
        AwardState.REPORTED: State(N_("Gastos comprobados"), N_("El informe de gastos se aceptó."), "good"),
        AwardState.CLOSED: State(N_("Cerrado"), N_("No queda nada pendiente."), "good"),
    },
    [
        Transition(AwardState.PENDING, AwardState.COMMITTED, TREASURY),
        Transition(AwardState.COMMITTED, AwardState.ACCEPTED, APPLICANT),
        Transition(AwardState.COMMITTED, AwardState.DECLINED, APPLICANT),
        Transition(AwardState.ACCEPTED, AwardState.DECLINED, APPLICANT),
        Transition(AwardState.ACCEPTED, AwardState.IN_PROGRESS, TREASURY),
        Transition(AwardState.IN_PROGRESS, AwardState.REPORTED, OFFICER),
        Transition(AwardState.REPORTED, AwardState.CLOSED, OFFICER),
    ],
    AwardState.PENDING,
)


class TrancheState(StrEnum):
    """Where one payment of an award stands."""

    PLANNED = "planned"
    DUE = "due"
    ORDERED = "ordered"
    PAID = "paid"
    DROPPED = "dropped"


TRANCHE = StateTable(
    "tranche",
    {
        TrancheState.PLANNED: State(N_("Programado"), N_("Todavía no se cumple su condición."), "neutral"),
        TrancheState.DUE: State(N_("Por pagar"), N_("Se cumplió su condición; tesorería prepara la orden."), "warning"),
        TrancheState.ORDERED: State(N_("Orden de pago"), N_("La orden está en firma."), "progress"),
        TrancheState.PAID: State(N_("Pagado"), N_("El banco hizo la transferencia."), "good"),
        TrancheState.DROPPED: State(
            N_("No procede"), N_("Lo comprobado ya estaba pagado: no queda nada por pagar."), "neutral"
        ),
    },
    [
        Transition(TrancheState.PLANNED, TrancheState.DUE, SYSTEM),
        Transition(TrancheState.PLANNED, TrancheState.DROPPED, SYSTEM),
        Transition(TrancheState.DUE, TrancheState.ORDERED, TREASURY),
        Transition(TrancheState.ORDERED, TrancheState.DUE, TREASURY),
        Transition(TrancheState.ORDERED, TrancheState.PAID, TREASURY),
    ],
    TrancheState.PLANNED,
)


class TrancheCondition(StrEnum):
    """What has to happen before a tranche may be paid."""

    AGREEMENT_ACCEPTED = "agreement_accepted"
    REPORT_ACCEPTED = "report_accepted"


CONDITION_LABELS: dict[TrancheCondition, str] = {
    TrancheCondition.AGREEMENT_ACCEPTED: N_("Al aceptar el convenio"),
    TrancheCondition.REPORT_ACCEPTED: N_("Al aceptarse el informe de gastos"),
}


class ReportState(StrEnum):
    """Where an expense report stands."""

    FILED = "filed"
    RETURNED = "returned"
    ACCEPTED = "accepted"


EXPENSE_REPORT = StateTable(
    "expense_report",
    {
        ReportState.FILED: State(N_("Entregado"), N_("El programa revisa los gastos y sus comprobantes."), "progress"),
        ReportState.RETURNED: State(N_("Devuelto"), N_("Falta corregir algo; la razón está abajo."), "warning"),
        ReportState.ACCEPTED: State(N_("Aceptado"), N_("Los gastos quedaron comprobados."), "good"),
    },
    [
        Transition(ReportState.FILED, ReportState.RETURNED, OFFICER),
        Transition(ReportState.FILED, ReportState.ACCEPTED, OFFICER),
    ],
    ReportState.FILED,
)

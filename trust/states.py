"""The life cycles of the trust fund's things: what each state means to a reader and who may move it."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

TREASURY = frozenset({Role.TREASURER})


class FundState(StrEnum):
    """Whether a fund takes and pays money."""

    OPEN = "open"
    CLOSED = "closed"


FUND_STATES = StateTable(
    "fund",
    {
        FundState.OPEN: State(N_("Abierta"), N_("Recibe y paga dinero."), "good"),
        FundState.CLOSED: State(N_("Cerrada"), N_("Ya no recibe ni paga dinero."), "neutral"),
    },
    [Transition(FundState.OPEN, FundState.CLOSED, TREASURY)],
    FundState.OPEN,
)


class PeriodState(StrEnum):
    """Whether a month of the books still takes entries."""

    OPEN = "open"
    CLOSED = "closed"


PERIOD_STATES = StateTable(
    "fiscal_period",
    {
        PeriodState.OPEN: State(N_("Abierto"), N_("Todavía recibe asientos."), "progress"),
        PeriodState.CLOSED: State(N_("Cerrado"), N_("Sus sumas se probaron y ya no cambia."), "good"),
    },
    [Transition(PeriodState.OPEN, PeriodState.CLOSED, TREASURY)],
    PeriodState.OPEN,
)


class EntryState(StrEnum):
    """Whether an entry counts. Drafts live only inside the transaction that posts them."""

    DRAFT = "draft"
    POSTED = "posted"


ENTRY_STATES = StateTable(
    "journal_entry",
    {
        EntryState.DRAFT: State(N_("En preparación"), N_("Todavía no cuenta en ningún saldo.")),
        EntryState.POSTED: State(N_("Asentado"), N_("Cuenta en los saldos y no puede cambiarse ni borrarse."), "good"),
    },
    [Transition(EntryState.DRAFT, EntryState.POSTED)],
    EntryState.DRAFT,
)


class ContributionState(StrEnum):
    """Where a contribution stands. Only what was received is income."""

    OFFERED = "offered"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"


CONTRIBUTION_STATES = StateTable(
    "contribution",
    {
        ContributionState.OFFERED: State(
            N_("Ofrecida"), N_("Se ofreció y falta confirmar la entrega. No cuenta todavía."), "progress"
        ),
        ContributionState.RECEIVED: State(N_("Recibida"), N_("Ya está en el fideicomiso y tiene recibo."), "good"),
        ContributionState.DECLINED: State(N_("No aceptada"), N_("El fideicomiso no pudo recibirla."), "neutral"),
        ContributionState.CANCELLED: State(
            N_("Cancelada"), N_("Se revirtió su asiento y se canceló su recibo."), "bad"
        ),
    },
    [
        Transition(ContributionState.OFFERED, ContributionState.RECEIVED, TREASURY),
        Transition(ContributionState.OFFERED, ContributionState.DECLINED, TREASURY),
        Transition(ContributionState.RECEIVED, ContributionState.CANCELLED, TREASURY),
    ],
    ContributionState.OFFERED,
)


class PledgeState(StrEnum):
    """Where a promise of money stands. A pledge is never income and never has a receipt."""

    ACTIVE = "active"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


PLEDGE_STATES = StateTable(
    "pledge",
    {
        PledgeState.ACTIVE: State(N_("Vigente"), N_("Se prometió y falta recibirla completa."), "progress"),
        PledgeState.FULFILLED: State(N_("Cumplida"), N_("Se recibió completa."), "good"),
        PledgeState.CANCELLED: State(N_("Cancelada"), N_("Ya no se espera recibirla."), "neutral"),
    },
    [
        Transition(PledgeState.ACTIVE, PledgeState.FULFILLED),
        Transition(PledgeState.ACTIVE, PledgeState.CANCELLED, TREASURY),
    ],
    PledgeState.ACTIVE,
)


class ReceiptState(StrEnum):
    """Whether a receipt is in force."""

    VALID = "valid"
    CANCELLED = "cancelled"


RECEIPT_STATES = StateTable(
    "receipt",
    {
        ReceiptState.VALID: State(N_("Válido"), N_("Lo emitió el fideicomiso y sigue en vigor."), "good"),
        ReceiptState.CANCELLED: State(N_("Cancelado"), N_("Se canceló: ya no ampara ninguna aportación."), "bad"),
    },
    [Transition(ReceiptState.VALID, ReceiptState.CANCELLED, TREASURY)],
    ReceiptState.VALID,
)


class CheckoutState(StrEnum):
    """Where an online payment stands. It only moves forward, whatever order the notices come in."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    HELD = "held"
    REFUND_DUE = "refund_due"


CHECKOUT_STATES = StateTable(
    "checkout_order",
    {
        CheckoutState.OPEN: State(N_("Por pagar"), N_("Se abrió la página de pago y falta pagar."), "neutral"),
        CheckoutState.PROCESSING: State(
            N_("En camino"), N_("El pago se inició y el banco o la tienda todavía no lo confirma."), "progress"
        ),
        CheckoutState.PAID: State(N_("Pagado"), N_("El pago se confirmó y la aportación está en los libros."), "good"),
        CheckoutState.FAILED: State(N_("No se cobró"), N_("El pago no se completó y no se cobró nada."), "bad"),
        CheckoutState.EXPIRED: State(N_("Vencido"), N_("La página de pago venció sin pago."), "neutral"),
        CheckoutState.HELD: State(
            N_("En revisión"), N_("Lo cobrado no coincide con lo pedido: Tesorería lo está revisando."), "warning"
        ),
        CheckoutState.REFUND_DUE: State(
            N_("Por devolver"), N_("No entra a los libros: Tesorería lo devuelve a quien pagó."), "warning"
        ),
    },
    [
        Transition(CheckoutState.OPEN, CheckoutState.PROCESSING),
        Transition(CheckoutState.OPEN, CheckoutState.PAID),
        Transition(CheckoutState.OPEN, CheckoutState.FAILED),
        Transition(CheckoutState.OPEN, CheckoutState.EXPIRED),
        Transition(CheckoutState.OPEN, CheckoutState.HELD),
        Transition(CheckoutState.PROCESSING, CheckoutState.PAID),
        Transition(CheckoutState.PROCESSING, CheckoutState.FAILED),
        Transition(CheckoutState.PROCESSING, CheckoutState.EXPIRED),
        Transition(CheckoutState.PROCESSING, CheckoutState.HELD),
        # A notice of failure may overtake the notice of the payment that followed it.
        Transition(CheckoutState.FAILED, CheckoutState.PAID),
        Transition(CheckoutState.EXPIRED, CheckoutState.PAID),
        Transition(CheckoutState.FAILED, CheckoutState.HELD),
        Transition(CheckoutState.EXPIRED, CheckoutState.HELD),
        Transition(CheckoutState.HELD, CheckoutState.PAID, TREASURY),
        Transition(CheckoutState.HELD, CheckoutState.REFUND_DUE, TREASURY),
    ],
    CheckoutState.OPEN,
)

"""The lives of what people give: contributions, promises, receipts, and payments on line."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

TREASURY = frozenset({Role.TREASURER})
# Who may agree with a treasurer to what takes two: never the one who asked.
DECIDERS = frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.ADMINISTRATOR})


class ContributionState(StrEnum):
    """Where a contribution stands. Only what was received is income."""

    OFFERED = "offered"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


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
        ContributionState.REFUNDED: State(
            N_("Devuelta"), N_("Volvió completa a quien la dio y se canceló su recibo."), "neutral"
        ),
    },
    [
        Transition(ContributionState.OFFERED, ContributionState.RECEIVED, TREASURY),
        Transition(ContributionState.OFFERED, ContributionState.DECLINED, TREASURY),
        Transition(ContributionState.RECEIVED, ContributionState.CANCELLED, TREASURY),
        Transition(ContributionState.RECEIVED, ContributionState.REFUNDED, TREASURY),
        # The bank of whoever gave it sent the refund back: the money is here again. Its receipt stays cancelled.
        Transition(ContributionState.REFUNDED, ContributionState.RECEIVED),
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
    REFUNDED = "refunded"


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
            N_("Por devolver"), N_("No es una aportación: se le está devolviendo a quien pagó."), "warning"
        ),
        CheckoutState.REFUNDED: State(N_("Devuelto"), N_("Se devolvió completo a quien pagó."), "neutral"),
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
        Transition(CheckoutState.HELD, CheckoutState.EXPIRED, TREASURY),
        Transition(CheckoutState.REFUND_DUE, CheckoutState.REFUNDED, TREASURY),
    ],
    CheckoutState.OPEN,
)


class RefundState(StrEnum):
    """Where our wish to give money back stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REFUSED = "refused"


REFUND_STATES = StateTable(
    "refund_request",
    {
        RefundState.REQUESTED: State(N_("Pedida"), N_("Falta que la empresa de pagos la confirme."), "progress"),
        RefundState.ACCEPTED: State(N_("Aceptada"), N_("El dinero va de regreso a quien pagó."), "good"),
        RefundState.REFUSED: State(N_("Rechazada"), N_("No la aceptó la empresa de pagos o el banco."), "bad"),
    },
    [
        Transition(RefundState.REQUESTED, RefundState.ACCEPTED),
        Transition(RefundState.REQUESTED, RefundState.REFUSED),
        # The bank of whoever paid sent it back, days after the company had taken it on.
        Transition(RefundState.ACCEPTED, RefundState.REFUSED),
    ],
    RefundState.REQUESTED,
)


class DisputeState(StrEnum):
    """Where a contested charge stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


DISPUTE_STATES = StateTable(
    "online_dispute",
    {
        DisputeState.OPEN: State(
            N_("En disputa"), N_("Quien pagó lo reclamó a su banco y el dinero está retenido."), "warning"
        ),
        DisputeState.WON: State(N_("Ganada"), N_("El dinero volvió al fideicomiso."), "good"),
        DisputeState.LOST: State(N_("Perdida"), N_("El dinero se quedó con quien lo reclamó."), "bad"),
    },
    [
        Transition(DisputeState.OPEN, DisputeState.WON),
        Transition(DisputeState.OPEN, DisputeState.LOST),
    ],
    DisputeState.OPEN,
)


class PayoutState(StrEnum):
    """Where a deposit of the payment company in our bank stands."""

    ON_ITS_WAY = "on_its_way"
    UNMATCHED = "unmatched"
    POSTED = "posted"
    FAILED = "failed"


PAYOUT_STATES = StateTable(
    "payout",
    {
        PayoutState.ON_ITS_WAY: State(N_("En camino al banco"), N_("La empresa de pagos ya lo envió."), "progress"),
        PayoutState.UNMATCHED: State(
            N_("No cuadra"), N_("Trae movimientos que los libros no tienen: no se asienta hasta aclararlos."), "bad"
        ),
        PayoutState.POSTED: State(N_("Depositado"), N_("Llegó al banco y cuadra con los libros."), "good"),
        PayoutState.FAILED: State(N_("Rechazado"), N_("El banco no lo recibió: sigue con la empresa de pagos."), "bad"),
    },
    [
        Transition(PayoutState.ON_ITS_WAY, PayoutState.UNMATCHED),
        Transition(PayoutState.ON_ITS_WAY, PayoutState.POSTED),
        Transition(PayoutState.ON_ITS_WAY, PayoutState.FAILED),
        Transition(PayoutState.UNMATCHED, PayoutState.POSTED),
        Transition(PayoutState.UNMATCHED, PayoutState.FAILED),
        Transition(PayoutState.POSTED, PayoutState.FAILED),
    ],
    PayoutState.ON_ITS_WAY,
)


class ChargeState(StrEnum):
    """Where something stands that the payment company took or gave of its own accord."""

    TOLD = "told"
    EXPLAINED = "explained"
    POSTED = "posted"


CHARGE_STATES = StateTable(
    "company_charge",
    {
        ChargeState.TOLD: State(N_("Por explicar"), N_("Tesorería tiene que decir por qué se cobró."), "warning"),
        ChargeState.EXPLAINED: State(N_("Por confirmar"), N_("Otra persona tiene que confirmarlo."), "progress"),
        ChargeState.POSTED: State(N_("En los libros"), N_("Se asentó como gasto de la bolsa general."), "good"),
    },
    [
        Transition(ChargeState.TOLD, ChargeState.EXPLAINED, TREASURY),
        Transition(ChargeState.EXPLAINED, ChargeState.TOLD, DECIDERS),
        Transition(ChargeState.EXPLAINED, ChargeState.POSTED, DECIDERS),
    ],
    ChargeState.TOLD,
)

"""The lives of what the books are made of: funds, months, entries, and the lines of the bank beside them."""

from enum import StrEnum

from core.language import N_
from core.states import State, StateTable, Transition
from trust.states.giving import DECIDERS, TREASURY


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
    [Transition(FundState.OPEN, FundState.CLOSED, DECIDERS)],
    FundState.OPEN,
)


class FundClosingState(StrEnum):
    """Where a wish to close a fund stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


FUND_CLOSING_STATES = StateTable(
    "fund_closing",
    {
        FundClosingState.ASKED: State(N_("Por decidir"), N_("Otra persona tiene que decidirla."), "progress"),
        FundClosingState.GRANTED: State(N_("Concedida"), N_("Dos personas lo acordaron y la bolsa se cerró."), "good"),
        FundClosingState.REFUSED: State(N_("Negada"), N_("La bolsa siguió abierta."), "bad"),
        FundClosingState.WITHDRAWN: State(N_("Retirada"), N_("Quien la pidió ya no la necesita."), "neutral"),
    },
    [
        Transition(FundClosingState.ASKED, FundClosingState.GRANTED, DECIDERS),
        Transition(FundClosingState.ASKED, FundClosingState.REFUSED, DECIDERS),
        Transition(FundClosingState.ASKED, FundClosingState.WITHDRAWN, TREASURY),
    ],
    FundClosingState.ASKED,
)


class PeriodState(StrEnum):
    """Whether a month of the books still takes entries."""

    OPEN = "open"
    CLOSED = "closed"


PERIOD_STATES = StateTable(
    "fiscal_period",
    {
        PeriodState.OPEN: State(N_("Abierto"), N_("Todavía recibe asientos."), "progress"),
        PeriodState.CLOSED: State(N_("Cerrado"), N_("Sus sumas se probaron y ya no recibe asientos."), "good"),
    },
    [
        Transition(PeriodState.OPEN, PeriodState.CLOSED, TREASURY),
        Transition(PeriodState.CLOSED, PeriodState.OPEN, DECIDERS),
    ],
    PeriodState.OPEN,
)


class ReopeningState(StrEnum):
    """Where a wish to open a closed month again stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REOPENING_STATES = StateTable(
    "period_reopening",
    {
        ReopeningState.ASKED: State(N_("Por decidir"), N_("Otra persona tiene que decidirla."), "progress"),
        ReopeningState.GRANTED: State(N_("Concedida"), N_("Dos personas la acordaron y el mes se reabrió."), "good"),
        ReopeningState.REFUSED: State(N_("Negada"), N_("El mes siguió cerrado."), "bad"),
        ReopeningState.WITHDRAWN: State(N_("Retirada"), N_("Quien la pidió ya no la necesita."), "neutral"),
    },
    [
        Transition(ReopeningState.ASKED, ReopeningState.GRANTED, DECIDERS),
        Transition(ReopeningState.ASKED, ReopeningState.REFUSED, DECIDERS),
        Transition(ReopeningState.ASKED, ReopeningState.WITHDRAWN, TREASURY),
    ],
    ReopeningState.ASKED,
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


class BankLineState(StrEnum):
    """Whether a line of the bank has its entry."""

    OPEN = "open"
    MATCHED = "matched"
    SET_ASIDE = "set_aside"


BANK_LINE_STATES = StateTable(
    "bank_line",
    {
        BankLineState.OPEN: State(N_("Sin conciliar"), N_("Está en el banco y falta encontrar su asiento."), "warning"),
        BankLineState.MATCHED: State(N_("Conciliada"), N_("El banco y los libros dicen lo mismo."), "good"),
        BankLineState.SET_ASIDE: State(N_("Apartada"), N_("Una persona dijo por qué no lleva asiento."), "neutral"),
    },
    [
        Transition(BankLineState.OPEN, BankLineState.MATCHED, TREASURY),
        Transition(BankLineState.OPEN, BankLineState.SET_ASIDE, TREASURY),
        Transition(BankLineState.MATCHED, BankLineState.OPEN, TREASURY),
        Transition(BankLineState.SET_ASIDE, BankLineState.OPEN, TREASURY),
    ],
    BankLineState.OPEN,
)

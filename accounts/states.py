"""The life of an account."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition


class AccountState(StrEnum):
    """Whether a person can sign in."""

    UNVERIFIED = "unverified"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

ACCOUNT_STATES = StateTable(
    "account",
    {
        AccountState.UNVERIFIED: State(
            N_("Sin confirmar"), N_("La persona aún no abre el enlace que enviamos a su correo."), "warning"
        ),
        AccountState.ACTIVE: State(N_("Activa"), N_("La persona puede entrar."), "good"),
        AccountState.SUSPENDED: State(
            N_("Suspendida"), N_("La persona no puede entrar hasta que Administración reactive su cuenta."), "bad"
        ),
        AccountState.CLOSED: State(
            N_("Cerrada"), N_("La cuenta ya no se usa y no se puede volver a abrir."), "neutral"
        ),
    },
    [
        Transition(AccountState.UNVERIFIED, AccountState.ACTIVE),
        Transition(AccountState.UNVERIFIED, AccountState.CLOSED, ADMINISTRATOR),
        Transition(AccountState.ACTIVE, AccountState.SUSPENDED, ADMINISTRATOR),
        Transition(AccountState.SUSPENDED, AccountState.ACTIVE, ADMINISTRATOR),
        Transition(AccountState.ACTIVE, AccountState.CLOSED, ADMINISTRATOR),
        Transition(AccountState.SUSPENDED, AccountState.CLOSED, ADMINISTRATOR),
    ],
    AccountState.UNVERIFIED,
)

"""The life of a letter in the outbox."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition


class MessageState(StrEnum):
    """How far a letter has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


MESSAGE_STATES = StateTable(
    "message",
    {
        MessageState.QUEUED: State(N_("Por enviar"), N_("La carta espera su turno o un nuevo intento."), "progress"),
        MessageState.SENT: State(N_("Enviada"), N_("El servidor de correo la recibió."), "good"),
        MessageState.FAILED: State(
            N_("No se pudo enviar"), N_("El servidor de correo la rechazó; alguien debe revisar la dirección."), "bad"
        ),
        MessageState.BOUNCED: State(
            N_("Devuelta"), N_("Salió, y el servidor de quien la recibe avisó que no la pudo entregar."), "bad"
        ),
    },
    [
        Transition(MessageState.QUEUED, MessageState.SENT),
        Transition(MessageState.QUEUED, MessageState.FAILED),
        Transition(MessageState.SENT, MessageState.BOUNCED),
        Transition(MessageState.FAILED, MessageState.QUEUED, frozenset({Role.ADMINISTRATOR})),
    ],
    MessageState.QUEUED,
)

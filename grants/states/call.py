"""The life of a call, from its first draft to the final result."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
SYSTEM: frozenset[Role] = frozenset()


class CallState(StrEnum):
    """Where a call stands."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    PUBLISHED = "published"
    OPEN = "open"
    CLOSED = "closed"
    SCREENING = "screening"
    REVIEW = "review"
    DELIBERATION = "deliberation"
    RESOLVED = "resolved"
    APPEALS = "appeals"
    FINAL = "final"
    CANCELLED = "cancelled"


class Direction(StrEnum):
    """Whether a call pays for going out of the city, for coming to it, or for both."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    BOTH = "both"


DIRECTION_LABELS: dict[Direction, str] = {
    Direction.OUTBOUND: N_("De la ciudad al extranjero"),
    Direction.INBOUND: N_("Del extranjero a la ciudad"),
    Direction.BOTH: N_("En los dos sentidos"),
}


class Audience(StrEnum):
    """Whom a call is for."""

    ARTISTS = "artists"
    STUDENTS = "students"
    RESEARCHERS = "researchers"
    SMALL_FIRMS = "small_firms"
    FESTIVALS = "festivals"


AUDIENCE_LABELS: dict[Audience, str] = {
    Audience.ARTISTS: N_("Artistas y grupos culturales"),
    Audience.STUDENTS: N_("Estudiantes"),
    Audience.RESEARCHERS: N_("Personas investigadoras"),
    Audience.SMALL_FIRMS: N_("Pequeñas empresas"),
    Audience.FESTIVALS: N_("Festivales"),
}


class CommentVerdict(StrEnum):
    """What was done with a comment made in the consultation."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"


VERDICT_LABELS: dict[CommentVerdict, str] = {
    CommentVerdict.ACCEPTED: N_("Se aceptó"),
    CommentVerdict.PARTLY: N_("Se aceptó en parte"),
    CommentVerdict.REFUSED: N_("No se aceptó"),
}
VERDICT_TONES: dict[CommentVerdict, str] = {
    CommentVerdict.ACCEPTED: "good",
    CommentVerdict.PARTLY: "progress",
    CommentVerdict.REFUSED: "neutral",
}

# The life of a call that is not cancelled, in order: what comes before what.
COURSE: tuple[CallState, ...] = tuple(state for state in CallState if state is not CallState.CANCELLED)

CALL_STATES = StateTable(
    "call",
    {
        CallState.DRAFT: State(N_("Borrador"), N_("Solo la ve el equipo del programa.")),
        CallState.CONSULTATION: State(
            N_("En consulta"), N_("Las reglas todavía pueden cambiar. Puedes comentarlas en público."), "progress"
        ),
        CallState.PUBLISHED: State(N_("Publicada"), N_("Las reglas ya no cambian. Aún no abre."), "neutral"),
        CallState.OPEN: State(N_("Abierta"), N_("Puedes enviar tu solicitud."), "good"),
        CallState.CLOSED: State(N_("Cerrada"), N_("Ya no recibe solicitudes."), "neutral"),
        CallState.SCREENING: State(
            N_("En revisión de requisitos"), N_("Revisamos que cada solicitud cumpla los requisitos."), "progress"
        ),
        CallState.REVIEW: State(
            N_("En evaluación"), N_("Especialistas evalúan los proyectos sin saber de quién son."), "progress"
        ),
        CallState.DELIBERATION: State(N_("En deliberación"), N_("El comité prepara el resultado."), "progress"),
        CallState.RESOLVED: State(N_("Con resultados"), N_("Ya se publicaron los resultados."), "good"),
        CallState.APPEALS: State(
            N_("En inconformidades"), N_("Quien no esté de acuerdo con su resultado puede inconformarse."), "progress"
        ),
        CallState.FINAL: State(N_("Concluida"), N_("El resultado es definitivo."), "neutral"),
        CallState.CANCELLED: State(N_("Cancelada"), N_("No seguirá adelante; el motivo está en sus avisos."), "bad"),
    },
    [
        Transition(CallState.DRAFT, CallState.CONSULTATION, OFFICER),
        Transition(CallState.CONSULTATION, CallState.PUBLISHED, OFFICER),
        Transition(CallState.PUBLISHED, CallState.OPEN, SYSTEM),
        Transition(CallState.OPEN, CallState.CLOSED, SYSTEM),
        Transition(CallState.CLOSED, CallState.OPEN, OFFICER),  # the site failed, and the time is given back
        Transition(CallState.CLOSED, CallState.SCREENING, OFFICER),
        Transition(CallState.SCREENING, CallState.REVIEW, OFFICER),
        Transition(CallState.REVIEW, CallState.DELIBERATION, OFFICER),
        Transition(CallState.DELIBERATION, CallState.RESOLVED, OFFICER),
        Transition(CallState.RESOLVED, CallState.APPEALS, OFFICER),
        Transition(CallState.APPEALS, CallState.FINAL, OFFICER),
        *(Transition(state, CallState.CANCELLED, OFFICER) for state in COURSE[:-1]),
    ],
    CallState.DRAFT,
)

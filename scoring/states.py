"""The life cycles of scoring: panel, assignment, review and ranking, each with what it means and who may move it."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition


class PanelState(StrEnum):
    """Where a committee stands."""

    SETUP = "setup"
    DECLARATIONS = "declarations"
    REVIEW = "review"
    DISCUSSION = "discussion"
    RANKED = "ranked"
    RELEASED = "released"
    CANCELLED = "cancelled"


class AssignmentState(StrEnum):
    """Where one reviewer stands with one dossier."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    WITHDRAWN = "withdrawn"


class ReviewState(StrEnum):
    """Where one reviewer's scores of one dossier stand."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SET_ASIDE = "set_aside"


class RankingState(StrEnum):
    """Where an order of merit stands."""

    DRAFT = "draft"
    SELECTED = "selected"
    RELEASED = "released"


class MeetingState(StrEnum):
    """Where a session of a committee stands."""

    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class VoteChoice(StrEnum):
    """What a member says to a motion."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


class MotionOutcome(StrEnum):
    """What became of a motion."""

    CARRIED = "carried"
    REJECTED = "rejected"
    TIED = "tied"


class Determination(StrEnum):
    """What a ranking decides for a dossier."""

    AWARDED = "awarded"
    WAITLISTED = "waitlisted"
    NOT_SELECTED = "not_selected"
    BELOW_THRESHOLD = "below_threshold"


class ConflictKind(StrEnum):
    """Why a reviewer may not judge a dossier."""

    SAME_ORGANISATION = "same_organisation"
    SAME_HOUSEHOLD = "same_household"
    EARLIER_COLLABORATION = "earlier_collaboration"
    SPONSOR_OF_FUND = "sponsor_of_fund"
    RECOGNISED = "recognised"
    OTHER = "other"


STAFF = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
REVIEWER = frozenset({Role.REVIEWER})
SYSTEM: frozenset[Role] = frozenset()

PANEL = StateTable(
    "panel",
    {
        PanelState.SETUP: State(
            N_("En integración"), N_("Se invita a quienes van a evaluar y se reciben los expedientes.")
        ),
        PanelState.DECLARATIONS: State(
            N_("Declaraciones"),
            N_("Cada persona declara si tiene conflicto con los expedientes propuestos."),
            "progress",
        ),
        PanelState.REVIEW: State(
            N_("En evaluación"), N_("Las personas evaluadoras califican por separado."), "progress"
        ),
        PanelState.DISCUSSION: State(
            N_("En deliberación"),
            N_("Se comentan las diferencias; cada cambio de calificación queda registrado."),
            "progress",
        ),
        PanelState.RANKED: State(N_("Con orden"), N_("El orden ya está calculado y falta publicarlo."), "progress"),
        PanelState.RELEASED: State(N_("Publicado"), N_("El orden y las razones son públicos y ya no cambian."), "good"),
        PanelState.CANCELLED: State(N_("Cancelado"), N_("Este comité no concluyó; su registro se conserva."), "bad"),
    },
    [
        Transition(PanelState.SETUP, PanelState.DECLARATIONS, STAFF),
        Transition(PanelState.DECLARATIONS, PanelState.REVIEW, STAFF),
        Transition(PanelState.REVIEW, PanelState.DISCUSSION, STAFF),
        Transition(PanelState.REVIEW, PanelState.RANKED, STAFF),
        Transition(PanelState.DISCUSSION, PanelState.RANKED, STAFF),
        Transition(PanelState.RANKED, PanelState.DISCUSSION, STAFF),
        Transition(PanelState.RANKED, PanelState.RELEASED, STAFF),
        Transition(PanelState.SETUP, PanelState.CANCELLED, STAFF),
        Transition(PanelState.DECLARATIONS, PanelState.CANCELLED, STAFF),
        Transition(PanelState.REVIEW, PanelState.CANCELLED, STAFF),
        Transition(PanelState.DISCUSSION, PanelState.CANCELLED, STAFF),
        Transition(PanelState.RANKED, PanelState.CANCELLED, STAFF),
    ],
    PanelState.SETUP,
)

ASSIGNMENT = StateTable(
    "assignment",
    {
        AssignmentState.PROPOSED: State(
            N_("Por declarar"), N_("Lee el resumen y declara si tienes algún conflicto de interés."), "warning"
        ),
        AssignmentState.ACCEPTED: State(
            N_("Por calificar"), N_("Declaraste que no hay conflicto; falta tu evaluación."), "progress"
        ),
        AssignmentState.SUBMITTED: State(N_("Enviada"), N_("Tu evaluación cuenta y ya no se puede editar."), "good"),
        AssignmentState.RECUSED: State(
            N_("Con excusa"), N_("Hay un conflicto de interés; otra persona evalúa este expediente.")
        ),
        AssignmentState.WITHDRAWN: State(N_("Retirada"), N_("El programa retiró esta asignación.")),
    },
    [
        Transition(AssignmentState.PROPOSED, AssignmentState.ACCEPTED, REVIEWER),
        Transition(AssignmentState.PROPOSED, AssignmentState.RECUSED, REVIEWER | STAFF),
        Transition(AssignmentState.ACCEPTED, AssignmentState.RECUSED, REVIEWER | STAFF),
        Transition(AssignmentState.ACCEPTED, AssignmentState.SUBMITTED, REVIEWER),
        Transition(AssignmentState.SUBMITTED, AssignmentState.RECUSED, REVIEWER | STAFF),
        Transition(AssignmentState.PROPOSED, AssignmentState.WITHDRAWN, STAFF),
        Transition(AssignmentState.ACCEPTED, AssignmentState.WITHDRAWN, STAFF),
        Transition(AssignmentState.SUBMITTED, AssignmentState.WITHDRAWN, STAFF),
    ],
    AssignmentState.PROPOSED,
)

REVIEW = StateTable(
    "review",
    {
        ReviewState.DRAFT: State(N_("Borrador"), N_("Solo tú la ves hasta que la envíes."), "progress"),
        ReviewState.SUBMITTED: State(N_("Enviada"), N_("Cuenta para la calificación oficial."), "good"),
        ReviewState.SET_ASIDE: State(N_("Sin efecto"), N_("Se conserva en el registro y no cuenta."), "warning"),
    },
    [
        Transition(ReviewState.DRAFT, ReviewState.SUBMITTED, REVIEWER),
        Transition(ReviewState.DRAFT, ReviewState.SET_ASIDE, STAFF),
        Transition(ReviewState.SUBMITTED, ReviewState.SET_ASIDE, STAFF),
    ],
    ReviewState.DRAFT,
)

RANKING = StateTable(
    "ranking",
    {
        RankingState.DRAFT: State(N_("Orden calculado"), N_("Falta aplicar el presupuesto."), "progress"),
        RankingState.SELECTED: State(
            N_("Con selección"), N_("Cada expediente tiene resultado y razón; falta publicarlo."), "progress"
        ),
        RankingState.RELEASED: State(
            N_("Orden publicado"), N_("Es definitivo y cualquiera puede volver a calcularlo."), "good"
        ),
    },
    [
        Transition(RankingState.DRAFT, RankingState.SELECTED, STAFF),
        Transition(RankingState.SELECTED, RankingState.RELEASED, STAFF),
    ],
    RankingState.DRAFT,
)

MEETING = StateTable(
    "meeting",
    {
        MeetingState.CONVENED: State(
            N_("Convocada"),
            N_("Quienes integran el comité ya saben cuándo es. El orden del día está en esta página."),
            "progress",
        ),
        MeetingState.OPEN: State(N_("En curso"), N_("Se registra la asistencia y se vota punto por punto."), "warning"),
        MeetingState.CLOSED: State(
            N_("Acta por firmar"), N_("Ya no se vota; falta que firme cada persona que asistió."), "progress"
        ),
        MeetingState.SIGNED: State(
            N_("Acta firmada"), N_("Tiene sus firmas y ya no cambia; si falta alguna, dice cuál y por qué."), "good"
        ),
        MeetingState.CANCELLED: State(N_("Cancelada"), N_("No se celebró; su registro se conserva."), "bad"),
    },
    [
        Transition(MeetingState.CONVENED, MeetingState.OPEN, STAFF),
        Transition(MeetingState.CONVENED, MeetingState.CANCELLED, STAFF),
        Transition(MeetingState.OPEN, MeetingState.CLOSED, STAFF),
        Transition(MeetingState.CLOSED, MeetingState.SIGNED, REVIEWER | STAFF),
    ],
    MeetingState.CONVENED,
)

CHOICE_LABELS: dict[VoteChoice, str] = {
    VoteChoice.IN_FAVOUR: N_("A favor"),
    VoteChoice.AGAINST: N_("En contra"),
    VoteChoice.ABSTAINED: N_("Abstención"),
}

OUTCOME_LABELS: dict[MotionOutcome, tuple[str, str]] = {
    MotionOutcome.CARRIED: (N_("Se aprueba"), "good"),
    MotionOutcome.REJECTED: (N_("No se aprueba"), "bad"),
    MotionOutcome.TIED: (N_("Sin mayoría: no se aprueba"), "warning"),
}

DETERMINATION_LABELS: dict[Determination, str] = {
    Determination.AWARDED: N_("Con apoyo"),
    Determination.WAITLISTED: N_("En lista de espera"),
    Determination.NOT_SELECTED: N_("Sin apoyo"),
    Determination.BELOW_THRESHOLD: N_("Por debajo del mínimo"),
}

CONFLICT_LABELS: dict[ConflictKind, str] = {
    ConflictKind.SAME_ORGANISATION: N_("Pertenezco o pertenecí hace poco a la misma organización"),
    ConflictKind.SAME_HOUSEHOLD: N_("Hay parentesco o vivimos en la misma casa"),
    ConflictKind.EARLIER_COLLABORATION: N_("Hemos trabajado juntas o juntos"),
    ConflictKind.SPONSOR_OF_FUND: N_("Represento a quien aporta el dinero de esta convocatoria"),
    ConflictKind.RECOGNISED: N_("Reconozco a esta persona o proyecto"),
    ConflictKind.OTHER: N_("Otra razón que afecta mi imparcialidad"),
}

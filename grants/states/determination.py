"""The life of a determination and of the appeal against it."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})


class Outcome(StrEnum):
    """What was decided about an application."""

    AWARDED = "awarded"
    WAITLISTED = "waitlisted"
    NOT_SELECTED = "not_selected"
    INELIGIBLE = "ineligible"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.AWARDED: N_("Con apoyo"),
    Outcome.WAITLISTED: N_("En lista de espera"),
    Outcome.NOT_SELECTED: N_("No seleccionada"),
    Outcome.INELIGIBLE: N_("No cumple los requisitos"),
}
OUTCOME_TONES: dict[Outcome, str] = {
    Outcome.AWARDED: "good",
    Outcome.WAITLISTED: "progress",
    Outcome.NOT_SELECTED: "neutral",
    Outcome.INELIGIBLE: "bad",
}


class DeterminationState(StrEnum):
    """Whether a determination is still ours alone or already the applicant's."""

    PENDING = "pending"
    RELEASED = "released"


DETERMINATION = StateTable(
    "determination",
    {
        DeterminationState.PENDING: State(
            N_("Sin publicar"), N_("La decisión está preparada; nadie fuera del programa la conoce."), "warning"
        ),
        DeterminationState.RELEASED: State(
            N_("Publicada"), N_("La decisión se comunicó y corre el plazo para inconformarse."), "good"
        ),
    },
    [Transition(DeterminationState.PENDING, DeterminationState.RELEASED, OFFICER)],
    DeterminationState.PENDING,
)


class AppealState(StrEnum):
    """What was decided about an appeal in the end."""

    FILED = "filed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class AppealStanding(StrEnum):
    """Where an appeal stands: first whether it can be heard, then whether it is right."""

    FILED = "filed"
    ADMITTED = "admitted"
    INADMISSIBLE = "inadmissible"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


APPEAL = StateTable(
    "appeal",
    {
        AppealStanding.FILED: State(
            N_("Inconformidad recibida"),
            N_("Primero se decide si se admite: si dice qué está mal y por qué."),
            "progress",
        ),
        AppealStanding.ADMITTED: State(
            N_("Inconformidad en revisión"),
            N_("La revisa una persona que no participó en la primera decisión."),
            "progress",
        ),
        AppealStanding.INADMISSIBLE: State(
            N_("Inconformidad no admitida"),
            N_("No señala un error que se pueda revisar; la decisión se mantiene, con sus razones por escrito."),
            "neutral",
        ),
        AppealStanding.UPHELD: State(
            N_("Inconformidad procedente"),
            N_("Se dio la razón a quien se inconformó y se corrige la decisión."),
            "good",
        ),
        AppealStanding.DISMISSED: State(
            N_("Inconformidad no procedente"), N_("La decisión se mantiene, con sus razones por escrito."), "neutral"
        ),
    },
    [
        Transition(AppealStanding.FILED, AppealStanding.ADMITTED, OFFICER),
        Transition(AppealStanding.FILED, AppealStanding.INADMISSIBLE, OFFICER),
        Transition(AppealStanding.ADMITTED, AppealStanding.UPHELD, OFFICER),
        Transition(AppealStanding.ADMITTED, AppealStanding.DISMISSED, OFFICER),
    ],
    AppealStanding.FILED,
)

"""The life of what a reviewer wrote, on its way to who applied."""

from enum import StrEnum

from core.language import N_
from core.states import State, StateTable, Transition
from grants.states.screening import OFFICER


class FeedbackState(StrEnum):
    """Whether a person let a comment go."""

    AWAITING = "awaiting"
    RELEASED = "released"


FEEDBACK = StateTable(
    "feedback",
    {
        FeedbackState.AWAITING: State(
            N_("Por revisar"), N_("Una persona tiene que leerlo antes de que llegue a quien solicitó."), "warning"
        ),
        FeedbackState.RELEASED: State(
            N_("Liberado para quien solicitó"),
            N_("Una persona confirmó que no revela quién evaluó. Se lee con los resultados."),
            "good",
        ),
    },
    [
        Transition(FeedbackState.AWAITING, FeedbackState.RELEASED, OFFICER),
        Transition(FeedbackState.RELEASED, FeedbackState.AWAITING, OFFICER),
    ],
    FeedbackState.AWAITING,
)

"""The life of an application, from the first line of a draft to its result."""

from enum import StrEnum

from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition

APPLICANT = frozenset({Role.APPLICANT})
OFFICER = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    INELIGIBLE = "ineligible"
    IN_CURE = "in_cure"
    ELIGIBLE = "eligible"
    IN_REVIEW = "in_review"
    AWARDED = "awarded"
    WAITLISTED = "waitlisted"
    NOT_SELECTED = "not_selected"


class ApplicantKind(StrEnum):
    """Who applies: one person, a collective of two or more, or an organisation."""

    PERSON = "person"
    COLLECTIVE = "collective"
    ORGANISATION = "organisation"


KIND_LABELS: dict[ApplicantKind, str] = {
    ApplicantKind.PERSON: N_("Una persona"),
    ApplicantKind.COLLECTIVE: N_("Un colectivo de dos o más personas"),
    ApplicantKind.ORGANISATION: N_("Una organización o empresa"),
}

_State = ApplicationState

APPLICATION_STATES = StateTable(
    "application",
    {
        _State.DRAFT: State(N_("Sin enviar"), N_("Solo tú la ves. Envíala antes del cierre."), "warning"),
        _State.SUBMITTED: State(N_("Enviada"), N_("La recibimos. Sigue la revisión de requisitos."), "progress"),
        _State.WITHDRAWN: State(N_("Retirada"), N_("Ya no participa, porque así lo pediste.")),
        _State.INELIGIBLE: State(N_("No cumple los requisitos"), N_("No pasó a evaluación."), "bad"),
        _State.IN_CURE: State(N_("Por corregir"), N_("Falta algo que todavía puedes corregir."), "warning"),
        _State.ELIGIBLE: State(N_("Cumple los requisitos"), N_("Sigue la evaluación del proyecto."), "progress"),
        _State.IN_REVIEW: State(N_("En evaluación"), N_("Especialistas la evalúan sin saber de quién es."), "progress"),
        _State.AWARDED: State(N_("Con apoyo"), N_("El proyecto fue seleccionado y tiene apoyo."), "good"),
        _State.WAITLISTED: State(N_("En lista de espera"), N_("Recibirá apoyo si se libera dinero."), "progress"),
        _State.NOT_SELECTED: State(N_("No seleccionada"), N_("Esta vez no alcanzó el apoyo."), "neutral"),
    },
    [
        Transition(_State.DRAFT, _State.SUBMITTED, APPLICANT),
        Transition(_State.SUBMITTED, _State.SUBMITTED, APPLICANT),
        *(
            Transition(state, _State.WITHDRAWN, APPLICANT)
            for state in (
                _State.DRAFT,
                _State.SUBMITTED,
                _State.IN_CURE,
                _State.ELIGIBLE,
                _State.IN_REVIEW,
                _State.WAITLISTED,
            )
        ),
        Transition(_State.SUBMITTED, _State.ELIGIBLE, OFFICER),
        Transition(_State.SUBMITTED, _State.INELIGIBLE, OFFICER),
        Transition(_State.SUBMITTED, _State.IN_CURE, OFFICER),
        Transition(_State.IN_CURE, _State.ELIGIBLE, OFFICER),
        Transition(_State.IN_CURE, _State.INELIGIBLE, OFFICER),
        # what was decided of many at once is undone within its window
        *(
            Transition(state, _State.SUBMITTED, OFFICER)
            for state in (_State.ELIGIBLE, _State.INELIGIBLE, _State.IN_CURE)
        ),
        Transition(_State.ELIGIBLE, _State.IN_CURE, OFFICER),
        Transition(_State.INELIGIBLE, _State.IN_CURE, OFFICER),
        Transition(_State.ELIGIBLE, _State.IN_REVIEW, OFFICER),
        *(
            Transition(_State.IN_REVIEW, state, OFFICER)
            for state in (_State.AWARDED, _State.WAITLISTED, _State.NOT_SELECTED)
        ),
        Transition(_State.WAITLISTED, _State.AWARDED, OFFICER),
        Transition(_State.WAITLISTED, _State.NOT_SELECTED, OFFICER),
        Transition(_State.NOT_SELECTED, _State.AWARDED, OFFICER),  # an appeal upheld before such were reviewed again
        *(  # an appeal was upheld: another committee reviews it
            Transition(state, _State.ELIGIBLE, OFFICER)
            for state in (_State.INELIGIBLE, _State.NOT_SELECTED, _State.WAITLISTED)
        ),
    ],
    _State.DRAFT,
)

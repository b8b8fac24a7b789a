"""What scoring refuses, by name."""

from collections.abc import Mapping
from fractions import Fraction

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class RulebookInvalid(InvalidInput):
    """The document is not a rulebook, or contradicts itself. `problems` are in the parameters."""

    sentence = N_("Las reglas no se pueden publicar: %(first)s (%(count)s en total).")


class AssignmentInfeasible(Refusal):
    """No assignment satisfies every rule. `needed`, `available`, `missing` and `dossiers` say how far it is."""

    next_step = N_("Invita a más personas evaluadoras o revisa la carga y los conflictos.")


class TooFewReviewers(AssignmentInfeasible):
    """Everybody at full load is still too little."""

    sentence = N_(
        "Hacen falta %(needed)s lecturas y la carga máxima del comité permite %(available)s: faltan %(missing)s."
    )


class TooManyConflicts(AssignmentInfeasible):
    """Some dossiers have too few reviewers without conflict, of different institutions."""

    sentence = N_(
        "Cada expediente necesita %(needed)s personas sin conflicto y de instituciones distintas; hay expedientes con "
        "solo %(available)s: %(dossiers)s."
    )


class MinimumLoadUnreachable(AssignmentInfeasible):
    """Some reviewer cannot get the promised minimum."""

    sentence = N_(
        "La carga mínima pide %(needed)s lecturas y solo se pueden repartir %(available)s: faltan %(missing)s."
    )


class CapTooTight(AssignmentInfeasible):
    """Under the cap on a pair's probability, some dossier cannot gather its readings."""

    sentence = N_(
        "Con el tope de probabilidad, el expediente %(dossiers)s reúne %(available)s de las %(needed)s lecturas que "
        "necesita: faltan %(missing)s."
    )
    next_step = N_("Sube el tope, invita a más personas evaluadoras o revisa los conflictos.")


class RulesCollide(AssignmentInfeasible):
    """Each rule can hold alone, not all of them together."""

    sentence = N_(
        "La carga máxima, los conflictos y las instituciones dejan %(missing)s de %(needed)s lecturas sin nadie: "
        "%(dossiers)s."
    )


class DossierNotFound(NotFound):
    """No such dossier, or not one this reviewer reads."""

    sentence = N_("No encontramos este expediente entre los tuyos.")


class PanelNotFound(NotFound):
    """No such committee."""

    sentence = N_("No encontramos este comité.")


class RulebookNotFound(NotFound):
    """No rulebook has this digest."""

    sentence = N_("Ninguna regla publicada tiene esta huella.")


class WrongPhase(Refusal):
    """The committee is in another phase."""

    sentence = N_("Esto no se puede hacer ahora: el comité está en la fase «%(phase)s».")


class ReviewWindowClosed(Refusal):
    """Before the opening or after the deadline, by the server's clock."""

    sentence = N_("Las evaluaciones se reciben del %(opens)s al %(closes)s.")
    next_step = N_("Lo que guardaste como borrador se conserva. Escribe al programa si necesitas más tiempo.")


class DossierNotCleared(Refusal):
    """Nobody has yet read the dossier for traces of identity."""

    sentence = N_("El expediente %(code)s todavía no se ha revisado para ocultar identidades.")


class ContentNotBlind(InvalidInput):
    """The content handed over has something the whitelist does not know."""

    sentence = N_("El contenido del expediente tiene un dato que no está en la lista permitida: %(path)s.")


class UnknownEntitlement(InvalidInput):
    """The rulebook has no such bonus or reserved place."""

    sentence = N_("Las reglas no tienen «%(entitlement)s».")


class OtherCurrency(InvalidInput):
    """The rulebook pays in another currency."""

    sentence = N_("Las reglas están en %(expected)s y la cantidad en %(given)s.")


class SeatTaken(Conflict):
    """The person already sits in this committee."""

    sentence = N_("Esta persona ya forma parte del comité.")


class InConflict(Refusal):
    """A conflict of interest is on record between the reviewer and the dossier."""

    sentence = N_("Hay un conflicto de interés registrado; no puedes evaluar este expediente.")


class UnknownConflict(InvalidInput):
    """The rulebook does not know this kind of conflict, or it lacks its explanation."""

    sentence = N_("Elige una de las razones de la lista y, si es otra, explícala.")


class ReviewEditedElsewhere(Conflict):
    """The draft was saved from another page in the meantime. `theirs` is what stands now, by criterion."""

    sentence = N_("Tu evaluación se guardó desde otra ventana mientras la escribías aquí.")
    next_step = N_("Compara los dos textos y decide cuál se queda.")

    def __init__(self, *, theirs: Mapping[str, tuple[Fraction | None, str]], version: int, note: str = "") -> None:
        super().__init__()
        self.note = note
        self.theirs = dict(theirs)
        self.version = version


class ReviewAlreadySubmitted(Conflict):
    """The review is in, perhaps from another page."""

    sentence = N_("Tu evaluación de este expediente ya se envió; lo que escribiste aquí no cambió nada.")
    next_step = N_("Si quieres corregirla, hazlo en la deliberación: el cambio queda registrado con su razón.")


class NotDeclared(Refusal):
    """The reviewer has not yet said whether there is a conflict."""

    sentence = N_("Antes de calificar, declara si tienes algún conflicto de interés.")


class ReviewIncomplete(InvalidInput):
    """A criterion lacks its score or a justification of the right length."""

    sentence = N_("Falta completar la evaluación. Revisa: %(criteria)s.")

    def __init__(self, errors: dict[str, str], **parameters: object) -> None:
        self.errors = errors
        super().__init__(**parameters)


class ScoreOffScale(InvalidInput):
    """The score is not a value of the criterion's scale."""

    sentence = N_("«%(value)s» no es una calificación posible en este criterio.")


class UnknownCriterion(InvalidInput):
    """The rulebook has no such criterion."""

    sentence = N_("Las reglas no tienen el criterio «%(criterion)s».")


class ReviewsMissing(Refusal):
    """Some dossier still lacks reviews."""

    sentence = N_("Faltan evaluaciones. Expedientes incompletos: %(count)s (%(dossiers)s).")


class FurtherReviewNeeded(Refusal):
    """Reviewers disagree beyond the rule's limit and the further reviewer has not been called."""

    sentence = N_("La diferencia entre evaluaciones pide otra persona evaluadora en: %(dossiers)s.")


class NoReviewerAvailable(Refusal):
    """Nobody in the committee may read this dossier."""

    sentence = N_("Nadie más en el comité puede evaluar el expediente %(code)s.")
    next_step = N_("Invita a otra persona evaluadora.")


class LotNeeded(Refusal):
    """A tie remains that only the lot can break."""

    sentence = N_("Hay un empate que solo resuelve el sorteo: %(dossiers)s.")
    next_step = N_("Compromete el sorteo, espera la fuente pública de azar y realízalo.")


class LotAlreadyCommitted(Conflict):
    """The committee's lot is already committed to, or already drawn."""

    sentence = N_("El sorteo de este comité ya está comprometido o realizado.")


class RandomnessMissing(InvalidInput):
    """The public randomness was not given."""

    sentence = N_("Escribe el valor público de la fuente de azar, tal como se publicó.")


class PanelAlreadyOpen(Conflict):
    """The call already has a live committee."""

    sentence = N_("Esta convocatoria ya tiene un comité.")


class RulebookOfAnotherCall(InvalidInput):
    """The rulebook was frozen for another call."""

    sentence = N_("Estas reglas se publicaron para otra convocatoria.")


class WindowBackwards(InvalidInput):
    """The review window closes before it opens."""

    sentence = N_("El periodo de evaluación debe terminar después de empezar.")


class WindowNotOfRules(InvalidInput):
    """The review window is not the one the rulebook fixed."""

    sentence = N_("Las reglas publicadas fijan cuándo se evalúa: %(dates)s.")


class DeadlineNotLater(InvalidInput):
    """A deadline is only extended: the new one is later than the old one and than now."""

    sentence = N_("El nuevo cierre debe ser posterior al que estaba y al momento actual.")


class AmountNotPositive(InvalidInput):
    """A dossier asks for nothing."""

    sentence = N_("La cantidad solicitada debe ser mayor que cero.")


class SeatNotFound(NotFound):
    """The person has no place in this committee."""

    sentence = N_("Esta persona no forma parte del comité.")


class ReasonMissing(InvalidInput):
    """An act that stays on record needs its reason."""

    sentence = N_("Escribe la razón; queda en el registro.")


class FurtherReviewNotCalled(Refusal):
    """The rulebook does not call another reviewer for this dossier."""

    sentence = N_("Las reglas no piden otra evaluación para el expediente %(code)s.")


class RankingOutdated(Conflict):
    """A later computation exists."""

    sentence = N_("Hay un cálculo más reciente de este orden.")


class NothingToRank(Refusal):
    """The committee has no dossier."""

    sentence = N_("El comité no tiene expedientes.")


class LotNotFound(NotFound):
    """No lot is committed to under this address."""

    sentence = N_("No hay un sorteo con esa dirección.")


class LotNotCommitted(Refusal):
    """A lot is drawn only after its commitment was published."""

    sentence = N_("Antes de realizar el sorteo hay que comprometerlo en público.")


class BudgetExceeded(InvalidInput):
    """No more is given than was approved."""

    sentence = N_("Para esta convocatoria hay %(approved)s aprobados; no se puede repartir más.")

"""What keeps an order from being computed or released."""

from core.errors import Conflict, Refusal
from core.language import N_


class NothingToRank(Refusal):
    """The committee has no dossier."""

    sentence = N_("El comité no tiene expedientes.")


class ReviewsMissing(Refusal):
    """Some dossier still lacks reviews."""

    sentence = N_("Faltan evaluaciones. Expedientes incompletos: %(count)s (%(dossiers)s).")


class FurtherReviewNeeded(Refusal):
    """Reviewers disagree beyond the rule's limit and the further reviewer has not been called."""

    sentence = N_("La diferencia entre evaluaciones pide otra persona evaluadora en: %(dossiers)s.")
    next_step = N_("En la página del comité, llama a otra persona para cada uno.")


class RankingOutdated(Conflict):
    """A later computation exists."""

    sentence = N_("Hay un cálculo más reciente de este orden.")

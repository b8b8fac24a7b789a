"""What keeps a reviewer from reading or scoring."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from core.errors import Conflict, InvalidInput, Refusal
from core.language import N_


class ReviewWindowClosed(Refusal):
    """Before the opening or after the deadline, by the server's clock."""

    sentence = N_("Las evaluaciones se reciben del %(opens)s al %(closes)s.")
    next_step = N_("Lo que guardaste como borrador se conserva. Escribe al programa si necesitas más tiempo.")


class InConflict(Refusal):
    """A conflict of interest is on record between the reviewer and the dossier."""

    sentence = N_("Hay un conflicto de interés registrado; no puedes evaluar este expediente.")


class UnknownConflict(InvalidInput):
    """The rulebook does not know this kind of conflict, or it lacks its explanation."""

    sentence = N_("Elige una de las razones de la lista y, si es otra, explícala.")


class NotDeclared(Refusal):
    """The reviewer has not yet said whether there is a conflict."""

    sentence = N_("Antes de calificar, declara si tienes algún conflicto de interés.")


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


class Lack(NamedTuple):
    """What a criterion lacks, in words, of its score and of its justification; empty where nothing."""

    score: str = ""
    why: str = ""


class ReviewIncomplete(InvalidInput):
    """A criterion lacks its score or a justification of the right length. `errors` says which, by criterion."""

    sentence = N_("Falta completar la evaluación. Revisa: %(criteria)s.")

    def __init__(self, errors: dict[str, Lack], **parameters: object) -> None:
        self.errors = errors
        super().__init__(**parameters)


class ScoreUnchanged(InvalidInput):
    """A change that changes nothing."""

    sentence = N_("No cambiaste ni la calificación ni la justificación.")


class ScoreOffScale(InvalidInput):
    """The score is not a value of the criterion's scale."""

    sentence = N_("«%(value)s» no es una calificación posible en este criterio.")

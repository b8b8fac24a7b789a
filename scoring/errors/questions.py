"""What can be wrong with a reviewer's question or its answer."""

from core.errors import Conflict, InvalidInput, NotFound
from core.language import N_


class QuestionEmpty(InvalidInput):
    """A question or an answer says something."""

    sentence = N_("Escribe entre 1 y 2,000 caracteres.")


class AnswerTells(InvalidInput):
    """An answer would tell the reviewer whose dossier it is. Only the programme reads this refusal."""

    sentence = N_("La respuesta diría de quién es el expediente: «%(words)s». Quítalo y vuelve a responder.")


class QuestionNotFound(NotFound):
    """No such question was asked in this committee."""

    sentence = N_("No hay una pregunta con esa dirección.")


class AlreadyAnswered(Conflict):
    """Somebody else answered first."""

    sentence = N_("Esta pregunta ya tiene respuesta.")

"""What is refused to whoever looks at what reviewers wrote."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class FeedbackLocked(Conflict):
    """The comment was released: its applicant may have read it."""

    sentence = N_("Este comentario ya se liberó. Si hay que cambiarlo, retíralo primero.")


class PassageNotInComment(InvalidInput):
    """What was typed stands nowhere in the comment, so nothing changed."""

    sentence = N_("Ese texto no aparece en el comentario; no cambió nada. Cópialo tal como está escrito.")


class WordsTell(InvalidInput):
    """The words put in place of others tell somebody's name themselves."""

    sentence = N_("Las palabras nuevas también identifican a alguien: «%(words)s». Escribe otras.")

"""What the discussion of a dossier refuses, by name."""

from core.errors import InvalidInput, NotFound
from core.language import N_


class NoteEmpty(InvalidInput):
    """A comment says something."""

    sentence = N_("Escribe entre 1 y 3,000 caracteres.")


class NoteNotFound(NotFound):
    """No such comment, or not one's own."""

    sentence = N_("No encontramos este comentario.")

"""What the discussion of a dossier refuses, by name."""

from core.errors import InvalidInput, NotFound
from core.language import N_


class NoteEmpty(InvalidInput):
    """A comment says something."""

    sentence = N_("Escribe entre 1 y 3,000 caracteres.")


class NoteNamesSomebody(InvalidInput):
    """The text tells whose dossier it is."""

    sentence = N_("El texto dice quién presenta el expediente: «%(found)s». Escríbelo sin ese dato.")


class NoteNotFound(NotFound):
    """No such comment, or not one's own."""

    sentence = N_("No encontramos este comentario.")

"""Refusals around files that arrive piece by piece."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class UploadNotFound(NotFound):
    """No such upload of this person, or it was given up."""

    sentence = N_("Esa subida ya no existe. Elige el archivo otra vez.")


class PartOutOfOrder(Conflict):
    """A piece that does not begin where the last one ended. `offset` says where it should."""

    sentence = N_("Ese pedazo del archivo no es el que sigue.")

    def __init__(self, *, offset: int) -> None:
        super().__init__()
        self.offset = offset


class PartTooLong(InvalidInput):
    """More bytes than the whole file was said to have."""

    sentence = N_("Llegaron más datos de los que tiene «%(name)s». Elige el archivo otra vez.")


class UploadDamaged(InvalidInput):
    """All bytes are there and they are not those of the file."""

    sentence = N_("«%(name)s» llegó distinto de como salió de tu equipo. Elige el archivo otra vez.")


class TooManyUploads(Refusal):
    """More files half sent than one person may have."""

    status = 429
    sentence = N_("Ya tienes %(most)s archivos a medio subir. Termina o cancela alguno y sigue con este.")


class UploadTooLate(Refusal):
    """The call closed before the file had arrived. The draft is kept."""

    sentence = N_("La convocatoria cerró antes de que «%(name)s» terminara de llegar. Tu borrador se conserva.")

"""What is refused of a file, and why: by its name, in a sentence its sender understands."""

from core.errors import InvalidInput, Refusal
from core.language import N_


class FileTooLarge(InvalidInput):
    """More bytes than the form allows."""

    status = 413
    sentence = N_("El archivo «%(name)s» pesa más de %(limit)s MB. Redúcelo o divídelo y vuelve a subirlo.")


class FileTypeRefused(InvalidInput):
    """The content is not PDF, JPEG or PNG, whatever its name says."""

    sentence = N_("«%(name)s» no es un PDF, JPEG o PNG. Conviértelo a uno de esos formatos y vuelve a subirlo.")


class FileEncrypted(InvalidInput):
    """A PDF that needs a password."""

    sentence = N_("«%(name)s» tiene contraseña. Guárdalo sin contraseña y vuelve a subirlo.")


class FileBroken(InvalidInput):
    """The right type, but it cannot be opened."""

    sentence = N_("«%(name)s» está dañado y no se puede abrir. Vuelve a generarlo y súbelo otra vez.")


class FileEmpty(InvalidInput):
    """No bytes at all."""

    sentence = N_("«%(name)s» está vacío.")


class TooManyPages(InvalidInput):
    """A longer PDF than the form allows."""

    sentence = N_("«%(name)s» tiene %(pages)s páginas; el máximo es %(limit)s.")


class FileInfected(InvalidInput):
    """The scanner found a virus."""

    sentence = N_("«%(name)s» tiene un virus (%(virus)s) y no lo guardamos. Vuelve a generarlo y súbelo otra vez.")


class FileWithheld(Refusal):
    """Kept, and given to nobody: the scanner has not said that it is clean, or has said that it is not."""

    status = 409
    sentence = N_("«%(name)s» no se puede descargar: el antivirus todavía no lo revisa, o encontró un virus en él.")
    next_step = N_("Si acaba de llegar, vuelve a intentarlo en unos minutos.")


FILE_REFUSALS = (FileTooLarge, FileEmpty, FileTypeRefused, FileEncrypted, FileBroken, FileInfected)

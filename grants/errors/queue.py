"""Refusals of the officers' queue: saved filters and acts on many applications."""

from core.errors import Conflict, InvalidInput, NotFound
from core.language import N_


class FilterNameTaken(InvalidInput):
    """One person's filters have different names."""

    sentence = N_("Ya tienes un filtro con ese nombre. Escribe otro, o cambia el nombre del que ya existe.")


class FilterEmpty(InvalidInput):
    """A filter that leaves everything in is not worth a name."""

    sentence = N_("No hay nada filtrado ni ordenado que guardar. Filtra la lista primero.")


class TooManyFilters(Conflict):
    """The list of filters has to stay readable."""

    sentence = N_("Ya tienes %(most)s filtros guardados. Borra alguno antes de guardar otro.")


class FilterNotFound(NotFound):
    """There is no such filter, or it is somebody else's."""

    sentence = N_("Ese filtro no existe o es de otra persona.")


class BulkNotFound(NotFound):
    """There is no such act on many applications."""

    sentence = N_("Ese lote no existe.")


class NothingChosen(InvalidInput):
    """No application was chosen."""

    sentence = N_("Marca al menos una solicitud, o elige todas las de la lista.")


class OfficerUnknown(InvalidInput):
    """Only programme staff attends to applications."""

    sentence = N_("Elige a una persona del equipo del programa.")


class UndoWindowOver(Conflict):
    """The window is over and the letters went out, or somebody undid it before."""

    sentence = N_("Este lote ya no se puede deshacer: pasó el plazo, o ya se deshizo.")


class AlreadyDecided(Conflict):
    """It does not wait for a verdict."""

    sentence = N_("Ya no espera veredicto.")


class RulesDoNotRefuse(Conflict):
    """No published rule refuses it, so a person has to."""

    sentence = N_("Ninguna regla la rechaza: la decide una persona, con su razón.")


class AlreadyTheirs(Conflict):
    """That person attends to it already."""

    sentence = N_("Esa persona ya la atiende.")


class OfficerHasStake(Conflict):
    """Nobody attends to an application they have a stake in."""

    sentence = N_("Esa persona participa en la solicitud y no puede atenderla.")


class NoLetterHeld(Conflict):
    """No letter about it waits."""

    sentence = N_("No tiene ninguna carta retenida.")


class ChangedMeanwhile(Conflict):
    """Somebody changed it between the preview and the act, or between the act and undoing it."""

    sentence = N_("Alguien la cambió mientras tanto; queda como está.")


class LetterSent(Conflict):
    """What a letter said stands."""

    sentence = N_("Su carta ya salió.")


class HasDossier(Conflict):
    """Its dossier or its result was prepared from the verdict."""

    sentence = N_("Ya se preparó su expediente o su resultado.")

"""Refusals around the roster of reviewers and the lots that draw committees from it."""

from core.errors import Conflict, InvalidInput, NotFound
from core.language import N_


class AlreadyOnRoster(Conflict):
    """One place each."""

    sentence = N_("Ya te propusiste: puedes cambiar tus datos aquí mismo.")


class ProfileNotFound(NotFound):
    """Nobody with this number on the roster."""

    sentence = N_("No encontramos a esta persona en el padrón.")


class TooFewOnRoster(Conflict):
    """A lot among fewer people than there are seats decides nothing."""

    sentence = N_("En el padrón hay %(found)s personas que pueden juzgar esta convocatoria, y pides %(seats)s.")


class DrawWaiting(Conflict):
    """One lot at a time."""

    sentence = N_("Hay un sorteo comprometido que espera su valor de azar: realízalo antes de comprometer otro.")


class DrawNotFound(NotFound):
    """No lot of a committee under this number."""

    sentence = N_("No encontramos ese sorteo.")


class DrawDone(Conflict):
    """A lot is drawn once."""

    sentence = N_("Este sorteo ya se realizó.")


class DrawNotDone(Conflict):
    """There is no order yet."""

    sentence = N_("Este sorteo todavía no se realiza.")


class NobodyLeft(Conflict):
    """Everybody in the lot was called or could not be."""

    sentence = N_("Ya no queda nadie por llamar en este sorteo: compromete otro.")


class SeatsFull(Conflict):
    """As many people sit as the lot was for."""

    sentence = N_("Los lugares de este sorteo están ocupados.")


class CommitteeFixed(Conflict):
    """The ranking is computed, or there is no committee to sit on."""

    sentence = N_("Este comité ya no recibe integrantes.")


class RandomnessMissing(InvalidInput):
    """Nothing was published, or nothing was typed."""

    sentence = N_("Escribe el valor tal como se publicó.")

"""What a session of a committee refuses, by name."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class MeetingNotFound(NotFound):
    """No such session, or not one this person was called to."""

    sentence = N_("No encontramos esta sesión entre las tuyas.")


class MeetingOver(Refusal):
    """The session is not in the state the act needs."""

    sentence = N_("Esto no se puede hacer ahora: la sesión está «%(state)s».")


class NobodyToCall(Refusal):
    """The committee has no members."""

    sentence = N_("El comité no tiene a nadie a quien convocar.")


class PlaceMissing(InvalidInput):
    """A session is held somewhere."""

    sentence = N_("Escribe el lugar o el enlace, en 300 caracteres como máximo.")


class MeetingInThePast(InvalidInput):
    """A session is called for a moment to come."""

    sentence = N_("Elige una fecha y hora que no hayan pasado.")


class MotionMissing(InvalidInput):
    """A point says what is decided."""

    sentence = N_("Escribe qué se propone, entre 10 y 1,000 caracteres.")


class MotionNamesSomebody(InvalidInput):
    """The text tells whose dossier it is."""

    sentence = N_("El texto dice quién presenta el expediente: «%(found)s». Escríbelo sin ese dato.")


class NoQuorum(Refusal):
    """Too few attend."""

    sentence = N_("No hay quórum: asisten %(present)s de las %(needed)s personas que hacen falta.")


class AnotherPointOpen(Conflict):
    """One thing is voted at a time."""

    sentence = N_("Primero cierra la votación del punto %(position)s.")


class PointClosed(Conflict):
    """The vote of a point has ended, or has not begun."""

    sentence = N_("La votación de este punto no está abierta; tu voto no cambió nada.")


class NotAttending(Refusal):
    """Only who attends votes."""

    sentence = N_("Registra tu asistencia antes de votar.")


class RecusedFromPoint(Refusal):
    """A conflict of interest keeps the member out of this point."""

    sentence = N_("Te excusaste de este expediente: no votas este punto.")


class ChoiceUnknown(InvalidInput):
    """A vote is one of three."""

    sentence = N_("Elige a favor, en contra o abstención.")


class AlreadySigned(Conflict):
    """One signature a person."""

    sentence = N_("Ya firmaste esta acta.")


class AlreadyObjected(Conflict):
    """One reason a person."""

    sentence = N_("Ya dijiste por qué no firmas esta acta.")


class MinutesChanged(Conflict):
    """The text read is not the text to sign."""

    sentence = N_("El acta que leíste no es la que está por firmarse. Vuelve a leerla.")


class SigningGoesOn(Refusal):
    """Who has not signed still has time."""

    sentence = N_("Todavía se puede firmar: hasta el %(until)s el acta espera a quien falta.")


class NobodySigned(Refusal):
    """Minutes that nobody signed do not stand."""

    sentence = N_("Nadie ha firmado esta acta: no puede quedar sin ninguna firma.")

"""Refusals by name. Each knows its HTTP status and a sentence a person understands; web turns it into a page."""

from typing import ClassVar

from core.language import N_, _


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """Something the system will not do, and why.

    `sentence` is a Spanish source string with named placeholders, filled from the keyword arguments.
    `next_step` says what the person can do now. Nothing was changed when one is raised: the transaction is rolled back.
    """

    status: ClassVar[int] = 409
    sentence: ClassVar[str] = N_("No es posible hacer esto ahora.")
    next_step: ClassVar[str] = ""
    position: int | None = None  # which of many things it is about, counted from 1; whoever goes through them says so

    def __init__(self, **parameters: object) -> None:
        self.parameters = parameters
        super().__init__(f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in parameters.items())})")

    def message(self) -> str:
        """Return the sentence in the reader's language. Values that are lazy or translatable are shown translated."""
        return _(self.sentence, **self.parameters) if self.parameters else _(self.sentence)

    def advice(self) -> str:
        """Return what the person can do next, in the reader's language, or an empty string."""
        if not self.next_step:
            return ""
        return _(self.next_step, **self.parameters) if self.parameters else _(self.next_step)


class InvalidInput(Refusal):
    """What was sent cannot be understood or is out of bounds."""

    status = 422
    sentence = N_("Hay un dato que no podemos aceptar.")


class MissingCredentials(Refusal):
    """Nobody has signed in."""

    status = 401
    sentence = N_("Para ver esta página necesitas entrar con tu cuenta.")


class Forbidden(Refusal):
    """The person is known, and may not."""

    status = 403
    sentence = N_("Tu cuenta no tiene permiso para ver esta página.")
    next_step = N_("Entra con la cuenta que sí tiene permiso, o dinos si crees que es un error.")


class NotFound(Refusal):
    """There is nothing here, or nothing this person may know of."""

    status = 404
    sentence = N_("No encontramos esta página.")
    next_step = N_("Revisa la dirección o vuelve al inicio.")


class Conflict(Refusal):
    """Somebody or something else changed first."""

    status = 409
    sentence = N_("Alguien más cambió esto mientras lo editabas.")


class IllegalTransition(Refusal):
    """A life cycle does not allow this step; both ends are named."""

    status = 409
    sentence = N_("No se puede pasar de «%(from_state)s» a «%(to_state)s».")
    taken_before = N_("Ya está en «%(to_state)s».")  # by a second click, or by somebody else

    def message(self) -> str:
        """Return the sentence; of a step that was taken before, that things are there already."""
        if self.parameters and self.parameters["from_state"] == self.parameters["to_state"]:
            return _(self.taken_before, **self.parameters)
        return super().message()


class MissingRate(Refusal):
    """No published exchange rate covers the date."""

    status = 422
    sentence = N_("No hay tipo de cambio publicado de %(base)s a %(quote)s para el %(date)s.")

"""The books: entries, months, years."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_, _


class UnbalancedEntry(InvalidInput):
    """Debits and credits differ in some fund and currency."""

    sentence = N_("El asiento no cuadra en la bolsa %(fund)s: sobran %(difference)s.")


class EntryFileRefused(InvalidInput):
    """A row of a file of entries cannot be posted, so none was."""

    sentence = N_("Renglón %(row)s: %(reason)s. No se asentó nada.")

    def message(self) -> str:
        """Return the sentence; a reason of ours is said in the reader's language too."""
        reason = _(str(self.parameters["reason"]), **self.parameters).rstrip(".")
        return _(self.sentence, row=self.parameters["row"], reason=reason)


class LedgerRefusal(Refusal):
    """The database refused a change to the books."""

    sentence = N_("Los libros no admiten este cambio: lo asentado no se edita ni se borra, se revierte.")


class PeriodClosed(Refusal):
    """The month of the date is closed or was never opened."""

    sentence = N_("El periodo %(period)s no está abierto: no recibe asientos.")
    next_step = N_("Usa una fecha de un periodo abierto o pide a Tesorería que lo abra.")


class PeriodNotFound(NotFound):
    """There is no such month in the books."""

    sentence = N_("El periodo %(period)s no existe en los libros.")


class PeriodNotProved(Refusal):
    """The sums do not agree, so the period cannot be closed."""

    sentence = N_("Los libros no coinciden: la prueba de las sumas encontró %(count)s diferencias. No cambió nada.")
    next_step = N_("Pide a quien opera el sitio que corra «puente ledger verify»: nombra cada diferencia.")


class EarlierPeriodOpen(Refusal):
    """Months close in order."""

    sentence = N_("Antes hay que cerrar el periodo %(period)s.")


class PeriodNotOver(Refusal):
    """A month closes once it has ended."""

    sentence = N_("El periodo %(period)s todavía no termina.")


class DateInFuture(InvalidInput):
    """Nothing is recorded before it happens."""

    sentence = N_("La fecha %(date)s todavía no llega: los libros registran lo que ya pasó.")


class KeyReused(Conflict):
    """The same idempotency key came with other inputs."""

    sentence = N_("Esta operación ya se registró con otros datos. No se registró de nuevo.")


class AlreadyReversed(Conflict):
    """An entry is reversed once."""

    sentence = N_("El asiento %(number)s ya se revirtió.")


class ReversalOfReversal(Conflict):
    """A reversal stands; post the entry again instead."""

    sentence = N_("El asiento %(number)s es una reversa: registra de nuevo la operación en lugar de revertirlo.")


class CorrectedElsewhere(Conflict):
    """An entry of the budget or of a payment belongs to an award, which would go on counting it."""

    sentence = N_(
        "El asiento %(number)s pertenece a un apoyo o al plan operativo: se corrige desde ahí, no en el libro."
    )


class PaidOnline(Conflict):
    """What the payment company charged is not undone by an entry: the money is there."""

    sentence = N_("El asiento %(number)s es de un pago en línea: no se revierte, se devuelve a quien pagó.")


class YearNotOpenable(Conflict):
    """Books are opened for this year and the next, once."""

    sentence = N_("El ejercicio %(year)s no se puede abrir: ya está abierto, o no es el actual ni el que sigue.")


class ReasonRequired(InvalidInput):
    """A correction says why."""

    sentence = N_("Escribe el motivo.")

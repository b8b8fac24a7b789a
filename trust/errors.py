"""What the trust fund refuses, by name."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class UnbalancedEntry(InvalidInput):
    """Debits and credits differ in some fund and currency."""

    sentence = N_("El asiento no cuadra en la bolsa %(fund)s: sobran %(difference)s.")


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

    sentence = N_("El periodo no se puede cerrar: la prueba de las sumas encontró %(count)s diferencias.")


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


class NotInStore(Conflict):
    """Only what came in kind and is here can be used up."""

    sentence = N_("Solo se puede usar, y una vez, lo que ya se recibió en especie.")


class UsedBeforeReceived(InvalidInput):
    """A thing is used on the day it came or later."""

    sentence = N_("Se recibió el %(date)s: no se pudo usar antes.")


class UsedAlready(Conflict):
    """What was used up cannot be taken back as if it had never come."""

    sentence = N_("Lo que se recibió ya se usó: revierte primero el asiento %(number)s.")


class YearNotOpenable(Conflict):
    """Books are opened for this year and the next, once."""

    sentence = N_("El ejercicio %(year)s no se puede abrir: ya está abierto, o no es el actual ni el que sigue.")


class ReasonRequired(InvalidInput):
    """A correction says why."""

    sentence = N_("Escribe el motivo.")


class FundOverdrawn(Refusal):
    """A restricted fund or the endowment would fall below zero."""

    sentence = N_("La bolsa %(fund)s no tiene saldo libre suficiente: quedaría por debajo de cero.")


class FundClosed(Refusal):
    """The fund takes no more money."""

    sentence = N_("La bolsa %(fund)s ya no recibe aportaciones.")


class FundCodeTaken(Conflict):
    """Two funds cannot share a code."""

    sentence = N_("Ya existe una bolsa con la clave %(code)s.")


class InvalidSpendingRules(InvalidInput):
    """The rules of a fund cannot be read."""

    sentence = N_("Las reglas de gasto no se entienden: %(detail)s.")


class AmountNotPositive(InvalidInput):
    """Nobody gives nothing, or less."""

    sentence = N_("La cantidad debe ser mayor que cero.")


class TransferNotAllowed(Refusal):
    """Money moves only from free use to a designated purpose."""

    sentence = N_("Solo se traspasa dinero de una bolsa de libre uso a una designada.")


class TransferTooLarge(Refusal):
    """The fund has less than that."""

    sentence = N_("La bolsa %(fund)s solo tiene %(available)s libres.")


class ExchangeNotAtRate(InvalidInput):
    """What was bought is not what was sold at the stated rate."""

    sentence = N_("A %(rate)s, %(sold)s son %(expected)s y no %(bought)s.")


class ContributionNotFound(NotFound):
    """There is no such contribution, or it is somebody else's."""

    sentence = N_("No encontramos esta aportación.")


class SamePerson(Refusal):
    """Who records a delivery may not confirm it."""

    sentence = N_("Quien registró la oferta no puede confirmar la entrega: debe hacerlo otra persona.")


class InvalidQuantity(InvalidInput):
    """A quantity is a whole number above zero."""

    sentence = N_("La cantidad de bienes o servicios debe ser un número entero mayor que cero.")


class ReceiptNotFound(NotFound):
    """There is no receipt with this number."""

    sentence = N_("No hay ningún recibo con el número %(code)s.")
    next_step = N_("Revisa que esté completo, por ejemplo A-2026-000123.")


class ReceiptTampered(Refusal):
    """The kept file is not the one that was issued."""

    status = 500
    sentence = N_("El archivo del recibo %(code)s no coincide con el que se emitió.")


class CurrencyNotAccepted(InvalidInput):
    """The payment page takes one currency."""

    sentence = N_("En línea solo se puede aportar en %(currency)s. Para otra moneda, haz una transferencia.")


class AmountOutOfBounds(InvalidInput):
    """The method has its own least and largest amount."""

    sentence = N_("Con este método se puede aportar de %(least)s a %(most)s.")


class FundNotOffered(InvalidInput):
    """The public cannot give to this fund on line."""

    sentence = N_("La bolsa elegida no recibe aportaciones en línea.")


class PaymentUnavailable(Refusal):
    """The payment company did not answer."""

    status = 503
    sentence = N_("El servicio de pagos no respondió. No se cobró nada: inténtalo de nuevo en unos minutos.")


class ForgedNotice(InvalidInput):
    """A notice whose signature is not the payment company's."""

    status = 400
    sentence = N_("La firma del aviso de pago no es válida.")


class OrderNotFound(NotFound):
    """There is no such payment."""

    sentence = N_("No encontramos este pago.")


class PageGone(Refusal):
    """The order was given up before its payment page could be shown."""

    sentence = N_("Esta página de pago ya no sirve. No se cobró nada: empieza de nuevo.")


class RefundRefused(Refusal):
    """The payment company will not give the money back."""

    sentence = N_("La empresa de pagos no aceptó la devolución. %(reason)s")


class RefundTooLarge(InvalidInput):
    """No more goes back than was given and has not gone back."""

    sentence = N_("De este pago se pueden devolver hasta %(most)s.")


class RefundNotPossible(Refusal):
    """Cash paid in a shop has no card to go back to."""

    sentence = N_("Lo pagado en OXXO no se puede devolver en línea: haz una transferencia a quien lo pagó.")


class StatementKnown(Conflict):
    """The very same file was imported before."""

    sentence = N_("Este archivo ya se importó: no se guardó nada de nuevo.")


class NothingToMatch(InvalidInput):
    """A line is matched to entries that wait for one."""

    sentence = N_("Elige al menos un asiento que todavía no esté conciliado.")


class MatchDiffers(InvalidInput):
    """What the entries add up to is not what the bank says."""

    sentence = N_("El banco dice %(line)s y los asientos elegidos suman %(total)s.")


class PledgeNotFound(NotFound):
    """There is no such promise."""

    sentence = N_("No encontramos esta promesa.")


class NotOfThisPledge(InvalidInput):
    """A promise is kept by its giver's own money in its own fund."""

    sentence = N_("Elige una aportación recibida de quien prometió, en la misma bolsa, que no cumpla otra promesa.")


class NotSettledYet(Refusal):
    """The company captured a payment and has not worked out its fee: minutes, at most an hour."""

    sentence = N_("La empresa de pagos todavía no dice cuánto cobró: inténtalo de nuevo en una hora.")


class NothingCharged(Refusal):
    """A held payment enters the books only once the company says that real money arrived."""

    sentence = N_("La empresa de pagos no muestra dinero cobrado de verdad en este pago: no se puede asentar.")

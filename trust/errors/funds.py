"""Funds, their rules, and money between them."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class FundOverdrawn(Refusal):
    """A restricted fund or the endowment would fall below zero."""

    sentence = N_("La bolsa %(fund)s no tiene saldo libre suficiente: quedaría por debajo de cero.")


class EndowmentNotSpendable(Refusal):
    """The initial capital is not spent."""

    sentence = N_("La bolsa %(fund)s es el capital inicial y no se gasta.")


class FundClosed(Refusal):
    """The fund takes and pays nothing more."""

    sentence = N_("La bolsa %(fund)s está cerrada: ya no recibe ni paga dinero.")


class FundCodeTaken(Conflict):
    """Two funds cannot share a code."""

    sentence = N_("Ya existe una bolsa con la clave %(code)s.")


class InvalidSpendingRules(InvalidInput):
    """The rules of a fund cannot be read."""

    sentence = N_("Las reglas de gasto no se entienden: %(detail)s.")


class TransferNotAllowed(Refusal):
    """Money moves only from free use to a designated purpose."""

    sentence = N_("Solo se traspasa dinero de una bolsa de libre uso a una designada.")


class TransferTooLarge(Refusal):
    """The fund has less than that."""

    sentence = N_("La bolsa %(fund)s solo tiene %(available)s libres.")


class ExchangeNotAtRate(InvalidInput):
    """What was bought is not what was sold at the stated rate."""

    sentence = N_("A %(rate)s, %(sold)s son %(expected)s y no %(bought)s.")


class FundNotSettled(Refusal):
    """Something of the fund has not ended."""

    sentence = N_("La bolsa %(fund)s todavía no se puede cerrar: algo suyo no termina.")


class RestMayNotGo(InvalidInput):
    """What is left of a fund goes where its kind lets it."""

    sentence = N_("Lo que queda en la bolsa no puede pasar ahí: elige una bolsa abierta de la lista.")


class ConsentRequired(InvalidInput):
    """What a giver tied goes elsewhere only with the giver's word."""

    sentence = N_("Quien dio el dinero fijó su uso: sube el documento en que acepta que pase a otra bolsa.")


class FundClosingWaits(Conflict):
    """One wish at a time."""

    sentence = N_("Ya se pidió cerrar la bolsa %(fund)s y falta que se decida.")


class OwnFundClosing(Refusal):
    """What one person asks another decides."""

    sentence = N_("La pediste tú: otra persona tiene que decidirla.")


class OthersFundClosing(Refusal):
    """Only who asked takes it back."""

    sentence = N_("Solo quien la pidió puede retirarla.")


class FundClosingNotFound(NotFound):
    """There is no such wish."""

    sentence = N_("No encontramos esta solicitud de cierre.")

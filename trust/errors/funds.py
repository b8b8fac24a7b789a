"""Funds, their rules, and money between them."""

from core.errors import Conflict, InvalidInput, Refusal
from core.language import N_


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


class TransferNotAllowed(Refusal):
    """Money moves only from free use to a designated purpose."""

    sentence = N_("Solo se traspasa dinero de una bolsa de libre uso a una designada.")


class TransferTooLarge(Refusal):
    """The fund has less than that."""

    sentence = N_("La bolsa %(fund)s solo tiene %(available)s libres.")


class ExchangeNotAtRate(InvalidInput):
    """What was bought is not what was sold at the stated rate."""

    sentence = N_("A %(rate)s, %(sold)s son %(expected)s y no %(bought)s.")

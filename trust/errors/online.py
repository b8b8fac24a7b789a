"""Payments on line and what goes back."""

from core.errors import InvalidInput, NotFound, Refusal
from core.language import N_


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


class OwnCharge(Refusal):
    """What one person explains another confirms."""

    sentence = N_("Estos cargos los explicaste tú: los confirma otra persona.")


class NoChargeWaits(Refusal):
    """Nothing of the company's own waits for this in the deposit."""

    sentence = N_("En este depósito no hay cargos de la empresa de pagos que esperen esto.")


class NoGeneralFund(Refusal):
    """What the platform costs is borne by the fund of free use."""

    sentence = N_("No hay una bolsa de libre uso abierta que pague estos cargos: abre una primero.")


class NotSettledYet(Refusal):
    """The company captured a payment and has not worked out its fee: minutes, at most an hour."""

    sentence = N_("La empresa de pagos todavía no dice cuánto cobró: inténtalo de nuevo en una hora.")


class NothingCharged(Refusal):
    """A held payment enters the books only once the company says that real money arrived."""

    sentence = N_("La empresa de pagos no muestra dinero cobrado de verdad en este pago: no se puede asentar.")

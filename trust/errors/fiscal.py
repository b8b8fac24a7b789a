"""Fiscal receipts and those who stamp them."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class FiscalReceiptNotFound(NotFound):
    """There is no such fiscal receipt, or it was not prepared yet."""

    sentence = N_("No hay un CFDI con esa dirección.")


class FiscalExtraMissing(Refusal):
    """The library that writes fiscal receipts is an extra, and it is not installed."""

    status = 503
    sentence = N_("Los CFDI no están instalados en este servidor: falta el complemento «cfdi».")


class FiscalInvalid(InvalidInput):
    """The tax office's schema refuses what was built or answered."""

    sentence = N_("El CFDI no cumple el esquema del SAT: %(reason)s")


class SealUnusable(Refusal):
    """The emitter's certificate or key cannot be read, or they do not belong together."""

    status = 503
    sentence = N_("No se puede usar el certificado de sello digital: revisa los archivos y la contraseña.")


class PacUnavailable(Refusal):
    """The certified provider did not answer: nobody knows whether it stamped."""

    status = 503
    sentence = N_("El proveedor de certificación no respondió. Se intentará otra vez.")


class PacRejected(Refusal):
    """The certified provider refused, with the tax office's code."""

    sentence = N_("El proveedor de certificación lo rechazó (%(code)s): %(reason)s")


class NothingToRetry(Conflict):
    """It was stamped or cancelled already."""

    sentence = N_("Este CFDI ya no espera nada.")

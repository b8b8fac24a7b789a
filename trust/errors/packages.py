"""Sponsors' packages, what is promised in return, offers of the public, and receipts in bulk."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class PackageNotFound(NotFound):
    """There is no such package."""

    sentence = N_("No encontramos este paquete.")


class PackageGone(InvalidInput):
    """The package was closed, is outside its dates, or nobody offers it."""

    sentence = N_("El paquete «%(package)s» ya no se puede elegir. Elige otro o aporta sin paquete.")


class PackageSoldOut(InvalidInput):
    """Every place of the package is taken."""

    sentence = N_("Ya no quedan lugares en el paquete «%(package)s». Elige otro o aporta sin paquete.")


class BelowPackage(InvalidInput):
    """The amount does not reach the package's."""

    sentence = N_("El paquete «%(package)s» pide al menos %(least)s.")


class PackageCurrencyDiffers(InvalidInput):
    """The package is in another currency."""

    sentence = N_("El paquete «%(package)s» se da en %(currency)s.")


class PackageEmpty(InvalidInput):
    """A package without benefits is a donation."""

    sentence = N_("Escribe al menos un beneficio: sin él es un donativo.")


class PackageReturnsTooMuch(InvalidInput):
    """What goes back is worth as much as what is given: that is a sale."""

    sentence = N_("Lo que recibe a cambio vale %(returned)s: debe valer menos que lo que aporta.")


class NotASponsorship(InvalidInput):
    """Only a sponsorship has benefits."""

    sentence = N_("Solo un patrocinio lleva paquete: cambia el tipo o quita el paquete.")


class BenefitNotFound(NotFound):
    """There is no such benefit, or it is somebody else's."""

    sentence = N_("No encontramos este beneficio.")


class BenefitLapsed(Conflict):
    """What is left of the gift does not reach its package, so nothing more is owed in return."""

    sentence = N_("Lo que queda de la aportación ya no alcanza el paquete: no se debe nada más a cambio.")


class DeliveredTooEarly(InvalidInput):
    """Nothing is delivered in return before the money came."""

    sentence = N_("El dinero llegó el %(date)s: no se pudo entregar antes.")


class UndoneTooLate(Refusal):
    """A delivery that was noted by mistake is taken back on the same day."""

    sentence = N_("Una entrega solo se corrige el mismo día en que se registró.")


class TooManyOffers(Refusal):
    """One address, or everybody together, offers more than people can read."""

    status = 429
    sentence = N_("Ya recibimos varias ofertas hoy y las estamos leyendo. Escríbenos a %(email)s.")


class BundleNotFound(NotFound):
    """There is no such file of receipts, or somebody else asked for it."""

    sentence = N_("No encontramos este archivo de recibos.")


class BundleCleared(Refusal):
    """The file was kept for some days and is gone; it can be asked for again."""

    status = 410
    sentence = N_("Este archivo se guardó %(days)s días y ya se borró. Pídelo de nuevo: los recibos siguen aquí.")


class NothingToBundle(InvalidInput):
    """No receipt answers the filters."""

    sentence = N_("No hay recibos con esos filtros.")

"""The tax office's closed lists, as far as a gift needs them: each code with the words people read."""

from enum import StrEnum

from core.language import N_

# The method of our books against the office's way of payment. What came in kind is given in payment of itself.
PAYMENT_FORMS = {"card": "04", "oxxo": "01", "spei": "03", "transfer": "03", "delivery": "12"}

REGIMES: dict[str, str] = {
    "601": N_("General de ley, personas morales"),
    "603": N_("Personas morales con fines no lucrativos"),
    "605": N_("Sueldos y salarios"),
    "606": N_("Arrendamiento"),
    "607": N_("Enajenación o adquisición de bienes"),
    "608": N_("Demás ingresos"),
    "609": N_("Consolidación"),
    "610": N_("Residentes en el extranjero sin establecimiento en México"),
    "611": N_("Dividendos"),
    "612": N_("Actividades empresariales y profesionales, personas físicas"),
    "614": N_("Intereses"),
    "615": N_("Obtención de premios"),
    "616": N_("Sin obligaciones fiscales"),
    "620": N_("Sociedades cooperativas de producción"),
    "621": N_("Incorporación fiscal"),
    "622": N_("Actividades agrícolas, ganaderas, silvícolas y pesqueras"),
    "623": N_("Opcional para grupos de sociedades"),
    "624": N_("Coordinados"),
    "625": N_("Plataformas tecnológicas"),
    "626": N_("Simplificado de confianza (RESICO)"),
    "628": N_("Hidrocarburos"),
    "629": N_("Regímenes fiscales preferentes y empresas multinacionales"),
    "630": N_("Enajenación de acciones en bolsa"),
}

USES: dict[str, str] = {
    "D04": N_("Donativos"),
    "G03": N_("Gastos en general"),
    "S01": N_("Sin efectos fiscales"),
}

# What a credit note is used for, and who may use it so; anybody else gets it without effects.
RETURNS, RETURNS_WORDS = "G02", N_("Devoluciones, descuentos o bonificaciones")
REGIMES_OF_RETURNS = frozenset({"601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"})

# Which regimes may claim a use: the office refuses any other pair.
REGIMES_OF_USE: dict[str, frozenset[str]] = {
    "D04": frozenset({"605", "606", "607", "608", "611", "612", "614", "615", "625"}),
    "G03": frozenset({"601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"}),
    "S01": frozenset(REGIMES),
}


class CancelCode(StrEnum):
    """Why a fiscal receipt is cancelled, in the office's own codes. Another receipt in its place (01) is not issued."""

    ERRORS = "02"
    NOT_CARRIED_OUT = "03"


CANCEL_CODES: dict[CancelCode, str] = {
    CancelCode.ERRORS: N_("Se emitió con errores y nada lo sustituye (02)"),
    CancelCode.NOT_CARRIED_OUT: N_("La operación no se llevó a cabo (03)"),
}

"""Refusals about correcting what was sent."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class DatumNotCorrectable(InvalidInput):
    """It is no identifying answer of this application."""

    sentence = N_("Elige uno de los datos que enviaste.")


class CorrectInstead(Conflict):
    """The call still takes applications: a new sending replaces the old one."""

    sentence = N_("Todavía puedes cambiar la solicitud y enviarla otra vez: hasta el cierre cuenta el último envío.")


class SameDatum(InvalidInput):
    """Nothing would change."""

    sentence = N_("Es lo mismo que enviaste.")


class CorrectionWaits(Conflict):
    """One request at a time for each datum."""

    sentence = N_("Ya pediste otra corrección de ese dato y falta responderla.")


class TooManyCorrections(Conflict):
    """Somebody asks without end."""

    sentence = N_("Ya pediste %(most)s correcciones de esta solicitud. Escríbenos con tu folio.")

"""What the publisher refuses, and why."""

from core.errors import NotFound, Refusal
from core.language import N_, _
from core.money import Money, format_money


class DoesNotReconcile(Refusal):
    """The figures of a report are not the sums of the books; the first that differs is named."""

    status = 409
    sentence = N_("Este informe no se publica: no cuadra con los libros.")
    next_step = N_("Vuelve más tarde: el informe aparece en cuanto sus cifras son la suma de los asientos.")

    def __init__(self, *, what: str, fund: str, reported: Money, booked: Money) -> None:
        super().__init__(what=what, fund=fund, reported=reported, booked=booked)
        self.what, self.fund, self.reported, self.booked = what, fund, reported, booked

    def message(self) -> str:
        """Return the sentence with the first figure that is wrong."""
        return _(
            "Este informe no se publica: en «%(what)s» dice %(reported)s y los libros dicen %(booked)s.",
            what=_(self.what),
            reported=format_money(self.reported),
            booked=format_money(self.booked),
        )


class ReportNotFound(NotFound):
    """There is no report for this period or call."""

    sentence = N_("No hay un informe con esa dirección.")


class ScoresNotFound(NotFound):
    """The results are not out, or the rules publish totals alone."""

    sentence = N_("Esta convocatoria no tiene calificaciones publicadas.")


class SectionNotFound(NotFound):
    """A report has no such chart."""

    sentence = N_("Este informe no tiene esa gráfica.")

"""The PDF of a letter and of an agreement."""

from collections.abc import Sequence
from datetime import datetime

from core.clock import local
from core.language import _, current_language, localised
from core.moments import exact_moment
from core.money import format_money
from core.settings import setting
from grants.models.award import Award, Tranche
from grants.rules.letters import LetterText, spoken_day
from grants.states.award import CONDITION_LABELS
from rendering.pdf import Amount, Block, Column, Document, Facts, Heading, Items, Paragraph, Table, render_pdf


def letter_pdf(text: LetterText, *, to: str, reference: str, at: datetime) -> bytes:
    """Return a letter as a PDF in the language being spoken."""
    blocks = [
        Paragraph(spoken_day(local(at).date()), style="small"),
        Paragraph(to),
        *(Paragraph(paragraph) for paragraph in text.paragraphs),
        Paragraph(localised(setting("TRUST_NAME")), style="small"),
    ]
    return render_pdf(Document(title=text.subject, blocks=blocks, language=current_language(), reference=reference))


def agreement_pdf(award: Award, tranches: Sequence[Tranche], *, number: str, beneficiary: str, at: datetime) -> bytes:
    """Return the agreement of an award: who, how much, when it is paid, what is owed in return."""
    application = award.application
    call = application.call
    trust = localised(setting("TRUST_NAME"))
    rows = [
        (str(tranche.number), format_money(tranche.money), _(CONDITION_LABELS[tranche.condition]))
        for tranche in tranches
    ]
    duties = (
        _("Usar el apoyo para el viaje y el proyecto descritos en la solicitud %(folio)s.", folio=application.folio),
        _("Entregar un informe de gastos con sus comprobantes en los 30 días siguientes al regreso."),
        _("Devolver lo que no se gaste."),
        _("Avisar antes de cambiar fechas, destino o presupuesto."),
        _("Mencionar el apoyo de %(trust)s en la difusión del proyecto.", trust=trust),
    )
    blocks: list[Block] = [
        Paragraph(
            _(
                "Convenio entre %(trust)s y %(beneficiary)s para la entrega de un apoyo de la convocatoria «%(call)s».",
                trust=trust,
                beneficiary=beneficiary,
                call=localised(call.title),
            ),
            style="lead",
        ),
        Amount(_("Apoyo"), format_money(award.money)),
        Facts(
            (
                (_("Folio de la solicitud"), application.folio or ""),
                (_("Proyecto"), application.sent_title),
                (_("Huella de las reglas de la convocatoria"), call.frozen_sha256 or ""),
                (_("Huella de la solicitud"), application.content_sha256 or ""),
                (_("Emitido"), exact_moment(at)),
            )
        ),
        Heading(_("Pagos"), level=2),
        Table((Column(_("Pago")), Column(_("Cantidad"), align="right"), Column(_("Condición"), width=2.0)), rows),
        Heading(_("Compromisos de quien recibe el apoyo"), level=2),
        Items(duties, numbered=True),
        Heading(_("Datos públicos"), level=2),
        Paragraph(_("El nombre de quien recibe el apoyo, la cantidad y el proyecto son públicos, como manda la ley.")),
        Heading(_("Aceptación"), level=2),
        Paragraph(
            _(
                "Este convenio se acepta en línea: la persona entra con su cuenta, escribe su nombre y la fecha y la "
                "huella SHA-256 de este documento quedan en el registro."
            )
        ),
    ]
    title = _("Convenio de apoyo %(number)s", number=number)
    return render_pdf(Document(title=title, blocks=blocks, language=current_language(), reference=number))

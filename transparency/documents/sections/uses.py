"""The section about what the money was used for."""

from core.language import _, localised
from transparency.documents.sections.bars import bars
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import fund_name, shown
from transparency.rules.figures import Report


def uses(report: Report) -> Section:
    """Say what was paid and for what."""
    awards, fees = report.uses_base("5.1.1"), report.uses_base("5.2.1")
    if not report.uses:
        answer = _("Todavía no se paga nada.")
    else:
        answer = _(
            "Se pagaron %(awards)s en apoyos y %(fees)s en comisiones de cobro.", awards=shown(awards), fees=shown(fees)
        )
    rows = [
        Row(
            (
                _("Apoyos de «%(call)s»", call=localised(line.call.title)) if line.call else _("Otros pagos de apoyos"),
                fund_name(line.fund),
                line.money,
            ),
            entry_filter(
                report,
                cuenta="5.1.1",
                bolsa=line.fund.code,
                **({"convocatoria": line.call.slug} if line.call else {}),
            ),
        )
        for line in report.destinations
    ]
    rows += [
        Row(
            (localised(line.name), fund_name(line.fund), line.money),
            entry_filter(report, cuenta=line.account, bolsa=line.fund.code),
        )
        for line in report.uses
        if line.account != "5.1.1"
    ]
    notes = []
    if any(line.is_in_kind for line in report.uses):
        notes.append(_("Lo usado en especie aparece en su propio renglón y no es dinero pagado."))
    question = _("¿En qué se usó el dinero?")
    pairs = [
        (localised(line.call.title) if line.call else _("Otros pagos de apoyos"), line.money)
        for line in report.destinations
        if line.money.currency == report.currency
    ]
    return Section(
        "destino",
        question,
        answer,
        (Column(_("Destino")), Column(_("Bolsa")), Column(_("Monto"), "money")),
        tuple(rows),
        (_("Total en dinero"), "", awards + fees) if rows else (),
        tuple(notes),
        bars(question, answer, _("Destino"), pairs, _("Pagado")),
        entry_filter(report),
        leading=True,
    )

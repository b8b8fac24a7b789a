"""The section about what each fund holds."""

from core.language import _
from transparency.documents.sections.bars import bars
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import fund_name, fund_with_kind, shown
from transparency.rules.figures import Report, total


def funds(report: Report) -> Section:
    """Say what each fund holds, restricted ones last."""
    answer = _(
        "Al cierre había %(closing)s en las bolsas; de eso, %(committed)s ya está comprometido.",
        closing=shown(report.closing_base),
        committed=shown(report.committed_base),
    )
    lines = sorted(report.funds, key=lambda line: (line.fund.is_restricted, line.fund.id, line.closing.currency))
    rows = tuple(
        Row(
            (
                fund_with_kind(line.fund),
                line.opening,
                line.received,
                line.spent,
                line.other,
                line.closing,
                line.committed,
            ),
            entry_filter(report, bolsa=line.fund.code),
        )
        for line in lines
    )
    question = _("¿Cuánto queda y en qué bolsas?")
    free = total((line.closing_base for line in report.funds if not line.fund.is_restricted), report.currency)
    return Section(
        "saldos",
        question,
        answer if rows else _("Todavía no hay dinero en las bolsas."),
        (
            Column(_("Bolsa")),
            Column(_("Saldo inicial"), "money"),
            Column(_("Recibido"), "money"),
            Column(_("Pagado"), "money"),
            Column(_("Cambios y traspasos"), "money"),
            Column(_("Saldo final"), "money"),
            Column(_("Comprometido"), "money"),
        ),
        rows,
        (),
        (
            _(
                "De libre uso o designado: %(free)s. Restringido por quien lo dio o capital inicial: %(restricted)s.",
                free=shown(free),
                restricted=shown(report.closing_base - free),
            ),
        )
        if rows
        else (),
        bars(
            question,
            answer,
            _("Bolsa"),
            [(fund_name(line.fund), line.closing_base) for line in lines],
            _("Saldo final"),
        ),
        entry_filter(report),
        leading=True,
    )

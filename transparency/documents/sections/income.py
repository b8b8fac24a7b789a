"""The section about what came in."""

from core.language import _, ngettext
from transparency.documents.sections.bars import bars
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import contribution_kind, fund_name, giver, shown
from transparency.rules.figures import IncomeLine, Report

INCOME_ACCOUNTS = {"donation": "4.1.1", "sponsorship": "4.1.2", "subsidy": "4.1.3", "endowment": "3.1.1"}


def income(report: Report) -> Section:
    """Say what came in, by kind, form, giver and fund; in kind apart."""
    cash, in_kind = report.income_base("cash"), report.income_base("in_kind")
    count = sum(line.count for line in report.income if line.form == "cash")
    if not report.income:
        answer = _("Todavía no entra dinero en este periodo.")
    else:
        answer = ngettext(
            "Entraron %(amount)s en dinero, de %(num)s aportación.",
            "Entraron %(amount)s en dinero, de %(num)s aportaciones.",
            count,
            amount=shown(cash),
        )
    rows = tuple(
        Row(
            (
                contribution_kind(line.kind),
                _("En dinero") if line.form == "cash" else _("En especie"),
                giver(line.source),
                fund_name(line.fund),
                line.count,
                line.money,
                line.base,
            ),
            entry_filter(report, bolsa=line.fund.code, **_income_account(line)),
        )
        for line in report.income
    )
    notes = [_("Lo que llega en especie está a valor razonable y nunca se suma con el dinero.")]
    if in_kind:
        notes.insert(
            0, _("En especie se recibieron bienes y servicios por un valor de %(amount)s.", amount=shown(in_kind))
        )
    question = _("¿Cuánto dinero entró y de quién?")
    pairs = [(contribution_kind(line.kind), line.base) for line in report.income if line.form == "cash"]
    return Section(
        "ingresos",
        question,
        answer,
        (
            Column(_("Concepto")),
            Column(_("Forma")),
            Column(_("Quién aporta")),
            Column(_("Bolsa")),
            Column(_("Aportaciones"), "integer"),
            Column(_("Monto"), "money"),
            Column(_("En %(currency)s", currency=report.currency), "money"),
        ),
        rows,
        (_("Total en dinero"), "", "", "", count, "", cash) if rows else (),
        tuple(notes),
        bars(question, answer, _("Concepto"), pairs, _("Recibido")),
        entry_filter(report),
        leading=True,
    )


def _income_account(line: IncomeLine) -> dict[str, str]:
    account = "4.2.1" if line.form == "in_kind" else INCOME_ACCOUNTS.get(line.kind)
    return {"cuenta": account} if account else {}

"""The sections about money: what came in, what it was used for, what is left, how the budget goes."""

from collections.abc import Sequence
from decimal import Decimal

from core.language import _, current_language, localised, ngettext
from core.money import Money
from rendering.charts import Chart, ChartKind, Series, ValueFormat
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import (
    contribution_kind,
    fund_name,
    fund_with_kind,
    giver,
    shown,
)
from transparency.rules.figures import IncomeLine, Report, total

INCOME_ACCOUNTS = {"donation": "4.1.1", "sponsorship": "4.1.2", "subsidy": "4.1.3", "endowment": "3.1.1"}


def _bars(title: str, answer: str, heading: str, pairs: Sequence[tuple[str, Money]], name: str) -> Chart | None:
    found: dict[str, Decimal] = {}
    for label, amount in pairs:
        found[label] = found.get(label, Decimal(0)) + amount.decimal
    if not any(found.values()):
        return None
    return Chart(
        ChartKind.BAR,
        title,
        answer,
        tuple(found),
        (Series(name, tuple(found.values())),),
        value_format=ValueFormat.MONEY,
        unit=pairs[0][1].currency,
        category_heading=heading,
        source=_("Libros del fideicomiso"),
        language=current_language(),
    )


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
        _bars(question, answer, _("Concepto"), pairs, _("Recibido")),
        entry_filter(report),
    )


def _income_account(line: IncomeLine) -> dict[str, str]:
    account = "4.2.1" if line.form == "in_kind" else INCOME_ACCOUNTS.get(line.kind)
    return {"cuenta": account} if account else {}


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
        _bars(question, answer, _("Destino"), pairs, _("Pagado")),
        entry_filter(report),
    )


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
        _bars(
            question,
            answer,
            _("Bolsa"),
            [(fund_name(line.fund), line.closing_base) for line in lines],
            _("Saldo final"),
        ),
        entry_filter(report),
    )


def budget(report: Report) -> Section:
    """Say how far the budget has come, moment by moment."""
    committed, paid = report.moment_debits("8.2.4"), report.moment_debits("8.2.7")
    if report.scope.budget is not None:
        answer = _(
            "De una bolsa de %(budget)s se comprometieron %(committed)s y se pagaron %(paid)s.",
            budget=shown(report.scope.budget),
            committed=shown(committed),
            paid=shown(paid),
        )
    elif not any(line.account.startswith("8.2") for line in report.moments):
        answer = _("Todavía no hay presupuesto aprobado ni movimientos.")
    else:
        answer = _(
            "Se aprobaron %(approved)s, se comprometieron %(committed)s y se pagaron %(paid)s.",
            approved=shown(-report.moment("8.2.1")),
            committed=shown(committed),
            paid=shown(paid),
        )
    rows = tuple(
        Row(
            (
                line.account,
                localised(line.name),
                fund_name(line.fund),
                line.debit,
                line.credit,
                line.debit - line.credit,
            ),
            entry_filter(report, cuenta=line.account, bolsa=line.fund.code),
        )
        for line in report.moments
    )
    question = _("¿Cómo va el presupuesto?")
    names = {line.account: localised(line.name) for line in report.moments}
    pairs = [
        (names[code], report.moment_debits(code)) for code in ("8.2.4", "8.2.5", "8.2.6", "8.2.7") if code in names
    ]
    return Section(
        "presupuesto",
        question,
        answer,
        (
            Column(_("Cuenta")),
            Column(_("Momento")),
            Column(_("Bolsa")),
            Column(_("Cargos"), "money"),
            Column(_("Abonos"), "money"),
            Column(_("Movimiento neto"), "money"),
        ),
        rows,
        notes=(_("Cada momento es un asiento: aprobado, comprometido, devengado, ejercido y pagado."),),
        chart=_bars(question, answer, _("Momento"), pairs, _("Cargos")),
        entries=entry_filter(report),
    )

"""The sections about the budget: planned, promised and paid, the accounts that say so, and the plan's targets."""

from core.language import _, localised, ngettext
from core.money import Money
from transparency.documents.sections.bars import bars
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import Cell, axis_name, fund_name, number, shown
from transparency.rules.figures import FundRef, MomentLine, PlanLine, Report, total
from transparency.rules.periods import ScopeKind

APPROVED, COMMITTED, PAID = "8.2.1", "8.2.4", "8.2.7"


def budget(report: Report) -> Section:
    """Say in plain words how far the budget has come: planned, promised, paid, by fund."""
    committed, paid = report.moment_debits(COMMITTED), report.moment_debits(PAID)
    of_call = report.scope.kind is ScopeKind.CALL
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
            approved=shown(-report.moment(APPROVED)),
            committed=shown(committed),
            paid=shown(paid),
        )
    rows = []
    for fund, currency in _funds(report):
        amounts = [
            -_moved(report, fund, currency, APPROVED),
            _debits(report, fund, currency, COMMITTED),
            _debits(report, fund, currency, PAID),
        ]
        rows.append(Row((fund_name(fund), *amounts[of_call:]), entry_filter(report, bolsa=fund.code)))
    question = _("¿Cómo va el presupuesto?")
    approved = [] if of_call else [(_("Planeado"), -report.moment(APPROVED))]
    pairs = [*approved, (_("Prometido"), committed), (_("Pagado"), paid)]
    return Section(
        "presupuesto",
        question,
        answer,
        (
            Column(_("Bolsa")),
            *([] if of_call else [Column(_("Planeado"), "money")]),
            Column(_("Prometido"), "money"),
            Column(_("Pagado"), "money"),
        ),
        tuple(rows),
        notes=(
            _(
                "Planeado es lo que el plan anual permite gastar; prometido, lo apartado para apoyos con nombre; "
                "pagado, lo que ya salió del banco."
            ),
        )
        if rows
        else (),
        chart=bars(question, answer, _("Momento"), pairs, _("Monto")) if rows else None,
        entries=entry_filter(report),
    )


def _funds(report: Report) -> list[tuple[FundRef, str]]:
    found = {
        (line.fund.id, line.debit.currency): line.fund
        for line in report.moments
        if line.account in (APPROVED, COMMITTED, PAID)
    }
    return [(found[key], key[1]) for key in sorted(found)]


def _lines(report: Report, fund: FundRef, currency: str, account: str) -> list[MomentLine]:
    return [
        line
        for line in report.moments
        if (line.account, line.fund.id, line.debit.currency) == (account, fund.id, currency)
    ]


def _debits(report: Report, fund: FundRef, currency: str, account: str) -> Money:
    return total((line.debit for line in _lines(report, fund, currency, account)), currency)


def _moved(report: Report, fund: FundRef, currency: str, account: str) -> Money:
    return total((line.debit - line.credit for line in _lines(report, fund, currency, account)), currency)


def budget_accounts(report: Report) -> Section:
    """List what moved in each budget account: the accounting names behind planned, promised and paid."""
    rows = tuple(
        Row(
            (
                f"{line.account} {localised(line.name)}",
                fund_name(line.fund),
                line.debit,
                line.credit,
                line.debit - line.credit,
            ),
            entry_filter(report, cuenta=line.account, bolsa=line.fund.code),
        )
        for line in report.moments
    )
    return Section(
        "cuentas-presupuesto",
        _("¿En qué cuentas se ve el presupuesto?"),
        ngettext(
            "Se movió %(num)s cuenta de presupuesto.",
            "Se movieron %(num)s cuentas de presupuesto.",
            len({line.account for line in report.moments}),
        )
        if rows
        else _("Todavía no se mueve ninguna cuenta de presupuesto."),
        (
            Column(_("Cuenta")),
            Column(_("Bolsa")),
            Column(_("Cargos"), "money"),
            Column(_("Abonos"), "money"),
            Column(_("Movimiento neto"), "money"),
        ),
        rows,
        notes=(
            _(
                "La ley pide llevar el gasto por momentos, y cada uno es un asiento: aprobado, por ejercer, "
                "comprometido (prometido), devengado (con convenio firmado), ejercido (con orden de pago) y pagado."
            ),
        ),
        entries=entry_filter(report),
    )


def plan(report: Report) -> Section:
    """Say how far the year came towards the targets of its plan. An axis of few people keeps its result to itself."""
    question = _("¿Se alcanzó lo planeado?")
    if not report.plan:
        return Section("plan", question, _("Este año no tiene plan operativo aprobado."))
    return Section(
        "plan",
        question,
        _(
            "Metas alcanzadas: %(reached)s de %(total)s, contando los apoyos dados en cada eje.",
            reached=number(plan_reached(report)),
            total=number(len(report.plan)),
        ),
        (
            Column(_("Programa")),
            Column(_("Eje")),
            Column(_("Meta")),
            Column(_("Apoyos en el eje"), "integer"),
            Column(_("Planeado"), "money"),
            Column(_("Otorgado en el eje"), "money"),
        ),
        tuple(Row(_plan_cells(report, line)) for line in report.plan),
        notes=(
            _("El resultado es el de todo el eje, con los resultados publicados en el año."),
            *(
                [_("Reservado: con tan pocas personas, la cifra diría de quién se trata.")]
                if any(_is_hidden(report, line) for line in report.plan)
                else []
            ),
        ),
    )


def plan_reached(report: Report) -> int:
    """Return how many programmes have as many awards in their axis as their target; reserved figures count as not."""
    return sum(awarded >= line.target for line in report.plan if (awarded := _awarded(report, line)) is not None)


def _awarded(report: Report, line: PlanLine) -> int | None:
    group = report.group("axis", line.axis)
    return group.awarded if group is not None else 0


def _is_hidden(report: Report, line: PlanLine) -> bool:
    return _awarded(report, line) is None


def _plan_cells(report: Report, line: PlanLine) -> tuple[Cell, ...]:
    group = report.group("axis", line.axis)
    reserved = _("Reservado")
    target = _("%(target)s %(indicator)s", target=number(line.target), indicator=localised(line.indicator))
    result: tuple[Cell, Cell] = (0, Money.zero(line.budget.currency))
    if group is not None:
        result = (
            reserved if group.awarded is None else group.awarded,
            reserved if group.amount is None else group.amount,
        )
    return (localised(line.name), axis_name(line.axis), target, result[0], line.budget, result[1])

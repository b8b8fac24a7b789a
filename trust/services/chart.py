"""The chart of accounts, the funds and the periods: what must stand before the first entry."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from accounts.models import Organisation
from core.audit import record
from core.clock import today
from core.database import session
from core.money import exponent
from core.settings import setting
from trust import queries
from trust.errors import FundCodeTaken, InvalidSpendingRules, YearNotOpenable
from trust.models import Account, AccountKind, EntryCounter, FiscalPeriod, Fund, FundKind
from trust.rules import SpendingRules, UnreadableRules
from trust.states import FundState, PeriodState

_A, _L, _N, _I, _E, _B = (
    AccountKind.ASSET,
    AccountKind.LIABILITY,
    AccountKind.NET_ASSETS,
    AccountKind.INCOME,
    AccountKind.EXPENSE,
    AccountKind.BUDGET,
)
# code, kind, how its balance counts in what a fund has free, name in Spanish, name in English
CHART: tuple[tuple[str, AccountKind, int, str, str], ...] = (
    ("1.1.1", _A, 1, "Banco en moneda nacional", "Bank, national currency"),
    ("1.1.2", _A, 1, "Pagos en línea por recibir", "Online payments in transit"),
    ("1.1.3", _A, 1, "Banco en moneda extranjera", "Bank, foreign currency"),
    ("1.1.4", _A, 0, "Pagos en línea en disputa", "Online payments in dispute"),
    ("1.3.1", _A, 0, "Bienes y servicios en especie", "Goods and services held in kind"),
    ("2.1.1", _L, 0, "Cuentas por pagar", "Accounts payable"),
    ("3.1.1", _N, 0, "Capital inicial", "Endowment"),
    ("3.2.1", _N, 0, "Resultados acumulados", "Accumulated results"),
    ("4.1.1", _I, 0, "Donativos en dinero", "Donations in cash"),
    ("4.1.2", _I, 0, "Patrocinios en dinero", "Sponsorships in cash"),
    ("4.1.3", _I, 0, "Subvenciones en dinero", "Subsidies in cash"),
    ("4.2.1", _I, 0, "Aportaciones en especie", "Contributions in kind"),
    ("4.3.1", _I, 0, "Venta de lo recibido en especie", "Sale of what came in kind"),
    ("4.8.1", _I, 0, "Traspasos entre bolsas", "Transfers between funds"),
    ("4.9.1", _I, 0, "Ganancia cambiaria", "Exchange gain"),
    ("5.1.1", _E, 0, "Ayudas pagadas", "Awards paid"),
    ("5.2.1", _E, 0, "Comisiones de cobro", "Payment fees"),
    ("5.2.2", _E, 0, "Devoluciones y disputas sin saldo en su bolsa", "Refunds and disputes their fund could not bear"),
    ("5.3.1", _E, 0, "Especie utilizada", "In-kind contributions used"),
    ("5.3.2", _E, 0, "Especie vendida, al valor de entrada", "In-kind contributions sold, at entry value"),
    ("5.9.1", _E, 0, "Pérdida cambiaria", "Exchange loss"),
    ("8.1.1", _B, 0, "Ingresos: estimado", "Income: estimated"),
    ("8.1.2", _B, 0, "Ingresos: por ejecutar", "Income: still to come"),
    ("8.1.3", _B, 0, "Ingresos: modificado", "Income: amended"),
    ("8.1.4", _B, 0, "Ingresos: devengado", "Income: accrued"),
    ("8.1.5", _B, 0, "Ingresos: recaudado", "Income: collected"),
    ("8.2.1", _B, 0, "Egresos: aprobado", "Spending: approved"),
    ("8.2.2", _B, 0, "Egresos: por ejercer", "Spending: still available"),
    ("8.2.3", _B, 0, "Egresos: modificado", "Spending: amended"),
    ("8.2.4", _B, -1, "Egresos: comprometido", "Spending: committed"),
    ("8.2.5", _B, -1, "Egresos: devengado", "Spending: accrued"),
    ("8.2.6", _B, -1, "Egresos: ejercido", "Spending: ordered"),
    ("8.2.7", _B, 0, "Egresos: pagado", "Spending: paid"),
    ("9.1.1", AccountKind.TRADING, 0, "Cambio de moneda", "Currency exchange"),
)


def establish_chart() -> None:
    """Write the accounts that are missing; those that exist stay as they are."""
    known = set(session().scalars(select(Account.code).order_by(Account.code)))
    for code, kind, sign, spanish, english in CHART:
        if code not in known:
            session().add(Account(code=code, kind=kind, available_sign=sign, name={"es": spanish, "en": english}))
    session().flush()


def open_periods(year: int) -> list[FiscalPeriod]:
    """Open the months of `year` that the books do not have yet, and its counter of entries."""
    periods = {period.month: period for period in queries.periods(year)}
    for month in range(1, 13):
        if month not in periods:
            periods[month] = FiscalPeriod(year=year, month=month, state=PeriodState.OPEN)
            session().add(periods[month])
    if session().get(EntryCounter, year) is None:
        session().add(EntryCounter(fiscal_year=year, last_number=0))
        record("ledger.year_opened", "fiscal_year", year)
    session().flush()
    return [periods[month] for month in range(1, 13)]


def open_year(year: int) -> list[FiscalPeriod]:
    """Open the months of this year or the next, as a person does; `open_periods` is for set-up and imports.

    Raises:
        YearNotOpenable: another year, or it is open already.
    """
    if year not in (today().year, today().year + 1) or queries.periods(year):
        raise YearNotOpenable(year=year)
    return open_periods(year)


def read_rules(rules: SpendingRules | Mapping[str, Any] | None) -> SpendingRules:
    """Return rules as a value, from any of the forms they come in.

    Raises:
        InvalidSpendingRules: they cannot be read.
    """
    if isinstance(rules, SpendingRules):
        return rules
    try:
        return SpendingRules.from_json(rules or {})
    except UnreadableRules as problem:
        raise InvalidSpendingRules(detail=str(problem)) from None


def open_fund(
    *,
    code: str,
    name: Mapping[str, str],
    kind: FundKind | str,
    currency: str | None = None,
    purpose: Mapping[str, str] | None = None,
    spending_rules: SpendingRules | Mapping[str, Any] | None = None,
    giver_organisation: Organisation | None = None,
    accepts_gifts: bool = False,
    opened_on: date | None = None,
) -> Fund:
    """Open a purse, in the city's currency unless told. Its code, kind and currency stay for ever.

    The giver's rules are read before they are kept.

    Raises:
        FundCodeTaken, InvalidSpendingRules, UnknownCurrency: nothing was opened.
    """
    money = currency or str(setting("BASE_CURRENCY"))
    exponent(money)
    cleaned = re.sub(r"[^a-z0-9]+", "-", code.strip().lower()).strip("-")[:40]
    if session().scalar(select(Fund.id).where(Fund.code == cleaned)) is not None:
        raise FundCodeTaken(code=cleaned)
    fund = Fund(
        code=cleaned,
        name=dict(name),
        purpose=dict(purpose or {}),
        kind=FundKind(kind),
        currency=money,
        spending_rules=read_rules(spending_rules).to_json(),
        giver_organisation_id=giver_organisation.id if giver_organisation else None,
        accepts_gifts=accepts_gifts,
        state=FundState.OPEN,
        opened_on=opened_on or today(),
    )
    session().add(fund)
    session().flush()
    record("fund.opened", "fund", fund.id, None, {"code": fund.code, "kind": fund.kind.value, "currency": money})
    return fund

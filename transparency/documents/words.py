"""How figures and names are written, for the page, the PDF and the files alike."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from accounts.models import ORGANISATION_KIND_LABELS, OrganisationKind
from core.language import N_, _, current_language, localised
from core.money import Money, format_money
from core.settings import setting
from grants.rules.standard import GENDERS
from grants.states.application import KIND_LABELS, ApplicantKind
from transparency.rules.breakdowns import UNKNOWN
from transparency.rules.figures import FundRef, Scope
from transparency.rules.periods import ScopeKind
from trust.models.kinds import CONTRIBUTION_KINDS, FUND_KINDS, ContributionKind, FundKind

LOCALES = {"es": "es_MX", "en": "en_GB"}
FIRST_TIME = {"yes": N_("Primera vez"), "no": N_("Ya había solicitado")}

Cell = str | int | Money | Decimal


def shown(cell: Cell) -> str:
    """Write one cell: money with its currency, a ratio as a percentage, a count grouped by thousands."""
    match cell:
        case Money():
            return format_money(cell)
        case Decimal():
            return f"{format_decimal(cell * 100, format='#,##0.0', locale=_locale())}\u00a0%"
        case int():
            return number(cell)
        case _:
            return cell


def number(value: int) -> str:
    """Write a count grouped by thousands."""
    return str(format_decimal(value, format="#,##0", locale=_locale()))


def day(value: date) -> str:
    """Write a date as people read it."""
    return str(format_date(value, "d MMM y", locale=_locale()))


def _locale() -> str:
    return LOCALES[current_language()]


def fund_name(fund: FundRef) -> str:
    """Return a fund's name in the reader's language."""
    return localised(fund.name) or fund.code


def fund_kind(fund: FundRef) -> str:
    """Return what sort of fund it is."""
    return _(FUND_KINDS[FundKind(fund.kind)][0])


def fund_with_kind(fund: FundRef) -> str:
    """Return a fund's name and sort, once when both are the same words."""
    name, kind = fund_name(fund), fund_kind(fund)
    if name.casefold() == kind.casefold():
        return name
    return _("%(fund)s (%(kind)s)", fund=name, kind=kind.lower())


def contribution_kind(kind: str) -> str:
    """Return why it was given."""
    return _(CONTRIBUTION_KINDS[ContributionKind(kind)]) if kind in set(ContributionKind) else _("Ajuste de los libros")


def giver(source: str) -> str:
    """Return what sort of giver it was; never who."""
    if source == OrganisationKind.PERSON:
        return _("Personas")
    if source in set(OrganisationKind):
        return _(ORGANISATION_KIND_LABELS[OrganisationKind(source)])
    return _("Sin nombre público")


def axis_name(axis: int | str | None, *, short: bool = True) -> str:
    """Return an axis's name."""
    for one in setting("AXES"):
        if str(one["id"]) == str(axis):
            return localised(one["short"] if short and "short" in one else one["name"])
    return _("Sin eje")


def group_name(dimension: str, key: str) -> str:
    """Return the name of one row of a breakdown."""
    if dimension == "axis" and key != UNKNOWN:
        return axis_name(key)
    known: Mapping[str, str] = {
        "region": {one["id"]: localised(one["name"]) for one in setting("REGIONS")},
        "profile": {kind.value: _(KIND_LABELS[kind]) for kind in ApplicantKind},
        "gender": {value: localised({"es": es, "en": en}) for value, es, en in GENDERS}
        | {UNKNOWN: _("No se pregunta a grupos")},
        "first_time": {value: _(text) for value, text in FIRST_TIME.items()},
    }.get(dimension, {})
    return known.get(key) or (_("Sin dato") if key == UNKNOWN else key)


def scope_title(scope: Scope) -> str:
    """Return the title of a report."""
    if scope.kind is ScopeKind.CALL:
        assert scope.call is not None
        return _("Cuentas de «%(call)s»", call=localised(scope.call.title))
    if scope.kind is ScopeKind.YEAR:
        return _("Cuentas de %(year)s", year=scope.year)
    return _("Cuentas del trimestre %(quarter)s de %(year)s", quarter=scope.quarter, year=scope.year)


def scope_name(scope: Scope) -> str:
    """Return the file name of a report, without its ending."""
    if scope.kind is ScopeKind.CALL:
        assert scope.call is not None
        return f"informe-{scope.call.slug}"
    return f"informe-{scope.year}" + (f"-t{scope.quarter}" if scope.quarter else "")

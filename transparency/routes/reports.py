"""Reports of a quarter, a year and a call: page, files and charts, all from the same figures."""

from typing import Any

from flask import Response, render_template, request, url_for

from core.access import ensure, public
from core.clock import today
from core.language import current_language
from core.settings import setting
from core.web_files import drawing
from grants.models import Call
from rendering.charts import NARROW, WIDE, chart_csv, render_chart_pdf, render_svg
from transparency import queries
from transparency.documents import files
from transparency.documents.sections import headlines, section, sections
from transparency.documents.words import scope_name, scope_title, shown
from transparency.errors import ReportNotFound, SectionNotFound
from transparency.routes.cache import cached, cached_page, download
from transparency.routes.room import blueprint
from transparency.rules.books import INCOME_CASH
from transparency.rules.figures import Report
from transparency.rules.periods import FIRST_YEAR, LAST_YEAR, Period, ScopeKind, periods_between

FILE_TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
KINDS = "<any(pdf, csv, xlsx, json):kind>"
CHARTS = "graficas/<section_id>.<any(svg, csv, pdf):kind>"


def _period(year: int, quarter: int | None = None) -> Period:
    ensure(FIRST_YEAR <= year <= LAST_YEAR and quarter in (None, 1, 2, 3, 4), ReportNotFound())
    period = Period(year, quarter)
    ensure(period.start <= today(), ReportNotFound())
    return period


def _call(slug: str) -> Call:
    call = queries.public_call(slug)
    if call is None:
        raise ReportNotFound()
    return call


def _address(report: Report, endpoint: str, **values: Any) -> str:
    scope = report.scope
    if scope.kind is ScopeKind.CALL:
        assert scope.call is not None
        return url_for(f"transparency.call_{endpoint}", slug=scope.call.slug, **values)
    if scope.kind is ScopeKind.QUARTER:
        return url_for(f"transparency.quarter_{endpoint}", year=scope.year, quarter=scope.quarter, **values)
    return url_for(f"transparency.year_{endpoint}", year=scope.year, **values)


def _page(report: Report, lot: int | None = None) -> str:
    shown_sections = sections(report)
    return render_template(
        "transparency/report_show.html",
        report=report,
        title=scope_title(report.scope),
        headlines=headlines(report),
        sections=shown_sections,
        told=[one for one in shown_sections if one.rows and not one.is_silent],
        silent=[one for one in shown_sections if one.is_silent or not one.rows],
        address=lambda endpoint, **values: _address(report, endpoint, **values),
        shown=shown,
        lot=lot,
        quarters=[] if report.scope.year is None else _quarters(report.scope.year),
        articles=setting("TRANSPARENCY_ARTICLES"),
    )


def _quarters(year: int) -> list[Period]:
    return [one for one in Period(year).quarters if one.start <= today()]


def _file(report: Report, kind: str) -> Response:
    name = f"{scope_name(report.scope)}-{current_language()}.{kind}"
    match kind:
        case "pdf":
            data = files.report_pdf(report)
        case "xlsx":
            data = files.report_xlsx(report)
        case "json":
            data = files.report_json(report)
        case _:
            data = b"".join(files.report_csv(report))
    return download(data, FILE_TYPES[kind], name)


def _chart(report: Report, section_id: str, kind: str) -> Response:
    one = section(report, section_id)
    if one is None or one.chart is None:
        raise SectionNotFound()
    name = f"{scope_name(report.scope)}-{section_id}-{current_language()}.{kind}"
    if kind == "csv":
        return download(chart_csv(one.chart), "text/csv", name)
    if kind == "pdf":
        return download(render_chart_pdf(one.chart, reference=scope_title(report.scope)), "application/pdf", name)
    return drawing(render_svg(one.chart, WIDE if request.args.get("ancho") == str(WIDE) else NARROW))


@blueprint.get("/transparencia")
@public
def index() -> Response:
    """The latest reports, the registers, the open data, and how to check them."""

    def page() -> str:
        periods = periods_between(queries.first_day(), today())
        return render_template(
            "transparency/index.html",
            figures=queries.front_figures(),
            current=periods[0],
            told=queries.latest_told_quarter(),
            periods=periods,
            years=sorted({period.year for period in periods}, reverse=True),
            calls=queries.reported_calls(),
            income_accounts=list(INCOME_CASH),
        )

    return cached_page(page)


@blueprint.get("/transparencia/<int:year>")
@public
def year_show(year: int) -> Response:
    """The report of a year."""
    period = _period(year)
    return cached_page(lambda: _page(queries.period_report(period)))


@blueprint.get(f"/transparencia/<int:year>.{KINDS}")
@public
def year_file(year: int, kind: str) -> Response:
    """The report of a year as a file."""
    period = _period(year)
    return cached(lambda: _file(queries.period_report(period), kind))


@blueprint.get(f"/transparencia/<int:year>/{CHARTS}")
@public
def year_chart(year: int, section_id: str, kind: str) -> Response:
    """One chart of the report of a year."""
    period = _period(year)
    return cached(lambda: _chart(queries.period_report(period), section_id, kind))


@blueprint.get("/transparencia/<int:year>/t<int:quarter>")
@public
def quarter_show(year: int, quarter: int) -> Response:
    """The report of a quarter."""
    period = _period(year, quarter)
    return cached_page(lambda: _page(queries.period_report(period)))


@blueprint.get(f"/transparencia/<int:year>/t<int:quarter>.{KINDS}")
@public
def quarter_file(year: int, quarter: int, kind: str) -> Response:
    """The report of a quarter as a file."""
    period = _period(year, quarter)
    return cached(lambda: _file(queries.period_report(period), kind))


@blueprint.get(f"/transparencia/<int:year>/t<int:quarter>/{CHARTS}")
@public
def quarter_chart(year: int, quarter: int, section_id: str, kind: str) -> Response:
    """One chart of the report of a quarter."""
    period = _period(year, quarter)
    return cached(lambda: _chart(queries.period_report(period), section_id, kind))


@blueprint.get("/transparencia/convocatorias/<slug>")
@public
def call_show(slug: str) -> Response:
    """The report of a call."""
    call = _call(slug)
    return cached_page(lambda: _page(queries.call_report(call), queries.lot_of(call)))


@blueprint.get(f"/transparencia/convocatorias/<slug>/informe.{KINDS}")
@public
def call_file(slug: str, kind: str) -> Response:
    """The report of a call as a file."""
    call = _call(slug)
    return cached(lambda: _file(queries.call_report(call), kind))


@blueprint.get(f"/transparencia/convocatorias/<slug>/{CHARTS}")
@public
def call_chart(slug: str, section_id: str, kind: str) -> Response:
    """One chart of the report of a call."""
    call = _call(slug)
    return cached(lambda: _chart(queries.call_report(call), section_id, kind))

"""The statements: position, activities and cash flow, by kind of fund and fund by fund, as page and as files."""

from datetime import date

from flask import render_template, request
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import today
from core.language import _, localised
from core.listing import chosen
from core.roles import Role
from core.web_files import send_bytes
from trust import documents, queries
from trust.errors import InvalidRange
from trust.queries import Statement, StatementKind
from trust.routes import blueprint

READERS = (Role.TREASURER, Role.PAYMENT_AUTHORISER)
KINDS = "<any(posicion, actividades, flujo):kind>"
TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _day(name: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise  # an unreadable filter is no filter
    return found if 1900 < found.year < 2200 else otherwise


def _asked(kind: str) -> Statement:
    """Return the statement that the address asks for; without dates it is this year's, up to today."""
    day = today()
    if kind == StatementKind.POSITION:
        end = _day("fecha", day)
        start = date(end.year, 1, 1)
    else:
        end = _day("hasta", day)
        start = _day("desde", date(end.year, 1, 1))
    if start > end:
        raise InvalidRange(start=start.isoformat(), end=end.isoformat())
    code = chosen(request.args, "bolsa", [fund.code for fund in queries.funds()])
    return queries.statement(StatementKind(kind), start, end, fund=queries.fund_by_code(code) if code else None)


@blueprint.get("/tesoreria/estados")
@roles(*READERS)
def statement_list() -> str:
    """The statements there are."""
    return render_template(
        "trust/statement_list.html",
        statements=[(kind.value, _(documents.TITLES[kind]), _(documents.LEADS[kind])) for kind in StatementKind],
    )


@blueprint.get(f"/tesoreria/estados/{KINDS}")
@roles(*READERS)
def statement_show(kind: str) -> str:
    """One statement, with its files."""
    one = _asked(kind)
    return render_template(
        "trust/statement_show.html",
        one=one,
        bare=documents.bare,
        kinds=[(other.value, _(documents.TITLES[other])) for other in StatementKind],
        title=documents.statement_title(one),
        lead=_(documents.LEADS[one.kind]),
        dates=documents.statement_dates(one),
        sections=documents.statement_sections(one),
        by_fund=documents.statement_by_fund(one),
        agrees=_(documents.AGREES),
        differs=_(documents.DIFFERS),
        fund_options=[("", _("Todas")), *((fund.code, localised(fund.name)) for fund in queries.funds())],
    )


@blueprint.get(f"/tesoreria/estados/{KINDS}.<any(pdf, csv, xlsx):form>")
@roles(*READERS)
def statement_file(kind: str, form: str) -> Response:
    """One statement as a file; `por=bolsa` gives the CSV fund by fund."""
    one = _asked(kind)
    match form:
        case "pdf":
            data = documents.statement_pdf(one)
        case "csv":
            data = b"".join(documents.statement_csv(one, by_fund=request.args.get("por") == "bolsa"))
        case _:
            data = documents.statement_xlsx(one)
    name = f"{kind}-{one.end.isoformat()}" + (f"-{one.fund.code}" if one.fund else "")
    return send_bytes(data, f"{name}.{form}", TYPES[form])

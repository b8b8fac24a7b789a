"""Budget against actual, year by year: as page and as files."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import today
from core.roles import Role
from core.web_files import send_bytes
from treasury import documents, queries
from treasury.routes import blueprint
from treasury.states import PLAN_STATES
from trust.documents import bare

READERS = (Role.TREASURER, Role.PAYMENT_AUTHORISER)
TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/tesoreria/presupuesto")
@roles(*READERS)
def execution_list() -> Response | str:
    """Lead to the present year's budget, or the latest there is."""
    years = [plan.year for plan in queries.plans()]
    if not years:
        return render_template("treasury/execution_show.html", one=None)
    year = today().year if today().year in years else years[0]
    return redirect(url_for("treasury.execution_show", year=year), 303)


@blueprint.get("/tesoreria/presupuesto/<int:year>")
@roles(*READERS)
def execution_show(year: int) -> str:
    """One year's budget against what happened, by programme and by fund."""
    one = queries.execution_of(year)
    return render_template(
        "treasury/execution_show.html",
        one=one,
        title=documents.execution_title(one),
        tables=documents.execution_tables(one),
        bare=bare,
        states=PLAN_STATES,
        years=[plan.year for plan in queries.plans()],
    )


@blueprint.get("/tesoreria/presupuesto/<int:year>.<any(pdf, csv, xlsx):form>")
@roles(*READERS)
def execution_file(year: int, form: str) -> Response:
    """One year's budget against actual as a file."""
    one = queries.execution_of(year)
    match form:
        case "pdf":
            data = documents.execution_pdf(one)
        case "csv":
            data = b"".join(documents.execution_csv(one))
        case _:
            data = documents.execution_xlsx(one)
    return send_bytes(data, f"presupuesto-{year}.{form}", TYPES[form])

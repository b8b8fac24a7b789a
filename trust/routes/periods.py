"""Months and years of the books: open, close with the treasurer's password, and read what was done to each."""

from calendar import monthrange
from datetime import date

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from accounts.forms import CurrentPasswordForm
from accounts.routes.proof import is_proved
from core.access import ensure, roles
from core.clock import today
from core.context import actor
from core.database import session
from core.language import _
from core.roles import Role
from core.web_files import send_bytes
from trust import queries, services
from trust.errors import PeriodNotFound, YearNotClosable, YearNotOpenable
from trust.forms import ConfirmForm
from trust.models import CLOSING_ACTIONS, ClosingAction, FiscalPeriod
from trust.routes import blueprint
from trust.states import PERIOD_STATES

READERS = (Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.ADMINISTRATOR)
PASSWORD = "password"  # noqa: S105 (how an act says that its signer proved who they are)


def this_period(year: int, month: int) -> FiscalPeriod:
    """Return a month of the books."""
    period = next((one for one in queries.periods(year) if one.month == month), None)
    if period is None:
        raise PeriodNotFound(period=f"{year}-{month:02d}")
    return period


@blueprint.get("/tesoreria/periodos")
@roles(*READERS)
def period_list() -> str:
    """The months and years of the books, their acts, and which one closes next."""
    history = queries.period_history()
    periods = list(reversed(queries.periods()))
    return render_template(
        "trust/period_list.html",
        periods=periods,
        years=sorted({period.year for period in periods}, reverse=True),
        closed={(one.year, one.month): one if one.action is ClosingAction.CLOSED else None for one in history},
        states=PERIOD_STATES,
        next_to_close=queries.first_open_period(),
        last_closed=queries.last_closed_period(),
        to_open=queries.year_to_open(),
        to_close=queries.years_to_close(),
        this_day=today(),
    )


@blueprint.get("/tesoreria/periodos/<int:year>/<int:month>")
@roles(*READERS)
def period_show(year: int, month: int) -> str:
    """One month: how it stands, its proof, and everything that was done to it."""
    period = this_period(year, month)
    last = queries.last_closed_period()
    return render_template(
        "trust/period_show.html",
        period=period,
        states=PERIOD_STATES,
        history=queries.closings_of(year, month),
        actions=CLOSING_ACTIONS,
        found=queries.entry_range(year, month),
        until=date(year, month, monthrange(year, month)[1]),
        waiting=queries.reopening_waiting(period),
        may_ask=last is not None and last.id == period.id and actor().has(Role.TREASURER),
    )


@blueprint.get("/tesoreria/periodos/actas/<int:closing_id>.pdf")
@roles(*READERS)
def closing_act(closing_id: int) -> Response:
    """The act of a closing, as it was signed."""
    closing = queries.closing(closing_id)
    return send_bytes(services.closing_bytes(closing), f"acta-de-cierre-{closing.name}.pdf", "application/pdf")


@blueprint.route("/tesoreria/periodos/<int:year>/abrir", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def year_open(year: int) -> Response | str:
    """Open the books of this year or the next."""
    ensure(year in (today().year, today().year + 1) and not queries.periods(year), YearNotOpenable(year=year))
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("trust/year_open.html", year=year, form=form)
    services.open_year(year)
    session().commit()
    flash(_("Los libros de %(year)s están abiertos, mes por mes.", year=year), "success")
    return redirect(url_for("trust.period_list"), 303)


@blueprint.route("/tesoreria/periodos/<int:year>/<int:month>/cerrar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def period_close(year: int, month: int) -> Response | tuple[str, int]:
    """Close a month once its sums are proved and the treasurer has proved who they are."""
    period = this_period(year, month)
    services.check_closable(period)
    form = CurrentPasswordForm()
    if not (form.validate_on_submit() and is_proved(form)):
        page = render_template(
            "trust/period_close.html", period=period, form=form, found=queries.entry_range(year, month)
        )
        return page, 422 if form.errors else 200
    services.close_period(year, month, confirmed=PASSWORD)
    session().commit()
    flash(_("El periodo quedó cerrado. Sus sumas se probaron y su acta está firmada."), "success")
    return redirect(url_for("trust.period_show", year=year, month=month), 303)


@blueprint.route("/tesoreria/periodos/<int:year>/cerrar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def year_close(year: int) -> Response | tuple[str, int]:
    """Close a year whose twelve months are closed, and sign its act."""
    ensure(year in queries.years_to_close(), YearNotClosable(year=year))
    form = CurrentPasswordForm()
    if not (form.validate_on_submit() and is_proved(form)):
        page = render_template("trust/period_year_close.html", year=year, form=form, found=queries.entry_range(year, 0))
        return page, 422 if form.errors else 200
    services.close_year(year, confirmed=PASSWORD)
    session().commit()
    flash(_("El ejercicio %(year)s quedó cerrado y su acta está firmada.", year=year), "success")
    return redirect(url_for("trust.period_list"), 303)

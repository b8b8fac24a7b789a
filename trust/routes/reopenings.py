"""Opening the last closed month again: one person asks and says why, another decides."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from accounts.forms import CurrentPasswordForm
from accounts.routes.proof import is_proved
from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.language import _
from core.roles import Role
from trust import queries, services
from trust.errors import NotTheLastClosed, OthersReopening, OwnReopening, ReopeningWaits
from trust.forms import ConfirmForm, ReasonForm
from trust.routes import blueprint
from trust.routes.periods import READERS, this_period
from trust.states import DECIDERS, REOPENING_STATES, ReopeningState


@blueprint.route("/tesoreria/periodos/<int:year>/<int:month>/reabrir", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def reopening_ask(year: int, month: int) -> Response | tuple[str, int]:
    """Ask for a closed month to be opened again, and say why."""
    period, last = this_period(year, month), queries.last_closed_period()
    named = f"{last.year}-{last.month:02d}" if last else "—"
    ensure(last is not None and last.id == period.id, NotTheLastClosed(period=named))
    ensure(queries.reopening_waiting(period) is None, ReopeningWaits(period=named))
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("trust/period_reopen.html", period=period, form=form)
        return page, 422 if form.errors else 200
    wish = services.ask_reopening(year, month, reason=form.reason.data or "")
    session().commit()
    flash(_("Pediste reabrir %(period)s. Otra persona lo decide y te llega un correo.", period=named), "success")
    return redirect(url_for("trust.reopening_show", reopening_id=wish.id), 303)


@blueprint.get("/tesoreria/periodos/reaperturas")
@roles(*READERS)
def reopening_list() -> str:
    """What waits for a decision, and what was decided."""
    return render_template("trust/period_reopenings.html", wishes=queries.reopenings(), states=REOPENING_STATES)


@blueprint.get("/tesoreria/periodos/reaperturas/<int:reopening_id>")
@roles(*READERS)
def reopening_show(reopening_id: int) -> str:
    """One wish: who asked, why, and what whoever reads may do about it."""
    wish = queries.reopening(reopening_id)
    waits = wish.state is ReopeningState.ASKED
    mine = wish.asked_by_id == actor().user_id
    return render_template(
        "trust/period_reopening.html",
        wish=wish,
        states=REOPENING_STATES,
        may_decide=waits and not mine and actor().has(*DECIDERS),
        may_withdraw=waits and mine and actor().has(Role.TREASURER),
    )


@blueprint.route("/tesoreria/periodos/reaperturas/<int:reopening_id>/conceder", methods=["GET", "POST"])
@roles(*sorted(DECIDERS), auditor=False)
def reopening_grant(reopening_id: int) -> Response | tuple[str, int]:
    """Agree to open the month again, with one's own password."""
    wish = queries.reopening(reopening_id)
    REOPENING_STATES.check(wish.state, ReopeningState.GRANTED)
    ensure(wish.asked_by_id != actor().user_id, OwnReopening())
    form = CurrentPasswordForm()
    if not (form.validate_on_submit() and is_proved(form)):
        page = render_template("trust/period_grant.html", wish=wish, form=form)
        return page, 422 if form.errors else 200
    period = services.grant_reopening(wish)
    session().commit()
    flash(_("El mes %(period)s está abierto otra vez.", period=f"{period.year}-{period.month:02d}"), "success")
    return redirect(url_for("trust.period_show", year=period.year, month=period.month), 303)


@blueprint.route("/tesoreria/periodos/reaperturas/<int:reopening_id>/negar", methods=["GET", "POST"])
@roles(*sorted(DECIDERS), auditor=False)
def reopening_refuse(reopening_id: int) -> Response | tuple[str, int]:
    """Say no, and why."""
    wish = queries.reopening(reopening_id)
    REOPENING_STATES.check(wish.state, ReopeningState.REFUSED)
    ensure(wish.asked_by_id != actor().user_id, OwnReopening())
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("trust/period_refuse.html", wish=wish, form=form)
        return page, 422 if form.errors else 200
    services.refuse_reopening(wish, reason=form.reason.data or "")
    session().commit()
    flash(_("Negaste la reapertura. El mes sigue cerrado."), "success")
    return redirect(url_for("trust.reopening_show", reopening_id=wish.id), 303)


@blueprint.route("/tesoreria/periodos/reaperturas/<int:reopening_id>/retirar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def reopening_withdraw(reopening_id: int) -> Response | str:
    """Take one's own wish back."""
    wish = queries.reopening(reopening_id)
    REOPENING_STATES.check(wish.state, ReopeningState.WITHDRAWN)
    ensure(wish.asked_by_id == actor().user_id, OthersReopening())
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("trust/period_withdraw.html", wish=wish, form=form)
    services.withdraw_reopening(wish)
    session().commit()
    flash(_("Retiraste la solicitud. El mes sigue cerrado."), "success")
    return redirect(url_for("trust.reopening_show", reopening_id=wish.id), 303)

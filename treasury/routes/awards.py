"""Awards that wait for their money, and money that comes back from awards."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import ensure, roles
from core.clock import today
from core.database import session
from core.errors import Refusal
from core.language import _
from core.money import format_money
from core.roles import Role
from grants import queries as grants_queries
from grants.errors.awards import AwardOverDetermination
from grants.models import Application, Award
from treasury import queries, services
from treasury.errors import NoFundMayPay, NotPositive, WrongCurrency
from treasury.forms import AwardForm, ReturnForm
from treasury.routes import blueprint
from trust.errors import DateInFuture, KeyReused, PeriodClosed

ABOUT_AMOUNT = (NoFundMayPay, NotPositive, WrongCurrency, AwardOverDetermination)


@blueprint.get("/tesoreria/apoyos-por-comprometer")
@roles(Role.TREASURER)
def award_waiting() -> str:
    """What waits for money: calls before they are published and before their results, upheld appeals, waiting lists."""
    return render_template(
        "treasury/award_waiting.html",
        calls=queries.calls_waiting(),
        upheld=queries.upheld_waiting(),
        line=queries.next_in_line(),
        unfunded=queries.calls_without_budget(),
    )


@blueprint.route("/tesoreria/apoyos-por-comprometer/<int:application_id>", methods=["GET", "POST"])
@roles(Role.TREASURER)
def award_commit(application_id: int) -> Response | tuple[str, int]:
    """Commit the money of one application after the results: the next in line, or one whose appeal was upheld."""
    application = _waiting(application_id)
    form = AwardForm().offer(application.currency)
    if request.method == "GET":
        form.amount.data = application.requested
    if form.validate_on_submit():
        try:
            services.award_grant(application, form.amount.data)
            session().commit()
        except ABOUT_AMOUNT as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="amount")
            application = _waiting(application_id)
        else:
            flash(_("El apoyo de %(folio)s tiene su dinero y ya se avisó.", folio=application.folio), "success")
            return redirect(url_for("treasury.award_waiting"), 303)
    page = render_template(
        "treasury/award_commit.html",
        application=application,
        form=form,
        allocations=queries.allocations_of(application.call),
        left={one.application.id: one.left for one in queries.next_in_line()}.get(application.id),
    )
    return page, 422 if form.errors else 200


def _waiting(application_id: int) -> Application:
    """Return an application that may be committed on its own now; any other does not exist here."""
    line = (one.application for one in queries.next_in_line() if not one.is_reviewed_again)
    found = [*queries.upheld_waiting(), *line]
    application = next((one for one in found if one.id == application_id), None)
    ensure(application)
    assert application is not None
    return application


@blueprint.get("/tesoreria/devoluciones")
@roles(Role.TREASURER)
def return_list() -> str:
    """Awards that were paid more than they spent, and what has not come back."""
    return render_template("treasury/return_list.html", returns=queries.returns_waiting())


@blueprint.route("/tesoreria/apoyos/<int:award_id>/devolucion", methods=["GET", "POST"])
@roles(Role.TREASURER)
def return_record(award_id: int) -> Response | tuple[str, int]:
    """Record money that came back from an award, as the bank shows it."""
    award = _award(award_id)
    form = ReturnForm()
    form.amount.currency = award.currency
    if request.method == "GET":
        form.received_on.data, form.amount.data = today(), queries.money_to_return(award) or None
    if form.validate_on_submit():
        money, received_on = form.amount.data, form.received_on.data or date.min
        try:
            services.return_unspent(
                award, money, received_on=received_on, bank_reference=form.bank_reference.data or ""
            )
            session().commit()
        except Refusal as refusal:
            session().rollback()
            places: dict[type[Refusal], str] = {
                DateInFuture: "received_on", PeriodClosed: "received_on", KeyReused: "bank_reference",
            }  # fmt: skip
            form.blame(refusal, places, otherwise="amount")
            award = _award(award_id)
        else:
            flash(_("La devolución de %(amount)s quedó asentada.", amount=format_money(money)), "success")
            return redirect(url_for("treasury.return_list"), 303)
    page = render_template(
        "treasury/return_record.html",
        award=award,
        form=form,
        missing=queries.money_to_return(award),
        commitments=queries.commitments_of(award),
    )
    return page, 422 if form.errors else 200


def _award(award_id: int) -> Award:
    award = grants_queries.award_by_id(award_id)
    ensure(award is not None and any(one.paid_cents for one in queries.commitments_of(award)))
    assert award is not None
    return award

"""The officer's pages on awards: list, one award, agreement, reports, closing."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.database import session
from core.errors import NotFound, Refusal
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.navigation import DeskItem
from core.roles import Role
from grants import services
from grants.forms.applications import ConfirmForm
from grants.forms.staff import ReturnForm, SharesForm
from grants.models import Award, ExpenseReport
from grants.queries import awards as queries
from grants.queries import determinations as determination_queries
from grants.routes.awards import timeline_of
from grants.routes.room import MONEY_READERS, WRITERS, blueprint, may_decide, show
from grants.services.impartiality import is_mine
from grants.states.award import AWARD, CONDITION_LABELS, EXPENSE_REPORT, TRANCHE, AwardState, TrancheState


@blueprint.get("/programa/apoyos")
@roles(*MONEY_READERS)
def staff_award_list() -> Response:
    """Every award, filtered, a page at a time."""
    state = chosen(request.args, "estado", [item.value for item in AwardState])
    listing = paginate(
        queries.award_listing(state=AwardState(state) if state else None, text=searched(request.args)),
        page=page_number(request.args),
    )
    return show("grants/staff_award_list.html", listing=listing, states=AWARD, reports=queries.filed_reports())


@blueprint.get("/programa/apoyos/<int:award_id>")
@roles(*MONEY_READERS)
def staff_award_show(award_id: int) -> Response:
    """One award with its agreement, payments and reports."""
    return _page(_award(award_id))


@blueprint.post("/programa/apoyos/<int:award_id>/convenio")
@roles(*WRITERS, auditor=False)
def agreement_offer(award_id: int) -> BaseResponse:
    """Write the agreement and send it."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    services.offer_agreement(_award(award_id))
    session().commit()
    flash(_("Convenio enviado."), "success")
    return redirect(url_for("grants.staff_award_show", award_id=award_id), 303)


@blueprint.post("/programa/apoyos/<int:award_id>/pagos")
@roles(*WRITERS, auditor=False)
def tranches_plan(award_id: int) -> Response | BaseResponse:
    """Divide an award into other payments than the usual ones, before its agreement is sent."""
    form = SharesForm()
    if not form.validate_on_submit():
        return _page(_award(award_id), status=422, shares=form)
    try:
        services.plan_tranches(_award(award_id), form.percentages)
    except Refusal as refusal:
        session().rollback()
        form.shares.errors = [refusal.message()]
        return _page(_award(award_id), status=refusal.status, shares=form)
    session().commit()
    flash(_("Plan de pagos guardado; va en el convenio."), "success")
    return redirect(url_for("grants.staff_award_show", award_id=award_id), 303)


@blueprint.post("/programa/apoyos/<int:award_id>/cerrar")
@roles(*WRITERS, auditor=False)
def award_close(award_id: int) -> BaseResponse:
    """Close an award that is paid and accounted for."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    services.close_award(_award(award_id))
    session().commit()
    flash(_("Apoyo cerrado."), "success")
    return redirect(url_for("grants.staff_award_show", award_id=award_id), 303)


@blueprint.post("/programa/informes/<int:report_id>/aceptar")
@roles(*WRITERS, auditor=False)
def expense_report_accept(report_id: int) -> BaseResponse:
    """Accept a report of expenses."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    report = services.accept_expense_report(_report(report_id))
    session().commit()
    flash(_("Informe aceptado."), "success")
    return redirect(url_for("grants.staff_award_show", award_id=report.award_id), 303)


@blueprint.post("/programa/informes/<int:report_id>/devolver")
@roles(*WRITERS, auditor=False)
def expense_report_return(report_id: int) -> Response | BaseResponse:
    """Send a report back with what has to be corrected."""
    report = _report(report_id)
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(_award(report.award_id), form, 422)
    services.return_expense_report(report, reason=form.reason.data or "")
    session().commit()
    flash(_("Informe devuelto."), "success")
    return redirect(url_for("grants.staff_award_show", award_id=report.award_id), 303)


def _page(
    award: Award, form: ReturnForm | None = None, status: int = 200, *, shares: SharesForm | None = None
) -> Response:
    unpaid = [tranche for tranche in award.tranches if tranche.state is not TrancheState.PAID]
    return show(
        "grants/staff_award_show.html",
        status,
        award=award,
        application=award.application,
        call=award.application.call,
        states=AWARD,
        tranche_states=TRANCHE,
        report_states=EXPENSE_REPORT,
        conditions=CONDITION_LABELS,
        reports=queries.reports_of(award),
        letters=determination_queries.letters_of(award.application),
        events=timeline_of(award),
        form=form or ReturnForm(formdata=None),
        shares=shares or SharesForm(formdata=None),
        may_write=may_decide(award.application),
        own=is_mine(award.application),
        may_offer=award.state is AwardState.COMMITTED and award.agreement is None,
        may_close=award.state is AwardState.REPORTED and not unpaid,
    )


def _award(award_id: int) -> Award:
    award = queries.award_by_id(award_id)
    if award is None:
        raise NotFound()
    return award


def _report(report_id: int) -> ExpenseReport:
    report = queries.report_by_id(report_id)
    if report is None:
        raise NotFound()
    return report


DESK = (
    DeskItem(
        label=N_("Informes de gastos por revisar"),
        endpoint="grants.staff_award_list",
        roles=frozenset({Role.PROGRAMME_OFFICER}),
        count=queries.count_reports_filed,
    ),
)

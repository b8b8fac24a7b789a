"""The awardee's pages: my award, its agreement, declining, the report of expenses."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, signed_in
from core.audit import events_of
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from core.web_files import send_stored
from grants import services
from grants.forms.awards import AcceptForm, DeclineForm, ExpenseReportForm
from grants.models import Award, ExpenseLine, ExpenseReport, UploadPurpose
from grants.queries import applications as application_queries
from grants.queries import awards as queries
from grants.queries import determinations as determination_queries
from grants.routes.held_uploads import Tray
from grants.routes.room import MONEY_READERS, blueprint, show, this_person
from grants.routes.uploads import upload_data
from grants.services import ExpenseEntry
from grants.services.expense_reports import receipts_place
from grants.states.award import (
    AWARD,
    CONDITION_LABELS,
    EXPENSE_REPORT,
    TRANCHE,
    AwardState,
    ReportState,
    TrancheState,
)


@blueprint.get("/apoyos")
@signed_in
def award_list() -> Response:
    """My awards."""
    return show("grants/award_list.html", awards=queries.awards_of_user(this_person().id), states=AWARD)


@blueprint.get("/apoyos/<int:award_id>")
@signed_in
def award_show(award_id: int) -> Response:
    """One award of mine and the one thing to do about it."""
    award = _own(award_id)
    return show(
        "grants/award_show.html",
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
        may_report=_may_report(award),
        may_decline=_may_decline(award),
    )


@blueprint.route("/apoyos/<int:award_id>/convenio", methods=["GET", "POST"])
@signed_in
def agreement_show(award_id: int) -> Response | BaseResponse:
    """The agreement to read, and to accept by typing one's name."""
    award = _own(award_id, editing=request.method == "POST")
    agreement = award.agreement
    if agreement is None:
        raise NotFound()
    form = AcceptForm()
    problem = None
    if form.validate_on_submit():
        try:
            services.accept_agreement(
                award, user=this_person(), signed_name=form.signed_name.data or "", sha256=form.sha256.data or ""
            )
            session().commit()
            flash(_("Aceptaste el convenio. Tesorería prepara el primer pago."), "success")
            return redirect(url_for("grants.award_show", award_id=award_id), 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
    form.sha256.data = agreement.sha256
    return show(
        "grants/agreement_show.html",
        problem.status if problem is not None else (422 if form.errors else 200),
        award=award,
        agreement=agreement,
        application=award.application,
        states=AWARD,
        tranche_states=TRANCHE,
        conditions=CONDITION_LABELS,
        form=form if award.state is AwardState.COMMITTED else None,
        problem=problem.message() if problem is not None else None,
    )


@blueprint.get("/apoyos/<int:award_id>/convenio.pdf")
@signed_in
def agreement_pdf(award_id: int) -> Response:
    """The agreement as a PDF."""
    award = _readable(award_id)
    if award.agreement is None:
        raise NotFound()
    return send_stored(award.agreement.stored_file, inline=True)


@blueprint.route("/apoyos/<int:award_id>/declinar", methods=["GET", "POST"])
@signed_in
def award_decline(award_id: int) -> Response | BaseResponse:
    """Give an award back before any money moved; asks first."""
    award = _own(award_id, editing=request.method == "POST")
    ensure(_may_decline(award))
    form = DeclineForm()
    if form.validate_on_submit():
        services.decline_award(award, reason=form.reason.data or "")
        session().commit()
        flash(_("Declinaste el apoyo. El dinero vuelve al fondo."), "success")
        return redirect(url_for("grants.award_show", award_id=award_id), 303)
    return show("grants/award_decline.html", 422 if form.errors else 200, award=award, form=form)


@blueprint.route("/apoyos/<int:award_id>/informe", methods=["GET", "POST"])
@signed_in
def expense_report_file(award_id: int) -> Response | BaseResponse:
    """Hand in how an award was spent."""
    award = _own(award_id, editing=request.method == "POST")
    ensure(_may_report(award))
    returned = [report for report in award.reports if report.state is ReportState.RETURNED][-1:]
    tray = Tray(receipts_place(award), this_person(), UploadPurpose.RECEIPT, award.application)
    form = ExpenseReportForm(data=_to_correct(returned[0]) if returned else None)
    form.use_currency(award.currency)
    problem = None
    adding = request.form.get("accion") == "agregar"
    valid = form.validate_on_submit()
    if form.is_submitted():
        valid = tray.receive(*(entry.form.receipt for entry in form.lines.entries)) and valid
    if adding:
        if len(form.lines.entries) < (form.lines.max_entries or 0):
            form.lines.append_entry()
    elif valid:
        try:
            services.file_expense_report(award, lines=_entries(form, tray), narrative=form.narrative.data or "")
            tray.empty()
            session().commit()
            flash(_("Recibimos tu informe. Te avisaremos cuando se revise."), "success")
            return redirect(url_for("grants.award_show", award_id=award_id), 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
    form.make_room_for(tray.held)
    form.make_rows(request.args.get("renglones", ""))
    form.use_currency(award.currency)
    return show(
        "grants/expense_report_file.html",
        problem.status if problem is not None else (422 if form.errors and not adding else 200),
        award=award,
        application=award.application,
        form=form,
        held=tray.held,
        uploads=upload_data(award.application, UploadPurpose.RECEIPT),
        returned=returned[0] if returned else None,
        problem=problem.message() if problem is not None else None,
    )


def _to_correct(report: ExpenseReport) -> dict[str, Any]:
    return {
        "lines": [{"concept": line.concept, "spent_on": line.spent_on, "amount": line.money} for line in report.lines],
        "narrative": report.narrative,
    }


def _entries(form: ExpenseReportForm, tray: Tray) -> list[ExpenseEntry]:
    held = tray.held
    found = []
    for place, entry in enumerate(form.lines.entries, start=1):
        line: Any = entry.form
        receipts = held.get(line.receipt.name, [])
        if receipts or not line.is_blank:
            receipt = receipts[0].stored_file if receipts else None
            found.append(ExpenseEntry(line.concept.data or "", line.spent_on.data, line.amount.data, receipt, place))
    return found


@blueprint.get("/comprobantes/<int:line_id>")
@signed_in
def receipt_file(line_id: int) -> Response:
    """A receipt of an expense report, for its owner and the staff."""
    line = session().get(ExpenseLine, line_id)
    if line is None:
        raise NotFound()
    _readable(line.report.award_id)
    return send_stored(line.receipt)


def _own(award_id: int, *, editing: bool = False) -> Award:
    """Return an award of mine whose result is out; anybody else's does not exist for me."""
    award = queries.award_by_id(award_id)
    who = actor().user_id
    if award is None or who is None:
        raise NotFound()
    mine = application_queries.application_of(who, award.application_id, editing=editing)
    ensure(mine is not None and determination_queries.released_determination_of(award.application) is not None)
    return award


def _readable(award_id: int) -> Award:
    if not actor().has(*MONEY_READERS):
        return _own(award_id)
    award = queries.award_by_id(award_id)
    if award is None:
        raise NotFound()
    return award


def _may_report(award: Award) -> bool:
    standing = any(report.state is not ReportState.RETURNED for report in award.reports)
    return award.state is AwardState.IN_PROGRESS and not standing


def _may_decline(award: Award) -> bool:
    moving = any(tranche.state in (TrancheState.ORDERED, TrancheState.PAID) for tranche in award.tranches)
    return award.state in (AwardState.COMMITTED, AwardState.ACCEPTED) and not moving


def timeline_of(award: Award) -> Sequence[dict[str, Any]]:
    """Return what happened to an award, for its timeline."""
    titles = {
        "award.committed": _("Se reservó el dinero"),
        "agreement.offered": _("Se envió el convenio"),
        "agreement.accepted": _("Se aceptó el convenio"),
        "award.declined": _("Se declinó el apoyo"),
        "award.in_progress": _("Se hizo el primer pago"),
        "expense_report.filed": _("Se entregó el informe de gastos"),
        "expense_report.returned": _("Se devolvió el informe de gastos"),
        "expense_report.accepted": _("Se aceptó el informe de gastos"),
        "award.closed": _("Se cerró el apoyo"),
    }
    # The fund and the treasury each record the commitment: who reads it sees it once.
    moments = {(event.action, event.at.replace(microsecond=0)): event for event in events_of("award", award.id)}
    return [{"at": event.at, "title": titles[event.action]} for event in moments.values() if event.action in titles]

"""Closing a fund: one person asks and says where the rest goes, another decides."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from accounts.forms import CurrentPasswordForm
from accounts.routes.proof import is_proved
from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.file_refusals import FILE_REFUSALS
from core.files import StoredFile, store_upload
from core.language import _
from core.roles import Role
from core.web_files import send_stored
from trust import queries
from trust.errors import ConsentRequired, FundClosed, FundClosingNotFound, OthersFundClosing, OwnFundClosing
from trust.forms import LARGEST_EVIDENCE_BYTES, ConfirmForm, FundClosingForm, ReasonForm
from trust.models import Fund, FundClosing
from trust.queries.fund_closings import fund_closing, fund_closing_of, fund_closings, rest_of, takers
from trust.routes import blueprint
from trust.services.fund_closings import (
    ask_fund_closing,
    grant_fund_closing,
    refuse_fund_closing,
    what_keeps_open,
    withdraw_fund_closing,
)
from trust.states import DECIDERS, FUND_CLOSING_STATES, FundClosingState, FundState

READERS = sorted(DECIDERS)
BLAMED: dict[type[Refusal], str] = {
    ConsentRequired: "consent",
    **dict.fromkeys(FILE_REFUSALS, "consent"),
}


@blueprint.route("/tesoreria/bolsas/<code>/cerrar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def fund_close(code: str) -> Response | tuple[str, int]:
    """Ask for a fund to be closed; or read what keeps it open."""
    fund = queries.fund_by_code(code)
    ensure(fund.state == FundState.OPEN, FundClosed(fund=fund.code))
    waiting = fund_closing_of(fund)
    if waiting is not None:
        return redirect(url_for("trust.fund_closing_show", closing_id=waiting.id), 303)
    form = FundClosingForm(takers=takers(fund), has_rest=bool(rest_of(fund)))
    if form.validate_on_submit():
        try:
            wish = ask_fund_closing(fund, target=form.chosen, reason=form.reason.data or "", consent=_consent(form))
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, BLAMED, otherwise="target")
            fund = queries.fund_by_code(code)
        else:
            flash(_("Pediste cerrar la bolsa. Otra persona lo decide."), "success")
            return redirect(url_for("trust.fund_closing_show", closing_id=wish.id), 303)
    return _page(fund, form), 422 if form.errors else 200


def _page(fund: Fund, form: FundClosingForm) -> str:
    return render_template(
        "trust/fund_close.html", fund=fund, form=form, obstacles=what_keeps_open(fund), rest=rest_of(fund), read=_
    )


def _consent(form: FundClosingForm) -> StoredFile | None:
    sent = form.consent.data
    if not sent:
        return None
    return store_upload(sent.stream, sent.filename or "", purpose="fund_closing", max_bytes=LARGEST_EVIDENCE_BYTES)


@blueprint.get("/tesoreria/bolsas/cierres")
@roles(*READERS)
def fund_closing_list() -> str:
    """What waits for a decision, and what was decided."""
    return render_template("trust/fund_closing_list.html", wishes=fund_closings(), states=FUND_CLOSING_STATES)


@blueprint.get("/tesoreria/bolsas/cierres/<int:closing_id>")
@roles(*READERS)
def fund_closing_show(closing_id: int) -> str:
    """One wish: which fund, why, where the rest goes, and what whoever reads may do about it."""
    wish = fund_closing(closing_id)
    waits = wish.state is FundClosingState.ASKED
    mine = wish.asked_by_id == actor().user_id
    return render_template(
        "trust/fund_closing_show.html",
        wish=wish,
        rest=rest_of(wish.fund),
        states=FUND_CLOSING_STATES,
        may_decide=waits and not mine and actor().has(*DECIDERS),
        may_withdraw=waits and mine and actor().has(Role.TREASURER),
    )


@blueprint.get("/tesoreria/bolsas/cierres/<int:closing_id>/aceptacion")
@roles(*READERS)
def fund_closing_consent(closing_id: int) -> Response:
    """What shows that the giver agrees."""
    stored = fund_closing(closing_id).consent
    ensure(stored, FundClosingNotFound())
    assert stored is not None
    return send_stored(stored)


@blueprint.route("/tesoreria/bolsas/cierres/<int:closing_id>/conceder", methods=["GET", "POST"])
@roles(*READERS, auditor=False)
def fund_closing_grant(closing_id: int) -> Response | tuple[str, int]:
    """Agree, with one's own password: the rest moves and the fund is closed."""
    wish = _to_decide(closing_id, FundClosingState.GRANTED)
    form = CurrentPasswordForm()
    if not (form.validate_on_submit() and is_proved(form)):
        page = render_template("trust/fund_closing_grant.html", wish=wish, rest=rest_of(wish.fund), form=form)
        return page, 422 if form.errors else 200
    fund = grant_fund_closing(wish)
    session().commit()
    flash(_("La bolsa quedó cerrada."), "success")
    return redirect(url_for("trust.fund_show", code=fund.code), 303)


@blueprint.route("/tesoreria/bolsas/cierres/<int:closing_id>/negar", methods=["GET", "POST"])
@roles(*READERS, auditor=False)
def fund_closing_refuse(closing_id: int) -> Response | tuple[str, int]:
    """Say no, and why."""
    wish = _to_decide(closing_id, FundClosingState.REFUSED)
    form = ReasonForm()
    if not form.validate_on_submit():
        return render_template("trust/fund_closing_refuse.html", wish=wish, form=form), 422 if form.errors else 200
    refuse_fund_closing(wish, reason=form.reason.data or "")
    session().commit()
    flash(_("Negaste el cierre. La bolsa sigue abierta."), "success")
    return redirect(url_for("trust.fund_closing_show", closing_id=wish.id), 303)


@blueprint.route("/tesoreria/bolsas/cierres/<int:closing_id>/retirar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def fund_closing_withdraw(closing_id: int) -> Response | str:
    """Take one's own wish back."""
    wish = fund_closing(closing_id)
    FUND_CLOSING_STATES.check(wish.state, FundClosingState.WITHDRAWN)
    ensure(wish.asked_by_id == actor().user_id, OthersFundClosing())
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("trust/fund_closing_withdraw.html", wish=wish, form=form)
    withdraw_fund_closing(wish)
    session().commit()
    flash(_("Retiraste la solicitud. La bolsa sigue abierta."), "success")
    return redirect(url_for("trust.fund_closing_show", closing_id=wish.id), 303)


def _to_decide(closing_id: int, target: FundClosingState) -> FundClosing:
    wish = fund_closing(closing_id)
    FUND_CLOSING_STATES.check(wish.state, target)
    ensure(wish.asked_by_id != actor().user_id, OwnFundClosing())
    return wish

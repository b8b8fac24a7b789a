"""Receipts in bulk: the treasury's list with its filters, a giver's own year, and the file that is made of them."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from core.access import roles, signed_in
from core.clock import now, today
from core.context import actor
from core.database import session
from core.jobs import JobState
from core.language import _, current_language, localised
from core.listing import chosen, page_number, paginate
from core.roles import Role
from core.web_files import send_parts
from trust import queries, services
from trust.errors import NothingToBundle
from trust.models import CONTRIBUTION_FORMS, ContributionForm, ReceiptBundle
from trust.routes import blueprint
from trust.services.receipts import SERIES
from trust.states import RECEIPT_STATES

# How a job's state reads to the progress component.
PROGRESS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "finished",
    JobState.DEAD: "failed",
}
FIRST_YEAR = 2000


@blueprint.get("/tesoreria/recibos")
@roles(Role.TREASURER)
def receipt_list() -> str:
    """Every receipt by date, series and fund, and the way to take them all away."""
    wanted = _filters()
    funds = [(fund.code, localised(fund.name)) for fund in queries.funds()]
    listing = paginate(queries.receipts(wanted), page=page_number(request.args))
    return render_template(
        "trust/receipt_list.html",
        listing=listing,
        states=RECEIPT_STATES,
        series_options=[("", _("Todas")), *((SERIES[form], _series(form)) for form in ContributionForm)],
        fund_options=[("", _("Todas")), *funds],
        sent={name: request.args[name] for name in ("desde", "hasta", "serie", "bolsa") if request.args.get(name)},
        made=_made(),
        progress=PROGRESS,
        may_ask=actor().has(Role.TREASURER),
    )


def _series(form: ContributionForm) -> str:
    return f"{SERIES[form]} · {_(CONTRIBUTION_FORMS[form])}"


def _filters() -> queries.ReceiptFilter:
    return queries.ReceiptFilter(
        start=_date("desde"),
        end=_date("hasta"),
        series=chosen(request.args, "serie", list(SERIES.values())),
        fund=chosen(request.args, "bolsa", [fund.code for fund in queries.funds()]),
        whole=True,
    )


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _made() -> list[ReceiptBundle]:
    return queries.bundles_of(actor().user_id, now() - timedelta(days=services.KEPT_DAYS))


@blueprint.post("/tesoreria/recibos/zip")
@roles(Role.TREASURER, auditor=False)
def receipts_ask() -> Response:
    """Have the receipts of the filters in the address put in one file."""
    return _ask(_filters(), url_for("trust.receipt_list"))


@blueprint.get("/mis-aportaciones/recibos")
@signed_in
def my_receipts() -> str:
    """My receipts and my organisations', by year, and the files made of them."""
    wanted = _mine(_year())
    return render_template(
        "trust/my_receipts.html",
        listing=paginate(queries.receipts(wanted), page=page_number(request.args)),
        states=RECEIPT_STATES,
        year=_year(),
        years=[(str(year), str(year)) for year in range(today().year, today().year - 10, -1)],
        made=_made(),
        progress=PROGRESS,
    )


@blueprint.post("/mis-aportaciones/recibos/zip")
@signed_in
def my_receipts_ask() -> Response:
    """Have my receipts of a year put in one file."""
    return _ask(_mine(_year()), url_for("trust.my_receipts", anio=_year()))


def _year() -> int:
    text = request.args.get("anio", "")
    sane = text.isascii() and text.isdigit() and len(text) == len("2026") and int(text) >= FIRST_YEAR
    return int(text) if sane else today().year


def _mine(year: int) -> queries.ReceiptFilter:
    who = actor()
    return queries.ReceiptFilter(
        start=date(year, 1, 1),
        end=date(year, 12, 31),
        organisation_ids=tuple(sorted(who.organisation_ids)),
        user_id=who.user_id,
    )


def _ask(wanted: queries.ReceiptFilter, back: str) -> Response:
    try:
        asked = services.ask_bundle(wanted, current_language())
        session().commit()
    except NothingToBundle as refusal:
        session().rollback()
        flash(refusal.message(), "warning")
        return redirect(back, 303)
    return redirect(url_for("trust.bundle_show", bundle_id=asked.id), 303)


@blueprint.get("/recibos-en-zip/<int:bundle_id>")
@signed_in
def bundle_show(bundle_id: int) -> str:
    """How far a file of receipts has come, for whoever asked for it, and the file once it is there."""
    found = queries.bundle(bundle_id, actor().user_id)
    wanted = queries.ReceiptFilter.of(found.filters)
    over = found.expires_at is not None and (found.cleared_at is not None or found.expires_at <= now())
    return render_template(
        "trust/bundle_show.html",
        bundle=found,
        told=_told(wanted),
        progress=PROGRESS[found.job.state] if found.job else "waiting",
        over=over,
        days=services.KEPT_DAYS,
        back=url_for("trust.receipt_list") if wanted.whole else url_for("trust.my_receipts"),
    )


def _told(wanted: queries.ReceiptFilter) -> list[tuple[str, Any]]:
    """Return which receipts a file holds, in words."""
    names = sorted(account_queries.organisation_names(wanted.organisation_ids).values())
    fund = next((localised(one.name) for one in queries.funds() if one.code == wanted.fund), None)
    facts = [
        (_("Desde"), wanted.start),
        (_("Hasta"), wanted.end),
        (_("Serie"), wanted.series),
        (_("Bolsa"), fund),
        (_("De quién"), _("De todos") if wanted.whole else ", ".join([_("Míos"), *names])),
    ]
    return [(label, value) for label, value in facts if value is not None]


@blueprint.get("/recibos-en-zip/<int:bundle_id>/archivo")
@signed_in
def bundle_file(bundle_id: int) -> Response:
    """The file itself, for whoever asked for it."""
    found = queries.bundle(bundle_id, actor().user_id)
    return send_parts(services.bundle_file(found), filename=f"recibos-{found.requested_at:%Y-%m-%d}-{found.id}.zip")

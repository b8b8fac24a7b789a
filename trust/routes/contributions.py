"""The treasury's desk for what is given: bank transfers, offers in kind and their delivery."""

import secrets
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from accounts.models import Organisation
from core.access import roles
from core.clock import today
from core.context import actor
from core.database import session
from core.errors import MissingRate, Refusal
from core.file_refusals import FILE_REFUSALS
from core.files import store_upload
from core.language import _
from core.listing import chosen, page_number, paginate
from core.roles import Role
from trust import queries, services
from trust.errors import (
    BelowPackage,
    CapitalApart,
    DateInFuture,
    FundClosed,
    InvalidQuantity,
    NotASponsorship,
    PackageCurrencyDiffers,
    PackageGone,
    PackageSoldOut,
    PeriodClosed,
)
from trust.forms import LARGEST_EVIDENCE_BYTES, DeliveryForm, InKindForm, ReasonForm, TransferForm
from trust.gateway import emitters
from trust.models import (
    CONTRIBUTION_FORMS,
    CONTRIBUTION_KINDS,
    METHODS,
    VALUATION_TECHNIQUES,
    Contribution,
    ContributionForm,
    Method,
    SponsorPackage,
)
from trust.queries.reading import outcome_told_in
from trust.routes import blueprint
from trust.routes.fiscal import fiscal_facts, keep_invoice_details
from trust.states import CONTRIBUTION_STATES, ContributionState

RECORDERS = (Role.TREASURER, Role.PROGRAMME_OFFICER)
CONFIRMERS = (Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.PROGRAMME_OFFICER)
LABELS = {
    "states": CONTRIBUTION_STATES,
    "kinds": CONTRIBUTION_KINDS,
    "forms": CONTRIBUTION_FORMS,
    "methods": METHODS,
    "valuations": VALUATION_TECHNIQUES,
}


def _givers() -> dict[int, Organisation]:
    return {one.id: one for one in session().scalars(account_queries.organisations())}


@blueprint.get("/tesoreria/aportaciones")
@roles(*CONFIRMERS)
def contribution_list() -> str:
    """Everything given or offered, newest first. What came in kind is listed beside cash and never added to it."""
    state = chosen(request.args, "estado", [one.value for one in ContributionState])
    form = chosen(request.args, "forma", [one.value for one in ContributionForm])
    query = queries.contributions(
        state=ContributionState(state) if state else None, form=ContributionForm(form) if form else None
    )
    listing = paginate(query, page=page_number(request.args))
    return render_template(
        "trust/contribution_list.html",
        listing=listing,
        givers=queries.giver_names(listing.rows),
        fiscal_country=emitters.is_fiscal_country(),
        state_options=[("", _("Todos")), *((one.value, CONTRIBUTION_STATES.label(one)) for one in ContributionState)],
        form_options=[("", _("Todas")), *((one.value, _(label)) for one, label in CONTRIBUTION_FORMS.items())],
        **LABELS,
    )


@blueprint.get("/tesoreria/entregas")
@roles(*CONFIRMERS)
def offers_waiting() -> Response:
    """Offers in kind that wait for their delivery to be confirmed."""
    return redirect(url_for("trust.contribution_list", estado=ContributionState.OFFERED.value), 302)


@blueprint.get("/tesoreria/aportaciones/<int:contribution_id>")
@roles(*CONFIRMERS)
def contribution_show(contribution_id: int) -> str:
    """One contribution: who gave what, its entry and its receipt."""
    contribution = queries.contribution(contribution_id)
    offered = contribution.state == ContributionState.OFFERED
    used = queries.use_in_force(contribution)
    contact, accepted = queries.contact_of(contribution_id), queries.acceptance_of(contribution_id)
    waits_for_yes = offered and contact is not None and accepted is None
    by = accepted.accepted_by_id if accepted else None
    another = actor().user_id not in (contribution.recorded_by, by)
    return render_template(
        "trust/contribution_show.html",
        contribution=contribution,
        entry=queries.entry_of(contribution),
        giver=queries.giver_names([contribution])[contribution.id],
        may_accept=waits_for_yes and actor().has(*RECORDERS),
        may_confirm=offered and not waits_for_yes and another and actor().has(*CONFIRMERS),
        waits_for_another=offered and not waits_for_yes and not another,
        accepted=accepted,
        may_decline=offered and actor().has(*RECORDERS),
        outcome=outcome_told_in(used),
        may_use=used is None
        and actor().has(Role.TREASURER)
        and contribution.form == ContributionForm.IN_KIND
        and contribution.state == ContributionState.RECEIVED,
        used=used,
        contact=contact,
        benefits=queries.benefits_of(contribution.id),
        standing=queries.standing,
        **fiscal_facts(contribution.receipt),
        online=queries.order_of_contribution(contribution.id) if actor().has(Role.TREASURER, Role.AUDITOR) else None,
        read=_,
        **LABELS,
    )


# Where a refusal of the books is shown; whatever else they refuse is about the amount.
BLAMED: dict[type[Refusal], str] = {
    DateInFuture: "received_on",
    PeriodClosed: "received_on",
    MissingRate: "received_on",
    FundClosed: "fund",
    CapitalApart: "fund",
    InvalidQuantity: "quantity",
    **dict.fromkeys(FILE_REFUSALS, "evidence"),
    BelowPackage: "amount",
    NotASponsorship: "package",
    PackageCurrencyDiffers: "package",
    PackageGone: "package",
    PackageSoldOut: "package",
}


@blueprint.route("/tesoreria/aportaciones/nueva", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def transfer_new() -> Response | tuple[str, int]:
    """Record a contribution that arrived by bank transfer."""
    givers = _givers()
    packages = queries.packages_in_season(public_only=False)
    form = TransferForm(organisations={one: giver.name for one, giver in givers.items()}, packages=packages)
    if request.method == "GET":
        form.received_on.data = today()
    done = _("La aportación quedó en los libros y su recibo se emitió.")
    return _written_down(form, lambda: _receive(form, givers), "trust/transfer_new.html", done, otherwise="amount")


@blueprint.route("/tesoreria/especie/nueva", methods=["GET", "POST"])
@roles(*RECORDERS, auditor=False)
def in_kind_new() -> Response | tuple[str, int]:
    """Write down an offer of things or services. It counts once another person confirms its delivery."""
    givers = _givers()
    form = InKindForm(organisations={one: giver.name for one, giver in givers.items()})
    done = _("La oferta quedó registrada. Otra persona debe confirmar la entrega.")
    return _written_down(form, lambda: _offer(form, givers), "trust/in_kind_new.html", done, otherwise="value")


def _written_down(
    form: TransferForm | InKindForm, write: Callable[[], Contribution], template: str, done: str, *, otherwise: str
) -> Response | tuple[str, int]:
    """Write down what was typed, once for each form that was opened, or show the form again with why not."""
    if request.method == "GET":
        form.key.data = secrets.token_hex(16)
    if form.validate_on_submit():
        try:
            contribution = write()
            keep_invoice_details(form, contribution=contribution)
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {kind: name for kind, name in BLAMED.items() if name in form}, otherwise)
        else:
            flash(done, "success")
            return redirect(url_for("trust.contribution_show", contribution_id=contribution.id), 303)
    return render_template(template, form=form, fiscal_offered=emitters.issues()), 422 if form.errors else 200


def _receive(form: TransferForm, givers: dict[int, Organisation]) -> Contribution:
    giver = givers.get(int(form.giver.data)) if form.giver.data else None
    assert form.received_on.data is not None
    return services.receive_contribution(
        kind=form.kind.data,
        fund=queries.fund_by_code(form.fund.data),
        money=form.amount.data,
        giver_organisation=giver,
        public_name=form.name.data or (giver.name if giver else None),
        anonymous=not form.show_name.data,
        received_on=form.received_on.data,
        method=Method.TRANSFER,
        email=form.email.data or None,
        idempotency_key=_key(form),
        package=_package(form),
    )


def _package(form: TransferForm) -> SponsorPackage | None:
    if not form.package.data:
        return None
    package = queries.package(int(form.package.data), hold=True)
    if queries.contribution_by_key(_key(form)) is None:  # the same form sent twice finds its own place taken
        services.check_package(package, form.amount.data)
    return package


def _key(form: TransferForm) -> str:
    return f"transfer:{(form.key.data or '')[:64]}"


def _offer(form: InKindForm, givers: dict[int, Organisation]) -> Contribution:
    giver = givers.get(int(form.giver.data)) if form.giver.data else None
    sent = form.evidence.data
    evidence = None
    if sent:
        evidence = store_upload(
            sent.stream, sent.filename or "", purpose="in_kind_evidence", max_bytes=LARGEST_EVIDENCE_BYTES
        )
    return services.offer_in_kind(
        kind=form.kind.data,
        fund=queries.fund_by_code(form.fund.data),
        value=form.value.data,
        description=form.description.data or "",
        quantity=form.quantity.data or 0,
        unit=form.unit.data or "",
        valuation=form.valuation.data,
        valuation_note=form.valuation_note.data or "",
        evidence=evidence,
        giver_organisation=giver,
        public_name=form.name.data or (giver.name if giver else None),
        anonymous=not form.show_name.data,
        idempotency_key=f"offer:{(form.key.data or '')[:64]}",
    )


@blueprint.route("/tesoreria/aportaciones/<int:contribution_id>/entrega", methods=["GET", "POST"])
@roles(*CONFIRMERS, auditor=False)
def delivery_confirm(contribution_id: int) -> Response | str | tuple[str, int]:
    """Confirm that what was offered arrived: posts it and issues its receipt."""
    contribution = queries.contribution(contribution_id)
    services.check_delivery(contribution)
    form = DeliveryForm()
    if request.method == "GET":
        form.received_on.data = today()
    if not form.validate_on_submit():
        page = render_template("trust/delivery_confirm.html", contribution=contribution, form=form)
        return page, 422 if form.errors else 200
    assert form.received_on.data is not None
    try:
        services.confirm_in_kind_delivery(
            contribution, received_on=form.received_on.data, delivered_to=form.delivered_to.data or ""
        )
    except (DateInFuture, PeriodClosed) as refusal:
        session().rollback()
        form.blame(refusal, {}, otherwise="received_on")
        contribution = queries.contribution(contribution_id)
        return render_template("trust/delivery_confirm.html", contribution=contribution, form=form), 422
    session().commit()
    flash(_("La entrega quedó confirmada y su recibo se emitió."), "success")
    return redirect(url_for("trust.contribution_show", contribution_id=contribution_id), 303)


@blueprint.route("/tesoreria/aportaciones/<int:contribution_id>/rechazar", methods=["GET", "POST"])
@roles(*RECORDERS, auditor=False)
def offer_decline(contribution_id: int) -> Response | str | tuple[str, int]:
    """Say that the trust cannot take an offer, and why."""
    contribution = queries.contribution(contribution_id)
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.DECLINED)
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("trust/offer_decline.html", contribution=contribution, form=form)
        return page, 422 if form.errors else 200
    services.decline_in_kind(contribution, reason=form.reason.data or "")
    session().commit()
    flash(_("La oferta quedó como no aceptada."), "success")
    return redirect(url_for("trust.contribution_show", contribution_id=contribution_id), 303)

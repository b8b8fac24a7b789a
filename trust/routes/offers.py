"""Offering goods or services: a public form, thanks, and what staff reads about it."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.models import NoticePlace, Organisation, User
from accounts.services import note_shown
from core.access import ensure, public, roles
from core.clock import today
from core.database import session
from core.errors import Refusal
from core.files import StoredFile, store_upload
from core.language import _
from core.money import AmountTooLarge
from core.web_files import send_stored
from trust import queries, services
from trust.errors import (
    AcceptedAlready,
    AmountNotPositive,
    ContributionNotFound,
    FundClosed,
    FundNotOffered,
    InvalidQuantity,
)
from trust.forms import LARGEST_EVIDENCE_BYTES, AcceptForm, OfferForm
from trust.models import Contribution, InKindItem, OfferAcceptance
from trust.routes import blueprint
from trust.routes.contributions import CONFIRMERS, RECORDERS
from trust.routes.giving import organisations_of, signed_in_user
from trust.routes.packages import EVIDENCE_REFUSALS
from trust.states import CONTRIBUTION_STATES, ContributionState

BLAMED: dict[type[Refusal], str] = {
    **EVIDENCE_REFUSALS,
    AmountNotPositive: "value",
    FundClosed: "fund",
    FundNotOffered: "fund",
    InvalidQuantity: "quantity",
}
# What is mended in the form of whoever accepts an offer.
ACCEPTING: dict[type[Refusal], str] = {**EVIDENCE_REFUSALS, AmountNotPositive: "value", AmountTooLarge: "value"}


@blueprint.route("/aportar/especie", methods=["GET", "POST"])
@public
def offer_new() -> Response | tuple[str, int]:
    """Offer goods or services; works without an account. Nothing counts until it is delivered."""
    user = signed_in_user()
    mine = organisations_of(user)
    form = OfferForm(organisations={one: organisation.name for one, organisation in mine.items()})
    if request.method == "GET":
        _prefill(form, user, mine)
    problems: list[str] = []
    status = 200
    if form.validate_on_submit():
        try:
            offered = _offer(form, user, mine)
            note_shown(NoticePlace.GIVING, "contribution", offered.id, user_id=user.id if user else None)
            session().commit()
            return redirect(url_for("trust.offer_thanks"), 303)
        except Refusal as refusal:
            session().rollback()
            problems, status = form.blame(refusal, BLAMED), refusal.status
    if form.errors:
        status = 422
    page = render_template("trust/offer_new.html", form=form, problems=problems, organisations=mine)
    return page, status


def _prefill(form: OfferForm, user: User | None, mine: dict[int, Organisation]) -> None:
    form.key.data, form.available_on.data = secrets.token_hex(16), today()
    if user is not None:
        form.email.data, form.contact.data = user.email, user.name
    if mine:
        first = next(iter(mine.values()))
        form.giver.data, form.name.data = str(first.id), first.name


def _offer(form: OfferForm, user: User | None, mine: dict[int, Organisation]) -> Contribution:
    organisation = mine.get(int(form.giver.data)) if form.giver.data else None
    assert form.available_on.data is not None
    key = f"public-offer:{(form.key.data or '')[:64]}"
    if queries.contribution_by_key(key) is None:
        services.check_flood(form.email.data or "")  # before its file is taken in
    return services.offer_from_public(
        contact=services.Contact(
            name=form.contact.data or "",
            email=form.email.data or "",
            available_on=form.available_on.data,
            terms=form.terms.data or "",
        ),
        fund=queries.fund_by_code(form.fund.data) if form.fund.data else None,
        idempotency_key=key,
        kind=form.kind.data,
        value=form.value.data,
        description=form.description.data or "",
        quantity=form.quantity.data or 0,
        unit=form.unit.data or "",
        valuation=form.valuation.data,
        valuation_note=form.valuation_note.data or "",
        evidence=_evidence(form),
        giver_user=user,
        giver_organisation=organisation,
        public_name=organisation.name if organisation else form.name.data,
        anonymous=not form.show_name.data,
    )


def _evidence(form: OfferForm | AcceptForm) -> StoredFile | None:
    sent = form.evidence.data
    if not sent:
        return None
    return store_upload(sent.stream, sent.filename or "", purpose="in_kind_evidence", max_bytes=LARGEST_EVIDENCE_BYTES)


@blueprint.get("/aportar/especie/gracias")
@public
def offer_thanks() -> str:
    """Say what happens next. It names nothing: whoever offered has a letter."""
    return render_template("trust/offer_thanks.html")


@blueprint.route("/tesoreria/aportaciones/<int:contribution_id>/aceptar", methods=["GET", "POST"])
@roles(*RECORDERS, auditor=False)
def offer_accept(contribution_id: int) -> Response | tuple[str, int]:
    """Say that the trust takes an offer and what it is worth; whoever offered it is told."""
    contribution = queries.contribution(contribution_id)
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.RECEIVED)
    item, contact = contribution.item, queries.contact_of(contribution_id)
    if item is None or contact is None or queries.acceptance_of(contribution_id) is not None:
        raise AcceptedAlready()
    services.check_not_own(contribution)
    form = AcceptForm(currency=contribution.currency)
    if request.method == "GET":
        form.value.data, form.valuation.data = contribution.money, item.valuation.value
        form.valuation_note.data = item.valuation_note
    if form.validate_on_submit():
        try:
            services.accept_offer(
                contribution,
                value=form.value.data,
                valuation=form.valuation.data,
                valuation_note=form.valuation_note.data or "",
                evidence=_evidence(form),
                message=form.message.data or "",
            )
            session().commit()
        except tuple(ACCEPTING) as refusal:
            session().rollback()
            form.blame(refusal, ACCEPTING)
            contribution = queries.contribution(contribution_id)
        else:
            flash(_("La oferta quedó aceptada. Otra persona confirma la entrega cuando llegue."), "success")
            return redirect(url_for("trust.contribution_show", contribution_id=contribution_id), 303)
    page = render_template(
        "trust/offer_accept.html",
        form=form,
        contribution=contribution,
        contact=contact,
        giver=queries.giver_names([contribution])[contribution_id],
    )
    return page, 422 if form.errors else 200


@blueprint.get("/tesoreria/aportaciones/<int:contribution_id>/evidencia")
@roles(*CONFIRMERS)
def offer_evidence(contribution_id: int) -> Response:
    """The file with which the giver shows what a thing offered is worth."""
    return _shown(queries.contribution(contribution_id).item)


@blueprint.get("/tesoreria/aportaciones/<int:contribution_id>/aceptar/evidencia")
@roles(*CONFIRMERS)
def acceptance_evidence(contribution_id: int) -> Response:
    """The file with which the trust shows what a thing it accepted is worth."""
    return _shown(queries.acceptance_of(contribution_id))


def _shown(shows: InKindItem | OfferAcceptance | None) -> Response:
    stored = session().get(StoredFile, shows.evidence_file_id) if shows and shows.evidence_file_id else None
    ensure(stored, ContributionNotFound())
    assert stored is not None
    return send_stored(stored)

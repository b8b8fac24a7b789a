"""Offering goods or services: a public form, thanks, and what staff reads about it."""

import secrets

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.models import NoticePlace, Organisation, User
from accounts.services import note_shown
from core.access import ensure, public, roles
from core.clock import today
from core.database import session
from core.errors import Refusal
from core.files import StoredFile, store_upload
from core.web_files import send_stored
from trust import queries, services
from trust.errors import AmountNotPositive, ContributionNotFound, FundClosed, FundNotOffered, InvalidQuantity
from trust.forms import LARGEST_EVIDENCE_BYTES, OfferForm
from trust.models import Contribution
from trust.routes import blueprint
from trust.routes.contributions import CONFIRMERS
from trust.routes.giving import organisations_of, signed_in_user
from trust.routes.packages import EVIDENCE_REFUSALS

BLAMED: dict[type[Refusal], str] = {
    **EVIDENCE_REFUSALS,
    AmountNotPositive: "value",
    FundClosed: "fund",
    FundNotOffered: "fund",
    InvalidQuantity: "quantity",
}


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


def _evidence(form: OfferForm) -> StoredFile | None:
    sent = form.evidence.data
    if not sent:
        return None
    return store_upload(sent.stream, sent.filename or "", purpose="in_kind_evidence", max_bytes=LARGEST_EVIDENCE_BYTES)


@blueprint.get("/aportar/especie/gracias")
@public
def offer_thanks() -> str:
    """Say what happens next. It names nothing: whoever offered has a letter."""
    return render_template("trust/offer_thanks.html")


@blueprint.get("/tesoreria/aportaciones/<int:contribution_id>/evidencia")
@roles(*CONFIRMERS)
def offer_evidence(contribution_id: int) -> Response:
    """The file that shows what a thing offered is worth."""
    item = queries.contribution(contribution_id).item
    stored = session().get(StoredFile, item.evidence_file_id) if item and item.evidence_file_id else None
    ensure(stored, ContributionNotFound())
    assert stored is not None
    return send_stored(stored)

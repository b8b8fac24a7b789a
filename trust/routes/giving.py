"""Giving on line: one form, the payment company's page, and thanks."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from accounts.models import NoticePlace, Organisation, User
from accounts.services import note_shown
from core.access import public
from core.context import actor, set_writing
from core.database import session
from core.errors import Refusal
from core.language import _
from core.money import Money
from core.settings import setting
from trust import queries, services
from trust.errors import (
    AmountOutOfBounds,
    BelowPackage,
    CurrencyNotAccepted,
    FundClosed,
    FundNotOffered,
    PackageCurrencyDiffers,
    PackageGone,
    PackageNotFound,
    PackageSoldOut,
    PaymentUnavailable,
)
from trust.forms import GiveForm
from trust.gateway import emitters
from trust.models import CheckoutOrder, ContributionKind, SponsorPackage
from trust.routes import blueprint
from trust.routes.fiscal import keep_invoice_details
from trust.rules.packages import gift_part
from trust.states import CHECKOUT_STATES, CheckoutState, ContributionState

BLAMED: dict[type[Refusal], str] = {
    AmountOutOfBounds: "amount",
    CurrencyNotAccepted: "amount",
    FundClosed: "fund",
    FundNotOffered: "fund",
    BelowPackage: "amount",
    PackageCurrencyDiffers: "package",
    PackageGone: "package",
    PackageNotFound: "package",
    PackageSoldOut: "package",
}


def signed_in_user() -> User | None:
    """Return the person who acts, if anybody has signed in."""
    who = actor()
    return account_queries.user(who.user_id) if who.user_id is not None else None


def organisations_of(user: User | None) -> dict[int, Organisation]:
    """Return the organisations one may give for, by number."""
    return {one.id: one for one in account_queries.organisations_of(user)} if user else {}


@blueprint.route("/aportar", methods=["GET", "POST"])
@public
def give() -> Response | str | tuple[str, int]:
    """Ask how much and for what; works without an account."""
    user = signed_in_user()
    mine = organisations_of(user)
    packages = queries.packages_in_season()
    left = queries.places_left(packages)
    free = [one for one in packages if left[one.id] != 0]
    form = GiveForm(
        organisations={one: organisation.name for one, organisation in mine.items()},
        packages=[one for one in free if one.currency == setting("BASE_CURRENCY")],
    )
    if request.method == "GET":
        _prefill(form, user, mine, free)
    problems: list[str] = []
    status = 200
    if form.validate_on_submit():
        try:
            return redirect(_page_of(_open(form, user, mine)), 303)
        except PaymentUnavailable as refusal:
            session().rollback()
            problems, status = [refusal.message()], refusal.status
        except Refusal as refusal:
            session().rollback()
            problems = form.blame(refusal, BLAMED, otherwise="amount")
    if form.errors:
        status = 422
    page = render_template(
        "trust/give.html",
        form=form,
        problems=problems,
        signed_in=user is not None,
        organisations=mine,
        cancelled="cancelado" in request.args,
        general=queries.general_fund(),
        packages=packages,
        left=left,
        gift_part=gift_part,
        fiscal_offered=emitters.issues(),
    )
    return page, status


def _prefill(
    form: GiveForm, user: User | None, mine: dict[int, Organisation], packages: Sequence[SponsorPackage]
) -> None:
    wanted = request.args.get("bolsa", "")
    if wanted in {fund.code for fund in queries.funds_offered()}:
        form.fund.data = wanted
    if user is not None:
        form.email.data = user.email
    if mine:
        form.giver.data = str(next(iter(mine)))
    amount = request.args.get("cantidad", "")
    if amount.isascii() and amount.isdigit() and len(amount) < 9:
        form.amount.data = Money(int(amount) * 100, form.amount.currency)
    for package in packages:
        if str(package.id) == request.args.get("paquete") and package.currency == form.amount.currency:
            form.package.data, form.kind.data = str(package.id), ContributionKind.SPONSORSHIP.value
            form.amount.data = package.money


def _open(form: GiveForm, user: User | None, mine: dict[int, Organisation]) -> CheckoutOrder:
    organisation = mine.get(int(form.giver.data)) if form.giver.data else None
    name = organisation.name if organisation else (form.name.data or None)
    order = services.open_order(
        fund=queries.fund_by_code(form.fund.data) if form.fund.data else None,
        money=form.amount.data,
        method=form.method.data,
        kind=form.kind.data,
        giver_user=user,
        giver_organisation=organisation,
        public_name=name,
        anonymous=not form.show_name.data,
        email=form.email.data or None,
        package=_package(form.package.data),
    )
    keep_invoice_details(form, order=order)
    if user is not None or name or order.email:
        note_shown(NoticePlace.GIVING, "checkout_order", order.id, user_id=user.id if user else None)
    session().commit()
    return order


def _package(wanted: str | None) -> SponsorPackage | None:
    """Return the package that was chosen, held so that two people never take its last place at once."""
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 9):
        raise PackageNotFound()
    package = queries.package(int(wanted), hold=True)
    if not package.is_public:
        raise PackageNotFound()
    return package


def _page_of(order: CheckoutOrder) -> str:
    """Ask for an order's page while no transaction is open, then keep it: the company may take its time."""
    opened = services.ask_for_page(order)
    services.keep_page(order, opened)
    session().commit()
    return opened.url


@blueprint.get("/aportar/gracias/<token>")
@public
def give_thanks(token: str) -> str:
    """Say how the payment stands, asking the company if we do not know yet: the notice may still be on its way."""
    order = queries.order_by_token(token)
    if order.state in (CheckoutState.OPEN, CheckoutState.PROCESSING):
        order = _ask_again(order)
    returned = order.contribution is not None and order.contribution.state == ContributionState.REFUNDED
    return render_template(
        "trust/give_thanks.html",
        order=order,
        receipt=None if returned or order.contribution is None else order.contribution.receipt,
        states=CHECKOUT_STATES,
        shown=CheckoutState.REFUNDED if returned else order.state,
        title=_("Te devolvimos este pago") if returned else _thanks(order.state),
        again=url_for("trust.give"),
    )


def _ask_again(order: CheckoutOrder) -> CheckoutOrder:
    session_id = order.session_id
    if session_id is None:
        return order
    session().rollback()  # ends the reading transaction, so that the next one may write
    set_writing(True)
    try:
        fresh = services.fulfil_checkout(session_id)
    except Refusal:
        session().rollback()
        return queries.order_by_token(order.token)
    session().commit()
    return fresh


def _thanks(state: CheckoutState) -> str:
    return {
        CheckoutState.PAID: _("Gracias por tu aportación"),
        CheckoutState.PROCESSING: _("Tu pago va en camino"),
        CheckoutState.OPEN: _("Falta pagar"),
        CheckoutState.HELD: _("Estamos revisando tu pago"),
        CheckoutState.FAILED: _("El pago no se completó"),
        CheckoutState.EXPIRED: _("La página de pago venció"),
        CheckoutState.REFUND_DUE: _("Te vamos a devolver este pago"),
        CheckoutState.REFUNDED: _("Te devolvimos este pago"),
    }[state]

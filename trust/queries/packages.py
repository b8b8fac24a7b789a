"""Packages, how many places each has left, and what is owed to sponsors in return."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.clock import now, today
from core.database import session
from core.states import State
from trust.errors import BenefitNotFound, PackageNotFound
from trust.models import CheckoutOrder, Contribution, PackageChoice, PromisedBenefit, SponsorPackage
from trust.rules.packages import is_earned
from trust.states import CheckoutState, ContributionState
from trust.states.packages import BENEFIT_STATES, LAPSED, LATE, BenefitState, PackageState

PLACE_HELD = timedelta(minutes=30)  # while somebody is on the payment page
PAYING = (CheckoutState.PROCESSING, CheckoutState.HELD)


def packages(*, state: PackageState | None = None) -> Select[SponsorPackage]:
    """Return the query of packages with what they promise, newest first."""
    query = select(SponsorPackage).options(selectinload(SponsorPackage.benefits))
    if state is not None:
        query = query.where(SponsorPackage.state == state)
    return query.order_by(SponsorPackage.id.desc())


def package(package_id: int, *, hold: bool = False) -> SponsorPackage:
    """Return a package with what it promises; `hold` keeps it until the transaction ends.

    Raises:
        PackageNotFound: there is none.
    """
    query = packages().where(SponsorPackage.id == package_id)
    if hold:
        query = query.with_for_update(of=SponsorPackage).execution_options(populate_existing=True)
    found = session().scalar(query)
    if found is None:
        raise PackageNotFound()
    return found


def is_in_season(found: SponsorPackage) -> bool:
    """Return whether a package is open and today is one of its days."""
    ended = found.closes_on is not None and found.closes_on < today()
    return found.state == PackageState.OPEN and found.opens_on <= today() and not ended


def packages_in_season(*, public_only: bool = True) -> list[SponsorPackage]:
    """Return the packages that may be chosen today, from the smallest amount, the sold out too."""
    query = (
        packages(state=PackageState.OPEN)
        .where(
            SponsorPackage.opens_on <= today(),
            or_(SponsorPackage.closes_on.is_(None), SponsorPackage.closes_on >= today()),
        )
        .order_by(None)
        .order_by(SponsorPackage.currency, SponsorPackage.amount_cents, SponsorPackage.id)
    )
    if public_only:
        query = query.where(SponsorPackage.is_public.is_(True))
    return list(session().scalars(query))


def places_left(found: Sequence[SponsorPackage]) -> dict[int, int | None]:
    """Return how many places each package has left; None where it has no limit.

    Taken is what was given and still reaches the package, what is being paid, and for half an hour what
    somebody set out to pay.
    """
    fresh = and_(CheckoutOrder.state == CheckoutState.OPEN, CheckoutOrder.created_at > now() - PLACE_HELD)
    paying = PackageChoice.contribution_id.is_(None) & or_(CheckoutOrder.state.in_(PAYING), fresh)
    rows = session().execute(
        select(PackageChoice.package_id, func.count())
        .join(SponsorPackage, SponsorPackage.id == PackageChoice.package_id)
        .outerjoin(Contribution, Contribution.id == PackageChoice.contribution_id)
        .outerjoin(CheckoutOrder, CheckoutOrder.id == PackageChoice.order_id)
        .where(
            PackageChoice.package_id.in_([one.id for one in found]),
            or_(_is_earned(), paying),
        )
        .group_by(PackageChoice.package_id)
        .order_by(PackageChoice.package_id)
    )
    taken = {row[0]: row[1] for row in rows}
    return {one.id: None if one.places is None else max(0, one.places - taken.get(one.id, 0)) for one in found}


def choice_of_order(order_id: int) -> PackageChoice | None:
    """Return the package that an online order chose."""
    query = select(PackageChoice).options(joinedload(PackageChoice.package)).where(PackageChoice.order_id == order_id)
    return session().scalar(query)


def package_of(contribution_id: int) -> SponsorPackage | None:
    """Return the package that a contribution is of."""
    query = packages().join(PackageChoice, PackageChoice.package_id == SponsorPackage.id)
    return session().scalar(query.where(PackageChoice.contribution_id == contribution_id))


def benefits(*, state: BenefitState | None = None, late: bool = False, lapsed: bool = False) -> Select[PromisedBenefit]:
    """Return the query of what sponsors are owed or got in return, the most urgent first; or of what lapsed.

    Nothing more is owed once what is left of a gift does not reach its package.
    """
    delivered = PromisedBenefit.state == BenefitState.DELIVERED
    query = (
        select(PromisedBenefit)
        .join(PromisedBenefit.contribution)
        .join(PromisedBenefit.package)
        .options(
            contains_eager(PromisedBenefit.contribution).joinedload(Contribution.fund),
            contains_eager(PromisedBenefit.package),
        )
        .where(and_(~delivered, ~_is_earned()) if lapsed else or_(delivered, _is_earned()))
    )
    if state is not None:
        query = query.where(PromisedBenefit.state == state)
    if late:
        query = query.where(*_late())
    return query.order_by(PromisedBenefit.state.desc(), PromisedBenefit.due_on, PromisedBenefit.id)


def _is_earned() -> ColumnElement[bool]:
    left = Contribution.amount_cents - Contribution.refunded_cents
    return and_(Contribution.state == ContributionState.RECEIVED, left >= SponsorPackage.amount_cents)


def _late() -> tuple[ColumnElement[bool], ...]:
    return PromisedBenefit.state == BenefitState.DUE, PromisedBenefit.due_on < today(), _is_earned()


def is_owed(found: PromisedBenefit) -> bool:
    """Return whether what is left of the gift still reaches its package: else nothing more is owed for it."""
    gift = found.contribution
    return gift.state == ContributionState.RECEIVED and is_earned(gift.kept, found.package.money)


def is_late(found: PromisedBenefit) -> bool:
    """Return whether its day is over and it is still owed."""
    return found.state == BenefitState.DUE and found.due_on < today() and is_owed(found)


def standing(found: PromisedBenefit) -> State:
    """Return how it reads today: delivered, due, late, or lapsed."""
    if found.state == BenefitState.DUE and not is_owed(found):
        return LAPSED
    return LATE if is_late(found) else BENEFIT_STATES.states[found.state]


def benefits_late() -> int:
    """Return how many benefits should have been delivered by now."""
    query = select(func.count()).select_from(PromisedBenefit)
    query = query.join(PromisedBenefit.contribution).join(PromisedBenefit.package).where(*_late())
    return session().scalar(query) or 0


def benefit(benefit_id: int, *, hold: bool = False) -> PromisedBenefit:
    """Return one benefit; `hold` keeps it until the transaction ends.

    Raises:
        BenefitNotFound: there is none.
    """
    query = (
        select(PromisedBenefit)
        .options(joinedload(PromisedBenefit.contribution), joinedload(PromisedBenefit.package))
        .where(PromisedBenefit.id == benefit_id)
    )
    if hold:
        query = query.with_for_update(of=PromisedBenefit).execution_options(populate_existing=True)
    found = session().scalar(query)
    if found is None:
        raise BenefitNotFound()
    return found


def benefits_of(contribution_id: int) -> list[PromisedBenefit]:
    """Return what a contribution gets in return, by due date."""
    query = select(PromisedBenefit).options(
        joinedload(PromisedBenefit.contribution), joinedload(PromisedBenefit.package)
    )
    query = query.where(PromisedBenefit.contribution_id == contribution_id)
    return list(session().scalars(query.order_by(PromisedBenefit.due_on, PromisedBenefit.id)))


def benefits_owed(contribution_id: int) -> list[PromisedBenefit]:
    """Return what a contribution is still to get in return."""
    return [one for one in benefits_of(contribution_id) if one.state == BenefitState.DUE and is_owed(one)]


def benefits_for(organisation_ids: Iterable[int], user_id: int | None) -> list[PromisedBenefit]:
    """Return what these organisations or this person are owed or got in return, and then what lapsed."""
    mine = Contribution.giver_organisation_id.in_(list(organisation_ids)) | (
        Contribution.giver_user_id == (user_id or -1)
    )
    return [one for lapsed in (False, True) for one in session().scalars(benefits(lapsed=lapsed).where(mine))]

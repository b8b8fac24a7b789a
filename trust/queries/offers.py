"""Who stands behind what the public offered, and how much is offered at once."""

from datetime import datetime

from sqlalchemy import func, select

from core.database import session
from trust.models import Contribution, OfferAcceptance, OfferContact
from trust.states import ContributionState


def contact_of(contribution_id: int) -> OfferContact | None:
    """Return who offered something on the public page."""
    return session().scalar(select(OfferContact).where(OfferContact.contribution_id == contribution_id))


def acceptance_of(contribution_id: int) -> OfferAcceptance | None:
    """Return the trust's own word on something the public offered; None while nobody gave it."""
    return session().scalar(select(OfferAcceptance).where(OfferAcceptance.contribution_id == contribution_id))


def offers_of_address(email: str, since: datetime) -> int:
    """Return how many offers came from one address since a moment."""
    query = select(func.count(OfferContact.id)).where(OfferContact.email == email, OfferContact.offered_at > since)
    return session().scalar(query) or 0


def public_offers_waiting() -> int:
    """Return how many offers of the public nobody has answered."""
    query = (
        select(func.count(OfferContact.id))
        .join(Contribution, Contribution.id == OfferContact.contribution_id)
        .where(Contribution.state == ContributionState.OFFERED)
    )
    return session().scalar(query) or 0

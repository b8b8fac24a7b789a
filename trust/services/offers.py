"""What the public offers in kind: an offer like any other, with somebody to answer, and letters to both sides."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts import queries as account_queries
from core.clock import now
from core.database import session
from core.language import current_language
from core.roles import Role
from core.settings import setting
from trust import emails, queries
from trust.errors import FundNotOffered, TooManyOffers
from trust.models import Contribution, Fund, OfferContact
from trust.services.in_kind import offer_in_kind

MOST_A_DAY, MOST_WAITING = 3, 300


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to answer, and from when what they offer can be delivered."""

    name: str
    email: str
    available_on: date
    terms: str = ""


def offer_from_public(*, contact: Contact, fund: Fund | None, idempotency_key: str, **offer: Any) -> Contribution:
    """Write down what somebody offers on the public page and write to them and to the programme's people.

    Without a fund it goes where it is needed most; `offer` is what `offer_in_kind` takes. The same form sent twice is
    one offer.

    Raises:
        TooManyOffers, FundNotOffered, and the refusals of `offer_in_kind`: nothing was recorded.
    """
    earlier = queries.contribution_by_key(idempotency_key)
    if earlier is None:
        check_flood(contact.email)
    chosen = fund or queries.general_fund()
    if chosen is None or (fund is not None and not fund.accepts_gifts):
        raise FundNotOffered()
    contribution = offer_in_kind(fund=chosen, idempotency_key=idempotency_key, **offer)
    if earlier is not None:
        return contribution
    kept = OfferContact(
        contribution_id=contribution.id,
        name=contact.name,
        email=contact.email,
        language=current_language(),
        available_on=contact.available_on,
        terms=contact.terms,
        offered_at=now(),
    )
    session().add(kept)
    session().flush()
    emails.send_offer_thanks(contribution, kept)
    for person in account_queries.users_with_role(Role.PROGRAMME_OFFICER):
        emails.send_offer_to_staff(contribution, kept, person.email, person.language)
    return contribution


def check_flood(email: str) -> None:
    """Refuse more than people can read, before anything of it is kept.

    Raises:
        TooManyOffers: from this address, or from everybody together.
    """
    today = queries.offers_of_address(email, now() - timedelta(days=1))
    if today >= MOST_A_DAY or queries.public_offers_waiting() >= MOST_WAITING:
        raise TooManyOffers(email=setting("CONTACT_EMAIL"))

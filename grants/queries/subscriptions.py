"""Who is to be told about a call."""

from datetime import datetime

from sqlalchemy import and_, func, select

from core.database import session
from grants.models.call import Call
from grants.models.subscription import CallSubscription, SubscriptionLetter


def live_subscription(email: str) -> CallSubscription | None:
    """Return the confirmed subscription of an address, or None."""
    return session().scalar(
        select(CallSubscription).where(
            CallSubscription.email == email,
            CallSubscription.confirmed_at.is_not(None),
            CallSubscription.ended_at.is_(None),
        )
    )


def asked_since(email: str, moment: datetime) -> int:
    """Count how often letters were asked for at an address since a moment."""
    query = select(func.count(CallSubscription.id)).where(
        CallSubscription.email == email, CallSubscription.asked_at >= moment
    )
    return session().scalar(query) or 0


def untold(call: Call, kind: str, after: int, limit: int) -> list[CallSubscription]:
    """Return the next confirmed subscriptions that have had no letter of this kind about a call."""
    told = and_(
        SubscriptionLetter.subscription_id == CallSubscription.id,
        SubscriptionLetter.call_id == call.id,
        SubscriptionLetter.kind == kind,
    )
    query = (
        select(CallSubscription)
        .outerjoin(SubscriptionLetter, told)
        .where(
            CallSubscription.id > after,
            CallSubscription.confirmed_at.is_not(None),
            CallSubscription.ended_at.is_(None),
            SubscriptionLetter.id.is_(None),
        )
        .order_by(CallSubscription.id)
        .limit(limit)
    )
    return list(session().scalars(query))


def unconfirmed_before(moment: datetime, limit: int = 500) -> list[CallSubscription]:
    """Return what was asked for before a moment and never confirmed, oldest first."""
    query = (
        select(CallSubscription)
        .where(CallSubscription.confirmed_at.is_(None), CallSubscription.asked_at < moment)
        .order_by(CallSubscription.id)
        .limit(limit)
    )
    return list(session().scalars(query))

"""Who is to be told about a call."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select

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


def past_use(*, unconfirmed: datetime, ended: datetime, limit: int = 500) -> list[CallSubscription]:
    """Return what was asked for before one moment and never confirmed, or ended before another."""
    query = (
        select(CallSubscription)
        .where(
            or_(
                and_(CallSubscription.confirmed_at.is_(None), CallSubscription.asked_at < unconfirmed),
                CallSubscription.ended_at < ended,
            )
        )
        .order_by(CallSubscription.id)
        .limit(limit)
    )
    return list(session().scalars(query))

"""Letters about calls: asked for, confirmed, changed, ended, and sent once each."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete

from accounts.queries import notice_in_force
from accounts.rules.identity import normal_email
from core.audit import record
from core.clock import local, now
from core.database import session
from core.jobs import enqueue
from core.language import LANGUAGES
from core.settings import setting
from grants.emails import subscriptions as letters
from grants.errors.calls import SubscriptionUnknown
from grants.models import Addendum, Call, CallSubscription, SubscriptionLetter
from grants.queries import calls as call_queries
from grants.queries import subscriptions as queries
from grants.rules.subscriptions import concerns
from grants.services.forgetting import plan_forgetting
from grants.states.call import CallState
from mail.errors import AddressRefused

MOST_A_DAY = 3
UNCONFIRMED = timedelta(days=7)
ENDED = timedelta(days=30)
AHEAD = timedelta(days=3)
BATCH = 500
Write = Callable[[CallSubscription, str], None]


def subscribe(*, email: str, axes: Sequence[int], audience: Sequence[str], language: str) -> CallSubscription | None:
    """Ask an address whether it wants letters about calls; nothing else is sent before it says yes.

    What answers the page is the same whether or not a letter left: nobody learns who reads an address. None where
    it was asked too often today.

    Raises:
        EmailRefused: not an address.
    """
    spelling, moment = normal_email(email), now()
    if queries.asked_since(spelling, moment - timedelta(days=1)) >= MOST_A_DAY:
        return None
    notice = notice_in_force()
    subscription = CallSubscription(
        email=spelling,
        notice_number=notice.number if notice is not None else None,
        language=language if language in LANGUAGES else LANGUAGES[0],
        axes=sorted(set(axes)),
        audience=sorted(set(audience)),
        asked_at=moment,
    )
    session().add(subscription)
    session().flush()
    letters.write_confirmation(subscription, token_of(subscription))
    plan_forgetting()
    return subscription


def token_of(subscription: CallSubscription) -> str:
    """Return the key to one subscription: signed, so that it can be written into every letter and kept nowhere."""
    return str(_signer().dumps(subscription.id))


def subscription_by_token(token: str) -> CallSubscription:
    """Return the subscription behind a key.

    Raises:
        SubscriptionUnknown: nobody signed this, or it is over and gone.
    """
    try:
        number = _signer().loads(token)
    except BadSignature:
        raise SubscriptionUnknown() from None
    found = session().get(CallSubscription, number) if isinstance(number, int) else None
    if found is None:
        raise SubscriptionUnknown()
    return found


def confirm_subscription(subscription: CallSubscription) -> CallSubscription:
    """Begin the letters. An earlier subscription of the same address ends: the latest wish counts."""
    if subscription.confirmed_at is not None and subscription.ended_at is None:
        return subscription
    standing = queries.live_subscription(subscription.email)
    if standing is not None:
        end_subscription(standing)
    subscription.confirmed_at, subscription.ended_at = now(), None
    session().flush()
    record("subscription.confirmed", "call_subscription", subscription.id, None, None)
    return subscription


def change_subscription(
    subscription: CallSubscription, *, axes: Sequence[int], audience: Sequence[str]
) -> CallSubscription:
    """Change which calls the letters are about."""
    subscription.axes, subscription.audience = sorted(set(axes)), sorted(set(audience))
    session().flush()
    return subscription


def end_subscription(subscription: CallSubscription) -> CallSubscription:
    """End the letters. Ending twice is ending once; what was never confirmed is simply forgotten."""
    if subscription.confirmed_at is None:
        session().delete(subscription)
    elif subscription.ended_at is None:
        subscription.ended_at = now()
        record("subscription.ended", "call_subscription", subscription.id, None, None)
        plan_forgetting()
    session().flush()
    return subscription


def forget_old_subscriptions() -> int:
    """Destroy what nobody confirmed in a week, and what ended a month ago with all it was told; return how many."""
    gone = 0
    while old := queries.past_use(unconfirmed=now() - UNCONFIRMED, ended=now() - ENDED):
        numbers = [subscription.id for subscription in old]
        session().execute(delete(SubscriptionLetter).where(SubscriptionLetter.subscription_id.in_(numbers)))
        for subscription in old:
            session().delete(subscription)
        session().flush()
        gone += len(old)
    return gone


# --- telling -------------------------------------------------------------------------------------------------------


def plan_letters(call: Call) -> None:
    """Have the opening told when the call opens, and the closing three days before it. Repeat after an extension."""
    if call.opens_at is not None:
        _plan(call, "open", max(call.opens_at, now()))
    if call.closes_at is not None and call.closes_at - AHEAD > now():
        _plan(call, f"closing {local(call.closes_at).date().isoformat()}", call.closes_at - AHEAD)


def plan_notice(notice: Addendum) -> None:
    """Have a public notice told."""
    _plan(notice.call, f"notice {notice.number}", now())


def _plan(call: Call, kind: str, moment: datetime) -> None:
    enqueue(
        "grants.tell_subscribers",
        {"call_id": call.id, "kind": kind},
        run_after=moment,
        unique_key=f"grants.tell_subscribers:{call.id}:{kind}",
    )


def tell_subscribers(call: Call, kind: str, *, limit: int = BATCH, settle: Callable[[], object] = lambda: None) -> int:
    """Write to everybody a call concerns and who was not told yet; return how many letters were queued.

    What is no longer so when the moment comes is not told: a cancelled opening, a closing that was put off. `settle`
    is called after each batch: an edge commits there, so that no list is too long for one turn of a worker.
    """
    write = _letter(call, kind)
    if write is None:
        return 0
    sent = last = 0
    while batch := queries.untold(call, kind, last, limit):
        for subscription in batch:
            if concerns(call.axes, call.audience, wanted_axes=subscription.axes, wanted_audience=subscription.audience):
                try:
                    write(subscription, token_of(subscription))
                except AddressRefused:
                    continue
                session().add(SubscriptionLetter(subscription_id=subscription.id, call_id=call.id, kind=kind, at=now()))
                sent += 1
        last = batch[-1].id
        session().flush()
        settle()
    return sent


def _letter(call: Call, kind: str) -> Write | None:
    word, _space, rest = kind.partition(" ")
    if word == "notice":
        notice = next((one for one in call.addenda if str(one.number) == rest), None)
        return None if notice is None else lambda to, token: letters.write_notice(to, call, notice, token)
    if call_queries.state_now(call) is not CallState.OPEN or call.closes_at is None:
        return None
    if word == "open":
        return lambda to, token: letters.write_opening(to, call, token)
    if word == "closing" and local(call.closes_at).date().isoformat() == rest:
        return lambda to, token: letters.write_closing(to, call, token)
    return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(setting("SECRET_KEY"), salt="grants.call_subscription")

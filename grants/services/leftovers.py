"""Forget what nobody finished and what nobody needs any more, each kind after its own time."""

from accounts.services import forget_old_traces
from grants.queries.leftovers import is_anything_left
from grants.services.forgetting import plan_forgetting
from grants.services.held_uploads import forget_old_uploads
from grants.services.partial_uploads import forget_stale_uploads
from grants.services.sketches import forget_old_sketches
from grants.services.subscriptions import forget_old_subscriptions


def forget_leftovers() -> int:
    """Destroy what waited too long, and look again tomorrow while anything waits; return how much went."""
    gone = forget_old_sketches() + forget_old_subscriptions() + forget_old_uploads() + forget_stale_uploads()
    gone += forget_old_traces()
    if is_anything_left():
        plan_forgetting()
    return gone

"""The night's clearing."""

from core.jobs import JobContext, handler
from core.language import N_
from grants.services.forgetting import FORGET
from grants.services.leftovers import forget_leftovers
from grants.services.retention import plan_destruction


@handler(FORGET, N_("Olvidar lo que nadie terminó"))
def forget(_job: JobContext) -> None:
    """Forget what waited too long. Doing it twice changes nothing."""
    forget_leftovers()
    plan_destruction()

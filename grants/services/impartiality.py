"""Nobody decides their own case: asked before every decision on an application, wherever it is taken."""

from core.context import actor
from grants.errors.awards import OwnCase, OwnCaseInCall
from grants.models.application import Application
from grants.models.call import Call
from grants.queries import parties


def ensure_impartial(application: Application) -> None:
    """Refuse whoever applies, travels along or belongs to the organisation that applies. A program has no stake.

    Raises:
        OwnCase: the person acting has a stake in this application.
    """
    who = actor().user_id
    if who is not None and parties.is_own_case(application, who):
        raise OwnCase(folio=application.folio or "")


def ensure_impartial_in(call: Call) -> None:
    """Refuse a decision on a whole call by somebody with a stake in one of its applications.

    Raises:
        OwnCaseInCall: the person acting has one.
    """
    if own_cases_in(call):
        raise OwnCaseInCall()


def own_cases_in(call: Call) -> frozenset[int]:
    """Return the numbers of a call's applications that the person acting must leave to somebody else."""
    who = actor().user_id
    return frozenset(parties.own_cases(call, who)) if who is not None else frozenset()


def is_mine(application: Application) -> bool:
    """Return whether the person acting has a stake in an application."""
    who = actor().user_id
    return who is not None and parties.is_own_case(application, who)

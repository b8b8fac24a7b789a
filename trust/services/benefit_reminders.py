"""Remind those who owe something to a sponsor: a week before it is due, and the day after."""

from accounts import queries as account_queries
from core.audit import record
from core.clock import today
from core.database import session
from core.roles import Role
from trust import emails
from trust.models import PromisedBenefit
from trust.states import ContributionState
from trust.states.packages import BenefitState


def remind_of_benefit(owed: PromisedBenefit, when: str) -> int:
    """Write to the programme's people, or else to the treasury, once for each moment, while it is owed.

    Returns how many letters left.
    """
    sent = owed.reminded_on if when == "before" else owed.warned_on
    in_force = owed.state == BenefitState.DUE and owed.contribution.state == ContributionState.RECEIVED
    if not in_force or sent is not None or (when == "before" and owed.due_on < today()):
        return 0
    if when == "before":
        owed.reminded_on = today()
    else:
        owed.warned_on = today()
    people = account_queries.users_with_role(Role.PROGRAMME_OFFICER) or account_queries.users_with_role(Role.TREASURER)
    for person in people:
        emails.send_benefit_reminder(owed, person.email, person.language, late=when == "after")
    session().flush()
    record("benefit.reminded", "promised_benefit", owed.id, None, {"when": when, "letters": len(people)})
    return len(people)

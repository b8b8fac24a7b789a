"""Write to reviewers when there is work for them, a week before it is due and two days before."""

from datetime import datetime, timedelta

from accounts import queries as people
from accounts.states import AccountState
from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import enqueue
from grants.emails.reviewers import write_reminder
from scoring import queries
from scoring.models import Panel
from scoring.services import when_window_extended
from scoring.states import PanelState

REMIND = "grants.remind_reviewers"
BEGINS = "begins"
LEADS = {"week": timedelta(days=7), "eve": timedelta(days=2)}
WORKING = (PanelState.DECLARATIONS, PanelState.REVIEW)
LATER = timedelta(days=1)
SLACK = timedelta(hours=1)  # a worker that comes late is no reason to wait again


def plan_reminders(panel: Panel) -> None:
    """Have the reviewers of a committee written to when it begins, a week before its window closes and two days."""
    _plan(panel, BEGINS, max(panel.review_opens_at, now()))
    plan_before_the_end(panel)


@when_window_extended
def plan_before_the_end(panel: Panel) -> None:
    """Plan the letters that go before the window closes and whose moment has not passed, those planned already kept."""
    for when, lead in LEADS.items():
        moment = panel.review_closes_at - lead
        if moment > max(panel.review_opens_at, now()):
            _plan(panel, when, moment)


def _plan(panel: Panel, when: str, moment: datetime) -> None:
    key = f"{REMIND}:{panel.id}:{when}:{moment.isoformat()}"
    enqueue(REMIND, {"panel": panel.id, "when": when}, run_after=moment, unique_key=key)


def remind_reviewers(panel: Panel, when: str) -> int:
    """Write to every reviewer with something due and return to how many. Once for each occasion.

    A committee that has not begun is looked at again tomorrow; where reviewers were given more time, the letter waits
    until it is as near to the new end as it should be.
    """
    if now() > panel.review_closes_at or panel.state not in (PanelState.SETUP, *WORKING):
        return 0
    if panel.state is PanelState.SETUP:
        if when == BEGINS:
            _plan(panel, when, now() + LATER)
        return 0
    if when in LEADS and panel.review_closes_at - LEADS[when] > now() + SLACK:
        _plan(panel, when, panel.review_closes_at - LEADS[when])
        return 0
    told = 0
    for reviewer_id, due in queries.due_by_reviewer(panel).items():
        person = people.user(reviewer_id)
        if person is not None and person.state is AccountState.ACTIVE:
            write_reminder(person, panel, due, begins=when == BEGINS)
            told += 1
    session().flush()
    record("panel.reviewers_reminded", "panel", panel.id, None, {"when": when, "reviewers": told})
    return told

"""Tell the whole year, chapter by chapter, and prove at the end that every total agrees."""

from datetime import timedelta

from sqlalchemy import select

from accounts.models import User
from core.clock import FrozenClock, SystemClock, end_of_day, set_clock, today
from core.context import SYSTEM, acting_as
from core.database import session
from core.jobs import JobState, jobs_in, run_due
from grants import services as grants
from web.demo import applicants, awards, calls, committee, trust_year
from web.demo.calendar import Year, office_hours
from web.demo.people import ACCOUNTS, Crowd, make_demo_accounts
from web.demo.story import Advance, Story

SEED = 20161


def is_loaded() -> bool:
    """Return whether any of the demo's accounts is already here."""
    emails = [account.email for account in ACCOUNTS]
    return session().scalar(select(User.id).where(User.email.in_(emails)).limit(1)) is not None


def tell(applications: int, advance: Advance) -> None:
    """Make the demo year with so many applications to its main call. The real clock is put back whatever happens."""
    year = Year(today())
    clock = FrozenClock(office_hours(year.begins, 8))
    set_clock(clock)
    try:
        with acting_as(SYSTEM):
            _tell(Story(year, clock, Crowd(SEED), applications, advance))
    finally:
        session().rollback()
        set_clock(SystemClock())
    _send_letters(advance)


def _send_letters(advance: Advance) -> None:
    waiting = len(jobs_in([JobState.QUEUED], limit=1_000_000))
    done = 0
    while run_due("demo", limit=20):  # letters beget letters: the bar grows with them
        done += 20
        advance("Letters", min(done, waiting), waiting)


def _tell(story: Story) -> None:
    story.users = make_demo_accounts()
    trust_year.begin_books(story)
    trust_year.receive_gifts_before_plan(story)
    trust_year.approve_plan(story)
    committee.seat_committee(story)
    _main_call(story)
    trust_year.receive_small_gifts(story)
    trust_year.close_months(story)
    _present_calls(story)


def _main_call(story: Story) -> None:
    plan = calls.plans(story)["awarded"]
    call = calls.write_call(story, plan)
    calls.consult(story, call, plan, answered=True)
    calls.publish(story, call, plan)
    late = plan.closes_at
    opens = office_hours(plan.opens_on, 10)
    applicants.apply_all(story, call, story.applications, opens, late, accounts=("becaria", "solicitante"))
    applicants.arrive_late(story, call, late)
    opens, closes = office_hours(story.year.day(-41)), office_hours(story.year.day(-11))
    panel = committee.screen_and_blind(story, call, story.year.day(-45), opens, closes)
    committee.score_all(story, call, panel, -45)
    committee.rank_and_cut(story, call, panel, 4)
    awards.publish_results(story, call, 8)
    awards.sign_and_pay(story, call, 14)
    awards.report_expenses(story, call, 60)


def _present_calls(story: Story) -> None:
    plans = calls.plans(story)
    closed = calls.write_call(story, plans["closed"])
    calls.consult(story, closed, plans["closed"], answered=True)
    calls.publish(story, closed, plans["closed"])
    opens = office_hours(plans["closed"].opens_on, 10)
    applicants.apply_all(story, closed, 9, opens, plans["closed"].closes_at)
    yesterday = story.year.today - timedelta(days=1)
    # The committee of the call that has just closed is reading now: a reviewer who signs in has work.
    committee.screen_and_blind(
        story, closed, yesterday, office_hours(yesterday, 14), end_of_day(story.year.today + timedelta(days=20))
    )
    current = calls.write_call(story, plans["open"])
    calls.consult(story, current, plans["open"], answered=True)
    calls.publish(story, current, plans["open"])
    applicants.apply_all(story, current, 4, office_hours(plans["open"].opens_on, 10), office_hours(yesterday, 19))
    applicants.leave_drafts(story, current, 3)
    draft = calls.write_call(story, plans["consultation"])
    calls.consult(story, draft, plans["consultation"], answered=False)
    story.at(story.year.today, 8)
    grants.advance_calls()
    session().commit()

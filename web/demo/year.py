"""Tell the whole year, chapter by chapter, and prove at the end that every total agrees."""

from collections.abc import Generator
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.models import User
from core.clock import FrozenClock, SystemClock, end_of_day, set_clock, today
from core.context import SYSTEM, acting_as
from core.database import session
from core.jobs import JobState, jobs_in, run_due
from grants import services as grants
from grants.models import Call
from web.demo import applicants, awards, calls, committee, sessions, sponsors, trust_year
from web.demo.calendar import Year, office_hours
from web.demo.people import ACCOUNTS, Crowd, make_demo_accounts, publish_notices
from web.demo.story import Advance, Chapter, Story

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
    publish_notices()
    story.users = make_demo_accounts()
    plans = calls.plans(story)
    story.tell_together(
        _foundation(story),
        trust_year.receive_small_gifts(story),
        sponsors.bring_in_sponsors(story),
        _main_call(story, plans["awarded"]),
        trust_year.close_months(story),
        _closed_call(story, plans["closed"]),
        _open_call(story, plans["open"]),
        _call_in_consultation(story, plans["consultation"]),
        _this_morning(story),
    )


def _foundation(story: Story) -> Chapter:
    yield from trust_year.begin_books(story)
    yield from trust_year.receive_gifts_before_plan(story)
    yield from trust_year.approve_plan(story)
    committee.seat_committee(story)


def _main_call(story: Story, plan: calls.Plan) -> Chapter:
    call = yield from _announce(story, plan)
    late = plan.closes_at
    opens = office_hours(plan.opens_on, 10)
    yield from applicants.apply_all(story, call, story.applications, opens, late, accounts=("becaria", "solicitante"))
    yield from applicants.arrive_late(story, call, late)
    opens, closes = office_hours(story.year.day(-41)), office_hours(story.year.day(-11))
    panel = yield from committee.screen_and_blind(story, call, story.year.day(-45), opens, closes)
    yield from committee.score_all(story, call, panel, -45)
    yield from sessions.deliberate(story, panel, -13)
    yield from committee.rank_and_cut(story, call, panel, 4)
    yield from awards.publish_results(story, call, 8)
    yield from awards.sign_and_pay(story, call, 14)
    yield from awards.report_expenses(story, call, 60)


def _announce(story: Story, plan: calls.Plan) -> Generator[datetime, None, Call]:
    call = yield from calls.write_call(story, plan)
    yield from calls.consult(story, call, plan, answered=True)
    yield from calls.publish(story, call, plan)
    return call


def _closed_call(story: Story, plan: calls.Plan) -> Chapter:
    call = yield from _announce(story, plan)
    yield from applicants.apply_all(story, call, 9, office_hours(plan.opens_on, 10), plan.closes_at)
    yesterday = story.year.today - timedelta(days=1)
    closes = end_of_day(story.year.today + timedelta(days=20))
    # The committee of the call that has just closed is reading now, and it is small: a reviewer who signs in has work.
    opens = office_hours(yesterday, 14)
    panel = yield from committee.screen_and_blind(story, call, yesterday, opens, closes, seats=4)
    sessions.calibrate(story, panel)


def _open_call(story: Story, plan: calls.Plan) -> Chapter:
    call = yield from _announce(story, plan)
    last = office_hours(story.year.today - timedelta(days=1), 19)
    yield from applicants.apply_all(story, call, 4, office_hours(plan.opens_on, 10), last)
    applicants.leave_drafts(story, call, 3)


def _call_in_consultation(story: Story, plan: calls.Plan) -> Chapter:
    call = yield from calls.write_call(story, plan)
    yield from calls.consult(story, call, plan, answered=False)


def _this_morning(story: Story) -> Chapter:
    yield office_hours(story.year.today, 8)
    grants.advance_calls()

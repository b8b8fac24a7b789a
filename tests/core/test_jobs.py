"""Background work: leased, retried, buried, put back; safe to kill at any moment."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEvent, events_of, record
from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition
from core.jobs import Job, JobContext, JobState, enqueue, handler, jobs_in, requeue, run_due
from core.jobs.queue import HANDLERS, lease_time
from core.jobs.worker import backoff, lease_next, perform
from tests.core import mortal_worker

Do = Callable[[JobContext], None]


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Do], None]:
    """Make a function the handler of "test.work" for this test."""

    def register(act: Do) -> None:
        monkeypatch.setitem(HANDLERS, "test.work", act)

    register(lambda job: None)
    return register


def worked() -> int:
    """How often the work left its mark for good."""
    query = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "test.worked")
    return db.session.scalar(query) or 0


def leave_mark(job: JobContext) -> None:
    record("test.worked", "test", job.id)


def fail(job: JobContext) -> None:
    record("test.worked", "test", job.id)
    raise RuntimeError("the printer is on fire")


def reread(session: Session, job: Job) -> Job:
    session.expire_all()
    return session.get_one(Job, job.id)


def test_a_job_is_done_once_and_ticked_off(session: Session, clock: FrozenClock, does: Callable[[Do], None]) -> None:
    seen: list[tuple[dict[str, object], int, bool]] = []
    does(lambda job: seen.append((job.payload, job.attempt, job.is_last_attempt)))
    job = enqueue("test.work", {"call": 7}, max_attempts=2)
    session.commit()
    assert (run_due(), run_due()) == (1, 0)
    assert seen == [({"call": 7}, 1, False)]
    job = reread(session, job)
    assert (job.state, job.finished_at, job.lease_until, job.leased_by) == (JobState.DONE, clock.now(), None, None)


def test_a_job_dies_with_the_transaction_that_asked_for_it(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    does(leave_mark)
    enqueue("test.work")
    session.rollback()
    assert (run_due(), worked(), jobs_in(JobState)) == (0, 0, [])


def test_nobody_can_enqueue_what_nobody_does(app: Flask) -> None:
    with pytest.raises(ValueError, match=r"nobody handles test\.unknown"):
        enqueue("test.unknown")


def test_two_rooms_cannot_claim_the_same_work(does: Callable[[Do], None]) -> None:
    def stranger(job: JobContext) -> None: ...

    stranger.__module__ = "elsewhere"
    with pytest.raises(ValueError, match=r"two handlers for test\.work"):
        handler("test.work")(stranger)


def test_later_work_waits_for_its_second(session: Session, clock: FrozenClock, does: Callable[[Do], None]) -> None:
    enqueue("test.work", run_after=clock.now() + timedelta(seconds=60))
    session.commit()
    clock.advance(seconds=59)
    assert run_due() == 0
    clock.advance(seconds=1)
    assert run_due() == 1


def test_a_unique_key_joins_work_that_still_waits_or_runs(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    first = enqueue("test.work", {"n": 1}, unique_key="rank:7")
    assert enqueue("test.work", {"n": 2}, unique_key="rank:7") is first
    assert enqueue("test.work", {"n": 3}, unique_key="rank:8") is not first
    session.commit()
    assert run_due() == 2
    again = enqueue("test.work", {"n": 4}, unique_key="rank:7")
    assert (again.id != first.id, again.payload) == (True, {"n": 4})


def test_what_failed_work_wrote_is_undone(session: Session, clock: FrozenClock, does: Callable[[Do], None]) -> None:
    does(fail)
    job = enqueue("test.work")
    session.commit()
    assert (run_due(), worked()) == (1, 0)
    job = reread(session, job)
    assert (job.state, job.last_error) == (JobState.QUEUED, "RuntimeError: the printer is on fire\n")


def test_failed_work_is_tried_again_after_10_20_40_seconds_and_then_buried(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    tries: list[int] = []

    def act(job: JobContext) -> None:
        tries.append(job.attempt)
        assert job.is_last_attempt == (job.attempt == 4)
        raise RuntimeError("no")

    does(act)
    job = enqueue("test.work", max_attempts=4)
    session.commit()
    assert run_due() == 1
    for pause in (10, 20, 40):
        clock.advance(seconds=pause - 1)
        assert run_due() == 0
        clock.advance(seconds=1)
        assert run_due() == 1
    job = reread(session, job)
    assert (job.state, job.finished_at, tries) == (JobState.DEAD, clock.now(), [1, 2, 3, 4])
    clock.advance(days=9)
    assert run_due() == 0


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 20), (7, 640), (12, 20480), (13, 21600), (60, 21600)])
def test_the_pause_doubles_up_to_six_hours(attempts: int, seconds: int) -> None:
    assert backoff(attempts) == timedelta(seconds=seconds)


def test_dead_work_is_put_back_with_fresh_attempts_and_leaves_a_trace(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    does(fail)
    job = enqueue("test.work", max_attempts=1)
    session.commit()
    run_due()
    job = reread(session, job)
    requeue(job)
    session.commit()
    assert (job.state, job.attempts, job.finished_at, job.run_after) == (JobState.QUEUED, 0, None, clock.now())
    (event,) = events_of("job", job.id)
    assert (event.action, event.before, event.after) == (
        "job.requeued",
        {"state": "dead", "attempts": 1},
        {"state": "queued"},
    )
    does(leave_mark)
    assert (run_due(), worked()) == (1, 1)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE])
def test_only_dead_work_can_be_put_back(
    session: Session, clock: FrozenClock, does: Callable[[Do], None], state: JobState
) -> None:
    job = enqueue("test.work")
    session.commit()
    if state is JobState.DONE:
        run_due()
    job = reread(session, job)
    with pytest.raises(IllegalTransition):
        requeue(job)
    assert job.state is state


def test_work_nobody_knows_any_more_is_buried_not_lost(
    session: Session, clock: FrozenClock, does: Callable[[Do], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = enqueue("test.work", max_attempts=1)
    session.commit()
    monkeypatch.delitem(HANDLERS, "test.work")
    assert run_due() == 1
    assert reread(session, job).state is JobState.DEAD


def test_a_silent_workers_job_is_taken_up_after_its_lease(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    does(leave_mark)
    job = enqueue("test.work")
    session.commit()
    assert lease_next("gone") is not None
    clock.advance(seconds=lease_time().total_seconds())
    assert run_due("second") == 0
    clock.advance(seconds=1)
    assert (run_due("second"), worked()) == (1, 1)
    job = reread(session, job)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_work_that_kills_every_worker_is_buried(
    session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    job = enqueue("test.work", max_attempts=2)
    session.commit()
    for _death in range(2):
        assert lease_next("doomed") is not None
        clock.advance(minutes=3)
    assert lease_next("third") is None
    job = reread(session, job)
    assert (job.state, job.last_error) == (JobState.DEAD, "the worker died on every attempt")


def test_progress_is_kept_seen_and_renews_the_lease(
    app: Flask, session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    def act(job: JobContext) -> None:
        if job.attempt > 1:
            return
        clock.advance(seconds=100)
        leave_mark(job)
        job.progress(3, 9)
        clock.advance(seconds=100)  # 200 s after the start: the first lease would be over
        with app.app_context():
            assert lease_next("thief") is None
            seen = db.session.get_one(Job, job.id)
            assert (seen.progress_done, seen.progress_total, worked()) == (3, 9, 1)
            db.session.rollback()
        leave_mark(job)
        raise RuntimeError("later")

    does(act)
    job = enqueue("test.work")
    session.commit()
    run_due()
    assert (worked(), reread(session, job).state) == (1, JobState.QUEUED)


@pytest.mark.parametrize("ending", ["returns", "fails", "reports progress"])
def test_a_worker_that_lost_its_lease_leaves_no_trace(
    app: Flask, session: Session, clock: FrozenClock, does: Callable[[Do], None], ending: str
) -> None:
    def act(job: JobContext) -> None:
        if job.attempt == 1:
            clock.advance(seconds=lease_time().total_seconds() + 1)
            with app.app_context():
                assert run_due("second") == 1
        leave_mark(job)
        if job.attempt == 1 and ending == "fails":
            raise RuntimeError("too late to matter")
        if job.attempt == 1 and ending == "reports progress":
            job.progress(1, 2)

    does(act)
    job = enqueue("test.work")
    session.commit()
    assert run_due("first") == 1
    session.rollback()
    job = reread(session, job)
    assert (worked(), job.state, job.attempts, job.progress_done) == (1, JobState.DONE, 2, 0)


def test_two_workers_never_do_one_job_twice(app: Flask, session: Session, does: Callable[[Do], None]) -> None:
    done: list[tuple[str, int]] = []
    both_have_one = threading.Barrier(2)
    started = threading.local()

    def act(job: JobContext) -> None:
        if not getattr(started, "yes", False):
            started.yes = True
            both_have_one.wait(timeout=30)
        leave_mark(job)
        done.append((threading.current_thread().name, job.id))

    does(act)
    ids = [enqueue("test.work").id for _n in range(40)]
    session.commit()
    faults: list[BaseException] = []

    def worker() -> None:
        try:
            with app.app_context():
                run_due(threading.current_thread().name)
        except BaseException as error:  # a thread's death must fail the test
            faults.append(error)

    threads = [threading.Thread(target=worker, name=name) for name in ("ana", "beto")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    assert Counter(job for _who, job in done) == Counter(ids)
    assert {who for who, _job in done} == {"ana", "beto"}
    assert worked() == len(ids)


def test_a_killed_workers_job_is_done_later_exactly_once(
    app: Flask, session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    does(leave_mark)
    job = enqueue("test.work")
    session.commit()
    db.session.remove()
    orders = {"database": app.config["SQLALCHEMY_DATABASE_URI"], "now": clock.now().isoformat()}
    child = subprocess.Popen(
        [sys.executable, mortal_worker.__file__, json.dumps(orders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "midway\n"
    child.send_signal(signal.SIGKILL)
    assert child.wait(timeout=30) == -signal.SIGKILL
    child.stdin.close()
    child.stdout.close()
    assert (run_due(), worked()) == (0, 0)
    clock.advance(seconds=lease_time().total_seconds() + 1)
    assert (run_due(), worked()) == (1, 1)
    clock.advance(days=1)
    assert (run_due(), worked()) == (0, 1)
    found = reread(db.session(), job)
    assert (found.state, found.attempts) == (JobState.DONE, 2)


def test_a_lease_is_seen_by_others_before_the_work_begins(
    app: Flask, session: Session, clock: FrozenClock, does: Callable[[Do], None]
) -> None:
    enqueue("test.work")
    session.commit()
    leased = lease_next("first")
    assert leased is not None
    with app.app_context():
        assert lease_next("second") is None
    perform(leased)
    assert leased.state is JobState.DONE

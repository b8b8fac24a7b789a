"""When a person or a network that failed may try again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures are free, how many lock an account or a network, and for how long."""

    free_failures: int
    account_failures: int
    address_failures: int
    lock: timedelta


def account_wait(failures: Sequence[datetime], moment: datetime, limits: Limits) -> timedelta:
    """Return how long an account must wait after `failures`: nothing, then 1 s, 2 s, 4 s …, then the whole lock.

    A failure counts with those of the lock's length before it, so that a lock lasts whole and then leaves a clean
    slate: pass the failures of the last two lengths.
    """
    recent = _run(failures, moment, limits)
    if len(recent) < limits.free_failures:
        return timedelta()
    if len(recent) >= limits.account_failures:
        return _left(recent, limits.lock, moment)
    return _left(recent, timedelta(seconds=2 ** (len(recent) - limits.free_failures)), moment)


def address_wait(failures: Sequence[datetime], moment: datetime, limits: Limits) -> timedelta:
    """Return how long a network must wait after `failures` of any accounts: nothing, or the whole lock."""
    recent = _run(failures, moment, limits)
    return _left(recent, limits.lock, moment) if len(recent) >= limits.address_failures else timedelta()


def whole_seconds(wait: timedelta) -> int:
    """Return `wait` rounded up, so that whoever waits that long is let in."""
    return math.ceil(wait.total_seconds())


def _run(failures: Sequence[datetime], moment: datetime, limits: Limits) -> list[datetime]:
    last = max(failures, default=None)
    if last is None or moment >= last + limits.lock:
        return []
    return [failure for failure in failures if failure > last - limits.lock]


def _left(recent: Sequence[datetime], pause: timedelta, moment: datetime) -> timedelta:
    return max(max(recent) + min(pause, timedelta(days=1)) - moment, timedelta())

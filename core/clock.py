"""The one place that reads the time. Everybody else asks, so that tests and the demo year can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.settings import setting


class Clock(Protocol):
    """Anything that tells the time in UTC."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its zone")
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment this clock stands at."""
        return self._moment

    def advance(self, **delta: float) -> None:
        """Move forward by keyword arguments of `timedelta`."""
        self._moment += timedelta(**delta)

    def set(self, moment: datetime) -> None:
        """Stand at `moment` from now on."""
        self._moment = moment.astimezone(UTC)


_clock: Clock = SystemClock()


def set_clock(clock: Clock) -> Clock:
    """Make `clock` the process's clock and return the one it replaces."""
    global _clock
    previous, _clock = _clock, clock
    return previous


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _clock.now()


def city_zone() -> ZoneInfo:
    """Return the zone in which the city's deadlines are written."""
    return ZoneInfo(setting("TIME_ZONE"))


def local(moment: datetime) -> datetime:
    """Return `moment` on the city's wall clock."""
    return moment.astimezone(city_zone())


def today() -> date:
    """Return the date in the city, which is not the date in UTC during its evening."""
    return local(now()).date()


def city_moment(day: date, at: time = time(0)) -> datetime:
    """Return the UTC moment at which the city's clocks show `day` and `at`."""
    return datetime.combine(day, at, tzinfo=city_zone()).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return 23:59:59 in the city on `day`, the last second that counts for a deadline on that date."""
    return city_moment(day, time(23, 59, 59))


@contextmanager
def frozen(moment: datetime) -> Iterator[FrozenClock]:
    """Stand still at `moment` inside the block."""
    clock = FrozenClock(moment)
    previous = set_clock(clock)
    try:
        yield clock
    finally:
        set_clock(previous)

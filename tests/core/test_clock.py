"""Time as the city reads it, to the second."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from core import clock as the_clock
from core.clock import FrozenClock, city_moment, end_of_day, frozen, local, now, today


@pytest.mark.parametrize(
    ("day", "last_second"),
    [
        (date(2026, 3, 2), datetime(2026, 3, 3, 5, 59, 59, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 2, 5, 59, 59, tzinfo=UTC)),  # no summer time since 2022
        (date(2022, 7, 1), datetime(2022, 7, 2, 4, 59, 59, tzinfo=UTC)),  # and there was
        (date(2024, 2, 29), datetime(2024, 3, 1, 5, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_deadline_ends_with_the_citys_day(app: Flask, day: date, last_second: datetime) -> None:
    assert end_of_day(day) == last_second


def test_the_citys_date_turns_six_hours_after_utcs(app: Flask) -> None:
    with frozen(datetime(2026, 3, 3, 5, 59, 59, tzinfo=UTC)) as clock:
        assert (today(), local(now()).time()) == (date(2026, 3, 2), time(23, 59, 59))
        clock.advance(seconds=1)
        assert (today(), local(now()).time()) == (date(2026, 3, 3), time(0, 0, 0))


def test_a_wall_clock_time_names_one_moment(app: Flask) -> None:
    assert city_moment(date(2026, 11, 22), time(18, 30)) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


def test_a_frozen_clock_moves_only_when_told_and_gives_the_old_one_back(app: Flask) -> None:
    before = the_clock._clock
    with frozen(datetime(2026, 1, 1, tzinfo=UTC)) as clock:
        assert now() == now()
        clock.advance(days=1, seconds=1)
        assert now() == datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC)
    assert the_clock._clock is before
    with pytest.raises(ZeroDivisionError), frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        raise ZeroDivisionError
    assert the_clock._clock is before


def test_a_moment_without_a_zone_stops_no_clock() -> None:
    with pytest.raises(ValueError, match="zone"):
        FrozenClock(datetime(2026, 1, 1))  # noqa: DTZ001

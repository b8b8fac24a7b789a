"""When things happen in the demo year, counted from today: something is always open, something just closed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.clock import city_moment, end_of_day


def quarter_before(day: date) -> tuple[date, date]:
    """Return the first and last day of the last quarter that ended before `day`."""
    first_of_this = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    last = first_of_this - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def office_hours(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """Return a moment of a working morning in the city."""
    return city_moment(day, time(hour, minute))


@dataclass(frozen=True, slots=True)
class Year:
    """The demo year's days. Money arrives first; the call that is awarded runs into the last whole quarter."""

    today: date

    @property
    def quarter(self) -> tuple[date, date]:
        """The last whole quarter: its awards are made, paid, reported and closed."""
        return quarter_before(self.today)

    def day(self, offset: int) -> date:
        """Return a day counted from the start of that quarter."""
        return self.quarter[0] + timedelta(days=offset)

    @property
    def begins(self) -> date:
        """The first day of the books."""
        return self.day(-270)

    @property
    def years(self) -> range:
        """The fiscal years that the books need."""
        return range(self.begins.year, self.today.year + 1)

    @property
    def open_call_closes(self) -> datetime:
        """The deadline of the call that is open now."""
        return end_of_day(self.today + timedelta(days=21))

    @property
    def closed_call_closed(self) -> datetime:
        """The deadline that has just passed."""
        return end_of_day(self.today - timedelta(days=2))

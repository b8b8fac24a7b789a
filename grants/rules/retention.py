"""How long what people sent is kept: the published schedule as data, and the day on which something is due."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grants.states.application import ApplicationState

ACCOUNT_CLOSED = "account_closed"  # no application's event: answers to privacy notices go by it
EVENTS = ("call_closed", "call_final", ACCOUNT_CLOSED)


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of the schedule: what, how long after which event, why, and whether it is then destroyed."""

    id: str
    covers: frozenset[ApplicationState]
    event: str
    months: int
    destroys: bool
    what: Mapping[str, str]
    basis: Mapping[str, str]

    def due_on(self, event_on: date) -> date:
        """Return the first day on which it may be destroyed: the same day of the month, or the month's last."""
        months = event_on.year * 12 + event_on.month - 1 + self.months
        year, month = divmod(months, 12)
        return date(year, month + 1, min(event_on.day, calendar.monthrange(year, month + 1)[1]))

    def last_event_day(self, day: date) -> date:
        """Return the last day on which an event can have happened for its time to be over on `day`."""
        months = day.year * 12 + day.month - 1 - self.months
        year, month = divmod(months, 12)
        last = min(day.day, calendar.monthrange(year, month + 1)[1])
        return date(year, month + 1, last)


def read_schedule(lines: Sequence[Mapping[str, Any]]) -> tuple[RetentionRule, ...]:
    """Read the deployment's schedule.

    Raises:
        ValueError: a line names an unknown state or event, or a state stands in two lines.
    """
    rules = tuple(_line(line) for line in lines)
    states = [state for rule in rules for state in rule.covers]
    if len(states) != len(set(states)):
        raise ValueError("a state stands in two lines of the schedule")
    return rules


def _line(line: Mapping[str, Any]) -> RetentionRule:
    if line["event"] not in EVENTS or int(line["months"]) < 1:
        raise ValueError(f"the schedule's line {line['id']} names no known event or no time")
    covers = frozenset(ApplicationState(state) for state in line["covers"])
    destroys = bool(line.get("destroys", True))
    return RetentionRule(
        str(line["id"]), covers, line["event"], int(line["months"]), destroys, line["what"], line["basis"]
    )

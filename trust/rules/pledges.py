"""Promises of money: when each part is due, and how far what came covers them."""

import calendar
from collections.abc import Sequence
from datetime import date

from core.money import Money


def schedule(total: Money, first: date, parts: int, months: int) -> list[tuple[date, Money]]:
    """Divide a promise into equal parts due every so many months; the cents that do not divide go to the first ones.

    A day that a month does not have becomes its last day.
    """
    amounts = total.split([1] * parts)
    return [(_months_later(first, number * months), amount) for number, amount in enumerate(amounts)]


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def cover(dues: Sequence[Money], received: Money) -> list[Money]:
    """Return how much of each part is covered by what came, oldest first; what came beyond them covers nothing."""
    covered = []
    for due in dues:
        part = min(due, received)
        covered.append(part)
        received = received - part
    return covered

"""What every chapter of the demo year shares: its people, its funds, its clock and its progress bar.

A chapter is a generator. It yields the moment at which it wants to go on, and `tell_together` lets whichever chapter is
next go on then, so that everything happens, is numbered and is dated in one order.
"""

import heapq
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random

from accounts.models import User
from core.clock import FrozenClock, local
from core.context import Actor, acting_as
from core.database import session
from core.jobs import run_due
from core.money import Money
from core.settings import setting
from trust.models import Fund
from web.demo.calendar import Year
from web.demo.people import Crowd

Advance = Callable[[str, int, int], None]
Chapter = Generator[datetime, None, None]


@dataclass
class Story:
    """The state of the telling. `advance(chapter, done, total)` moves the bar."""

    year: Year
    clock: FrozenClock
    crowd: Crowd
    applications: int
    advance: Advance
    users: dict[str, User] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    names_taken: set[str] = field(default_factory=set)

    @property
    def chance(self) -> Random:
        """The dice of the story: always the same throws."""
        return self.crowd.chance

    @property
    def scale(self) -> int:
        """How many times sixty applications there are: the money grows with them."""
        return max(1, -(-self.applications // 60))

    def money(self, pesos: int) -> Money:
        """Return a whole amount of the city's currency."""
        return Money.from_decimal(Decimal(pesos), str(setting("BASE_CURRENCY")))

    def axis(self, number: int) -> int:
        """Return the city's axis that stands where the story, which has five, has one."""
        known = [int(one["id"]) for one in setting("AXES")]
        return known[(number - 1) % len(known)]

    def tell_together(self, *chapters: Chapter) -> None:
        """Tell the chapters at once, each step at its moment: the clock never runs back. What is done is committed."""
        waiting: list[tuple[datetime, int, Chapter]] = []
        for number, chapter in enumerate(chapters):
            _wait(waiting, number, chapter)
        while waiting:
            moment, number, chapter = heapq.heappop(waiting)
            self._move_to(moment)
            _wait(waiting, number, chapter)
        session().commit()

    def _move_to(self, moment: datetime) -> None:
        session().commit()
        now = self.clock.now()
        if local(now).date() != local(moment).date():
            run_due("demo")  # the day's letters go out before the next one begins
        self.clock.set(max(moment, now))

    @contextmanager
    def acting(self, who: str) -> Iterator[User]:
        """Let a demo account act, with its roles."""
        user = self.users[who]
        with acting_as(actor_of(user)):
            yield user


def actor_of(user: User) -> Actor:
    """Return a person as an actor, as a signed-in request would see them."""
    return Actor(user_id=user.id, roles=frozenset(grant.role for grant in user.grants), label=user.name)


def _wait(waiting: list[tuple[datetime, int, Chapter]], number: int, chapter: Chapter) -> None:
    moment = next(chapter, None)
    if moment is not None:
        heapq.heappush(waiting, (moment, number, chapter))

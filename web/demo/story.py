"""What every chapter of the demo year shares: its people, its funds, its clock and its progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random

from accounts.models import User
from core.clock import FrozenClock
from core.context import Actor, acting_as
from core.database import session
from core.jobs import run_due
from core.money import Money
from core.settings import setting
from trust.models import Fund
from web.demo.calendar import Year, office_hours
from web.demo.people import Crowd

Advance = Callable[[str, int, int], None]


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

    def at(self, when: date | datetime, hour: int = 10, minute: int = 0) -> None:
        """Move the clock to a moment, or to a working hour of a day; what was done so far is committed, its letters sent."""
        session().commit()
        run_due("demo")
        self.clock.set(when if isinstance(when, datetime) else office_hours(when, hour, minute))

    @contextmanager
    def acting(self, who: str) -> Iterator[User]:
        """Let a demo account act, with its roles."""
        user = self.users[who]
        with acting_as(actor_of(user)):
            yield user


def actor_of(user: User) -> Actor:
    """Return a person as an actor, as a signed-in request would see them."""
    return Actor(user_id=user.id, roles=frozenset(grant.role for grant in user.grants), label=user.name)

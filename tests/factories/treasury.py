"""Money in its funds, a plan approved, and calls paid out of them: all by services."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from accounts.models import User
from core.clock import FrozenClock, frozen, now, today
from core.database import session
from core.money import Money
from grants.models import Application, Call
from grants.queries import determinations as determination_queries
from grants.services import prepare_determinations
from tests.factories.awards import ranked
from tests.factories.trust import give, make_books, make_fund, pesos
from tests.stories import told_once
from treasury import services
from treasury.models import OperatingPlan
from trust.models import Fund, FundKind


def make_plan(*programmes: tuple[Fund, int], year: int | None = None) -> OperatingPlan:
    """An approved plan with a line of so many pesos for each fund."""
    plan = services.draft_plan(year or today().year)
    for fund, amount in programmes:
        services.add_programme(
            plan,
            axis=1,
            name={"es": "Artistas en el mundo", "en": "Artists in the world"},
            goal={"es": "Que crucen fronteras.", "en": "That they cross borders."},
            indicator={"es": "proyectos", "en": "projects"},
            target=5,
            fund=fund,
            money=pesos(amount),
        )
    return services.approve_plan(plan)


def make_funds(days_ago: int = 45) -> tuple[Fund, Fund]:
    """A fund restricted to axis 1 and a designated one, with a million each, planned; given `days_ago`."""
    with frozen(now() - timedelta(days=days_ago)):
        make_books()
        restricted = make_fund(FundKind.RESTRICTED, spending_rules={"axes": [1], "categories": ["award"]})
        designated = make_fund(FundKind.DESIGNATED)
        for fund in (restricted, designated):
            give(fund, pesos(1_000_000))
        make_plan((restricted, 1_000_000), (designated, 1_000_000))
    return restricted, designated


def awaiting_money(
    clock: FrozenClock, officer: User, splits: Sequence[tuple[Fund, Money]], **changes: Any
) -> tuple[Call, list[Application]]:
    """A call paid out of `splits`, ranked and determined, whose selected applications wait for their money."""
    call, found = ranked(
        clock, officer, allocate=lambda draft: services.allocate_budget(draft, list(splits)), **changes
    )
    prepare_determinations(call)
    session().flush()
    assert determination_queries.awaiting_award(call)
    return call, found


@told_once
def funded_call(
    clock: FrozenClock, officer: User, *, restricted: int = 0, designated: int = 900_000, **changes: Any
) -> tuple[Fund, Fund, Call, list[Application]]:
    """A call that waits for so many pesos of a restricted and a designated fund, with both funds."""
    funds = make_funds()
    splits = [(fund, pesos(amount)) for fund, amount in zip(funds, (restricted, designated), strict=True) if amount]
    call, found = awaiting_money(clock, officer, splits, **changes)
    return *funds, call, found

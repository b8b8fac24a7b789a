"""The register names people and says nothing of places: those are public beside, without names, with their scores."""

import pytest
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.awards import released
from transparency import queries

FIRST_IS_BEST = ((5, 5, 5, 5), (4, 4, 4, 4), (3, 3, 3, 3))


@pytest.mark.parametrize("marks", [FIRST_IS_BEST, FIRST_IS_BEST[::-1]])
def test_the_order_of_the_register_does_not_follow_from_the_scores(
    session: Session, clock: FrozenClock, marks: tuple[tuple[int, ...], ...]
) -> None:
    call, found = released(clock, make_user(Role.PROGRAMME_OFFICER), marks=marks)
    told = [row.folio for row in queries.all_beneficiaries(call_slug=call.slug)]
    assert told == [application.folio for application in found]

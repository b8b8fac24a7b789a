from datetime import timedelta

import pytest

from core.clock import FrozenClock, end_of_day, local, now, today
from core.context import acting_as
from core.database import session
from core.money import Money
from core.roles import Role
from grants import services
from grants.errors.awards import UncommittedAwards
from grants.queries import awards as award_queries
from grants.queries import determinations as queries
from tests.factories import awards as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("session")


def test_whole_way(clock: FrozenClock) -> None:
    officer = make_user(Role.PROGRAMME_OFFICER)
    award = make.paid_award(clock, officer)
    print(award.state, award.tranches)
    report = services.file_expense_report(
        award,
        lines=[services.ExpenseEntry("Vuelo", today() - timedelta(days=3), Money(1_000_000, "MXN"), make.a_receipt())],
    )
    services.accept_expense_report(report)
    services.mark_tranche_ordered(award.tranches[1])
    services.mark_tranche_paid(award.tranches[1], paid_on=today())
    services.close_award(award)
    session().commit()
    print(award_queries.process_figures(award.application.call))
    print([letter.subject for letter in queries.letters_of(award.application)])

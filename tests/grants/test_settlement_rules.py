"""What an accepted report leaves to pay or to get back, for every amount."""

from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from grants.rules.tranches import fill, settle


def mxn(cents: int) -> Money:
    return Money(cents, "MXN")


@given(st.integers(1, 10**9), st.integers(0, 2 * 10**9), st.data())
def test_every_peso_of_an_award_is_paid_due_or_unused_and_nothing_is_paid_beyond_what_was_spent(
    award: int, spent: int, data: st.DataObject
) -> None:
    under_way = data.draw(st.integers(0, award))
    settled = settle(mxn(award), mxn(spent), mxn(under_way))
    assert under_way + settled.due.amount_cents + settled.unused.amount_cents == award
    assert min(settled.due, settled.to_return) == mxn(0)
    assert under_way + settled.due.amount_cents - settled.to_return.amount_cents == min(spent, award)
    assert min(settled.due, settled.to_return, settled.unused) >= mxn(0)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=4), st.data())
def test_what_is_due_fills_the_planned_parts_in_their_order(planned: list[int], data: st.DataObject) -> None:
    due = data.draw(st.integers(0, sum(planned)))
    parts = [part.amount_cents for part in fill(mxn(due), [mxn(one) for one in planned])]
    assert sum(parts) == due
    assert all(part <= plan for part, plan in zip(parts, planned, strict=True))
    started = [index for index, part in enumerate(parts) if part]
    assert all(parts[index] == planned[index] for index in started[:-1])

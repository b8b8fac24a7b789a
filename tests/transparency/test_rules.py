"""Figures in, figures out: periods, hiding, breakdowns and the comparison with the books."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money
from tests.transparency.figures import CATALOGUE, a_report, books_of
from transparency.rules.breakdowns import Count, breakdowns
from transparency.rules.periods import Period, periods_between, quarter_of
from transparency.rules.reconciliation import BookSum, Difference, Ledger, reconcile
from transparency.rules.suppression import added, exposed_rows, hidden_rows, is_safe, is_small


class TestPeriods:
    @pytest.mark.parametrize(
        ("quarter", "start", "end"),
        [
            (1, date(2024, 1, 1), date(2024, 3, 31)),
            (2, date(2024, 4, 1), date(2024, 6, 30)),
            (3, date(2024, 7, 1), date(2024, 9, 30)),
            (4, date(2024, 10, 1), date(2024, 12, 31)),
            (None, date(2024, 1, 1), date(2024, 12, 31)),
        ],
    )
    def test_a_period_has_its_first_and_last_day(self, quarter: int | None, start: date, end: date) -> None:
        assert (Period(2024, quarter).start, Period(2024, quarter).end) == (start, end)

    def test_the_quarters_of_a_year_meet(self) -> None:
        days = [one.end.toordinal() + 1 for one in Period(2023).quarters]
        assert days == [one.start.toordinal() for one in (*Period(2023).quarters[1:], Period(2024, 1))]

    def test_quarters_between_two_days_come_latest_first(self) -> None:
        assert periods_between(date(2025, 12, 31), date(2026, 4, 1)) == [
            Period(2026, 2),
            Period(2026, 1),
            Period(2025, 4),
        ]

    def test_a_day_has_its_quarter(self) -> None:
        assert [quarter_of(date(2026, month, 1)).quarter for month in range(1, 13)] == [
            1,
            1,
            1,
            2,
            2,
            2,
            3,
            3,
            3,
            4,
            4,
            4,
        ]

    @pytest.mark.parametrize("values", [(1999, None), (2200, None), (2026, 0), (2026, 5)])
    def test_what_is_no_period_is_refused(self, values: tuple[int, int | None]) -> None:
        with pytest.raises(ValueError, match="not a year"):
            Period(*values)


def solutions(hidden: Sequence[str], columns: int, sums: Sequence[int], largest: int) -> list[tuple[int, ...]]:
    """Return every way to fill the hidden cells of one column that a reader cannot rule out."""
    return [cells for cells in product(range(largest + 1), repeat=len(hidden)) if sum(cells) == sums[columns]]


class TestSuppression:
    def test_one_to_four_people_are_few_and_nobody_is_not(self) -> None:
        assert [is_small(count) for count in range(7)] == [False, True, True, True, True, False, False]

    def test_a_lone_small_row_takes_the_smallest_other_with_it(self) -> None:
        assert hidden_rows({"a": (3,), "b": (9,), "c": (20,)}) == frozenset("ab")

    def test_small_rows_that_add_up_to_enough_need_nobody_else(self) -> None:
        assert hidden_rows({"a": (3,), "b": (4,), "c": (20,)}) == frozenset("ab")

    def test_two_rows_of_one_person_would_be_known_from_their_sum(self) -> None:
        assert not is_safe((1, 1))
        assert hidden_rows({"a": (1,), "b": (1,), "c": (20,), "d": (30,)}) == frozenset("abc")

    def test_a_table_of_few_people_hides_every_row_the_empty_ones_too(self) -> None:
        assert hidden_rows({"a": (3,), "b": (0,), "c": (0,)}) == frozenset("abc")

    def test_nothing_is_hidden_where_nobody_is_few(self) -> None:
        assert hidden_rows({"a": (5,), "b": (0,), "c": (12,)}) == frozenset()

    def test_every_column_is_protected(self) -> None:
        hidden = hidden_rows({"a": (6, 2), "b": (9, 9), "c": (30, 20)})
        assert hidden == frozenset("ab")

    @settings(max_examples=150)
    @given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
    def test_no_hidden_small_count_follows_from_the_total(self, counts: list[int]) -> None:
        cells = {str(number): (count,) for number, count in enumerate(counts)}
        hidden = sorted(hidden_rows(cells))
        left = sum(cells[row][0] for row in hidden)
        ways = solutions(hidden, 0, [left], left)
        for place, row in enumerate(hidden):
            if is_small(cells[row][0]):
                assert len({way[place] for way in ways}) > 1

    @settings(max_examples=150)
    @given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4))
    def test_no_small_count_of_a_part_is_the_whole_less_the_other_parts(self, table: list[list[int]]) -> None:
        parts = [{str(row): (count,) for row, count in enumerate(counts)} for counts in table]
        hidden = [hidden_rows(cells) for cells in parts]
        whole = hidden_rows(added(parts), forced=exposed_rows(list(zip(parts, hidden, strict=True))))
        for row in set(parts[0]) - whole:
            unknown = [number for number, rows in enumerate(hidden) if row in rows]
            assert len(unknown) != 1
            if unknown:
                assert is_safe([parts[number][row][0] for number in unknown])


class TestBreakdowns:
    def counts(self) -> list[Count]:
        return [
            Count("axis", "1", 1, 7, 20, 10, 1_000),
            Count("axis", "2", 1, 7, 9, 6, 600),
            Count("axis", "3", 1, 7, 8, 2, 200),
        ]

    def test_hidden_rows_carry_no_figures_and_totals_carry_all(self) -> None:
        axis = breakdowns(self.counts(), CATALOGUE, "MXN")[0]
        assert [(group.key, group.awarded, group.is_hidden) for group in axis.groups] == [
            ("1", 10, False),
            ("2", None, True),
            ("3", None, True),
        ]
        assert (axis.decided, axis.awarded, axis.amount) == (37, 18, Money(1_800, "MXN"))

    def test_an_axis_nobody_chose_is_shown_as_none(self) -> None:
        axis = breakdowns(self.counts()[:2], CATALOGUE, "MXN")[0]
        assert [group.awarded for group in axis.groups] == [10, 6, 0]

    def test_a_year_hides_what_its_quarters_would_give_away(self) -> None:
        second = [replace(one, quarter=2, call_id=8, decided=30, awarded=15) for one in self.counts()]
        year = breakdowns([*self.counts(), *second], CATALOGUE, "MXN")[0]
        # Axis 3 had two awards in the first quarter: the year less the second quarter would tell.
        assert [group.is_hidden for group in year.groups] == [False, True, True]

    def test_rows_outside_the_catalogue_are_not_lost(self) -> None:
        strange = [*self.counts()[:2], Count("axis", "unknown", 1, 7, 6, 5, 500)]
        axis = breakdowns(strange, CATALOGUE, "MXN")[0]
        assert [(group.key, group.awarded) for group in axis.groups][-1] == ("unknown", 5)
        assert axis.awarded == 21


class TestReconciliation:
    def test_a_report_that_is_the_books_has_no_difference(self) -> None:
        report = a_report()
        assert reconcile(report, books_of(report)) == ()

    @pytest.mark.parametrize(
        ("account", "what"),
        [
            ("4.1.1", "income_cash"),
            ("4.2.1", "income_in_kind"),
            ("5.2.1", "uses"),
            ("1.1.1", "closing"),
            ("8.2.4", "moments"),
        ],
    )
    def test_a_cent_of_difference_in_the_books_is_found(self, account: str, what: str) -> None:
        report = a_report()
        ledger = books_of(report)
        wrong = tuple(
            replace(one, debit=one.debit + 1, closing=one.closing + 1) if one.account == account else one
            for one in ledger.sums
        )
        found = reconcile(report, replace(ledger, sums=wrong))
        assert what in {one.what for one in found}
        assert {one.fund for one in found} == {"general"}

    def test_a_sum_the_report_forgot_is_found(self) -> None:
        report = a_report()
        ledger = books_of(report)
        extra = replace(ledger, sums=(*ledger.sums, BookSum("5.9.1", "general", "MXN", debit=700)))
        assert reconcile(report, extra) == (Difference("uses", "general", "MXN", 0, 700),)

    def test_a_figure_changed_in_the_report_is_found(self) -> None:
        report = a_report()
        line = replace(report.destinations[0], money=report.destinations[0].money + Money(1, "MXN"))
        found = reconcile(replace(report, destinations=(line,)), books_of(report))
        assert found == (Difference("destinations", "general", "MXN", 30_001, 30_000),)

    def test_commitments_the_treasury_does_not_know_are_found(self) -> None:
        report = a_report()
        found = reconcile(report, replace(books_of(report), commitments=()))
        assert found == (Difference("commitments", "general", "MXN", 50_000, 0),)

    def test_an_empty_report_agrees_with_empty_books(self) -> None:
        empty = replace(a_report(), income=(), uses=(), destinations=(), funds=(), moments=())
        assert reconcile(empty, Ledger((), 0)) == ()

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.agreement import Level, intraclass, krippendorff_alpha, one_way

# Krippendorff's example: four coders and twelve units, None where a coder gave nothing.
CODERS: list[list[int | None]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [[value for coder in CODERS if (value := coder[unit]) is not None] for unit in range(12)]


@pytest.mark.parametrize(
    ("level", "alpha"),
    [(Level.NOMINAL, 0.7434), (Level.ORDINAL, 0.8154), (Level.INTERVAL, 0.8491), (Level.RATIO, 0.7974)],
)
def test_alpha_is_the_published_one(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=5e-5)


@pytest.mark.parametrize("units", [[], [[3.0]], [[3.0, 3.0], [3.0, 3.0]]])
def test_alpha_is_not_defined_where_nothing_varies_or_nothing_is_paired(units: list[list[float]]) -> None:
    assert krippendorff_alpha(units) is None


@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=2, max_size=8))
def test_alpha_agrees_with_another_implementation(table: list[list[int]]) -> None:
    ours = krippendorff_alpha(table)
    if ours is None:
        assert len(np.unique(table)) == 1
        return
    theirs = krippendorff.alpha(np.asarray(table, dtype=float).T, level_of_measurement="interval")
    assert ours == pytest.approx(theirs, abs=1e-9)


SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_six_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    result = intraclass(SHROUT_FLEISS)
    assert result is not None
    found = (result.icc_1_1, result.icc_2_1, result.icc_3_1, result.icc_1_k, result.icc_2_k, result.icc_3_k)
    assert found == pytest.approx((0.1657, 0.2898, 0.7148, 0.4428, 0.6201, 0.9093), abs=5e-5)


@pytest.mark.parametrize("table", [[[1, 2]], [[1], [2]], [[3, 3], [3, 3]]])
def test_intraclass_is_not_defined_without_rows_columns_or_variation(table: list[list[float]]) -> None:
    assert intraclass(table) is None


def test_one_way_of_a_full_table_is_shrout_and_fleiss_and_unequal_readings_are_allowed() -> None:
    found = one_way(SHROUT_FLEISS)
    assert found is not None
    assert (found.single, found.mean) == pytest.approx((0.1657, 0.4428), abs=5e-5)
    uneven = one_way([[1, 1, 1], [5, 5], [3]])
    assert uneven is not None
    assert (uneven.single, uneven.mean) == (1.0, 1.0)


def test_the_unit_of_a_scale_does_not_matter() -> None:
    for scale in (1e-9, 1e9):
        table = [[mark * scale for mark in row] for row in SHROUT_FLEISS]
        found, whole = one_way(table), intraclass(table)
        assert found is not None
        assert whole is not None
        assert (found.single, found.mean, whole.icc_2_1) == pytest.approx((0.1657, 0.4428, 0.2898), abs=5e-5)
        assert krippendorff_alpha(table) == pytest.approx(krippendorff_alpha(SHROUT_FLEISS), abs=1e-9)


@pytest.mark.parametrize("units", [[[1.0], [2.0]], [[1.0, 2.0]], [[3.0, 3.0], [3.0, 3.0]], [[0.1] * 3] * 3])
def test_one_way_is_not_defined_where_nothing_was_read_twice_or_varies(units: list[list[float]]) -> None:
    assert one_way(units) is None


@pytest.mark.parametrize("level", list(Level))
def test_scores_in_columns_say_what_pairs_say_one_by_one(level: Level) -> None:
    chance = np.random.default_rng(2)
    units = [chance.integers(1, 7, size).astype(float).tolist() for size in chance.integers(0, 5, 60)]
    assert krippendorff_alpha(units, level) == pytest.approx(_pair_by_pair(units, level), abs=1e-12)


def _pair_by_pair(units: list[list[float]], level: Level) -> float:
    """Alpha as its definition has it, without matrices."""
    read = [unit for unit in units if len(unit) > 1]
    values = [value for unit in read for value in unit]
    totals = {value: values.count(value) for value in values}

    def distance(one: float, other: float) -> float:
        low, high = sorted((one, other))
        between = sum(count for value, count in totals.items() if low <= value <= high)
        return {
            Level.NOMINAL: float(one != other),
            Level.ORDINAL: (between - (totals[low] + totals[high]) / 2) ** 2,
            Level.INTERVAL: (one - other) ** 2,
            Level.RATIO: ((one - other) / (one + other)) ** 2,
        }[level]

    observed = sum(sum(distance(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in read) / len(values)
    expected = sum(distance(a, b) for a in values for b in values) / (len(values) * (len(values) - 1))
    return 1 - observed / expected

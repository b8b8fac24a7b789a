import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.expected_rank import expected_ranks, expected_ranks_of


def test_two_dossiers_by_hand() -> None:
    # difference 1, variance 1 + 1 − 2·0.5 = 1: Φ(1) = 0.841344746
    ranks = expected_ranks([1.0, 0.0], [[1.0, 0.5], [0.5, 1.0]])
    assert ranks == pytest.approx([1.158655254, 1.841344746])


def test_certainty_gives_the_plain_order_and_halves_for_equals() -> None:
    assert expected_ranks([3.0, 1.0, 2.0, 2.0], np.zeros((4, 4)).tolist()) == [1.0, 4.0, 2.5, 2.5]


def test_a_covariance_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        expected_ranks([1.0, 2.0], [[1.0]])


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4)), min_size=1, max_size=8))
def test_ranks_add_up_and_follow_quality_where_doubt_is_equal(values: list[tuple[float, float]]) -> None:
    theta = [quality for quality, _variance in values]
    n = len(theta)
    ranks = expected_ranks(theta, np.diag([variance for _quality, variance in values]).tolist())
    assert sum(ranks) == pytest.approx(n * (n + 1) / 2)
    equal = expected_ranks(theta, np.eye(n).tolist())
    order = sorted(range(n), key=lambda index: -theta[index])
    assert [equal[index] for index in order] == pytest.approx(sorted(equal))


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4), st.floats(-2, 2)), min_size=1, max_size=8),
    st.integers(1, 9),
)
def test_ranks_taken_in_blocks_are_those_of_the_whole_covariance(
    values: list[tuple[float, float, float]], block: int
) -> None:
    theta, own, shared = (np.asarray(column) for column in zip(*values, strict=True))
    whole = expected_ranks(theta.tolist(), (np.diag(own) + np.outer(shared, shared)).tolist())
    assert expected_ranks_of(theta, own, shared[:, None], block=block).tolist() == pytest.approx(whole, abs=1e-6)

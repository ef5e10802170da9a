"""The bootstrap: intervals against the exact quantiles of what is drawn."""

from collections.abc import Sequence

import pytest

from evals.metrics.measures import is_exact, is_same_or_part
from evals.statistics.bootstrap import Interval, compute_interval
from evals.statistics.ranking import auroc


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_the_interval_is_that_of_the_binomial() -> None:
    # Of 400 drawn from as many ones as zeros, 2.5 % have at most 180 ones, 97.5 % at most 220.
    numbers = iter(range(400))
    found = compute_interval([0.0, 1.0] * 200, lambda _: next(numbers), mean)
    assert found.value == 0.5
    assert found.low == pytest.approx(0.45, abs=0.003)
    assert found.high == pytest.approx(0.55, abs=0.003)


def test_groups_are_drawn_whole() -> None:
    """Two groups, each all of a kind: twice the one, twice the other, or both are drawn."""
    found = compute_interval([0.0] * 50 + [1.0] * 50, lambda value: value, mean)
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


def test_only_the_leading_zero_is_left_out() -> None:
    assert str(Interval(1.0, 0.5, 10.0)) == "1.000 [.500 10.000]"
    assert str(Interval(0.0, -0.25, 0.005)) == ".000 [-.250 .005]"


def test_the_first_character_can_be_quoted() -> None:
    assert is_exact("Los", "Los países deben", 0, 3)


def test_a_part_and_its_whole_are_the_same_either_way() -> None:
    assert is_same_or_part("r#1.1-r05.2", "r#1.1-r05")
    assert is_same_or_part("r#1.1-r05", "r#1.1-r05.2")


def test_scores_in_any_order_are_ranked() -> None:
    assert auroc([0.3, 0.9], [0.5, 0.1, 0.4]) == pytest.approx(4 / 6)  # .9 beats three, .3 beats .1

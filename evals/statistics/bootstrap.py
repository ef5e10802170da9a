"""Computes a figure with its 95 % cluster bootstrap interval, resampled by article, report or FAQ entry."""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Format as in a table.

        >>> str(Interval(0.9346, 0.901, 0.96))
        '.935 [.901 .960]'
        """
        value, low, high = (
            re.sub(r"^(-?)0\.", r"\1.", f"{figure:.3f}") for figure in (self.value, self.low, self.high)
        )
        return f"{value} [{low} {high}]"


def compute_interval(
    asked: Iterable[T], group: Callable[[T], Hashable], figure: Callable[[Sequence[T]], float]
) -> Interval:
    """Compute a figure and its bootstrap interval, resampling whole groups.

    >>> compute_interval([0.0, 1.0, 1.0], lambda right: right, lambda some: sum(some) / len(some)).value
    0.6666666666666666
    """
    everything = list(asked)
    groups: dict[Hashable, list[T]] = {}
    for item in everything:
        groups.setdefault(group(item), []).append(item)
    low, high = bootstrap_interval(list(groups.values()), lambda drawn: figure(list(chain.from_iterable(drawn))))
    return Interval(figure(everything), low, high)


def bootstrap_interval(
    groups: Sequence[T], figure: Callable[[Sequence[T]], float], *, draws: int = 1_000
) -> tuple[float, float]:
    """The 95 % bootstrap interval of a figure, resampling whole groups (articles, reports) with a fixed seed.

    Efron and Tibshirani 1993, percentile interval. (0, 0) without groups.

    >>> bootstrap_interval([[1.0], [1.0, 1.0]], lambda drawn: sum(map(sum, drawn)) / sum(map(len, drawn)))
    (1.0, 1.0)
    """
    if not groups:
        return (0.0, 0.0)
    drawn: NDArray[np.int64] = np.random.default_rng(2010).integers(0, len(groups), (draws, len(groups)))
    values = [figure([groups[number] for number in numbers]) for numbers in drawn]
    low, high = np.percentile(values, [2.5, 97.5])
    return (float(low), float(high))

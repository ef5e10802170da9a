"""Computes a figure with its 95 % cluster bootstrap interval, resampled by article, report or FAQ entry."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.metrics.measures import bootstrap_interval

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
        value, low, high = (f"{one:.3f}".replace("0.", ".", 1) for one in (self.value, self.low, self.high))
        return f"{value} [{low} {high}]"


def compute_interval(
    asked: Iterable[T], group: Callable[[T], Hashable], figure: Callable[[Sequence[T]], float]
) -> Interval:
    """Compute a figure and its bootstrap interval, resampling whole groups.

    >>> compute_interval([0.0, 1.0, 1.0], lambda one: one, lambda some: sum(some) / len(some)).value
    0.6666666666666666
    """
    everything = list(asked)
    groups: dict[Hashable, list[T]] = {}
    for item in everything:
        groups.setdefault(group(item), []).append(item)
    low, high = bootstrap_interval(list(groups.values()), lambda drawn: figure([one for some in drawn for one in some]))
    return Interval(figure(everything), low, high)

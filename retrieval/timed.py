"""Other people's iterators under our clock: what comes is passed on until the time is up or somebody stops it."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TypeVar

from retrieval.ticking import ticking

T = TypeVar("T")
_GLANCE = 0.05  # seconds between looks at the clock and at who wants to stop


class Overdue(Exception):
    """The time was up before the iterator was at its end."""


def timed(
    source: Callable[[threading.Event], Iterator[T]], *, until: float, stop: threading.Event
) -> Generator[T, None, None]:
    """What ``source`` yields, until ``until`` (of time.monotonic) or ``stop``.

    ``source`` is given an event that is set once nobody listens any more. Raises Overdue, or what the source raises.
    """

    def tick() -> float:
        return min(_GLANCE, max(0.0, until - time.monotonic()))

    with closing(ticking(source, tick=tick, stop=stop, name="chat model")) as coming:
        for one in coming:
            if time.monotonic() >= until:
                raise Overdue
            if one is not None:
                yield one

"""An iterator's items with a breath between them, so that who waits for it can be let go at any time."""

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from retrieval.generation.streaming import ticking

T = TypeVar("T")
BREATH = 0.5  # seconds after which nothing is said to have come


def paced(
    source: Callable[[], Generator[T, None, None]], stop: threading.Event, *, breath: float = BREATH
) -> Generator[T | None, None, None]:
    """What ``source`` yields, and None whenever nothing has come for ``breath`` seconds.

    It runs in a thread of its own. Once ``stop`` is set, or this is closed, nothing more comes: ``stop`` is set,
    and the thread closes the source as soon as that comes back. Raises what the source raises.
    """
    try:
        with closing(ticking(lambda left: source(), tick=lambda: breath, stop=stop, name="answer")) as coming:
            yield from coming
    finally:
        stop.set()

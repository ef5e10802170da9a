"""Poll a condition in tests, with a timeout."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, seconds: float = 20) -> T:
    """Wait until a condition is truthy, and return its value. Raises AssertionError that names what did not come.

    >>> wait_until(lambda: 3, "a number")
    3
    >>> wait_until(lambda: "", "a word", seconds=0)
    Traceback (most recent call last):
    AssertionError: waited 0 seconds for a word
    """
    end = time.monotonic() + seconds
    while not (came := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} seconds for {what}")
        time.sleep(0.02)
    return came

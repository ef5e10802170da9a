"""What is made once for each state of the index, and kept until the next."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """One value, made anew when it is asked for of another state; from any thread."""

    def __init__(self) -> None:
        self._kept: tuple[str, T] | None = None
        self._lock = threading.Lock()

    def of(self, state: str, make: Callable[[], T]) -> T:
        """The value of that state.

        >>> latest = Latest[int]()
        >>> latest.of("1", lambda: 10), latest.of("1", lambda: 20), latest.of("2", lambda: 30)
        (10, 10, 30)
        """
        with self._lock:
            if self._kept is None or self._kept[0] != state:
                self._kept = state, make()
            return self._kept[1]

"""A cache for one value per state of the index."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestCache(Generic[T]):
    """Caches one value for the latest state and recomputes it for another; thread-safe."""

    def __init__(self) -> None:
        self._kept: tuple[str, T] | None = None
        self._lock = threading.Lock()

    def get_or_make(self, state: str, make: Callable[[], T]) -> T:
        """Return the cached value of the state, or make it.

        >>> latest = LatestCache[int]()
        >>> [latest.get_or_make(state, lambda: made) for state, made in (("1", 10), ("1", 20), ("2", 30))]
        [10, 10, 30]
        """
        with self._lock:
            if self._kept is None or self._kept[0] != state:
                self._kept = state, make()
            return self._kept[1]

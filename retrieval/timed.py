"""Other people's iterators under our clock: what comes is passed on until the time is up or somebody stops it.

The iterator runs in a thread of its own, which is left behind when it does not come back: a socket that hangs, or a
library that ignores its time-out, costs the reader no more than the time that was given.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
_GLANCE = 0.05  # seconds between looks at the clock and at who wants to stop
_AHEAD = 64  # items that may come before they are asked for


class Overdue(Exception):
    """The time was up before the iterator was at its end."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def timed(
    source: Callable[[threading.Event], Iterator[T]], *, until: float, stop: threading.Event
) -> Generator[T, None, None]:
    """What ``source`` yields, until ``until`` (of time.monotonic) or ``stop``.

    ``source`` is given an event that is set once nobody listens any more. Raises Overdue, or what the source raises.
    """
    left = threading.Event()
    coming: queue.Queue[list[T] | _End] = queue.Queue(_AHEAD)

    def put(one: list[T] | _End) -> None:
        while not left.is_set():
            try:
                return coming.put(one, timeout=_GLANCE)
            except queue.Full:
                continue
        return None

    def run() -> None:
        try:
            for item in source(left):
                put([item])
                if left.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 (it is raised again where it is waited for)
            put(_End(error))
        else:
            put(_End())

    threading.Thread(target=copy_context().run, args=(run,), name="chat model", daemon=True).start()
    try:
        while not stop.is_set():
            remaining = until - time.monotonic()
            if remaining <= 0:
                raise Overdue
            try:
                one = coming.get(timeout=min(_GLANCE, remaining))
            except queue.Empty:
                continue
            if not isinstance(one, _End):
                yield one[0]
            elif one.error is not None:
                raise one.error
            else:
                return
    finally:
        left.set()

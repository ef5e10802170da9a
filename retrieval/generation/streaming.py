"""Another's iterator in a thread of its own, with a tick whenever nothing has come, so that who waits stays free.

The thread is left behind when the iterator does not come back: a socket that hangs, or a library that ignores
its time-out, costs the reader no more than a tick.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
_GLANCE = 0.05  # seconds between looks at whether anybody still listens
_AHEAD = 64  # items that may come before they are asked for


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def ticking(
    source: Callable[[threading.Event], Iterator[T]], *, tick: Callable[[], float], stop: threading.Event, name: str
) -> Generator[T | None, None, None]:
    """What ``source`` yields, and None whenever nothing has come for ``tick()`` seconds; nothing more after ``stop``.

    ``source`` is given an event that is set once nobody listens any more; what it gave is closed then, if it
    can be, as soon as it comes back. ``name`` is the thread's. Raises what the source raises.
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
            items = source(left)
            try:
                for item in items:
                    put([item])
                    if left.is_set():
                        return
            finally:
                if isinstance(items, Generator):
                    items.close()
        except BaseException as error:  # noqa: BLE001 (it is raised again where it is waited for)
            put(_End(error))
        else:
            put(_End())

    start(partial(copy_context().run, run), name)
    try:
        while not stop.is_set():
            try:
                one = coming.get(timeout=tick())
            except queue.Empty:
                yield None
                continue
            if stop.is_set():
                return
            if not isinstance(one, _End):
                yield one[0]
            elif one.error is not None:
                raise one.error
            else:
                return
    finally:
        left.set()


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


KEPT = 32  # threads that wait for work
_Inbox = SimpleQueue[tuple[Callable[[], object], str]]
_waiting: list[_Inbox] = []
_lock = threading.Lock()


def start(work: Callable[[], object], name: str) -> None:
    """Do this in a thread of that name. ``work`` raises nothing."""
    with _lock:
        inbox = _waiting.pop() if _waiting else None
    if inbox is None:
        inbox = SimpleQueue()
        threading.Thread(target=_serve, args=(inbox,), daemon=True).start()
    inbox.put((work, name))


def _serve(inbox: _Inbox) -> None:
    while True:
        work, threading.current_thread().name = inbox.get()
        work()
        del work  # and all that it holds
        threading.current_thread().name = "waiting"
        with _lock:
            if len(_waiting) >= KEPT:
                return
            _waiting.append(inbox)

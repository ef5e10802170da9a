"""Streaming: another's iterator in a thread of its own, under our clock, so that who waits for it stays free.

    stream(source, tick, stop)           its items, and None whenever nothing has come for a tick
    stream_until(source, until, stop)    its items until a deadline
    stream_answer(source, stop)          the same of an answer, for a page that wants to stay alive

A thread whose iterator does not come back is left behind: a socket that hangs, or a library that ignores its
time-out, costs the reader no more than a tick. Threads are daemons and are used again, so that what one opens
for itself, such as its connection to the index, is kept open.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

T = TypeVar("T")
HEARTBEAT = 0.5  # seconds after which an answer is said to have brought nothing
POOL = 32  # threads that wait for work
_GLANCE = 0.05  # seconds between looks at the clock, and at whether anybody still listens
_AHEAD = 64  # items that may come before they are asked for

_Inbox = queue.SimpleQueue[tuple[Callable[[], object], str]]
_idle: list[_Inbox] = []
_lock = threading.Lock()


class Overdue(Exception):
    """The deadline passed before the iterator was at its end."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def stream(
    source: Callable[[threading.Event], Iterator[T]], *, tick: Callable[[], float], stop: threading.Event, name: str
) -> Generator[T | None, None, None]:
    """What ``source`` yields, and None whenever nothing has come for ``tick()`` seconds; nothing more after ``stop``.

    ``source`` is given an event that is set once nobody listens any more; what it gave is closed then, if it
    can be, as soon as it comes back. ``name`` is the thread's. Raises what the source raises.
    """
    left = threading.Event()
    coming: queue.Queue[list[T] | _End] = queue.Queue(_AHEAD)

    def put(item: list[T] | _End) -> None:
        while not left.is_set():
            try:
                return coming.put(item, timeout=_GLANCE)
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

    run_in_pool(partial(copy_context().run, run), name)
    try:
        while not stop.is_set():
            try:
                item = coming.get(timeout=tick())
            except queue.Empty:
                yield None
                continue
            if stop.is_set():
                return
            if not isinstance(item, _End):
                yield item[0]
            elif item.error is not None:
                raise item.error
            else:
                return
    finally:
        left.set()


def stream_until(
    source: Callable[[threading.Event], Iterator[T]], *, until: float, stop: threading.Event
) -> Generator[T, None, None]:
    """What ``source`` yields, until ``until`` (seconds of time.monotonic) or ``stop``.

    ``source`` is given an event that is set once nobody listens any more. Raises Overdue, or what the source raises.
    """

    def tick() -> float:
        return min(_GLANCE, max(0.0, until - time.monotonic()))

    with closing(stream(source, tick=tick, stop=stop, name="chat model")) as coming:
        for item in coming:
            if time.monotonic() >= until:
                raise Overdue
            if item is not None:
                yield item


def stream_answer(
    source: Callable[[], Generator[T, None, None]], stop: threading.Event, *, heartbeat: float = HEARTBEAT
) -> Generator[T | None, None, None]:
    """What ``source`` yields, and None whenever nothing has come for ``heartbeat`` seconds.

    Once ``stop`` is set, or this is closed, nothing more comes: ``stop`` is set, and the thread closes the source as
    soon as that comes back. Raises what the source raises.
    """
    try:
        with closing(stream(lambda left: source(), tick=lambda: heartbeat, stop=stop, name="answer")) as coming:
            yield from coming
    finally:
        stop.set()


def run_in_pool(work: Callable[[], object], name: str) -> None:
    """Do ``work``, which raises nothing, in a thread of that name: one that waits for work, or a new one."""
    with _lock:
        inbox = _idle.pop() if _idle else None
    if inbox is None:
        inbox = queue.SimpleQueue()
        threading.Thread(target=_serve, args=(inbox,), daemon=True).start()
    inbox.put((work, name))


def _serve(inbox: _Inbox) -> None:
    while True:
        work, threading.current_thread().name = inbox.get()
        work()
        del work  # and all that it holds
        threading.current_thread().name = "waiting"
        with _lock:
            if len(_idle) >= POOL:
                return
            _idle.append(inbox)

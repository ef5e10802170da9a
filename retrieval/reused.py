"""Threads that are used again: what a thread opens for itself, such as its connection to the index, is kept open.

They are daemons: one that never comes back keeps nobody from leaving.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue

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

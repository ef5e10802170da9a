"""Lanes of the search: long questions take turns in a lane of their own, so that no short one waits for them.

A long question costs a hundred times what a short one does, most of it in the embedding model, which runs without
Python's lock: its lane is one thread, which on Linux yields the processor to the others.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ingest.errors import SearchTimedOut

LONG_WAITING = 12  # long questions that may wait for their turn, or be in it
_NICE = 10  # of a thread that is to hold nobody up


class SearchLanes:
    """Runs searches in threads: ``threads`` for short questions, one for long ones."""

    def __init__(self, threads: int) -> None:
        self._short = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="long search", initializer=yield_processor)
        self._places = threading.BoundedSemaphore(LONG_WAITING)

    def submit(self, search: Callable[[], None], *, is_long: bool) -> None:
        """Run a search when its turn comes. Raises SearchTimedOut where too many long ones wait."""
        if not is_long:
            self._short.submit(search)
        elif self._places.acquire(blocking=False):
            self._long.submit(search).add_done_callback(lambda _: self._places.release())
        else:
            raise SearchTimedOut(
                f"{LONG_WAITING} long questions wait to be searched: what the reports say is not known. "
                "Ask in fewer words, or try again in a minute."
            )


def yield_processor() -> None:
    """Lower the priority of this thread alone, for good, where a system has threads with one of their own."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)

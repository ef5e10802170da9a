"""Lanes of the search: long questions take turns in a lane of their own, so that no short one waits for them.

A long question costs a hundred times what a short one does, most of it in the embedding model, which runs without
Python's lock. Its lane is one thread, at work a quarter of the time where there are short ones, and of the others'
priority: one of less would hold that lock while it waits for a processor.
"""

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ingest.errors import SearchTimedOut

LONG_WAITING = 8  # long questions that may wait for their turn, or be in it
RESTS = 3  # times as long as a long search took, while there are short ones
_NICE = 10  # of a thread that is to hold nobody up


class SearchLanes:
    """Runs searches in threads: ``threads`` for short questions, one for long ones."""

    def __init__(self, threads: int) -> None:
        self._short = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="long search")
        self._places = threading.BoundedSemaphore(LONG_WAITING)
        self._short_begun = 0

    def submit(self, search: Callable[[], None], *, is_long: bool) -> None:
        """Run a search when its turn comes. Raises SearchTimedOut where too many long ones wait."""
        if not is_long:
            self._short_begun += 1
            self._short.submit(search)
        elif self._places.acquire(blocking=False):
            self._long.submit(self._run_and_rest, search).add_done_callback(lambda _: self._places.release())
        else:
            raise SearchTimedOut(
                f"{LONG_WAITING} long questions wait to be searched: what the reports say is not known. "
                "Ask in fewer words, or try again in a minute."
            )

    def _run_and_rest(self, search: Callable[[], None]) -> None:
        """Search; where short ones came meanwhile, leave them the processor for three times as long."""
        began, before = time.monotonic(), self._short_begun
        search()
        return_memory()
        if self._short_begun > before:
            time.sleep(RESTS * (time.monotonic() - began))


def settle_process() -> None:
    """Prepare a process, once all is loaded, to serve many threads without stalls.

    What is there by now stays, and nobody waits while it is looked through for garbage. A thread that comes back from
    the system has Python's lock in half a millisecond instead of five: a search comes back dozens of times.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(5e-4)


def return_memory() -> None:
    """Give the memory that is free back to the system, where its library keeps it, as glibc does."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def yield_processor() -> None:
    """Lower the priority of this thread alone, for good, where a system has threads with one of their own."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)

"""Threads are used again, and one that does not come back bars nobody."""

import threading
from queue import SimpleQueue

from retrieval.generation import streaming
from tests.fakes.waiting import wait_until

PATIENCE = 20  # seconds


def test_a_thread_is_used_again_and_never_by_two_at_once() -> None:
    seen: SimpleQueue[tuple[int, str]] = SimpleQueue()
    go, ended = threading.Event(), threading.Event()

    def tells() -> None:
        seen.put((threading.get_ident(), threading.current_thread().name))

    def hangs() -> None:
        tells()
        go.wait(PATIENCE)
        ended.set()

    streaming.run_in_pool(hangs, "first")
    first = seen.get(timeout=PATIENCE)
    before = set(map(id, streaming._idle))
    streaming.run_in_pool(tells, "second")
    second = seen.get(timeout=PATIENCE)
    assert (first[1], second[1]) == ("first", "second")
    assert first[0] != second[0]
    wait_until(lambda: streaming._idle and not set(map(id, streaming._idle)) < before, "the second's thread to wait")
    count = len(streaming._idle)
    streaming.run_in_pool(tells, "third")
    seen.get(timeout=PATIENCE)
    wait_until(lambda: len(streaming._idle) >= count, "the third's thread to wait")
    assert len(streaming._idle) == count
    go.set()
    assert ended.wait(PATIENCE)

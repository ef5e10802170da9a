"""Threads are used again, and one that does not come back bars nobody."""

import threading
from queue import SimpleQueue

from retrieval.generation import streaming
from tests.waiting import until

PATIENCE = 20  # seconds


def test_a_thread_is_used_again_and_never_by_two_at_once() -> None:
    seen: SimpleQueue[tuple[int, str]] = SimpleQueue()
    go, ended = threading.Event(), threading.Event()

    def one() -> None:
        seen.put((threading.get_ident(), threading.current_thread().name))

    def hangs() -> None:
        one()
        go.wait(PATIENCE)
        ended.set()

    streaming.start(hangs, "first")
    first = seen.get(timeout=PATIENCE)
    before = set(map(id, streaming._waiting))
    streaming.start(one, "second")
    second = seen.get(timeout=PATIENCE)
    assert (first[1], second[1]) == ("first", "second")
    assert first[0] != second[0]
    until(lambda: streaming._waiting and not set(map(id, streaming._waiting)) < before, "the second's thread to wait")
    count = len(streaming._waiting)
    streaming.start(one, "third")
    seen.get(timeout=PATIENCE)
    until(lambda: len(streaming._waiting) >= count, "the third's thread to wait")
    assert len(streaming._waiting) == count
    go.set()
    assert ended.wait(PATIENCE)

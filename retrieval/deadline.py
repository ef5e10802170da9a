"""The deadline of searches in a worker process: a clock for each, and when the process has to be replaced.

A search is timed as if it had a core to itself, so that none fails because others run beside it, in this process or (on
Linux) in any other. One that is late fails at once; its process is replaced where its thread does not end, or keeps the
others from running.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SearchTimedOut

DEADLINE = 2.0  # seconds of a search, as if it had a core to itself
BEAT = 0.1  # seconds between a busy process's signs of life
_GLANCE = 0.05  # seconds between looks at the clocks


class Replaced(EOFError):
    """The process was ended because of another request."""


@dataclass(slots=True, eq=False)
class Pending:
    """A request that a process was sent."""

    reply: Future[bytes]
    thread: int = 0  # of the process, that searches; 0: it waits for one
    spent: float = 0.0  # seconds, as if it had a core to itself

    def settle(self, reply: bytes | BaseException) -> None:
        """Give the reply, unless there is one."""
        with suppress(InvalidStateError):
            if isinstance(reply, bytes):
                self.reply.set_result(reply)
            else:
                self.reply.set_exception(reply)


class DeadlineClock:
    """Keeps the time of the requests to one process, in a thread of its own, until ``over`` is set."""

    def __init__(
        self, process: int, seconds: float, waiting: Mapping[int, Pending], replace: Callable[[], None]
    ) -> None:
        self._process, self._seconds, self._waiting, self._replace = process, seconds, waiting, replace
        self.heard = 0.0  # when the process last gave a sign of life
        self.over = threading.Event()
        self._waits: dict[int, int] = {}
        threading.Thread(target=self._keep, name="deadlines", daemon=True).start()

    def _keep(self) -> None:
        last, heard, silent, cores = time.monotonic(), self.heard, 0.0, os.cpu_count() or 1
        while not self.over.wait(_GLANCE):
            running = [pending for pending in list(self._waiting.values()) if pending.thread]
            now = time.monotonic()
            elapsed, last = min(now - last, 2 * _GLANCE), now  # what this process itself has missed counts for nobody
            if silent > BEAT or any(pending.spent > self._seconds / 4 for pending in running):
                elapsed = max(0.0, elapsed - self._measure_starvation())
            silent = silent + elapsed if running and self.heard == heard else 0.0
            heard = self.heard
            for pending in running if silent < 2 * BEAT else ():  # else a thread keeps the others from running
                pending.spent += elapsed * min(1.0, cores / len(running))
                if pending.spent > self._seconds:
                    self._fail(pending)
            stuck = silent > max(self._seconds, 10 * BEAT)
            if stuck:
                self._fail(self._find_busiest(running))
            if stuck or any(pending.spent > 2 * self._seconds for pending in running):
                self._replace()
                return

    def _fail(self, pending: Pending) -> None:
        said = f"The search took longer than {self._seconds:g} s and was stopped: what the reports say is not known."
        pending.settle(SearchTimedOut(f"{said} Ask in fewer words, or try again."))

    def _measure_starvation(self) -> float:
        """Seconds, since it was measured before, that a thread of the process has waited for a core: the longest."""
        before, self._waits = self._waits, {thread: wait for thread, (_, wait) in self._read_threads().items()}
        return max((wait - before.get(thread, wait) for thread, wait in self._waits.items()), default=0) / 1e9

    def _find_busiest(self, running: Sequence[Pending]) -> Pending:
        """The search whose thread uses the processor, where the system tells; else the one that began first."""
        before = self._read_threads()
        self.over.wait(4 * _GLANCE)
        used = {thread: used - before.get(thread, (used, 0))[0] for thread, (used, _) in self._read_threads().items()}
        return max(running, key=lambda pending: used.get(pending.thread, 0))

    def _read_threads(self) -> dict[int, tuple[int, int]]:
        """Nanoseconds that each thread of the process has used a core and has waited for one; empty but on Linux."""
        read: dict[int, tuple[int, int]] = {}
        for folder in Path(f"/proc/{self._process}/task").glob("*"):
            with suppress(OSError, ValueError):  # it has ended
                used, waited, _ = (folder / "schedstat").read_text(encoding="ascii").split()
                read[int(folder.name)] = int(used), int(waited)
        return read

"""Batches concurrent calls: requests that arrive while the model is busy are encoded together.

A single call runs at once and by itself, as do a few concurrent ones: no call ever waits for a batch to fill.
Beyond that, the waiting calls form a batch.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(slots=True, eq=False)
class _Call(Generic[Given, Made]):
    given: Given
    made: Sequence[Made] = ()  # one, once it is there
    error: BaseException | None = None

    @property
    def done(self) -> bool:
        return bool(self.made) or self.error is not None


class BatchingEmbedder(Generic[Given, Made]):
    """Makes a function of one input from ``work``, a function of a batch that returns one output per input, in order.

    At most ``at_once`` batches run concurrently, each of at most ``most`` inputs; while half of ``at_once`` have
    several inputs no other starts, so that larger batches form.
    """

    def __init__(self, work: Callable[[Sequence[Given]], Sequence[Made]], *, at_once: int, most: int) -> None:
        self._work, self._most = work, most
        self._at_once = at_once
        self._running: list[int] = []  # how many things each call has
        self._waiting: list[_Call[Given, Made]] = []
        self._changed = threading.Condition()

    def __call__(self, given: Given) -> Made:
        """The output for one input. Raises what ``work`` raises, in every call of the batch."""
        mine: _Call[Given, Made] = _Call(given)
        with self._changed:
            self._waiting.append(mine)
            self._changed.wait_for(lambda: mine.done or (mine in self._waiting and self._may_start()))
            some = [] if mine.done else self._take_batch(mine)
        if some:
            self._run_batch(some)
        if mine.error is not None:
            raise mine.error
        return mine.made[0]

    def _may_start(self) -> bool:
        several = sum(count > 1 for count in self._running)
        return len(self._running) < self._at_once and several < max(self._at_once // 2, 1)

    def _take_batch(self, mine: "_Call[Given, Made]") -> list["_Call[Given, Made]"]:
        """Take this call and the waiting ones as a batch, the longest waiting first."""
        others = [call for call in self._waiting if call is not mine][: self._most - 1]
        some = [call for call in self._waiting if call is mine or call in others]
        self._waiting = [call for call in self._waiting if call not in some]
        self._running.append(len(some))
        return some

    def _run_batch(self, some: Sequence["_Call[Given, Made]"]) -> None:
        made: Sequence[Made] = ()
        error: BaseException | None = None
        try:
            made = self._work([call.given for call in some])
        except BaseException as raised:  # noqa: BLE001 (it is raised again in every call)
            error = raised
        with self._changed:
            for number, call in enumerate(some):
                call.made, call.error = made[number : number + 1], error
            self._running.remove(len(some))
            self._changed.notify_all()

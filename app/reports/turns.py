"""Fair turns at the index: a visitor may keep its writer busy for a minute, and then waits while others have theirs."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.errors import RelatoriaError

TURN, OCR_TURN = 60.0, 600.0  # seconds; where scanned pages are recognized
RECOVERY = 4.0  # seconds after which one that was used is given back
_SHORTEST = 10.0  # seconds that are worth beginning with


class TurnOver(RelatoriaError):
    """The work was stopped at the end of the visitor's turn."""


class NotYourTurn(RelatoriaError):
    """The visitor's turn is used up for now."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"That was a lot in a short time. Try again in {wait} seconds.")
        self.wait = wait


class Turns:
    """How long each visitor kept the writer lately."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._used: dict[str, tuple[float, float]] = {}  # seconds used, and when that was noted

    @contextmanager
    def take(self, visitor: str, turn: float = TURN) -> Iterator[float]:
        """Yield until when (on the clock ``now``) the writer may be kept; for "", who is at this machine, for ever.

        Raises NotYourTurn where too little of the turn is left.
        """
        if not visitor:
            yield math.inf
            return
        began = self._now()
        self._used = {who: (used, at) for who, (used, at) in self._used.items() if used > (began - at) / RECOVERY}
        used, at = self._used.get(visitor, (0.0, began))
        used -= (began - at) / RECOVERY
        if (lacking := _SHORTEST - (turn - used)) > 0:
            raise NotYourTurn(math.ceil(lacking * RECOVERY))
        try:
            yield began + turn - used
        finally:
            ended = self._now()
            self._used[visitor] = (used + ended - began, ended)

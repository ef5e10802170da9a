"""An iterator's items with a breath between them, so that who waits for it can be let go at any time."""

import queue
import threading
from collections.abc import Callable, Generator
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
BREATH = 0.5  # seconds after which nothing is said to have come


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def paced(
    source: Callable[[], Generator[T, None, None]], stop: threading.Event, *, breath: float = BREATH
) -> Generator[T | None, None, None]:
    """What ``source`` yields, and None whenever nothing has come for ``breath`` seconds.

    It runs in a thread of its own. Once ``stop`` is set, or this is closed, nothing more comes: ``stop`` is set,
    and the thread closes the source as soon as that comes back. Raises what the source raises.
    """
    coming: queue.SimpleQueue[list[T] | _End] = queue.SimpleQueue()

    def run() -> None:
        generator = source()
        try:
            for item in generator:
                if stop.is_set():
                    break
                coming.put([item])
        except BaseException as error:  # noqa: BLE001 (it is raised again where it is waited for)
            coming.put(_End(error))
        else:
            coming.put(_End())
        finally:
            generator.close()

    threading.Thread(target=copy_context().run, args=(run,), name="answer", daemon=True).start()
    try:
        while not stop.is_set():
            try:
                one = coming.get(timeout=breath)
            except queue.Empty:
                yield None
                continue
            if not isinstance(one, _End):
                if not stop.is_set():
                    yield one[0]
            elif one.error is not None:
                raise one.error
            else:
                return
    finally:
        stop.set()

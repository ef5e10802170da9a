"""A full disk, really: work in a process of its own in which the system lets no file grow beyond some bytes."""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def with_room_for(size: int, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What the work comes to where no file may have more than ``size`` bytes, or what it raises."""
    with ProcessPoolExecutor(1, get_context("spawn"), _bound, (size,)) as pool:
        return pool.submit(work, *given, **named).result(timeout=120)


def _bound(size: int) -> None:
    import resource

    sys.dont_write_bytecode = True  # it would be cut off, and believed by the next
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

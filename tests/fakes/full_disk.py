"""A real full disk: run a function in a process whose files the system lets grow no larger than some bytes."""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run_with_disk_limit(size: int, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Run a function where no file may exceed ``size`` bytes; returns its result, or raises what it raises."""
    with ProcessPoolExecutor(1, get_context("spawn"), _limit_file_size, (size,)) as pool:
        return pool.submit(work, *given, **named).result(timeout=120)


def _limit_file_size(size: int) -> None:
    import resource

    sys.dont_write_bytecode = True  # it would be cut off, and believed by the next
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

"""One writer at a time: the lock that an ingest holds on an index's folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import StorageFailed

_PATIENCE = 600  # seconds that a second ingest waits for the first


@contextmanager
def one_writer(folder: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold the lock; where another holds it, ``waiting`` is called, and then it is waited for."""
    lock = FileLock(folder / "writer.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise StorageFailed(
            f"Another ingest has been writing to {folder} for {_PATIENCE // 60} minutes. Try again later."
        ) from error
    except OSError as error:
        raise StorageFailed(
            f"The index folder {folder} cannot be written to ({error.strerror}). "
            "Choose another with --index, or free the disk. Nothing was changed."
        ) from error
    try:
        yield
    finally:
        lock.release()

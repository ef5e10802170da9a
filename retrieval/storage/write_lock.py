"""The write lock on an index folder: one ingest at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import StorageFailed
from ingest.private_files import make_private_folder

_LOCK_TIMEOUT = 600  # seconds that a second ingest waits for the first


@contextmanager
def hold_write_lock(folder: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold the write lock; ``waiting`` is called before waiting for another process. Raises StorageFailed."""
    lock = FileLock(folder / "writer.lock", mode=0o600)
    try:
        make_private_folder(folder)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=_LOCK_TIMEOUT)
    except Timeout as error:
        raise StorageFailed(
            f"Another ingest has been writing to {folder} for {_LOCK_TIMEOUT // 60} minutes. Try again later."
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

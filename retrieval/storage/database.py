"""A thread-safe SQLite file: one connection per thread, errors converted to StorageFailed."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import StorageFailed
from ingest.private_files import make_private_folder, open_private

_MAX_BOUND_VALUES = 500  # values bound in one statement; SQLite's own limit is higher


class Database:
    """One SQLite file; each read sees the latest committed state, one writer at a time."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema
        self._local = threading.local()

    @property
    def exists(self) -> bool:
        """Whether the file exists and has tables."""
        return self.path.is_file() and bool(self.rows("select 1 from sqlite_master limit 1"))

    def rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self.connection().execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise to_storage_failed(self.path.parent, error) from error

    def first_row(self, query: str, *values: object) -> tuple | None:  # type: ignore[type-arg]
        rows = self.rows(query, *values)
        return rows[0] if rows else None

    def rows_in(self, query: str, values: Iterable[object]) -> Iterator[tuple]:  # type: ignore[type-arg]
        """The rows of a query with "in (%s)", run in batches for any number of values."""
        listed = list(values)
        for first in range(0, len(listed), _MAX_BOUND_VALUES):
            some = listed[first : first + _MAX_BOUND_VALUES]
            yield from self.rows(query % ",".join("?" * len(some)), *some)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open a write transaction: committed at the end, rolled back on an exception."""
        try:
            connection = self.connection(create=True)
            connection.execute("begin immediate")
            try:
                if not connection.execute("select 1 from sqlite_master limit 1").fetchone():
                    for statement in self._schema.split(";\n"):
                        connection.execute(statement)
                yield connection
                connection.execute("commit")
            finally:
                if connection.in_transaction:
                    connection.execute("rollback")
        except (sqlite3.Error, OSError) as error:
            raise to_storage_failed(self.path.parent, error) from error

    def connection(self, create: bool = False) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.file != self._file():
            self.close()  # the index was deleted and made anew under a connection that still sees the old one
            connection = None
        if connection is None:
            if create:
                make_private_folder(self.path.parent)
                os.close(open_private(self.path, os.O_CREAT | os.O_RDWR))  # SQLite gives its log the same mode
            uri = f"{self.path.resolve().as_uri()}?mode={'rwc' if create or self._writable() else 'ro'}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60)
            if create:
                connection.execute("pragma journal_mode = wal")
            self._local.connection, self._local.file = connection, self._file()
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection

    def _file(self) -> tuple[int, int] | None:
        """The device and inode of the file at the path; None where there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _writable(self) -> bool:
        """Whether a reader may join the write-ahead log (it needs to create a file beside it)."""
        return os.access(self.path.parent, os.W_OK) and os.access(self.path, os.W_OK)


def to_storage_failed(folder: Path, error: Exception) -> StorageFailed:
    """Convert an error of SQLite or the system to a StorageFailed that says what to do."""
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return StorageFailed(
            f"The index in {folder} is damaged ({error}). Delete that folder, then type: relatoria ingest"
        )
    return StorageFailed(
        f"The index in {folder} cannot be used ({error}). What was in it before is untouched. "
        "Check that the disk has room and can be written to, or choose another place with --index."
    )

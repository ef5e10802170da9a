"""One SQLite file: a connection a thread, all or nothing, for its owner alone, and its errors say what to type."""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.errors import StorageFailed
from retrieval.storage import database
from retrieval.storage.database import Database, to_storage_failed

SCHEMA = "create table t (n integer primary key);\ncreate table u (n integer);"


@pytest.fixture
def made(tmp_path: Path) -> Database:
    database = Database(tmp_path / "new" / "folder" / "x #1?.sqlite", SCHEMA)
    with database.transaction() as db:
        db.executemany("insert into t values (?)", [(number,) for number in range(1_200)])
    return database


def test_there_is_nothing_until_something_is_written(tmp_path: Path) -> None:
    new = Database(tmp_path / "x.sqlite", SCHEMA)
    assert not new.exists
    assert not new.path.exists()
    new.path.touch()
    assert not new.exists
    with new.transaction():
        pass
    assert new.exists


def test_it_is_for_its_owner_alone_and_can_be_read_beside_a_writer(made: Database) -> None:
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert made.rows("pragma journal_mode") == [("wal",)]
    with made.transaction() as db:
        db.execute("delete from t")
        assert read_elsewhere(made) == 1_200  # what is not committed nobody else sees, and nobody waits for
    assert read_elsewhere(made) == 0


def read_elsewhere(made: Database) -> int:
    """The number of rows as another thread sees it."""
    found: list[int] = []

    def read() -> None:
        found.append(made.rows("select count(*) from t")[0][0])
        made.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(60)
    return found[0]


def test_rows_are_asked_for_in_batches(made: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "select n from t where n in (%s)"
    asked: list[int] = []
    rows = made.rows

    def count(query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        asked.append(len(values))
        return rows(query, *values)

    monkeypatch.setattr(made, "rows", count)
    monkeypatch.setattr(database, "_MAX_BOUND_VALUES", 3)
    assert [n for (n,) in made.rows_in(query, iter(range(7)))] == list(range(7))
    assert asked == [3, 3, 1]
    assert list(made.rows_in(query, [])) == []
    assert (made.first_row("select n from t where n > ? order by n", 4), made.first_row("select 1 from u")) == (
        (5,),
        None,
    )


def test_a_transaction_is_all_or_nothing(made: Database) -> None:
    for broken in (KeyError, sqlite3.IntegrityError, OSError):
        with suppress(KeyError, StorageFailed), made.transaction() as db:
            db.execute("insert into u values (1)")
            raise broken
        assert made.rows("select * from u") == []
    with made.transaction() as db:
        db.execute("insert into u values (2)")
    assert made.rows("select * from u") == [(2,)]


def test_a_file_that_was_made_anew_is_opened_anew(made: Database) -> None:
    first = made.connection()
    assert made.connection() is first
    made.path.unlink()
    with made.transaction() as db:
        db.execute("insert into t values (7)")
    assert made.rows("select n from t") == [(7,)]
    assert made.connection() is not first
    made.close()
    made.close()  # once is enough
    assert made.rows("select n from t") == [(7,)]


def test_what_cannot_be_read_says_what_to_type(tmp_path: Path, made: Database) -> None:
    with pytest.raises(StorageFailed, match=r"cannot be used .*--index"):
        made.rows("select nothing from nowhere")
    with pytest.raises(StorageFailed, match="cannot be used"):
        Database(tmp_path / "none.sqlite", SCHEMA).rows("select 1")
    assert not (tmp_path / "none.sqlite").exists()  # to read makes nothing
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"not a database at all, " * 100)
    with pytest.raises(StorageFailed, match="is damaged"):
        Database(broken, SCHEMA).rows("select 1 from sqlite_master")
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match="untouched"), Database(tmp_path / "file" / "x", SCHEMA).transaction():
        pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.DatabaseError("malformed"), "is damaged"),
        (sqlite3.OperationalError("database or disk is full"), "cannot be used"),
        (OSError(28, "No space left on device"), "cannot be used"),
    ],
)
def test_what_is_damaged_is_told_from_what_can_be_tried_again(error: Exception, said: str) -> None:
    told = str(to_storage_failed(Path("/index"), error))
    assert told.startswith("The index in /index ")
    assert said in told
    assert str(error) in told

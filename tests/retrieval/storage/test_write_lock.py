"""One ingest at a time: a second one waits for the first, and gives up rather than go on beside it."""

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.errors import StorageFailed
from retrieval.index.index import Index
from retrieval.storage import write_lock
from retrieval.storage.write_lock import hold_write_lock
from tests.fakes.hashing_embedder import HashingEmbedder, passage_texts, update_index


def test_without_the_lock_nothing_is_written(index: Index, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "_LOCK_TIMEOUT", 0.05)
    update_index(index, reports)
    before, state = passage_texts(index), index.store.stamp()
    (reports / "b.txt").unlink()
    embedder, told = HashingEmbedder(), []
    with FileLock(index.folder / "writer.lock"):
        for change in (
            lambda: update_index(index, reports, embedder=embedder, rebuild=True),
            lambda: index.remove("a", lambda: told.append("waiting")),
            lambda: index.put([], embedder),
        ):
            with pytest.raises(StorageFailed, match="Another ingest has been writing"):
                change()
    assert told == ["waiting"]
    assert not embedder.embedded
    assert (passage_texts(index), index.store.stamp()) == (before, state)
    assert update_index(index, reports).removed == ("b",)  # it was let go


def test_the_second_goes_on_when_the_first_is_done(tmp_path: Path) -> None:
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with hold_write_lock(tmp_path, waits.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with hold_write_lock(tmp_path):
        thread.start()
        assert waits.wait(60)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold_write_lock(tmp_path):
        raise KeyError
    with hold_write_lock(tmp_path, lambda: pytest.fail("nobody has it")):
        pass

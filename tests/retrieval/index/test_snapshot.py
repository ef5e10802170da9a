"""What is asked of an index is of one state of it: what is missing is said, and what is kept is the latest."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import IndexMismatch, NoIndex, StorageFailed
from retrieval.index import index as index_module
from retrieval.index.index import Index
from retrieval.index.transaction import INDEX_FORMAT
from tests.fakes.hashing_embedder import MODEL
from tests.retrieval.index.test_transaction import PEACE, WAR, put, report_of


def test_what_an_index_is_not_says_what_to_type(index: Index, tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match=r"There is no index in .* yet. Type: relatoria ingest"):
        index.check()
    (tmp_path / "file").touch()
    with pytest.raises(NoIndex, match=r"is a file, not an index"):
        Index(tmp_path / "file", MODEL).check()
    put(index, PEACE)
    with pytest.raises(IndexMismatch, match=rf"made with the embedding model {MODEL}, not other"):
        Index(index.folder, "other").check()
    with pytest.raises(IndexMismatch, match=r"are in that folder, not at http://127.0.0.1:1"):
        Index(index.folder, MODEL, "http://127.0.0.1:1").check()
    with index.store.transaction() as into:
        into.write_stamp({"format": "3", "relatoria": "0.1"})
    with pytest.raises(
        IndexMismatch, match=rf"has format 3, made by relatoria 0.1; this version reads format {INDEX_FORMAT}"
    ):
        index.check()


def test_an_answer_is_of_one_state(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    put(index, PEACE)
    changes: list[Callable[[], None]] = [lambda: put(index, WAR)]

    def ask(stamp: dict[str, str]) -> tuple[str, int]:
        count = index.vectors.count()
        if changes:
            changes.pop()()
        return stamp["state"], count

    state, count = index.run_on_snapshot(ask)
    assert (state, count) == (index.check()["state"], 4)

    def fail(stamp: dict[str, str]) -> None:
        if changes:
            changes.pop()()
        raise StorageFailed("lost")

    changes.append(lambda: index.remove("war"))
    with pytest.raises(StorageFailed, match=r"^lost$"):
        index.run_on_snapshot(fail)
    assert changes == []
    monkeypatch.setattr(index_module, "_ATTEMPTS", 3)
    asked: list[int] = []

    def change(stamp: dict[str, str]) -> None:
        asked.append(1)
        with index.store.transaction() as into:
            into.write_stamp({})

    with pytest.raises(StorageFailed, match=r"changes faster than it can be asked"):
        index.run_on_snapshot(change)
    assert len(asked) == 3


def test_lost_vectors_are_said(index: Index) -> None:
    put(index, PEACE)
    assert index.run_on_snapshot(lambda stamp: index.vectors.count()) == 3
    for lost in ("a vector", "all token vectors"):
        if lost == "a vector":
            index._vectors().drop(sorted(index.store.vector_ids())[:1])
        else:
            index.store.tokens._db.path.unlink()
        with index.store.transaction() as into:
            into.write_stamp({})
        with pytest.raises(StorageFailed, match=r"Some vectors of the index in .* are lost.*--rebuild"):
            index.run_on_snapshot(lambda stamp: None)
    assert index._vectors_are_lost()


def test_what_is_cached_is_of_the_latest_state(index: Index) -> None:
    put(index, PEACE)
    facets, first = index.facets(), index.report("peace")
    assert index.facets() is facets
    assert index.report("peace") is first
    assert index.cached_for_state("a", lambda: 1) == index.cached_for_state("a", lambda: 2) == 1
    assert index.cached_for_state("b", lambda: 3) == 3
    put(index, WAR)
    assert index.facets() is not facets
    assert index.report("peace") is not first
    assert index.cached_for_state("a", lambda: 2) == 2
    assert index.report("none") is None


def test_the_reports_used_last_are_kept_up_to_so_much_text(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [report_of(name, name * 10) for name in ("a", "b", "c")]
    put(index, *texts)
    monkeypatch.setattr(index_module, "CACHED_TEXT", 20)
    a, b = index.report("a"), index.report("b")
    assert index.report("a") is a  # used later than "b"
    index.report("c")
    assert index.report("a") is a
    assert index.report("b") is not b


def test_lost_vectors_are_told_from_none(index: Index) -> None:
    assert not index._vectors_are_lost()
    put(index, PEACE)
    assert not index._vectors_are_lost()
    index.store.tokens.begin_rebuilding()
    assert index._vectors_are_lost()  # not all of them are made
    index.store.tokens.clear_announced()
    shutil.rmtree(index.folder / "chroma")
    index.vectors.reopen()
    assert index._vectors_are_lost()


def test_vectors_that_a_server_does_not_have_are_made_in_a_generation_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(tmp_path / "index", MODEL, "http://127.0.0.1:1")
    with index.store.transaction() as into:
        into.write_stamp({"vectors": "g1"})
    for there, anew, same in ((False, True, False), (True, True, True), (False, False, True)):
        monkeypatch.setattr(index.backend, "has_collection", lambda _, there=there: there)
        assert (index._vectors(anew=anew).generation == "g1") is same

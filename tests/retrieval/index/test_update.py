"""An update of the index from files, read in this process: what it says of itself, and what it leaves."""

import shutil
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.errors import IndexMismatch, StorageFailed
from ingest.sources import Sources, find_sources
from ingest.worker import ParsedFile, ReadJob, ReadLimits, read_here
from retrieval.index.diff import RecordCounts
from retrieval.index.history import read_history
from retrieval.index.index import Index
from retrieval.index.update_plan import FileCopy, FileFailure
from retrieval.index.update_result import UpdateResult
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, passage_texts, update_index, write_report

ACT, COOPERATE, PEACE = "Los gobiernos deben actuar.", "Los países podrían cooperar.", "Se recomienda la paz."


@pytest.fixture(autouse=True)
def limits_given(monkeypatch: pytest.MonkeyPatch) -> list[ReadLimits | None]:
    """Has files read here, and notes within which limits."""
    given: list[ReadLimits | None] = []

    def read(jobs: Iterable[ReadJob], limits: ReadLimits | None = None) -> Iterator[ParsedFile]:
        given.append(limits)
        yield from map(read_here, jobs)

    monkeypatch.setattr("retrieval.index.update_result.read_files", read)
    return given


def counts(result: UpdateResult) -> tuple[int, int, int]:
    return result.counts.added, result.counts.changed, result.counts.removed


def test_what_an_update_says_of_itself(index: Index, reports: Path, limits_given: list[ReadLimits | None]) -> None:
    heard: list[tuple[str, int, int]] = []
    own = ReadLimits(seconds=7)
    first = index.update(
        find_sources([reports]), HashingEmbedder, progress=lambda *said: heard.append(said), limits=own
    )
    assert (first.reports, first.recommendations, first.added, first.changed, first.removed) == (
        2,
        3,
        ("a", "b"),
        (),
        (),
    )
    assert (first.unchanged, first.copies, first.failed, first.records) == ((), (), (), None)
    assert first.passages == index.store.count() == first.counts.added > 3
    assert counts(first) == (first.passages, 0, 0)
    assert 0 < first.seconds < 60
    assert heard[:2] == [("reading", 1, 2), ("reading", 2, 2)]
    assert heard[-1] == ("embedding", index.store.count_vectors(), index.store.count_vectors())
    update_index(index, write_report(reports, "c.txt", ACT))
    assert limits_given == [own, ReadLimits()]
    assert list(read_history(index.folder).last_read) == ["a", "b", "c"]


def test_only_what_changed_is_read_embedded_and_written(index: Index, reports: Path) -> None:
    update_index(index, reports)
    state, embedder = index.check(), HashingEmbedder()
    same = update_index(index, reports, embedder=embedder)
    assert (same.unchanged, same.added, counts(same), embedder.embedded) == (("a", "b"), (), (0, 0, 0), [])
    assert index.check() == state
    write_report(reports, "a.txt", ACT, "Otra cosa.", "Algo nuevo.")
    (reports / "b.txt").unlink()
    changed = update_index(index, reports, embedder=embedder)
    assert (changed.reports, changed.changed, changed.removed, changed.unchanged) == (1, ("a",), ("b",), ())
    assert embedder.embedded == ["Otra cosa.", "Algo nuevo."]
    assert counts(changed) == (1, 1, 2)  # of "b" its title and its recommendation
    assert passage_texts(index).count(COOPERATE) == 0
    assert index.check()["state"] != state["state"]
    assert index._vectors().count() == index.store.count_vectors()
    assert list(read_history(index.folder).last_read) == ["a", "b"]


def test_a_sidecar_that_says_nothing_new_changes_no_report(index: Index, reports: Path) -> None:
    update_index(index, reports)
    state = index.check()
    (reports / "a.toml").write_text("# nothing\n", encoding="utf-8")
    result = update_index(index, reports)
    assert (set(result.unchanged), result.changed, counts(result)) == ({"a", "b"}, (), (0, 0, 0))
    assert index.check() == state
    assert {file.path.name: bool(file.sidecar_hash) for file in index.store.file_states()} == {
        "a.txt": True,
        "b.txt": False,
    }
    (reports / "a.toml").write_text('title = "Uno"\n', encoding="utf-8")
    assert update_index(index, reports).changed == ("a",)


def test_a_dry_run_says_the_same_and_does_nothing(index: Index, reports: Path) -> None:
    first = update_index(index, reports, dry_run=True)
    assert (first.reports, first.passages, first.recommendations, first.added) == (0, 0, 0, ("a", "b"))
    assert first.records
    assert {"a#r01", "a#r02", "b#r01"} <= set(first.records.added)
    assert not index.folder.exists()
    update_index(index, reports)
    state = index.check()
    write_report(reports, "a.txt", ACT, "Otra cosa.", "Algo nuevo.")
    (reports / "b.txt").unlink()
    dry = update_index(index, reports, dry_run=True)
    assert (dry.reports, dry.passages) == (2, index.store.count())
    assert index.check() == state
    done = update_index(index, reports)
    assert dry.records
    assert (dry.changed, dry.removed, dry.counts) == (done.changed, done.removed, done.counts)
    assert RecordCounts.of(dry.records) == dry.counts
    assert dry.records.added == ("a#r03",)
    assert [(change.before.text, change.after.text) for change in dry.records.changed] == [(COOPERATE, "Otra cosa.")]
    assert "b#r01" in dry.records.removed


def test_a_preview_compares_a_file_with_the_one_it_would_replace(index: Index, reports: Path, tmp_path: Path) -> None:
    update_index(index, reports)
    other = write_report(tmp_path / "sent", "x.txt", ACT, "Otra cosa.")
    shown = index.update(find_sources([other]), HashingEmbedder, dry_run=True, instead={reports / "a.txt": other})
    assert (shown.added, shown.changed) == ((), ("a",))
    assert shown.records
    assert [change.after.text for change in shown.records.changed if change.after.text != "x"][-1] == "Otra cosa."


def test_a_file_that_fails_keeps_its_report_and_stops_nobody(index: Index, reports: Path) -> None:
    update_index(index, reports)
    (reports / "a.txt").write_bytes(b" ")
    write_report(reports, "c.txt", "Algo nuevo.")
    result = update_index(index, reports)
    assert [(failure.file.name, failure.kept) for failure in result.failed] == [("a.txt", "a")]
    assert result.failed[0].error == read_here(ReadJob(reports / "a.txt", "a")).error != ""
    assert (result.reports, result.added, result.unchanged) == (3, ("c",), ("b",))
    assert ACT in passage_texts(index)
    assert read_history(index.folder).failed == result.failed
    again = update_index(index, reports, rebuild=True)
    assert [failure.kept for failure in again.failed] == ["a"]
    assert ACT in passage_texts(index)  # made anew of what the index held


def test_copies_stand_in_for_one_that_fails_where_they_may_be_read_otherwise(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        write_report(folder, name, PEACE).write_text("Recomendaciones\n\n• Se recomienda la paz.\n", encoding="utf-8")
    for name in ("a.toml", "b.toml"):
        (folder / name).write_text("title = Uno", encoding="utf-8")  # which is no TOML
    heard: list[tuple[str, int, int]] = []
    result = index.update(find_sources([folder]), HashingEmbedder, progress=lambda *said: heard.append(said))
    assert [(failure.file.name, failure.kept) for failure in result.failed] == [("a.txt", ""), ("b.txt", "")]
    assert (result.added, result.unchanged) == (("a",), ("a",))
    assert result.copies == (FileCopy(folder / "d.txt", folder / "c.txt"),)
    assert index.store.source("a") == folder / "c.txt"
    assert [said for said in heard if said[0] == "reading"] == [("reading", 1, 1), ("reading", 2, 2)]


def test_moved_files_keep_their_reports_without_being_embedded(index: Index, reports: Path) -> None:
    update_index(index, reports)
    (reports / "a.txt").rename(reports / "z.txt")
    embedder = HashingEmbedder()
    result = update_index(index, reports, embedder=embedder)
    assert (result.reports, result.removed, sorted(result.unchanged), embedder.embedded) == (2, (), ["a", "b"], [])
    assert index.store.source("a") == reports / "z.txt"
    assert {file.path.name for file in index.store.file_states()} == {"b.txt", "z.txt"}


def test_a_rebuild_makes_everything_anew_from_files_and_from_the_index(
    index: Index, reports: Path, tmp_path: Path
) -> None:
    gone = write_report(tmp_path / "elsewhere", "d.txt", "Desde otra carpeta.")
    update_index(index, reports, gone)
    gone.unlink()
    embedder = HashingEmbedder()
    result = update_index(index, reports, embedder=embedder, rebuild=True)
    assert (result.reports, result.unchanged, counts(result)) == (3, ("a", "b"), (0, 0, 0))
    assert {ACT, COOPERATE, PEACE, "Desde otra carpeta."} <= set(embedder.embedded)
    assert not index.store.tokens.is_rebuilding
    other = Index(index.folder, "another")
    with pytest.raises(IndexMismatch, match="embedding model"):
        update_index(other, reports)
    assert update_index(other, reports, rebuild=True).reports == 3
    assert other.check()["model"] == "another"
    assert len(other._vectors()._backend.client().list_collections()) == 1


@pytest.mark.parametrize("lost", ["chroma", "tokens.sqlite"])
def test_lost_vectors_are_made_again(index: Index, reports: Path, lost: str) -> None:
    update_index(index, reports)
    path = index.folder / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    again, embedder = Index(index.folder, MODEL), HashingEmbedder()
    again.vectors.reopen()
    assert update_index(again, reports, embedder=embedder).unchanged == ("a", "b")
    assert again._vectors().count() == again.store.count_vectors() == len(embedder.embedded)
    assert again.run_on_snapshot(lambda stamp: again.vectors.count()) == len(embedder.embedded)


def test_another_version_reads_all_files_again(index: Index, reports: Path) -> None:
    update_index(index, reports)
    for stamp in ({"relatoria": version("relatoria")}, {"relatoria": "0.1"}):
        with index.store.transaction() as into:
            into.write_stamp(stamp)
        result = index._plan(find_sources([reports]), anew=False)
        assert len(result.to_read) == (2 if stamp["relatoria"] == "0.1" else 0)


def test_nothing_makes_no_index_and_a_failed_folder_keeps_its_reports(index: Index, reports: Path) -> None:
    nothing = index.update(Sources((), ()), HashingEmbedder)
    assert (nothing.reports, nothing.passages, nothing.recommendations) == (0, 0, 0)
    assert not index.store.path.exists()
    update_index(index, reports)
    hidden = Sources((), (reports,), ((reports, "cannot be listed"),))
    result = index.update(hidden, HashingEmbedder)
    assert (result.reports, result.removed, result.failed) == (2, (), (FileFailure(reports, "cannot be listed"),))


def test_one_writes_at_a_time(index: Index, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.storage.write_lock._LOCK_TIMEOUT", 0.05)
    update_index(index, reports)
    heard: list[str] = []
    with FileLock(index.folder / "writer.lock"):
        with pytest.raises(StorageFailed, match="Another ingest"):
            index.update(find_sources([reports]), HashingEmbedder, waiting=lambda: heard.append("waits"))
        with pytest.raises(StorageFailed, match="Another ingest"):
            index.remove("a", lambda: heard.append("waits"))
        assert update_index(index, reports, dry_run=True).unchanged == ("a", "b")  # which writes nothing
    assert heard == ["waits", "waits"]

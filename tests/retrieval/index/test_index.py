"""An ingest is all or nothing, repeats nothing, and loses nothing."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.sources import Sources, find_sources
from retrieval.index.index import Index
from retrieval.search.search import search
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, passage_texts, update_index, write_report


def test_no_index_says_what_to_type(index: Index) -> None:
    with pytest.raises(NoIndex, match="relatoria ingest"):
        index.check()


def test_only_what_changed_is_embedded_again(index: Index, reports: Path) -> None:
    first, second, third, fourth = (HashingEmbedder() for _ in range(4))
    result = update_index(index, reports, embedder=first)
    assert (result.reports, result.recommendations, result.added) == (2, 3, ("a", "b"))
    assert update_index(index, reports, embedder=second).unchanged == ("a", "b")
    assert second.embedded == []
    write_report(reports, "a.txt", "Los gobiernos deben actuar.", "Los países deben cooperar.")
    assert update_index(index, reports, embedder=third).changed == ("a",)
    assert third.embedded == ["Los países deben cooperar."]
    (reports / "b.txt").unlink()
    result = update_index(index, reports, embedder=fourth)
    assert (result.reports, result.removed, fourth.embedded) == (1, ("b",), [])
    assert "Se recomienda la paz." not in passage_texts(index)


def test_the_index_after_changes_is_the_index_made_at_once(index: Index, reports: Path, tmp_path: Path) -> None:
    update_index(index, reports)
    write_report(reports, "a.txt", "Otra cosa.", "Los países podrían cooperar.")
    write_report(reports, "c.txt", "Algo nuevo.")
    (reports / "b.txt").unlink()
    update_index(index, reports)
    fresh = Index(tmp_path / "fresh", MODEL)
    update_index(fresh, reports)
    assert index.check()["fingerprint"] == fresh.check()["fingerprint"]
    assert index.store.vector_ids() == fresh.store.vector_ids()
    assert index.vectors.count() == fresh.vectors.count() == len(index.store.vector_ids())
    ours, theirs = (search(made, HashingEmbedder(), "los países").hits for made in (index, fresh))
    assert [(hit.passage, round(hit.score.total, 4)) for hit in ours] == [
        (hit.passage, round(hit.score.total, 4)) for hit in theirs
    ]


def test_another_path_adds_and_a_missing_file_elsewhere_stays(index: Index, reports: Path, tmp_path: Path) -> None:
    update_index(index, reports)
    other = write_report(tmp_path / "other", "a.txt", "Otro informe con el mismo nombre.")
    result = update_index(index, other)
    assert (result.reports, result.added) == (3, ("other-a-txt",))
    (reports / "b.txt").unlink()
    assert update_index(index, other).reports == 3


def test_a_file_that_fails_keeps_its_old_records_and_stops_nobody(index: Index, reports: Path) -> None:
    update_index(index, reports)
    (reports / "a.txt").write_bytes(b"\xff\xfe\x00")
    write_report(reports, "c.txt", "Algo nuevo.")
    result = update_index(index, reports)
    assert [(failure.file.name, failure.kept) for failure in result.failed] == [("a.txt", "a")]
    assert (result.reports, result.added) == (3, ("c",))
    (reports / "b.txt").unlink()
    (reports / "b.txt").symlink_to(reports / "nowhere")
    failed = {failure.file.name: failure.kept for failure in update_index(index, reports).failed}
    assert failed == {"a.txt": "a", "b.txt": "b"}
    assert "Los gobiernos deben actuar." in passage_texts(index)


def test_a_dry_run_says_and_does_nothing(index: Index, reports: Path) -> None:
    assert update_index(index, reports, dry_run=True).added == ("a", "b")
    assert not index.folder.exists()


def test_an_index_of_another_model_says_what_to_type_and_can_be_rebuilt(index: Index, reports: Path) -> None:
    update_index(index, reports)
    other = Index(index.folder, "another")
    for refused in (other.check, lambda: update_index(other, reports)):
        with pytest.raises(IndexMismatch, match="--rebuild"):
            refused()
    (reports / "b.txt").unlink()
    kept = write_report(reports.parent / "elsewhere", "d.txt", "Desde otra carpeta.")
    update_index(index, kept)
    kept.unlink()
    result = update_index(other, reports, rebuild=True)
    assert (result.reports, result.removed) == (2, ("b",))
    assert other.check()["model"] == "another"
    assert "Desde otra carpeta." in passage_texts(other)


def test_an_index_of_another_format_says_what_to_type(index: Index, reports: Path) -> None:
    update_index(index, reports)
    with sqlite3.connect(index.store.path) as database:
        database.execute("update stamp set value = '0' where key = 'format'")
    with pytest.raises(IndexMismatch, match="format 0"):
        index.check()


@pytest.mark.parametrize("garbage", [b"", b"not a database at all, " * 100])
def test_a_broken_index_file_is_an_error_of_ours(index: Index, garbage: bytes) -> None:
    index.folder.mkdir()
    index.store.path.write_bytes(garbage)
    with pytest.raises((NoIndex, StorageFailed)):
        index.check()


def test_removing_a_report(index: Index, reports: Path) -> None:
    update_index(index, reports)
    index.remove("a")
    assert index.store.report_ids() == ["b"]
    with pytest.raises(RelatoriaError, match="There are: b"):
        index.remove("a")
    index.remove("b")
    with pytest.raises(NoIndex, match="is empty"):
        index.check()


def test_a_place_that_cannot_be_written_is_said(reports: Path) -> None:
    with pytest.raises(StorageFailed, match="--index"):
        update_index(Index(Path("/proc/relatoria"), MODEL), reports)


@pytest.mark.parametrize("name", ["no such file", "empty folder"])
def test_paths_with_nothing_in_them_are_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    if name == "empty folder":
        path.mkdir()
    with pytest.raises(RelatoriaError, match="There is no"):
        find_sources([path])


def test_a_moved_or_copied_report_keeps_its_records(index: Index, reports: Path, tmp_path: Path) -> None:
    update_index(index, reports)
    before = list(index.store.passages())
    copied, embedder = tmp_path / "copied", HashingEmbedder()
    shutil.copytree(reports, copied)
    assert update_index(index, copied, embedder=embedder).unchanged == ("a", "b")
    (reports / "a.txt").rename(reports / "renamed.txt")
    result = update_index(index, reports, embedder=embedder)
    assert (result.reports, result.removed, sorted(result.unchanged)) == (2, (), ["a", "b"])
    shutil.rmtree(reports)
    assert update_index(index, copied, embedder=embedder).reports == 2
    assert {it.source for it in index.store.report_summaries()} == {copied / "a.txt", copied / "b.txt"}
    assert list(index.store.passages()) == before
    assert embedder.embedded == []


def test_an_index_that_is_deleted_and_made_anew_says_what_it_says_now(index: Index, tmp_path: Path) -> None:
    for said in ("Los gobiernos deben actuar.", "Los gobiernos deben callar."):
        shutil.rmtree(index.folder, ignore_errors=True)
        update_index(index, write_report(tmp_path, "a.txt", said))
        report = index.report("a")
        assert report
        assert said in report.text


def test_an_old_version_kept_beside_its_successor_is_a_report_of_its_own(index: Index, reports: Path) -> None:
    update_index(index, reports)
    shutil.copy(reports / "b.txt", reports / "a-old.txt")
    write_report(reports, "b.txt", "Se recomienda otra cosa.")
    result = update_index(index, reports)
    assert (result.reports, result.added, result.changed) == (3, ("a-old",), ("b",))
    assert {"Se recomienda la paz.", "Se recomienda otra cosa."} <= set(passage_texts(index))


def test_a_folder_that_cannot_be_listed_is_said_and_keeps_its_reports(index: Index, reports: Path) -> None:
    update_index(index, reports)
    seen = find_sources([reports])
    hidden = Sources(seen.files[:1], seen.folders, ((reports, "cannot be listed (Permission denied)"),))
    result = index.update(hidden, HashingEmbedder)
    assert (result.reports, result.removed) == (2, ())
    assert [(failure.file, failure.error) for failure in result.failed] == list(hidden.unlisted)


def test_a_dry_run_names_the_records_and_the_words(index: Index, reports: Path) -> None:
    update_index(index, reports)
    state = index.check()
    write_report(reports, "a.txt", "Los gobiernos deben cooperar.", "Los países podrían cooperar.", "Algo nuevo.")
    (reports / "b.txt").unlink()
    result = update_index(index, reports, dry_run=True)
    records = result.records
    assert records
    assert records.added == ("a#r03",)
    assert [(change.before.text, change.after.text) for change in records.changed] == [
        ("Los gobiernos deben actuar.", "Los gobiernos deben cooperar.")
    ]
    assert {"b#title", "b#r01"} <= set(records.removed)
    assert index.check() == state
    done = update_index(index, reports)
    assert (done.records, done.counts) == (None, result.counts)
    assert (done.counts.added, done.counts.changed) == (1, 1)


def test_vectors_are_counted_once_whoever_names_them(index: Index, reports: Path) -> None:
    same = "Los gobiernos deben actuar."
    write_report(reports, "c.txt", same, "Otra cosa.")
    update_index(index, reports)
    write_report(reports, "a.txt", "Los países podrían cooperar.")  # no longer says the same
    (reports / "b.txt").unlink()
    update_index(index, reports)
    named = index.store.tokens.get(index.store.vector_ids())
    assert index.store.count_vectors() == len(named) == index.vectors.count()
    assert {id_ for ids in index.store.tokens.all_ids() for id_ in ids} == index.store.vector_ids()


def test_progress_counts_files_and_passages(index: Index, reports: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    index.update(find_sources([reports]), HashingEmbedder, progress=lambda *call: seen.append(call))
    assert seen[:2] == [("reading", 1, 2), ("reading", 2, 2)]
    count = index.store.count_vectors()
    assert seen[2] == ("embedding", 0, count)
    assert seen[-1] == ("embedding", count, count)


def test_reports_are_kept_up_to_so_much_text(index: Index, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update_index(index, reports)
    first = index.report("a")
    assert first
    assert index.report("a") is first
    assert index.report("none") is None
    monkeypatch.setattr("retrieval.index.index.CACHED_TEXT", len(first.text))
    index.report("b")
    assert index.report("a") is not first  # which "b" has taken the place of

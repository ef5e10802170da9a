"""Which files an ingest opens: only those that are new, changed, or too young to be trusted."""

import os
import shutil
import time
from pathlib import Path

from retrieval.index.index import Index
from retrieval.index.update_plan import FileCopy, IdAllocator
from tests.fakes.hashing_embedder import HashingEmbedder, update_index

OLD = time.time() - 3600  # seconds; long enough ago for a file's times to be trusted


def settle(folder: Path) -> None:
    """Wait until the files' times can be trusted: none of them changed within the last two seconds."""
    newest = max(max(file.stat().st_mtime, file.stat().st_ctime) for file in folder.iterdir())
    time.sleep(max(0.0, newest + 2.1 - time.time()))


def test_what_looks_as_it_did_is_not_opened(index: Index, reports: Path) -> None:
    settle(reports)
    update_index(index, reports)
    file = reports / "a.txt"
    file.chmod(0)  # changes its times: it would be opened, but not the other one
    (reports / "b.txt").rename(reports / "hidden")
    os.mkfifo(reports / "b.txt")  # has no content to be read, and other times
    result = update_index(index, reports)
    assert [failure.file.name for failure in result.failed][-1:] == ["b.txt"]
    file.chmod(0o644)
    (reports / "b.txt").unlink()
    (reports / "hidden").rename(reports / "b.txt")
    settle(reports)
    assert len(update_index(index, reports).unchanged) == 2
    stats = {state.path.name: state.stat for state in index.store.file_states()}
    assert all(stats.values())
    with index.store.transaction() as writer:  # who believes the times does not look at the content
        for state in index.store.file_states():
            writer.remember_file(state.__class__(state.path, state.report_id, "0" * 64, state.sidecar_hash, state.stat))
    embedder = HashingEmbedder()
    assert update_index(index, reports, embedder=embedder).changed == ()
    os.utime(file, (OLD, OLD))
    assert [state.file_hash[:1] == "0" for state in index.store.file_states()] == [True, True]
    update_index(index, reports)
    assert sorted(state.file_hash == "0" * 64 for state in index.store.file_states()) == [False, True]


def test_a_file_changed_with_its_old_size_and_time_is_noticed(index: Index, reports: Path) -> None:
    file = reports / "b.txt"
    settle(reports)
    update_index(index, reports)
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("la paz", "la luz"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert update_index(index, reports).changed == ("b",)


def test_a_file_as_young_as_the_ingest_is_not_trusted_by_its_times(index: Index, reports: Path) -> None:
    update_index(index, reports)
    assert [state.stat for state in index.store.file_states()] == ["", ""]
    settle(reports)
    update_index(index, reports)
    assert all(state.stat for state in index.store.file_states())


def test_a_changed_sidecar_changes_its_report(index: Index, reports: Path) -> None:
    update_index(index, reports)
    sidecar = reports / "a.toml"
    sidecar.write_text('title = "Uno"\nlanguage = "es"\n', encoding="utf-8")
    embedder = HashingEmbedder()
    result = update_index(index, reports, embedder=embedder)
    assert (result.changed, result.unchanged, embedder.embedded) == (("a",), ("b",), [])
    report = index.store.report("a")
    assert report
    assert report.metadata.title == "Uno"
    sidecar.write_text('# nothing that matters\ntitle = "Uno"\nlanguage = "es"\n', encoding="utf-8")
    state = index.check()
    assert update_index(index, reports).unchanged == ("b", "a")
    assert index.check() == state
    sidecar.unlink()
    assert update_index(index, reports).changed == ("a",)


def test_copies_go_in_once_and_stand_in_for_each_other(index: Index, reports: Path) -> None:
    for number in range(3):
        shutil.copy(reports / "a.txt", reports / f"copy{number}.txt")
    result = update_index(index, reports)
    assert (result.added, result.unchanged) == (("a", "b"), ("a", "a", "a"))
    named = tuple(FileCopy(reports / f"copy{number}.txt", reports / "a.txt") for number in range(3))
    assert result.copies == update_index(index, reports).copies == named
    assert update_index(index, reports, dry_run=True).copies == named
    (reports / "a.txt").unlink()
    result = update_index(index, reports)
    assert (result.reports, result.added, result.removed) == (2, (), ())
    assert reports / "copy0.txt" in {it.source for it in index.store.report_summaries()}


def test_a_broken_sidecar_spoils_no_copy(index: Index, reports: Path) -> None:
    shutil.copy(reports / "a.txt", reports / "z.txt")
    (reports / "a.toml").write_text("title = Uno", encoding="utf-8")
    result = update_index(index, reports)
    assert [(failure.file.name, failure.kept) for failure in result.failed] == [("a.txt", "")]
    assert {it.source for it in index.store.report_summaries()} == {reports / "b.txt", reports / "z.txt"}
    assert update_index(index, reports).copies == (FileCopy(reports / "a.txt", reports / "z.txt"),)


def test_copies_of_a_file_that_fails_fail_with_it(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_bytes(b" " * 9)
    result = update_index(index, folder)
    assert [failure.file.name for failure in result.failed] == ["a.txt", "b.txt", "c.txt"]
    assert (result.reports, result.unchanged) == (0, ())


def test_ids_are_of_any_script_and_the_same_in_whatever_order_files_are_found() -> None:
    names = ("تقرير.md", "报告.md", "Отчёт.md", "2019/report.md", "2023/report.md", "2023/report.txt")
    files = [Path("/r", name) for name in names]
    ids = {file: IdAllocator([], files).allocate_for(file) for file in files}
    assert [*ids.values()] == [
        "tqryr",
        "baogao",
        "otchet",
        "2019-report-md",
        "2023-report-md",
        "2023-report-txt",
    ]
    allocator = IdAllocator([], [Path("/r/000.md"), *reversed(files)])
    assert {file: allocator.allocate_for(file) for file in reversed(files)} == ids
    assert IdAllocator(["report"], files[3:4]).allocate_for(files[3]) == "2019-report-md"

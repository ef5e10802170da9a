"""The plan of an update, before anything is read: what files are new, changed, moved, gone, copies, or as they were."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.readers.files import hash_file
from ingest.report import Metadata, Report
from ingest.sources import Sources
from retrieval.index import update_plan
from retrieval.index.update_plan import FileCopy, FileFailure, IdAllocator, UpdatePlan, plan_update
from retrieval.storage.reader import Store
from retrieval.storage.schema import FileState


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "index")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files are old enough for their times to be trusted."""
    monkeypatch.setattr(update_plan, "_RACY", -(10**12))
    made = tmp_path / "reports"
    made.mkdir()
    return made


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plan(store: Store, folder: Path, *, trust: bool = True, anew: bool = False, **more: object) -> UpdatePlan:
    sources = Sources(tuple(sorted(folder.glob("*.txt"))), (folder,))
    return plan_update(store, sources, trust=trust, anew=anew, empty=not store.path.exists(), **more)  # type: ignore[arg-type]


def apply(store: Store, planned: UpdatePlan) -> None:
    """Do what a plan says as an ingest does, without reading anything."""
    with store.transaction() as into:
        for report_id in planned.removed:
            into.drop(report_id)
        for report_id, target in planned.moved:
            into.move(report_id, target)
        for path in planned.to_forget:
            into.forget_file(path)
        for read in planned.to_read:
            seen = read.seen
            report = Report(seen.report_id, "x", Metadata(title="x"), seen.file_hash)
            into.put(report, seen.path, "digest", [])
            for state in (seen, *read.copies):
                into.remember_file(
                    FileState(state.path, seen.report_id, state.file_hash, state.sidecar_hash, state.stat)
                )
        for state in planned.to_remember:
            into.remember_file(state)


def told(planned: UpdatePlan) -> dict[str, object]:
    """What a plan says, without what it does not."""
    said = {
        "read": [(read.seen.path.name, read.seen.report_id, bool(read.old)) for read in planned.to_read],
        "moved": [(report_id, path.name) for report_id, path in planned.moved],
        "removed": planned.removed,
        "rebuilt": planned.to_rebuild,
        "unchanged": planned.unchanged,
        "copies": [(copy.file.name, copy.original.name) for copy in planned.copies],
        "remembered": [state.path.name for state in planned.to_remember],
        "forgotten": sorted({path.name for path in planned.to_forget}),
        "failed": [(failure.file.name, failure.kept) for failure in planned.failed],
    }
    return {name: value for name, value in said.items() if value}


def test_files_that_are_new_are_read_under_an_id_of_their_own(store: Store, folder: Path) -> None:
    write(folder / "Año 1.txt", "uno")
    write(folder / "año-1.txt", "dos")
    planned = plan(store, folder)
    assert [id_ for _, id_, _ in told(planned)["read"]] == ["reports-ano-1-txt", "reports-ano-1-txt-2"]  # type: ignore[attr-defined]
    assert [read.seen.file_hash for read in planned.to_read] == [hash_of("uno"), hash_of("dos")]
    assert not planned.is_empty
    apply(store, planned)
    assert told(again := plan(store, folder)) == {"unchanged": ["reports-ano-1-txt", "reports-ano-1-txt-2"]}
    assert again.is_empty


def test_a_changed_file_or_sidecar_is_read_again(store: Store, folder: Path) -> None:
    for name in "abc":
        write(folder / f"{name}.txt", name)
    apply(store, plan(store, folder))
    write(folder / "a.txt", "other")
    write(folder / "b.toml", "title = 'B'")
    planned = plan(store, folder)
    assert told(planned) == {"read": [("a.txt", "a", True), ("b.txt", "b", True)], "unchanged": ["c"]}
    assert [(read.seen.file_hash, read.seen.sidecar_hash) for read in planned.to_read] == [
        (hash_of("other"), ""),
        (hash_of("b"), hash_of("title = 'B'")),
    ]
    apply(store, planned)
    (folder / "b.toml").unlink()
    assert told(plan(store, folder)) == {"read": [("b.txt", "b", True)], "unchanged": ["a", "c"]}
    (folder / "c.toml").mkdir()
    assert plan(store, folder).to_read[1].seen.sidecar_hash == "?"


def test_what_has_its_old_size_and_times_is_not_opened(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(folder / "a.txt", "a")
    apply(store, plan(store, folder))
    opened: list[Path] = []

    def hash_and_note(path: Path) -> str:
        opened.append(path)
        return hash_file(path)

    monkeypatch.setattr(update_plan, "hash_file", hash_and_note)
    assert told(plan(store, folder)) == {"unchanged": ["a"]}
    assert opened == []
    os.utime(file, (1, 1))
    planned = plan(store, folder)
    assert told(planned) == {"unchanged": ["a"], "remembered": ["a.txt"]}  # with its new times
    assert opened == [file]
    apply(store, planned)
    assert told(plan(store, folder)) == {"unchanged": ["a"]}
    assert opened == [file]
    for mistrust in ({"trust": False}, {"anew": True}):
        assert told(plan(store, folder, **mistrust)) == {"read": [("a.txt", "a", True)]}
    assert opened == [file] * 3


def test_a_file_that_is_too_young_is_not_trusted_by_its_times(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_plan, "_RACY", 10**12)
    write(folder / "a.txt", "a")
    planned = plan(store, folder)
    assert planned.to_read[0].seen.stat == ""
    apply(store, planned)
    monkeypatch.setattr(update_plan, "_RACY", -(10**12))
    planned = plan(store, folder)
    assert told(planned) == {"unchanged": ["a"], "remembered": ["a.txt"]}
    assert planned.to_remember[0].stat
    write(folder / "a.toml", "x = 1")
    assert plan(store, folder).to_read[0].seen.stat != planned.to_remember[0].stat


def test_a_file_that_is_gone_takes_its_report_along(store: Store, folder: Path, tmp_path: Path) -> None:
    for name in "ab":
        write(folder / f"{name}.txt", name)
    apply(store, plan(store, folder))
    (folder / "a.txt").unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert told(plan(store, elsewhere)) == {}  # which says nothing of this folder
    planned = plan(store, folder)
    assert told(planned) == {"removed": ["a"], "unchanged": ["b"], "forgotten": ["a.txt"]}
    apply(store, planned)
    assert plan(store, folder).is_empty
    assert told(plan(store, elsewhere, anew=True)) == {"rebuilt": ["b"]}
    (folder / "b.txt").unlink()
    assert told(plan(store, folder, anew=True)) == {"removed": ["b"], "forgotten": ["b.txt"]}


def test_a_moved_file_keeps_its_report(store: Store, folder: Path) -> None:
    for name in "ab":
        write(folder / f"{name}.txt", name)
    apply(store, plan(store, folder))
    (folder / "a.txt").rename(folder / "z.txt")
    planned = plan(store, folder)
    assert told(planned) == {
        "moved": [("a", "z.txt")],
        "unchanged": ["b", "a"],
        "remembered": ["z.txt"],
        "forgotten": ["a.txt"],
    }
    apply(store, planned)
    assert told(plan(store, folder)) == {"unchanged": ["b", "a"]}
    (folder / "z.txt").rename(folder / "y.txt")
    write(folder / "y.toml", "x = 1")
    assert told(plan(store, folder)) == {"read": [("y.txt", "a", True)], "unchanged": ["b"], "forgotten": ["z.txt"]}


def test_a_copy_says_nothing_new(store: Store, folder: Path) -> None:
    write(folder / "a.txt", "same")
    write(folder / "b.txt", "same")
    planned = plan(store, folder)
    assert told(planned) == {"read": [("a.txt", "a", False)]}
    assert [state.path.name for state in planned.to_read[0].copies] == ["b.txt"]
    apply(store, planned)
    write(folder / "c.txt", "same")
    planned = plan(store, folder)
    assert told(planned) == {
        "unchanged": ["a", "a", "a"],
        "copies": [("b.txt", "a.txt"), ("c.txt", "a.txt")],
        "remembered": ["c.txt"],
    }
    assert planned.copies[1] == FileCopy(folder / "c.txt", folder / "a.txt")
    apply(store, planned)
    write(folder / "a.txt", "other")  # what it said before, its copies say now
    assert told(plan(store, folder))["read"] == [("a.txt", "a", True), ("b.txt", "b", False)]
    (folder / "a.txt").unlink()
    moved = told(plan(store, folder))
    assert moved == {
        "moved": [("a", "b.txt")],
        "unchanged": ["a", "a"],
        "copies": [("c.txt", "b.txt")],
        "remembered": ["b.txt"],
        "forgotten": ["a.txt"],
    }


def test_what_cannot_be_read_is_said_and_stays(store: Store, folder: Path) -> None:
    write(folder / "a.txt", "a")
    apply(store, plan(store, folder))
    (folder / "a.txt").unlink()
    (folder / "a.txt").mkdir()
    (folder / "\udcff.txt").write_text("x", encoding="utf-8")
    planned = plan(store, folder)
    assert told(planned) == {"failed": [("a.txt", "a"), ("\udcff.txt", "")]}
    assert planned.failed[1] == FileFailure(folder / "\udcff.txt", "has a name that is not UTF-8: rename it")
    unlisted = Sources((), (folder,), ((folder, "cannot be listed"),))
    assert plan_update(store, unlisted, trust=True, anew=False, empty=False).failed == [
        FileFailure(folder, "cannot be listed")
    ]


def test_a_preview_takes_another_file_in_the_place_of_one(store: Store, folder: Path) -> None:
    old = write(folder / "a.txt", "a")
    apply(store, plan(store, folder))
    new = write(folder.parent / "new.txt", "b")
    sources = Sources((new,), ())
    planned = plan_update(store, sources, trust=True, anew=False, empty=False, instead={old: new})
    assert told(planned) == {"read": [("new.txt", "a", True)]}


@pytest.mark.parametrize("field", ["to_read", "moved", "removed", "to_rebuild", "to_remember", "to_forget"])
def test_a_plan_with_anything_to_do_is_not_empty(field: str) -> None:
    assert UpdatePlan().is_empty
    assert not UpdatePlan(**{field: ["x"]}).is_empty  # type: ignore[arg-type]
    assert UpdatePlan(unchanged=["a"], copies=[FileCopy(Path("a"), Path("b"))]).is_empty


def test_ids_are_numbered_where_they_are_taken() -> None:
    ids = IdAllocator(["a", "a-2", "b"])
    assert [ids.allocate(wanted) for wanted in ("a", "a", "b", "c", "c", "a", "a-2")] == [
        "a-3",
        "a-4",
        "b-2",
        "c",
        "c-2",
        "a-5",
        "a-2-2",
    ]

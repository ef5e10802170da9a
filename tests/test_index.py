"""An ingest is all or nothing, repeats nothing, and loses nothing."""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.sources import Sources, find_sources
from retrieval.embedding import Encoded
from retrieval.index import Index, Ingested
from retrieval.search import search

MODEL = "hashing-8"


class HashingEmbedder:
    """A real, tiny embedder: each word has a fixed vector, a text their mean. It counts its work."""

    name = MODEL

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def query(self, text: str) -> Encoded:
        tokens = np.array(
            [self._word(word) for word in text.lower().replace(".", "").split()], dtype=np.float32
        ).reshape(-1, 8)
        mean = tokens.sum(axis=0) + 1e-6
        return Encoded((mean / np.linalg.norm(mean)).astype(np.float32), tokens)

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        for position, text in enumerate(texts):
            self.embedded.append(text)
            yield position, self.query(text)

    def windows(self, text: str) -> list[str]:
        return [text]

    def _word(self, word: str) -> list[float]:
        return [byte / 128 - 1 for byte in hashlib.sha256(word.encode()).digest()[:8]]


def write(folder: Path, name: str, *items: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    listed = "\n\n".join(f"• {item}" for item in items)
    file.write_text(f"Informe {name}\n\nRecomendaciones\n\n{listed}\n", encoding="utf-8")
    return file


def ingest(
    index: Index,
    *paths: Path,
    embedder: HashingEmbedder | None = None,
    dry_run: bool = False,
    rebuild: bool = False,
) -> Ingested:
    return index.update(find_sources(paths), lambda: embedder or HashingEmbedder(), dry_run=dry_run, rebuild=rebuild)


def texts(index: Index) -> list[str]:
    return sorted(passage.text for passage in index.store.passages())


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index", MODEL)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    write(folder, "a.txt", "Los gobiernos deben actuar.", "Los países podrían cooperar.")
    write(folder, "b.txt", "Se recomienda la paz.")
    return folder


def test_no_index_says_what_to_type(index: Index) -> None:
    with pytest.raises(NoIndex, match="relatoria ingest"):
        index.check()


def test_only_what_changed_is_embedded_again(index: Index, reports: Path) -> None:
    first, second, third, fourth = (HashingEmbedder() for _ in range(4))
    result = ingest(index, reports, embedder=first)
    assert (result.reports, result.recommendations, result.added) == (2, 3, ("a", "b"))
    assert ingest(index, reports, embedder=second).unchanged == ("a", "b")
    assert second.embedded == []
    write(reports, "a.txt", "Los gobiernos deben actuar.", "Los países deben cooperar.")
    assert ingest(index, reports, embedder=third).changed == ("a",)
    assert third.embedded == ["Los países deben cooperar."]
    (reports / "b.txt").unlink()
    result = ingest(index, reports, embedder=fourth)
    assert (result.reports, result.removed, fourth.embedded) == (1, ("b",), [])
    assert "Se recomienda la paz." not in texts(index)


def test_the_index_after_changes_is_the_index_made_at_once(index: Index, reports: Path, tmp_path: Path) -> None:
    ingest(index, reports)
    write(reports, "a.txt", "Otra cosa.", "Los países podrían cooperar.")
    write(reports, "c.txt", "Algo nuevo.")
    (reports / "b.txt").unlink()
    ingest(index, reports)
    fresh = Index(tmp_path / "fresh", MODEL)
    ingest(fresh, reports)
    assert index.check()["fingerprint"] == fresh.check()["fingerprint"]
    assert index.store.vector_ids() == fresh.store.vector_ids()
    assert np.allclose(index.store.token_mean(), fresh.store.token_mean())
    ours, theirs = (search(one, HashingEmbedder(), "los países").hits for one in (index, fresh))
    assert [(hit.passage, round(hit.score.total, 4)) for hit in ours] == [
        (hit.passage, round(hit.score.total, 4)) for hit in theirs
    ]


def test_another_path_adds_and_a_missing_file_elsewhere_stays(index: Index, reports: Path, tmp_path: Path) -> None:
    ingest(index, reports)
    other = write(tmp_path / "other", "a.txt", "Otro informe con el mismo nombre.")
    result = ingest(index, other)
    assert (result.reports, result.added) == (3, ("a-2",))
    (reports / "b.txt").unlink()
    assert ingest(index, other).reports == 3


def test_a_file_that_fails_keeps_its_old_records_and_stops_nobody(index: Index, reports: Path) -> None:
    ingest(index, reports)
    (reports / "a.txt").write_bytes(b"\xff\xfe\x00")
    write(reports, "c.txt", "Algo nuevo.")
    result = ingest(index, reports)
    assert [failure.file.name for failure in result.failed] == ["a.txt"]
    assert (result.reports, result.added) == (3, ("c",))
    assert "Los gobiernos deben actuar." in texts(index)


def test_a_dry_run_says_and_does_nothing(index: Index, reports: Path) -> None:
    assert ingest(index, reports, dry_run=True).added == ("a", "b")
    assert not index.folder.exists()


def test_an_index_of_another_model_says_what_to_type_and_can_be_rebuilt(index: Index, reports: Path) -> None:
    ingest(index, reports)
    other = Index(index.folder, "another")
    for refused in (other.check, lambda: ingest(other, reports)):
        with pytest.raises(IndexMismatch, match="--rebuild"):
            refused()
    (reports / "b.txt").unlink()
    kept = write(reports.parent / "elsewhere", "d.txt", "Desde otra carpeta.")
    ingest(index, kept)
    kept.unlink()
    result = ingest(other, reports, rebuild=True)
    assert (result.reports, result.removed) == (2, ("b",))
    assert other.check()["model"] == "another"
    assert "Desde otra carpeta." in texts(other)


def test_an_index_of_another_format_says_what_to_type(index: Index, reports: Path) -> None:
    ingest(index, reports)
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
    ingest(index, reports)
    index.remove("a")
    assert [one.id for one in index.store.reports().values()] == ["b"]
    with pytest.raises(RelatoriaError, match="There are: b"):
        index.remove("a")
    index.remove("b")
    with pytest.raises(NoIndex, match="is empty"):
        index.check()


def test_an_open_reader_sees_what_another_process_writes(index: Index, reports: Path) -> None:
    ingest(index, reports)
    embedder = HashingEmbedder()
    assert search(index, embedder, "paz").hits[0].passage.text == "Se recomienda la paz."
    write(reports, "b.txt", "Se recomienda la guerra fría.")
    script = f"""
import sys; sys.path[:0] = {sys.path!r}
from pathlib import Path
from tests.test_index import *
ingest(Index(Path({str(index.folder)!r}), MODEL), Path({str(reports)!r}))
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent)
    index.vectors.reopen()
    found = search(index, embedder, "guerra fría")
    assert found.hits[0].passage.text == "Se recomienda la guerra fría."
    assert found.hits[0].score.dense is not None
    assert "Se recomienda la paz." not in [hit.passage.text for hit in found.hits]


def test_a_place_that_cannot_be_written_is_said(reports: Path) -> None:
    with pytest.raises(StorageFailed, match="--index"):
        ingest(Index(Path("/proc/relatoria"), MODEL), reports)


WRITER = """
import resource, signal, sys; sys.path[:0] = {path!r}
from pathlib import Path
from tests.test_index import *
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = {limit}
index = Index(Path({index!r}), MODEL)
sources = find_sources([Path({reports!r})])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("ready", flush=True)
try:
    index.update(sources, HashingEmbedder)
except StorageFailed as error:
    sys.exit(str(error))
"""


def writer(index: Index, reports: Path, limit: int = 0) -> subprocess.Popen[str]:
    script = WRITER.format(path=sys.path, index=str(index.folder), reports=str(reports), limit=limit)
    root = Path(__file__).parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )


def test_a_full_disk_is_said_and_loses_nothing(index: Index, reports: Path) -> None:
    ingest(index, reports)
    before = texts(index)
    for number in range(30):
        write(reports, f"new{number}.txt", *(f"Recomendación {number} y {n}: {'palabra ' * 40}" for n in range(20)))
    process = writer(index, reports, limit=300_000)  # bytes that a file may have: the disk is full beyond
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "untouched" in said or "disk" in said
    assert texts(index) == before
    assert ingest(index, reports).reports == 32


def test_killed_at_any_instant_the_last_state_stands(index: Index, reports: Path) -> None:
    ingest(index, reports)
    states = [texts(index)]
    chance = random.Random(7)
    for attempt in range(12):
        for number in range(4):
            items = [f"Intento {attempt}, informe {number}, punto {n}." for n in range(60)]
            write(reports, f"k{number}.txt", *items)
        process = writer(index, reports)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.6))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        after = texts(index)
        if after != states[-1]:
            assert sum(f"Intento {attempt}," in text for text in after) == 240
            states.append(after)
    ingest(index, reports)
    assert sum("Intento 11," in text for text in texts(index)) == 240
    assert index.check()
    nearest = search(index, HashingEmbedder(), "Intento 11, informe 3, punto 59.").hits[0]
    assert nearest.passage.text == "Intento 11, informe 3, punto 59."
    assert nearest.score.dense is not None


def test_two_writers_take_turns(index: Index, reports: Path) -> None:
    processes = [writer(index, reports) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len(texts(index)) == 5


@pytest.mark.parametrize("name", ["no such file", "empty folder"])
def test_paths_with_nothing_in_them_are_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    if name == "empty folder":
        path.mkdir()
    with pytest.raises(RelatoriaError, match="There is no"):
        find_sources([path])


def test_lost_vectors_are_made_again_by_the_next_ingest(index: Index, reports: Path) -> None:
    ingest(index, reports)
    shutil.rmtree(index.folder / "chroma")
    again, embedder = Index(index.folder, MODEL), HashingEmbedder()
    again.vectors.reopen()
    with pytest.raises(StorageFailed, match="--rebuild"):
        search(again, embedder, "la paz")
    result = ingest(again, reports, embedder=embedder)
    assert (result.reports, result.unchanged) == (2, ("a", "b"))
    assert again.vectors.count() == again.store.count_vectors() == len(embedder.embedded)
    assert search(again, embedder, "la paz").hits[0].score.dense is not None


@pytest.mark.parametrize("damage", ["truncated", "garbage", "a file in its place"])
def test_broken_vectors_are_made_anew_on_request(index: Index, reports: Path, damage: str) -> None:
    ingest(index, reports)
    chroma = index.folder / "chroma"
    if damage == "a file in its place":
        shutil.rmtree(chroma)
        chroma.write_text("no folder", encoding="utf-8")
    else:
        content = b"" if damage == "truncated" else b"no database " * 1000
        (chroma / "chroma.sqlite3").write_bytes(content)
    again = Index(index.folder, MODEL)
    again.vectors.reopen()
    ingest(again, reports, rebuild=True)
    assert again.vectors.count() == again.store.count_vectors()
    assert search(again, HashingEmbedder(), "la paz").hits[0].passage.text == "Se recomienda la paz."


def test_a_moved_or_copied_report_keeps_its_records(index: Index, reports: Path, tmp_path: Path) -> None:
    ingest(index, reports)
    before = list(index.store.passages())
    copied, embedder = tmp_path / "copied", HashingEmbedder()
    shutil.copytree(reports, copied)
    assert ingest(index, copied, embedder=embedder).unchanged == ("a", "b")
    (reports / "a.txt").rename(reports / "renamed.txt")
    result = ingest(index, reports, embedder=embedder)
    assert (result.reports, result.removed, sorted(result.unchanged)) == (2, (), ["a", "b"])
    shutil.rmtree(reports)
    assert ingest(index, copied, embedder=embedder).reports == 2
    assert set(index.store.reports()) == {str(copied / "a.txt"), str(copied / "b.txt")}
    assert list(index.store.passages()) == before
    assert embedder.embedded == []


def test_an_old_version_kept_beside_its_successor_is_a_report_of_its_own(index: Index, reports: Path) -> None:
    ingest(index, reports)
    shutil.copy(reports / "b.txt", reports / "a-old.txt")
    write(reports, "b.txt", "Se recomienda otra cosa.")
    result = ingest(index, reports)
    assert (result.reports, result.added, result.changed) == (3, ("a-old",), ("b",))
    assert {"Se recomienda la paz.", "Se recomienda otra cosa."} <= set(texts(index))


def test_lost_vectors_are_no_reason_to_change_the_model(index: Index, reports: Path) -> None:
    ingest(index, reports)
    shutil.rmtree(index.folder / "chroma")
    with pytest.raises(IndexMismatch, match="embedding model"):
        ingest(Index(index.folder, "another"), reports)


def test_a_folder_that_cannot_be_listed_is_said_and_keeps_its_reports(index: Index, reports: Path) -> None:
    ingest(index, reports)
    seen = find_sources([reports])
    hidden = Sources(seen.files[:1], seen.folders, ((reports, "cannot be listed (Permission denied)"),))
    result = index.update(hidden, HashingEmbedder)
    assert (result.reports, result.removed) == (2, ())
    assert [(failure.file, failure.error) for failure in result.failed] == list(hidden.unlisted)


def test_an_index_deleted_and_made_anew_is_seen(index: Index, reports: Path) -> None:
    ingest(index, reports)
    assert index.store.count_reports() == 2
    shutil.rmtree(index.folder)
    (reports / "b.txt").unlink()
    other = Index(index.folder, MODEL)
    other.vectors.reopen()
    ingest(other, reports)
    assert index.store.count_reports() == 1


def test_questions_while_the_index_changes(index: Index, reports: Path) -> None:
    ingest(index, reports)
    wrong: list[object] = []
    done = threading.Event()

    def keep_asking() -> None:
        embedder = HashingEmbedder()
        while not done.is_set():
            try:
                index.vectors.reopen()
                if "actuar." not in search(index, embedder, "Los gobiernos deben actuar.").hits[0].passage.text:
                    wrong.append("another passage")
            except RelatoriaError as error:
                wrong.append(error)

    threads = [threading.Thread(target=keep_asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        write(reports, "b.txt", f"Se recomienda la paz {number}.")
        process = writer(index, reports)
        process.communicate(timeout=120)
        assert process.returncode == 0
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []

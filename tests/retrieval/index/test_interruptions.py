"""Whatever happens to an ingest or to its files, the last complete state stands and the next run mends the rest."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.errors import IndexMismatch, RelatoriaError, StorageFailed
from ingest.sources import find_sources
from retrieval.index.index import Index
from retrieval.models.embedder import EncodedText
from retrieval.search.search import search
from tests.fakes.full_disk import run_with_disk_limit
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, passage_texts, update_index, write_report


def test_an_open_reader_sees_what_another_process_writes(index: Index, reports: Path) -> None:
    update_index(index, reports)
    embedder = HashingEmbedder()
    assert search(index, embedder, "paz").hits[0].passage.text == "Se recomienda la paz."
    write_report(reports, "b.txt", "Se recomienda la guerra fría.")
    script = f"""
import sys; sys.path[:0] = {sys.path!r}
from pathlib import Path
from ingest.errors import StorageFailed
from ingest.sources import find_sources
from retrieval.index.index import Index
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, update_index
update_index(Index(Path({str(index.folder)!r}), MODEL), Path({str(reports)!r}))
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent.parent.parent)
    index.vectors.reopen()
    found = search(index, embedder, "guerra fría")
    assert found.hits[0].passage.text == "Se recomienda la guerra fría."
    assert found.hits[0].score.dense is not None
    assert "Se recomienda la paz." not in [hit.passage.text for hit in found.hits]


WRITER = """
import sys; sys.path[:0] = {path!r}
from pathlib import Path
from ingest.sources import find_sources
from retrieval.index.index import Index
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder
index = Index(Path({index!r}), MODEL)
sources = find_sources([Path({reports!r})])
print("ready", flush=True)
index.update(sources, HashingEmbedder)
"""


def writer(index: Index, reports: Path) -> subprocess.Popen[str]:
    script = WRITER.format(path=sys.path, index=str(index.folder), reports=str(reports))
    root = Path(__file__).parent.parent.parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )


def ingest_into(folder: Path, reports: Path) -> None:
    update_index(Index(folder, MODEL), reports)


@pytest.mark.survey
def test_a_full_disk_is_said_and_loses_nothing(index: Index, reports: Path) -> None:
    update_index(index, reports)
    before = passage_texts(index)
    for number in range(30):
        write_report(
            reports, f"new{number}.txt", *(f"Recomendación {number} y {n}: {'palabra' * 40}" for n in range(20))
        )
        (reports / f"new{number}.toml").write_text('language = "es"\n', encoding="utf-8")  # no room to find it out
    with pytest.raises(StorageFailed, match=r"untouched|disk"):
        run_with_disk_limit(300_000, ingest_into, index.folder, reports)
    assert passage_texts(index) == before
    assert update_index(index, reports).reports == 32


@pytest.mark.survey
def test_killed_at_any_instant_the_last_state_stands(index: Index, reports: Path) -> None:
    update_index(index, reports)
    states = [passage_texts(index)]
    chance = random.Random(7)
    for attempt in range(12):
        for number in range(4):
            items = [f"Intento {attempt}, informe {number}, punto {n}." for n in range(60)]
            write_report(reports, f"k{number}.txt", *items)
        process = writer(index, reports)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.6))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        after = passage_texts(index)
        if after != states[-1]:
            assert sum(f"Intento {attempt}," in text for text in after) == 240
            states.append(after)
    update_index(index, reports)
    assert sum("Intento 11," in text for text in passage_texts(index)) == 240
    assert index.check()
    index.vectors.reopen()
    assert index.vectors.count() == index.store.count_vectors()  # nothing is left over from the killed
    nearest = search(index, HashingEmbedder(), "Intento 11, informe 3, punto 59.").hits[0]
    assert nearest.passage.text == "Intento 11, informe 3, punto 59."
    assert nearest.score.dense is not None


class Interrupted(HashingEmbedder):
    """Gives up in the middle of its work."""

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        for done, passage in enumerate(super().passages(texts)):
            if done == 700:
                raise KeyboardInterrupt
            yield passage


def test_what_was_embedded_is_not_embedded_again(index: Index, reports: Path) -> None:
    for number in range(5):
        write_report(reports, f"k{number}.txt", *(f"Informe {number}, punto {n}." for n in range(200)))
    first, second = Interrupted(), HashingEmbedder()
    with pytest.raises(KeyboardInterrupt):
        update_index(index, reports, embedder=first)
    assert index.store.stamp() == {}
    update_index(index, reports, embedder=second)
    kept = set(first.embedded) - set(second.embedded)
    assert len(kept) == 512  # two times what is written at one time
    assert len(second.embedded) == len(set(second.embedded)) == index.store.count_vectors() - 512
    assert index.store.tokens.get(index.store.vector_ids()).keys() == index.store.vector_ids()


def test_what_an_interrupted_ingest_left_is_dropped_when_nobody_wants_it(index: Index, reports: Path) -> None:
    update_index(index, reports)
    file = write_report(reports, "k.txt", *(f"Punto {n}." for n in range(900)))
    with pytest.raises(KeyboardInterrupt):
        update_index(index, reports, embedder=Interrupted())
    assert index.vectors.count() == index.store.count_vectors() + 512
    file.unlink()
    update_index(index, reports)
    assert index.vectors.count() == index.store.count_vectors()
    assert {id_ for ids in index.store.tokens.all_ids() for id_ in ids} == index.store.vector_ids()


def test_a_rebuild_that_was_interrupted_is_finished_by_the_next_ingest(index: Index, reports: Path) -> None:
    write_report(reports, "k.txt", *(f"Punto {n}." for n in range(900)))
    update_index(index, reports)
    shutil.rmtree(index.folder / "chroma")
    again, embedder = Index(index.folder, MODEL), HashingEmbedder()
    again.vectors.reopen()
    with pytest.raises(KeyboardInterrupt):
        update_index(again, reports, embedder=Interrupted())
    assert 0 < again.vectors.count() < again.store.count_vectors()
    update_index(again, reports, embedder=embedder)
    assert again.vectors.count() == again.store.count_vectors() == len(embedder.embedded)


def test_who_waits_for_another_ingest_is_told(index: Index, reports: Path) -> None:
    said: list[str] = []
    index.folder.mkdir()
    lock = FileLock(index.folder / "writer.lock", thread_local=False)
    lock.acquire()
    threading.Timer(0.5, lock.release).start()
    index.update(find_sources([reports]), HashingEmbedder, waiting=lambda: said.append("waiting"))
    assert said == ["waiting"]
    update_index(index, reports)
    assert said == ["waiting"]


@pytest.mark.survey
def test_kills_two_at_once_and_a_reader_meanwhile() -> None:
    command = [sys.executable, "-m", "evals.robustness.crash", "--kills", "4"]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parent.parent.parent.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.search(r"[4-6] kills: .* 0 failures", " ".join(done.stdout.split()))


def test_two_writers_take_turns(index: Index, reports: Path) -> None:
    processes = [writer(index, reports) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len(passage_texts(index)) == 5


def test_lost_vectors_are_made_again_by_the_next_ingest(index: Index, reports: Path) -> None:
    update_index(index, reports)
    shutil.rmtree(index.folder / "chroma")
    again, embedder = Index(index.folder, MODEL), HashingEmbedder()
    again.vectors.reopen()
    with pytest.raises(StorageFailed, match="--rebuild"):
        search(again, embedder, "la paz")
    result = update_index(again, reports, embedder=embedder)
    assert (result.reports, result.unchanged) == (2, ("a", "b"))
    assert again.vectors.count() == again.store.count_vectors() == len(embedder.embedded)
    assert search(again, embedder, "la paz").hits[0].score.dense is not None


@pytest.mark.parametrize("damage", ["truncated", "garbage", "a file in its place"])
def test_broken_vectors_are_made_anew_on_request(index: Index, reports: Path, damage: str) -> None:
    update_index(index, reports)
    chroma = index.folder / "chroma"
    if damage == "a file in its place":
        shutil.rmtree(chroma)
        chroma.write_text("no folder", encoding="utf-8")
    else:
        content = b"" if damage == "truncated" else b"no database " * 1000
        (chroma / "chroma.sqlite3").write_bytes(content)
    again = Index(index.folder, MODEL)
    again.vectors.reopen()
    update_index(again, reports, rebuild=True)
    assert again.vectors.count() == again.store.count_vectors()
    assert search(again, HashingEmbedder(), "la paz").hits[0].passage.text == "Se recomienda la paz."


def test_lost_vectors_are_no_reason_to_change_the_model(index: Index, reports: Path) -> None:
    update_index(index, reports)
    shutil.rmtree(index.folder / "chroma")
    with pytest.raises(IndexMismatch, match="embedding model"):
        update_index(Index(index.folder, "another"), reports)


def test_an_index_deleted_and_made_anew_is_seen(index: Index, reports: Path) -> None:
    update_index(index, reports)
    assert index.store.count_reports() == 2
    shutil.rmtree(index.folder)
    (reports / "b.txt").unlink()
    other = Index(index.folder, MODEL)
    other.vectors.reopen()
    update_index(other, reports)
    assert index.store.count_reports() == 1


@pytest.mark.survey
def test_questions_while_the_index_changes(index: Index, reports: Path) -> None:
    update_index(index, reports)
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
        write_report(reports, "b.txt", f"Se recomienda la paz {number}.")
        process = writer(index, reports)
        process.communicate(timeout=120)
        assert process.returncode == 0
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []

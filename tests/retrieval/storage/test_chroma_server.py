"""A real Chroma server holds the vectors: hits as without one, indexes apart, clear words when it is not there."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import main
from ingest.errors import IndexMismatch, RelatoriaError, StorageFailed
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.search.search import search
from retrieval.storage.chroma_server import ChromaServer, parse_address
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, update_index, write_report

QUESTIONS = (
    "¿Qué se recomendó sobre la migración de retorno?",
    "What about detention of irregular migrants?",
    "mujeres",
)


class Chroma:
    """The Rust server of the chromadb package, on this machine only; it can be stopped, and started where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(self.folder)]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        environment = os.environ | {"ANONYMIZED_TELEMETRY": "False"}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder.parent
        )
        for _ in range(300):
            try:
                ChromaServer(self.url, self.folder)._check_heartbeat()
            except StorageFailed:
                assert self.process.poll() is None, "chroma run has ended"
                time.sleep(0.1)
            else:
                return
        raise AssertionError("chroma run does not answer")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def collections(self) -> list[str]:
        return sorted(collection.name for collection in ChromaServer(self.url, self.folder).client().list_collections())


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[Chroma]:
    server = Chroma(tmp_path / "server")
    yield server
    server.stop()


@pytest.fixture
def served(chroma: Chroma, tmp_path: Path) -> Index:
    return Index(tmp_path / "index", MODEL, chroma.url)


def found(index: Index, question: str) -> list[tuple[str, float, float]]:
    hits = index.run_on_snapshot(lambda stamp: search(index, HashingEmbedder(), question)).hits
    return [(hit.passage.text, round(hit.score.total, 6), round(hit.score.dense or 0.0, 6)) for hit in hits]


def test_the_first_report_is_found_as_it_is_without_a_server(
    assistant: Assistant, chroma: Chroma, tmp_path: Path
) -> None:
    served = Assistant(tmp_path / "index", chroma=chroma.url)
    assert served.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder).recommendations == 26
    served._embedder = assistant.embedder()
    assert not (tmp_path / "index" / "chroma").exists()
    for question in QUESTIONS:
        here, there = assistant.search(question).hits, served.search(question).hits
        assert [hit.passage for hit in there] == [hit.passage for hit in here]
        assert [hit.score.total for hit in there] == [hit.score.total for hit in here]
        assert [hit.score.dense for hit in there] == pytest.approx([hit.score.dense for hit in here], abs=1e-6)
    answer = served.ask(QUESTIONS[0])
    assert answer.statements == assistant.ask(QUESTIONS[0]).statements
    assert served.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder).unchanged
    chroma.stop()
    with pytest.raises(StorageFailed, match=rf"No Chroma server answers at {chroma.url} .*chroma run"):
        served.ask(QUESTIONS[0])
    with pytest.raises(StorageFailed, match="No Chroma server answers"):
        Assistant(tmp_path / "index", chroma=chroma.url).index.update(
            find_sources([BUNDLED_CORPUS]), assistant.embedder
        )
    chroma.start()
    assert served.ask(QUESTIONS[0]).statements == answer.statements


def test_two_indexes_on_one_server_do_not_mix(chroma: Chroma, served: Index, reports: Path, tmp_path: Path) -> None:
    other = Index(tmp_path / "other", MODEL, chroma.url)
    stranger = ChromaServer(chroma.url, tmp_path).client().create_collection("somebody-else", embedding_function=None)
    update_index(served, reports)
    update_index(
        other, write_report(tmp_path / "more", "c.txt", "Los gobiernos deben cooperar.", "Se recomienda la paz.")
    )
    assert len(chroma.collections()) == 3
    before = found(served, "la paz")
    update_index(other, tmp_path / "more", rebuild=True)
    other.remove("c")
    assert found(served, "la paz") == before
    assert served._vectors().count() == len(served.store.vector_ids())
    assert Index(tmp_path / "other", MODEL, chroma.url)._vectors().count() == 0
    another = Index(served.folder, "another", chroma.url)
    update_index(another, reports, rebuild=True)
    assert len(chroma.collections()) == 3
    assert stranger.count() == 0


def test_what_a_change_leaves_is_what_an_index_made_at_once_has(
    chroma: Chroma, served: Index, reports: Path, tmp_path: Path
) -> None:
    update_index(served, reports)
    write_report(reports, "a.txt", "Los gobiernos deben actuar ya.", "Los países podrían cooperar.")
    (reports / "b.txt").unlink()
    again = HashingEmbedder()
    update_index(Index(served.folder, MODEL, chroma.url), reports, embedder=again)
    assert again.embedded == ["Los gobiernos deben actuar ya."]
    fresh = Index(tmp_path / "fresh", MODEL)
    update_index(fresh, reports)
    assert found(served, "los países") == found(fresh, "los países")
    assert {id_ for ids in served._vectors().ids() for id_ in ids} == fresh.store.vector_ids()


class Killed(HashingEmbedder):
    """Ends the ingest when it comes to a text."""

    def passages(self, texts):  # type: ignore[no-untyped-def]
        yield from super().passages(texts[:1])
        raise KeyboardInterrupt


@pytest.mark.parametrize("first", ["server", "folder"])
def test_an_ingest_that_was_interrupted_is_gone_on_with_wherever(
    chroma: Chroma, reports: Path, tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.index.transaction.FLUSH", 1)
    server = Index(tmp_path / "index", MODEL, chroma.url)
    begun = server if first == "server" else Index(tmp_path / "index", MODEL)
    with pytest.raises(KeyboardInterrupt):
        update_index(begun, reports, embedder=Killed())
    embedder = HashingEmbedder()
    update_index(server, reports, embedder=embedder)
    ingested = server.store.vector_ids()
    assert len(embedder.embedded) == len(ingested) - (first == "server")
    assert server._vectors().count() == len(ingested)
    assert found(server, "la paz")


def test_vectors_move_by_a_rebuild_and_only_then(chroma: Chroma, reports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    embedded, served = Index(folder, MODEL), Index(folder, MODEL, chroma.url)
    update_index(embedded, reports)
    before = found(embedded, "la paz")
    for refused in (served.check, lambda: update_index(served, reports), lambda: served.remove("a")):
        with pytest.raises(IndexMismatch, match="Leave --chroma"):
            refused()
    with pytest.raises(KeyboardInterrupt):
        update_index(served, reports, embedder=Killed(), rebuild=True)
    assert found(Index(folder, MODEL), "la paz") == before  # the last complete state stands
    update_index(served, reports, rebuild=True)
    assert found(served, "la paz") == before
    assert len(chroma.collections()) == 1  # nothing is left of the one that was interrupted
    with pytest.raises(IndexMismatch, match="are on a Chroma server"):
        update_index(embedded, reports)
    write_report(reports, "b.txt", "Se recomienda la guerra.")
    update_index(embedded, reports, rebuild=True)
    assert found(embedded, "la guerra")[0][0] == "Se recomienda la guerra."
    update_index(served, reports, rebuild=True)
    assert served._vectors().count() == len(served.store.vector_ids())
    assert len(chroma.collections()) == 1


def test_vectors_that_another_server_has_are_made_anew_and_never_taken_from_an_earlier_stay(
    chroma: Chroma, served: Index, reports: Path, tmp_path: Path
) -> None:
    update_index(served, reports)
    second = Chroma(tmp_path / "second")
    try:
        there = Index(served.folder, MODEL, second.url)
        with pytest.raises(StorageFailed, match="Give the address of the server that has them"):
            found(there, "la paz")
        write_report(reports, "b.txt", "Se recomienda la guerra.")
        update_index(there, reports)
        on_second = found(there, "la guerra")
        assert on_second[0][0] == "Se recomienda la guerra."
        back = Index(served.folder, MODEL, chroma.url)
        with pytest.raises(StorageFailed, match="--rebuild"):
            found(back, "la guerra")
        update_index(back, reports)
        assert found(back, "la guerra") == on_second
        with pytest.raises(StorageFailed, match="--rebuild"):  # what is there is of an earlier stay now
            found(there, "la guerra")
    finally:
        second.stop()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:8000", "http://"),
        ("ftp://127.0.0.1", "does not begin with http"),
        ("http://", "names no host"),
        ("http://:8000", "names no host"),
        ("http://a b:8000", "no host|no address"),
        ("http://127.0.0.1:99999", "no address"),
        ("http://127.0.0.1:x", "no address"),
        ("http://[::1", "no address"),
        ("http://127.0.0.1:8000/api/v2", "goes on after host and port"),
        ("http://127.0.0.1:8000?x=1", "goes on after host and port"),
        ("http://me:secret@127.0.0.1:8000", "name or password"),
    ],
)
def test_what_is_no_address_is_said_in_one_sentence(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RelatoriaError, match=said) as refused:
        Assistant(tmp_path, chroma=url)
    assert "--chroma http://127.0.0.1:8000" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_addresses() -> None:
    assert parse_address(" HTTP://LocalHost:8000/ ") == (False, "localhost", 8000)
    assert (parse_address("http://a")[2], parse_address("https://a")[2]) == (80, 443)
    assert ChromaServer("http://[::1]:8000", Path("x")).url == "http://[::1]:8000"


def test_a_server_that_is_no_chroma_is_said(tmp_path: Path, reports: Path) -> None:
    web = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        index = Index(tmp_path / "index", MODEL, f"http://127.0.0.1:{web.server_port}")
        with pytest.raises(StorageFailed, match="is not a Chroma server"):
            update_index(index, reports)
    finally:
        web.shutdown()
        web.server_close()
    assert not index.store.stamp()


def test_the_command_takes_its_address_from_option_or_environment(
    chroma: Chroma, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--index", str(tmp_path / "index"), "--json"]
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody is there, and nobody is asked
    assert main(["ingest", str(reports), *arguments, "--chroma", chroma.url]) == 0
    assert len(chroma.collections()) == 1
    assert main(["search", "la paz", *arguments]) == 1
    assert "--chroma or RELATORIA_CHROMA" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setenv("RELATORIA_CHROMA", chroma.url)
    assert main(["search", "la paz", *arguments]) == 0

"""The address of a Chroma server, what answers there, and the id by which it knows an index; no server is started."""

import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chromadb.errors import NotFoundError

from ingest.errors import RelatoriaError, StorageFailed
from retrieval.storage import chroma_server
from retrieval.storage.chroma_server import ChromaServer, _bypass_proxy, parse_address


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[tuple[int, list[str]]]:
    """A web server that gives one answer; its port, and what it was asked."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    web = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield web.server_port, asked
    finally:
        web.shutdown()
        web.server_close()


@pytest.mark.parametrize(
    ("body", "status", "is_chroma"),
    [
        (b'{"nanosecond heartbeat": 7}', 200, True),
        (b'{"nanosecond heartbeat": 7}', 404, False),
        (b'{"heartbeat": 7}', 200, False),
        (b"[]", 200, False),
        (b"<html>", 200, False),
        (b'{"nanosecond heartbeat": 7, "x": "' + b"x" * 1_000 + b'"}', 200, False),
    ],
)
def test_a_chroma_server_is_known_by_its_heartbeat(body: bytes, status: int, is_chroma: bool, tmp_path: Path) -> None:
    with answering(body, status) as (port, asked):
        server = ChromaServer(f"http://127.0.0.1:{port}", tmp_path)
        error = server.storage_error(ValueError("lost"))
        assert asked == ["GET /api/v2/heartbeat"]
        if is_chroma:
            said = rf"in {tmp_path} cannot be used at the Chroma server http://127.0.0.1:{port} \(lost\)"
            with pytest.raises(StorageFailed, match=said):
                raise error
        else:
            with pytest.raises(StorageFailed, match=rf"What answers at http://127.0.0.1:{port} is not a Chroma server"):
                server.client()


def test_where_nobody_answers_it_is_said_how_to_start_one(tmp_path: Path) -> None:
    with answering(b"") as (port, _):
        pass  # and is gone
    for scheme in ("http", "https"):
        server = ChromaServer(f"{scheme}://127.0.0.1:{port}", tmp_path)
        with pytest.raises(StorageFailed) as refused:
            server.has_collection("x")
        said = str(refused.value)
        assert said.startswith(f"No Chroma server answers at {scheme}://127.0.0.1:{port} (")
        assert f"chroma run --path DIR --host 127.0.0.1 --port {port})" in said
    tls = pytest.raises(StorageFailed, match="No Chroma server answers at https")
    with answering(b'{"nanosecond heartbeat": 7}') as (port, _), tls:
        ChromaServer(f"https://127.0.0.1:{port}", tmp_path).client()  # which speaks no TLS


def test_a_server_is_waited_for_a_few_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    class Connection:
        def __init__(self, *where: object, timeout: float) -> None:
            given.extend((*where, timeout))

        def request(self, *_: object) -> None:
            raise TimeoutError("timed out")

        def close(self) -> None:
            given.append("closed")

    monkeypatch.setattr("http.client.HTTPConnection", Connection)
    with pytest.raises(StorageFailed, match="timed out"):
        ChromaServer("http://[::1]:7", tmp_path).client()
    assert given == ["::1", 7, 5, "closed"]


@pytest.mark.parametrize(
    ("address", "parsed", "url"),
    [
        (" http://LocalHost:8000/ ", (False, "localhost", 8000), "http://localhost:8000"),
        ("https://a.org", (True, "a.org", 443), "https://a.org:443"),
        ("http://a.org", (False, "a.org", 80), "http://a.org:80"),
        ("http://a.org:0", (False, "a.org", 0), "http://a.org:0"),
        ("http://[::1]:7/", (False, "::1", 7), "http://[::1]:7"),
    ],
)
def test_an_address_is_scheme_host_and_port(
    address: str, parsed: tuple[bool, str, int], url: str, tmp_path: Path
) -> None:
    assert parse_address(address) == parsed
    assert ChromaServer(address, tmp_path).url == url


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("a.org", "'a.org' does not begin with http:// or https://"),
        ("http://user@a.org", "has a name or password in it"),
        ("http://:word@a.org", "has a name or password in it"),
        ("ftp://user:word@a.org", "has a name or password in it"),
        ("http://a.org#x", "'http://a.org#x' goes on after host and port"),
        ("http://" + "x" * 64 + ".org", "is no address of a Chroma server"),
        ("http://me:word@[::1", "'[::1' is no address of a Chroma server"),
        ("http://a\u00a0b", "names no host|is no address"),
        ("x" * 300, f"'{'x' * 200}' does not begin"),
    ],
)
def test_what_is_no_address_is_said_without_its_password(address: str, said: str) -> None:
    with pytest.raises(RelatoriaError) as refused:
        parse_address(address)
    assert any(part in str(refused.value) for part in said.split("|"))
    assert "word@" not in str(refused.value)
    assert "--chroma http://127.0.0.1:8000" in str(refused.value)


def test_the_host_is_reached_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "b.org")
    monkeypatch.delenv("no_proxy", raising=False)
    _bypass_proxy("a.org")
    assert (os.environ["NO_PROXY"], os.environ["no_proxy"]) == ("b.org,a.org", "a.org")


def test_an_index_has_one_id_for_ever(tmp_path: Path) -> None:
    first, again = ChromaServer("http://a", tmp_path), ChromaServer("http://b", tmp_path)
    prefix = first.collection_prefix
    assert prefix == again.collection_prefix
    written = (tmp_path / "chroma.id").read_text(encoding="ascii")
    assert (len(written), prefix) == (32, f"relatoria-{written}-")
    assert [path.name for path in tmp_path.iterdir()] == ["chroma.id"]
    (tmp_path / "other").mkdir()
    assert ChromaServer("http://a", tmp_path / "other").collection_prefix != prefix
    (tmp_path / "chroma.id").write_text("known\n", encoding="ascii")
    assert first.collection_prefix == "relatoria-known-"
    assert len(first.new_generation()) == 16


class Client:
    """A client of a server with collections of this index and of others; lists at most two at a time."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def list_collections(self, limit: int, offset: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name) for name in self.names[offset : offset + min(limit, 2)]]

    def get_collection(self, name: str, embedding_function: object) -> None:
        assert embedding_function is None
        if name not in self.names:
            raise NotFoundError(name)

    def delete_collection(self, name: str) -> None:
        self.names.remove(name)


def test_only_the_collections_of_this_index_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_server, "_PAGE", 2)
    server = ChromaServer("http://a", tmp_path)
    own = server.collection_prefix
    client: Any = Client(f"{own}a", "other", f"{own}b", f"x{own}c", f"{own}d", "z")
    server._client = client
    (tmp_path / "chroma").mkdir()
    assert server.has_collection(f"{own}b")
    assert not server.has_collection("none")
    server.drop_other_collections(f"{own}b")
    assert client.names == ["other", f"{own}b", f"x{own}c", "z"]
    assert not (tmp_path / "chroma").exists()
    server.delete_broken("none")
    server.delete_broken(f"{own}b")
    assert client.names == ["other", f"x{own}c", "z"]
    assert server.client() is client

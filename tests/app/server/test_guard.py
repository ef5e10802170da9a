"""The guard around the served page: headers, names, origins, closed routes, sizes, events."""

import http.client
import json
import re
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio.utils import get_upload_folder
from starlette.testclient import TestClient

from app.serve import launch
from app.server.guard import GuardMiddleware, RequestLimits, ServerState
from app.settings import Settings
from retrieval.assistant import Assistant
from retrieval.limits import BODY
from tests.app.server.conftest import Site
from tests.fakes.browser import free_port


def test_everything_leaves_with_headers(site: Site) -> None:
    for path in ("/", "/config", "/nowhere", "/theme.css", "/health"):
        headers = site.send("GET", path, Accept="*/*").headers
        if path != "/health":
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers
        assert "Access-Control-Allow-Origin" not in headers


def test_the_page_says_which_scripts_may_run(site: Site) -> None:
    page, other = site.send("GET", "/"), site.send("GET", "/")
    policy = page.headers["Content-Security-Policy"]
    nonces = re.findall(r"'nonce-([^']+)'", policy)
    assert len(nonces) == 1
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    scripts = re.findall(r"<script[^>]*>", page.body.decode())
    assert scripts
    assert all(f'nonce="{nonces[0]}"' in script for script in scripts)
    assert nonces[0] not in other.headers["Content-Security-Policy"]


def test_what_has_its_hash_in_its_name_is_kept(site: Site) -> None:
    (asset,) = re.findall(r'src="\./(assets/index-[^"]+\.js)"', site.send("GET", "/").body.decode())
    assert "immutable" in site.send("GET", f"/{asset}").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=%2Fetc%2Fpasswd",
        "/gradio_api/file=..%2f..%2f..%2fetc/passwd",
        "/gradio_api/file=../../../etc/passwd",
        "/gradio_api/file=/tmp/gradio/../../etc/passwd",
        "/gradio_api/file=/tmp/gradio/..%5c..%5cetc/passwd",
        "/gradio_api/file=%00/etc/passwd",
        "/gradio_api/file=http://192.0.2.1/x",
        "/gradio_api/file=//192.0.2.1/x",
        "/gradio_api/file=pyproject.toml",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://192.0.2.1/",
        "/assets/..%2f..%2f..%2fetc/passwd",
        "/static/../../routes.py",
        "/svelte/../../routes.py",
        "/gradio_api/custom_component/x/client/component/..%2f..%2fetc%2fpasswd",
        "/gradio_api/stream/x/y/z/playlist.m3u8",
        "/gradio_api/runs",
        "/gradio_api/token",
        "/gradio_api/vibe-code",
        "/gradio_api/profiling/traces",
        "/monitoring",
        "/monitoring/summary",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/manifest.json",
        "/" + "a" * 5_000,
    ],
)
def test_nothing_else_can_be_read(site: Site, path: str) -> None:
    answer = site.send("GET", path)
    assert answer.status in (403, 404)
    assert b"root:" not in answer.body
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit",
        "/gradio_api/run-history/connect",
    ],
)
def test_nothing_else_can_be_sent(site: Site, path: str) -> None:
    assert site.send("POST", path, b"{}").status == 404
    assert site.send("PUT", "/", b"{}").status == 404


@pytest.mark.parametrize(
    "path", ["/", "/config", "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/mcpx", "/login", "/nowhere"]
)
def test_nothing_is_deleted_but_sessions_of_mcp(path: str) -> None:
    client, reached = _guarded()
    assert client.delete(path).status_code == 404
    assert not reached


def test_a_deletion_comes_from_here_and_is_small() -> None:
    client, reached = _guarded()
    for path in ("/gradio_api/mcp", "/gradio_api/mcp/"):
        assert client.delete(path).status_code == 200
        assert client.delete(path, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.request("DELETE", path, content=b"x" * (BODY.most + 1)).status_code == 413
    assert len(reached) == 2


def _guarded() -> tuple[TestClient, list[str]]:
    """A client of the guard around an application that notes what reaches it."""
    reached: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return TestClient(GuardMiddleware(inner, service=ServerState(), limits=RequestLimits())), reached


def test_the_page_has_names_of_its_own(site: Site) -> None:
    for host in (f"127.0.0.1:{site.port}", "localhost", "[::1]:1", "LOCALHOST."):
        assert site.send("GET", "/config", Host=host).status == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example"):
        assert site.send("GET", "/config", Host=host).status == 421, host


def test_other_sites_cannot_ask(site: Site) -> None:
    body = json.dumps({"data": [""]})
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        assert site.send("POST", "/gradio_api/call/ask", body, Content_Type="application/json", **headers).status == 403
    own = {"Origin": f"http://127.0.0.1:{site.port}", "Content_Type": "application/json"}
    assert site.send("POST", "/gradio_api/call/ask", body, **own).status == 200


def test_what_is_too_large_is_not_read(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:  # announced, and never sent
        line.sendall(b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        assert b" 413 " in line.recv(100)
    chunk = b"x" * 2**20

    def endless() -> Iterator[bytes]:
        for _ in range(6):
            yield chunk

    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        connection.request(
            "POST", "/gradio_api/call/ask", endless(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server has hung up, which is an answer too
    assert status == 413
    long = json.dumps({"data": ["é" * 100_000]})  # more than a question may have, less than a request may
    answer = site.send("POST", "/gradio_api/run/ask", long, Content_Type="application/json")
    assert answer.status == 400
    assert "2,000" in json.loads(answer.body)["error"]  # our own words


def test_what_breaks_is_a_plain_sentence(site: Site) -> None:
    for body in (b"", b"{", b'{"data": 1}', b'{"data": []}', b'{"fn_index": 10000, "data": []}', b"[" * 100_000):
        answer = site.send("POST", "/gradio_api/run/ask", body, Content_Type="application/json", Accept_Language="fr")
        assert answer.status >= 400
        for leak in (b"Traceback", b"site-packages", b".py"):
            assert leak not in answer.body


def test_no_file_of_this_machine_can_be_named(assistant: Assistant, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password of the index", encoding="utf-8")
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port, settings=Settings(uploads=True))
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            events = client.get("/config").json()["dependencies"]
            assert len(events) > 20
            for path in (str(secret), f"{get_upload_folder()}/../..{secret}", f"file://{secret}"):
                file = {"path": path, "meta": {"_type": "gradio.FileData"}}
                for value in (file, [file], [{"role": "user", "content": [{"type": "file", "file": file}]}]):
                    for event in [event for event in events if event["inputs"] and event["backend_fn"]]:
                        told = _told(client, event["id"], [value] * len(event["inputs"]))
                        assert "nobody has uploaded" in told, (event["id"], told[:300])
                        assert "secret.txt" not in told
            for name in ("ask", "search", "passage", "list"):
                said = client.post(f"/gradio_api/run/{name}", json={"data": [file]})
                assert said.status_code == 400
                assert "nobody has uploaded" in said.json()["error"]
    finally:
        page.close()


def _told(client: httpx.Client, event: int, data: list[Any]) -> str:
    """All that a visitor is sent who triggers an event of the page."""
    visit = secrets.token_hex(8)
    sent = client.post("/gradio_api/queue/join", json={"fn_index": event, "data": data, "session_hash": visit})
    if sent.status_code != 200:
        return sent.text
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": visit}) as stream:
        return "".join(stream.iter_lines())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *[("queue/join", f'{{"fn_index": {text}, "data": []}}') for text in ("20.0", '"20"', '"020"', "true", "null")],
        *[(f"{kind}/{name}", '{"data": ["?"]}') for kind in ("run", "api", "call") for name in ("turns", "nosuch")],
        ("run/predict", '{"fn_index": 0, "data": []}'),
        ("run/predict", '{"data": []}'),
    ],
)
def test_events_are_called_as_they_are_meant_to_be(site: Site, path: str, body: str) -> None:
    assert site.send("POST", f"/gradio_api/{path}", body, Content_Type="application/json").status == 404


def test_a_page_that_the_address_names_is_ours(site: Site) -> None:
    assert site.send("GET", "/?page=nosuch&tab=browse").status == 200

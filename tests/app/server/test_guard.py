"""The guard around the served page: headers, names, origins, closed routes, sizes, rates, the journal, errors."""

import http.client
import io
import json
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio.utils import get_upload_folder

from app.serve import PageServer, check_settings, launch, open_access_warning
from app.server.access_log import AccessLogMiddleware
from app.server.guard import GuardMiddleware, RateLimitMiddleware, RequestLimits, ServerState
from app.server.log import EventLog
from app.server.rate_limit import RateLimits, RequestKind
from app.settings import Settings
from app.web.mount import unready_reason
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from tests.fakes.browser import free_port
from tests.fakes.waiting import wait_until


@dataclass
class Site:
    """A page that is served, and what its journal has."""

    port: int
    page: PageServer
    written: io.StringIO

    def send(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> "Answer":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def site(assistant: Assistant) -> Iterator[Site]:
    port, written = free_port(), io.StringIO()
    page = launch(assistant, host="127.0.0.1", port=port, journal=EventLog(written))
    yield Site(port, page, written)
    page.close()


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
    one, other = site.send("GET", "/"), site.send("GET", "/")
    policy = one.headers["Content-Security-Policy"]
    nonces = re.findall(r"'nonce-([^']+)'", policy)
    assert len(nonces) == 1
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    scripts = re.findall(r"<script[^>]*>", one.body.decode())
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


def test_an_exception_leaves_its_words_inside() -> None:
    from starlette.testclient import TestClient

    written = io.StringIO()

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("the text of a report\r\nforged: line")

    client = TestClient(AccessLogMiddleware(broken, EventLog(written), lambda: ""), raise_server_exceptions=False)
    answer = client.get("/config?q=secret", headers={"Accept-Language": "fr"})
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("Une erreur")
    error, request = map(json.loads, written.getvalue().splitlines())
    assert (error["type"], error["id"]) == ("ValueError", answer.json()["request"])
    assert any("test_guard.py" in one for one in error["where"])
    assert (request["status"], request["route"]) == (500, "/config")
    assert "report" not in written.getvalue()
    assert "secret" not in written.getvalue()


def test_the_journal_says_what_and_not_who(site: Site) -> None:
    site.written.truncate(0)
    site.written.seek(0)
    question = "What was recommended on return migration?"
    body = json.dumps({"data": [question]})
    assert site.send("POST", "/gradio_api/run/ask", body, Content_Type="application/json").status == 200
    site.send("GET", "/gradio_api/heartbeat%0d%0aforged/x")
    wait_until(lambda: len(site.lines()) >= 3, "a line of each", seconds=5)
    (asked,) = [line for line in site.lines() if line["event"] == "question"]
    assert asked["status"] == "answered"
    assert asked["citations"] >= 1
    assert asked["ms"] > 0
    routes = {line["route"]: line["status"] for line in site.lines() if line["event"] == "request"}
    assert routes == {"/gradio_api/run/ask": 200, "other": 404}
    for personal in ("return migration", "127.0.0.1", "forged"):
        assert personal not in site.written.getvalue()


def test_questions_are_written_down_where_that_is_wanted(assistant: Assistant) -> None:
    written = io.StringIO()
    assistant.on_answer = EventLog(written, questions=True).log_question
    try:
        assistant.ask("¿Qué se recomendó sobre\u2028el retorno?")
    finally:
        assistant.on_answer = lambda answer, seconds: None
    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["question"] == "¿Qué se recomendó sobre el retorno?"


def test_health_and_readiness(site: Site, assistant: Assistant, tmp_path: Any) -> None:
    assert json.loads(site.send("GET", "/health").body) == {"alive": True}
    assert json.loads(site.send("GET", "/ready").body) == {"ready": True}
    assert unready_reason(assistant, ServerState(stopping=True)) == "stopping"
    assert unready_reason(Assistant(tmp_path), ServerState()) == "model"
    assert unready_reason(Assistant(tmp_path / "nothing", embedder=assistant.embedder()), ServerState()) == "index"


# Rates


def test_rates_are_kept_per_user_and_address() -> None:
    rates = RateLimits(Settings(question_rate="2/minute"))
    assert [rates.wait(RequestKind.QUESTION, "ana", "192.0.2.1") > 0 for _ in range(3)] == [False, False, True]
    assert rates.wait(RequestKind.QUESTION, "ana", "192.0.2.2") > 0  # the same user from elsewhere
    assert rates.wait(RequestKind.QUESTION, "bea", "192.0.2.1") > 0  # another from the same address
    assert rates.wait(RequestKind.QUESTION, "bea", "192.0.2.3") == 0
    assert rates.wait(RequestKind.QUESTION, None, "2001:db8::1") == 0
    assert rates.wait(RequestKind.QUESTION, None, "2001:db8::2") == 0
    assert 0 < rates.wait(RequestKind.QUESTION, None, "2001:db8::3") <= 60  # one household's network


def test_unless_it_is_said_this_machine_may_as_often_as_it_likes() -> None:
    rates = RateLimits(Settings())
    assert not any(rates.wait(RequestKind.QUESTION, None, "127.0.0.1") for _ in range(2_000))
    assert sum(rates.wait(RequestKind.QUESTION, None, "192.0.2.1") > 0 for _ in range(700)) == 100
    said = RateLimits(Settings(question_rate="1/hour", call_rate=""))
    assert [said.wait(RequestKind.QUESTION, None, "127.0.0.1") > 0 for _ in range(2)] == [False, True]
    assert not any(said.wait(RequestKind.CALL, None, "192.0.2.1") for _ in range(7_000))


@pytest.mark.parametrize(
    "wrong", [Settings(question_rate="often"), Settings(call_rate="5/fortnight"), Settings(trusted_proxies=("here",))]
)
def test_settings_that_cannot_be_meant(wrong: Settings) -> None:
    with pytest.raises(RelatoriaError, match="Type, for example"):
        check_settings(wrong)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    from starlette.testclient import TestClient

    reached: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": (await receive())["body"]})

    limits = RequestLimits(upload=10, questions=frozenset({"7", "ask"}), programs=frozenset({"7", "ask"}))
    rates = RateLimits(Settings(question_rate="2/minute", upload_rate="1/minute"))
    client = TestClient(
        GuardMiddleware(RateLimitMiddleware(inner, rates, limits), service=ServerState(), limits=limits)
    )
    join = "/gradio_api/queue/join"
    assert client.post(join, json={"fn_index": 7}).json() == {"fn_index": 7}  # read by us, and again by who is behind
    assert client.post("/gradio_api/call/ask", json={"data": []}).status_code == 200
    refused = client.post(join, content=b'{"fn_\\u0069ndex":7}', headers={"Accept-Language": "es"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["detail"].startswith("Han sido muchas peticiones")
    assert client.post(join, json={"fn_index": 1, "data": ['"fn_index":7']}).status_code == 200  # no question
    assert client.post("/gradio_api/upload", content=b"x").status_code == 200
    assert client.post("/gradio_api/upload", content=b"x").status_code == 429
    assert len(reached) == 4


def test_anyone_on_the_network_is_warned_of() -> None:
    from pathlib import Path

    assert "relatoria user NAME" in open_access_warning("0.0.0.0", Settings())
    assert not open_access_warning("0.0.0.0", Settings(users=Path("users")))
    assert not open_access_warning("::1", Settings())


def test_addresses_are_believed_of_trusted_proxies_only(assistant: Assistant) -> None:
    for trusted, statuses in (((), [400, 429]), (("127.0.0.1",), [400, 400])):  # the question is empty
        port = free_port()
        settings = Settings(call_rate="1/hour", trusted_proxies=trusted)
        page = launch(assistant, host="127.0.0.1", port=port, settings=settings)
        try:
            here, body = Site(port, page, io.StringIO()), json.dumps({"data": [""]})
            sent = [
                here.send("POST", "/gradio_api/run/ask", body, Content_Type="application/json", X_Forwarded_For=text)
                for text in ("192.0.2.1", "192.0.2.2")
            ]
            assert [one.status for one in sent] == statuses
        finally:
            page.close()


def test_a_full_disk_costs_the_line_alone() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    EventLog(Full()).write("request")
    threads = [threading.Thread(target=EventLog(written := io.StringIO()).write, args=("x",)) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()
    assert json.loads(written.getvalue())["event"] == "x"


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

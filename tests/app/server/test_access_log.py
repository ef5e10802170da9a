"""The access log: what is written down, health and readiness, and errors without what is inside."""

import io
import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.server.access_log import AccessLogMiddleware
from app.server.guard import ServerState
from app.server.log import EventLog
from app.server.request import PEER
from app.web.mount import explain_unready
from retrieval.assistant import Assistant
from tests.app.server.conftest import Site
from tests.fakes.inner_app import Inner
from tests.fakes.waiting import wait_until


def test_an_exception_leaves_its_words_inside() -> None:
    written = io.StringIO()

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("the text of a report\r\nforged: line")

    client = TestClient(AccessLogMiddleware(broken, EventLog(written), lambda: ""), raise_server_exceptions=False)
    answer = client.get("/config?q=secret", headers={"Accept-Language": "fr"})
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("Une erreur")
    error, request = map(json.loads, written.getvalue().splitlines())
    assert (error["type"], error["id"]) == ("ValueError", answer.json()["request"])
    assert any("test_access_log.py" in line for line in error["where"])
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
    assert explain_unready(assistant, ServerState(stopping=True)) == "stopping"
    assert explain_unready(Assistant(tmp_path), ServerState()) == "model"
    assert explain_unready(Assistant(tmp_path / "nothing", embedder=assistant.embedder()), ServerState()) == "index"


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


def test_what_breaks_in_an_event_leaves_its_words_inside(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    asking = next(event for event in site.page.page.fns.values() if event.concurrency_id == "ask")
    body = {"fn_index": asking._id, "session_hash": "x", "data": ["?", "the text of a report", *[None] * 8]}
    assert site.send("POST", "/gradio_api/queue/join", json.dumps(body), Content_Type="application/json").status == 200
    wait_until(lambda: any(line["event"] == "error" for line in site.lines()), "the error to be written", seconds=5)
    said = site.written.getvalue() + "".join(capfd.readouterr())
    assert "the text of a report" not in said
    assert "Traceback" not in said


def logged(
    inner: Any, unready: Callable[[], str] = lambda: ""
) -> tuple[TestClient, Callable[[], list[dict[str, Any]]]]:
    stream = io.StringIO()
    client = TestClient(AccessLogMiddleware(inner, EventLog(stream), unready))
    return client, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("body", "status", "shown"),
    [
        (b'{"error": "There is no such passage."}', 400, True),
        (b'{"error": null}', 500, False),
        (b'{"error": ""}', 500, False),
        (b'["error"]', 500, False),
        (b"Traceback", 500, False),
    ],
)
def test_a_librarys_own_500_is_held_back(body: bytes, status: int, shown: bool) -> None:
    client, lines = logged(Inner(body, status=500, headers=[(b"x-own", b"1")]))
    answer = client.get("/config")
    assert (answer.status_code, answer.content == body) == (status, shown)
    assert ("x-own" in answer.headers) is shown
    assert lines()[-1]["status"] == status


def test_each_request_is_logged_with_its_time_and_an_id_of_its_own() -> None:
    inner = Inner(b"a", b"b", status=201)
    client, lines = logged(inner)
    began = time.monotonic()
    for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "BREW"):
        assert client.request(method, "/config").status_code == 201
    assert client.get("/config").content == b"ab"
    took = 1_000 * (time.monotonic() - began) + 1
    assert [line["method"] for line in lines()] == ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "other", "GET"]
    assert {(line["event"], line["route"], line["status"]) for line in lines()} == {("request", "/config", 201)}
    assert all(0 <= line["ms"] <= took for line in lines())
    ids = [line["id"] for line in lines()]
    assert ids == [scope["relatoria.request"] for scope in inner.scopes]
    assert len(set(ids)) == 7
    assert all(re.fullmatch("[0-9a-f]{12}", id_) for id_ in ids)
    assert {scope[PEER] for scope in inner.scopes} == {"testclient"}


def test_probes_say_whether_it_lives_and_can_answer() -> None:
    reason = ""
    client, lines = logged(Inner(), lambda: reason)
    assert (client.get("/health").json(), client.get("/ready").json()) == ({"alive": True}, {"ready": True})
    reason = "model"
    health, ready = client.get("/health"), client.get("/ready")
    assert (health.status_code, health.json()) == (200, {"alive": True})
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "reason": "model"})
    assert {answer.headers["cache-control"] for answer in (health, ready)} == {"no-store"}
    assert [line["status"] for line in lines()] == [200, 200, 200, 503]


def test_what_breaks_after_it_has_begun_is_logged_and_ends() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError

    client, lines = logged(broken)
    client.get("/config")
    assert [(line["event"], line.get("type"), line.get("status")) for line in lines()] == [
        ("error", "ValueError", None),
        ("request", None, 200),
    ]
    assert lines()[0]["id"] == lines()[1]["id"]
    assert lines()[0]["route"] == "/config"

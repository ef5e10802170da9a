"""Rate limits: per user and address, with the addresses that proxies state."""

import asyncio
import io
import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.serve import check_settings, launch, open_access_warning
from app.server import rate_limit
from app.server.guard import GuardMiddleware, RequestLimits, ServerState
from app.server.log import EventLog
from app.server.login import LoginMiddleware
from app.server.rate_limit import COST_BYTES, PAGE_COST, RateLimitMiddleware, RateLimits, RequestKind
from app.server.request import PASSED_ON, USER, Visitor
from app.server.users import write_user
from app.settings import Settings
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from tests.app.server.conftest import Site
from tests.fakes.browser import free_port


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


def test_a_user_has_a_tenth_of_what_an_address_has() -> None:
    rates = RateLimits(Settings())
    for kind, most in (
        (RequestKind.QUESTION, 60),
        (RequestKind.UPLOAD, 6),
        (RequestKind.CALL, 600),
        (RequestKind.READ, 1200),
    ):
        took = [rates.wait(kind, "ana", f"192.0.2.{turn % 250}") for turn in range(most + 1)]
        assert not any(took[:-1]), kind
        assert 0 < took[-1] <= 120, kind
        assert rates.wait(kind, "bea", "192.0.2.1") == 0


def test_behind_a_proxy_this_machine_is_counted_as_well() -> None:
    rates = RateLimits(Settings())
    took = [rates.wait(RequestKind.QUESTION, None, "127.0.0.1", passed_on=True) for _ in range(601)]
    assert [wait > 0 for wait in took] == [False] * 600 + [True]
    assert rates.wait(RequestKind.QUESTION, None, "127.0.0.1") == 0  # who is at it


@pytest.mark.parametrize("path", ["/theme.css", "/gradio_api/heartbeat/x", "/gradio_api/queue/data", "/assets/a.js"])
def test_every_request_counts(path: str) -> None:
    settings = Settings(read_rate="2/minute", call_rate="1/minute")
    client = TestClient(RateLimitMiddleware(_answer, RateLimits(settings), RequestLimits()))
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert [client.post("/gradio_api/cancel").status_code for _ in range(2)] == [200, 429]


def test_who_is_refused_the_log_in_page_counts(tmp_path: Path) -> None:
    write_user(tmp_path / "users", "ana", "correct horse: battery")
    settings = Settings(users=tmp_path / "users", read_rate="2/minute")
    client = TestClient(LoginMiddleware(_answer, settings, RateLimits(settings)))
    assert [client.get("/").status_code for _ in range(3)] == [401, 401, 429]


def test_open_streams_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "OPEN_STREAMS", 20)
    rates = RateLimits(Settings())

    def visitor(address: str, user: str | None = None, *, passed_on: bool = False) -> Visitor:
        return Visitor({"client": (address, 1), USER: user, PASSED_ON: passed_on})

    ana, elsewhere = visitor("192.0.2.1", "ana"), visitor("192.0.2.2", "ana")
    with ExitStack() as two:
        assert [two.enter_context(rates.open_stream(who)) for who in (ana, elsewhere, ana)] == [True, True, False]
        with ExitStack() as many:
            users = [visitor("192.0.2.1", f"u{number}") for number in range(20)]
            assert [many.enter_context(rates.open_stream(who)) for who in users] == [True] * 19 + [False]
            assert not many.enter_context(rates.open_stream(visitor("192.0.2.1")))
            assert many.enter_context(rates.open_stream(visitor("192.0.2.3")))
    with rates.open_stream(ana) as is_open:
        assert is_open
    assert not rates._open
    with ExitStack() as here:
        assert all(here.enter_context(rates.open_stream(visitor("127.0.0.1"))) for _ in range(30))
        proxied = [here.enter_context(rates.open_stream(visitor("127.0.0.1", passed_on=True))) for _ in range(21)]
        assert proxied == [True] * 20 + [False]


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    "wrong",
    [
        Settings(question_rate="often"),
        Settings(call_rate="5/fortnight"),
        Settings(read_rate="?"),
        Settings(trusted_proxies=("here",)),
    ],
)
def test_settings_that_cannot_be_meant(wrong: Settings) -> None:
    with pytest.raises(RelatoriaError, match="Type, for example"):
        check_settings(wrong)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
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
            assert [answer.status for answer in sent] == statuses
        finally:
            page.close()


def test_a_proxy_that_is_not_declared_is_told_once_and_counted(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    port, written = free_port(), io.StringIO()
    page = launch(assistant, host="127.0.0.1", port=port, journal=EventLog(written))
    try:
        here = Site(port, page, written)
        assert here.send("GET", "/robots.txt").status == 200
        assert "proxy" not in written.getvalue()
        for _ in range(2):
            assert here.send("GET", "/robots.txt", X_Forwarded_For="192.0.2.1").status == 200
        assert [line["declared"] for line in here.lines() if line["event"] == "proxy"] == [False]
        assert capsys.readouterr().err.count("--trusted-proxy 127.0.0.1") == 1
    finally:
        page.close()


def test_a_long_body_counts_as_many_calls_and_is_not_read_when_they_are_spent() -> None:
    calls = 20
    client = _client(Settings(call_rate=f"{calls}/minute"))
    long = b" " * (calls - 1) * COST_BYTES
    assert client.post("/gradio_api/cancel", content=long).status_code == 200
    assert client.post("/gradio_api/cancel", content=b"").status_code == 429

    async def unread() -> Any:
        raise AssertionError("the body was read")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/gradio_api/cancel", "query_string": b"", "headers": []}
    limited = RateLimitMiddleware(_answer, RateLimits(Settings(call_rate="1/minute")), RequestLimits())
    asyncio.run(limited({**scope, "headers": [(b"content-length", b"0")]}, _no_body, send))
    asyncio.run(limited({**scope, "headers": [(b"content-length", b"9")]}, unread, send))
    assert [message["status"] for message in sent if "status" in message] == [200, 429]


async def _no_body() -> Any:
    return {"type": "http.request"}


def test_a_body_of_unsaid_length_counts_as_the_longest() -> None:
    client = _client(Settings(call_rate="300/minute"))
    assert client.post("/gradio_api/cancel", content=iter([b" "])).status_code == 200
    assert client.post("/gradio_api/cancel", content=iter([b" "])).status_code == 429
    assert client.post("/gradio_api/cancel", content=b" ").status_code == 200


def test_the_page_counts_as_many_reads() -> None:
    client = _client(Settings(read_rate=f"{2 * PAGE_COST + 1}/minute"))
    assert [client.get(path).status_code for path in ("/", "/config", "/theme.css", "/theme.css")] == [
        200,
        200,
        200,
        429,
    ]


def test_counts_start_no_threads_and_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = RateLimits(Settings())
    store: Any = rates._limiter.storage
    store.timer.join()  # its own first look
    before = threading.active_count()
    for number in range(200):
        rates.wait(RequestKind.QUESTION, None, f"192.0.2.{number}")
        rates.wait(RequestKind.READ, None, f"192.0.2.{number}")
        assert threading.active_count() <= before
    assert len(store.events) == 200
    later = time.time() + 600
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "monotonic", lambda: later)
    rates.wait(RequestKind.QUESTION, None, "198.51.100.1")
    assert len(store.events) <= 2
    assert len(store.storage) <= 2


def _client(settings: Settings) -> TestClient:
    return TestClient(RateLimitMiddleware(_answer, RateLimits(settings), RequestLimits()))

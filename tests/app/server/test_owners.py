"""Owners and rates, each alone: what belongs to whom, and what counts as what."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.server import ownership, rate_limit
from app.server.guard import API, RequestLimits, replay_body
from app.server.ownership import OwnershipMiddleware, make_owned_folder, owner_key
from app.server.rate_limit import RateLimitMiddleware, RateLimits, RequestKind, parse_rate
from app.server.request import PASSED_ON, RAW_BODY, USER
from app.settings import Settings
from ingest.errors import RelatoriaError
from tests.fakes.inner_app import Inner


def test_old_files_go_and_young_ones_stay(tmp_path: Path) -> None:
    old, young, file = make_owned_folder(tmp_path, "ana"), make_owned_folder(tmp_path, None), tmp_path / "old file"
    (old / "x").touch()
    file.touch()
    for path, age in ((old, 10), (young, -60), (file, 10)):
        os.utime(path, (time.time() - ownership.FILE_SECONDS - age,) * 2)
    made = make_owned_folder(tmp_path, "ana")
    assert sorted(tmp_path.iterdir()) == sorted([young, made])
    assert made.stat().st_mode & 0o777 == 0o700
    assert len(made.name) == len(owner_key("ana")) + 32 == 57
    assert young.name.startswith(owner_key(""))


def owned(inner: Inner, folder: Path, who: list[str]) -> TestClient:
    """A client whose requests are of whoever ``who`` names at the time."""
    door = OwnershipMiddleware(inner, folder, lambda: {"word"})

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            scope[RAW_BODY] = (await receive())["body"]
            receive = replay_body(scope[RAW_BODY], receive)
        await door(scope | {USER: who[0]}, receive, send)

    return TestClient(outer)


def test_a_session_and_an_event_belong_to_who_began_them(tmp_path: Path) -> None:
    inner = Inner(b'{"event_id": "e1"}')
    who = ["ana"]
    client = owned(inner, tmp_path, who)
    assert client.post(f"{API}/call/list", json={"session_hash": "s", "data": [1]}).status_code == 200
    assert json.loads(inner.bodies[0]) == {"session_hash": owner_key("ana") + "s", "data": [1]}
    assert json.loads(inner.scopes[0][RAW_BODY]) == json.loads(inner.bodies[0])
    assert client.get(f"{API}/call/list/e1").status_code == 200
    assert client.post(f"{API}/cancel", json={"event_id": "e1"}).status_code == 200
    for method, path, body in (
        ("GET", f"{API}/call/list/e2", None),
        ("POST", f"{API}/cancel", {"event_id": "e2"}),
        ("GET", f"{API}/file={tmp_path}/x", None),
    ):
        assert client.request(method, path, json=body).status_code == 404, path
    who[0] = "bea"
    assert client.get(f"{API}/call/list/e1").status_code == 404
    assert client.post(f"{API}/cancel", json={"event_id": "e1"}).status_code == 404
    who[0] = "ana"
    assert client.post(f"{API}/run/list", json={"event_id": "e9"}).status_code == 200  # no more than a word of its own
    mine = make_owned_folder(tmp_path, "ana")
    assert client.get(f"{API}/file={mine}/x").status_code == 200


def test_only_so_many_events_are_remembered_and_no_long_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "_MAX_EVENTS", 2)
    inner = Inner()
    client = owned(inner, tmp_path, ["ana"])
    for event in ("e1", "e2", "e3"):
        inner.parts = (json.dumps({"event_id": event}).encode(),)
        client.post(f"{API}/call/list", json={})
    inner.parts = (json.dumps({"event_id": "e4", "more": "x" * 200}).encode(),)
    client.post(f"{API}/call/list", json={})
    inner.parts = (b'{"event_id": 5}',)
    client.post(f"{API}/call/list", json={})
    got = {event: client.get(f"{API}/call/list/{event}").status_code for event in ("e1", "e2", "e3", "e4", "5")}
    assert got == {"e1": 404, "e2": 200, "e3": 200, "e4": 404, "5": 404}


# Rates


@pytest.mark.parametrize(
    ("path", "body", "kinds"),
    [
        (f"{API}/upload", {}, ["upload"]),
        (f"{API}/cancel", {"fn_index": 7}, ["call"]),
        (f"{API}/queue/join", {"fn_index": 7}, ["call", "question"]),
        (f"{API}/queue/join", {"fn_index": 8}, ["call"]),
        (f"{API}/run/ask", {}, ["call", "question"]),
        (f"{API}/call/v2/ask/", {}, ["call", "question"]),
        (f"{API}/run/list", {"data": ["ask"]}, ["call"]),
        (f"{API}/mcp", {"method": "tools/call"}, ["call", "question"]),
        (f"{API}/mcp/", {"method": "tools/list"}, ["call"]),
        (f"{API}/run/predict", {"fn_index": 7}, ["call", "question"]),
    ],
)
def test_what_counts_as_what(
    path: str, body: dict[str, Any], kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, str | None, str, bool]] = []
    rates = RateLimits(Settings())

    def wait(kind: RequestKind, user: str | None, address: str, *, passed_on: bool = False, cost: int = 1) -> int:
        assert cost == 1  # of a body of a few bytes
        counted.append((kind.value, user, address, passed_on))
        return 0

    monkeypatch.setattr(rates, "wait", wait)
    limits = RequestLimits(questions={"7", "ask"}, programs={"7", "ask", "list"})
    door = RateLimitMiddleware(Inner(), rates, limits)

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        scope |= {RAW_BODY: json.dumps(body).encode(), USER: "ana", PASSED_ON: True, "client": ("192.0.2.1", 1)}
        await door(scope, receive, send)

    assert TestClient(outer).post(path, json=body).status_code == 200
    assert counted == [(kind, "ana", "192.0.2.1", True) for kind in kinds]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{API}/run/ask", {}, 200),
        (f"{API}/run/other", {}, 404),
        (f"{API}/run/predict", {"fn_index": 7}, 200),
        (f"{API}/run/predict", {"fn_index": 9}, 404),
        (f"{API}/queue/join", {"fn_index": 9}, 200),
        (f"{API}/queue/join", {"fn_index": True}, 404),
        (f"{API}/queue/join", {"fn_index": "7"}, 404),
        (f"{API}/queue/join", {"fn_index": 7, "session_hash": "x" * 100}, 200),
        (f"{API}/queue/join", {"fn_index": 7, "session_hash": "x" * 101}, 404),
        (f"{API}/mcp", {"session_hash": "x" * 101}, 200),
    ],
)
def test_events_that_may_be_triggered(path: str, body: dict[str, Any], status: int) -> None:
    door = RateLimitMiddleware(Inner(), RateLimits(Settings()), RequestLimits(programs={"7", "ask"}))

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        await door(scope | {RAW_BODY: json.dumps(body).encode()}, receive, send)

    assert TestClient(outer).post(path, json=body).status_code == status


def test_who_has_too_many_streams_open_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "OPEN_STREAMS", 0)
    client = TestClient(RateLimitMiddleware(Inner(), RateLimits(Settings()), RequestLimits()), client=("192.0.2.1", 1))
    refused = client.get(f"{API}/queue/data")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert "30" in refused.json()["detail"]
    assert client.get("/config").status_code == client.post(f"{API}/mcp", json={}).status_code == 200


def test_passwords_are_tried_by_name_and_by_address() -> None:
    rates = RateLimits(Settings())
    assert [rates.wait_to_log_in("ana", "192.0.2.1") > 0 for _ in range(9)] == [False] * 8 + [True]
    assert rates.wait_to_log_in("ana", "192.0.2.2") == 0  # from where she is
    assert 200 < rates.wait_to_log_in("ana", "192.0.2.1") <= 301
    rates.reset_log_in("ana", "192.0.2.1")
    assert rates.wait_to_log_in("ana", "192.0.2.1") == 0
    tries = [rates.wait_to_log_in(f"u{number}", "192.0.2.3") > 0 for number in range(101)]
    assert tries == [False] * 100 + [True]


def test_a_rate_is_of_user_and_address_both() -> None:
    rates = RateLimits(Settings(question_rate="2/minute"))
    assert [rates.wait(RequestKind.QUESTION, user, "192.0.2.1") > 0 for user in ("ana", "bea", "cid")] == [
        False,
        False,
        True,
    ]
    assert [rates.wait(RequestKind.QUESTION, "ana", f"192.0.2.{n}") > 0 for n in (2, 3)] == [False, True]
    assert rates.wait(RequestKind.CALL, "ana", "192.0.2.1") == 0
    for said in ("often", "5/fortnight"):
        with pytest.raises(RelatoriaError, match=rf"'{said}' is not a rate. Type, for example: 30/minute"):
            parse_rate(said)
    assert parse_rate(" ") is None


def test_the_stream_of_a_session_that_there_is_none_of_is_not_begun(tmp_path: Path) -> None:
    inner = Inner()
    client = TestClient(OwnershipMiddleware(inner, tmp_path, lambda: {"word"}))
    assert '"session_not_found":true' in client.get(f"{API}/queue/data?session_hash=other").text
    assert not inner.scopes
    client.get(f"{API}/queue/data?session_hash=word")
    assert len(inner.scopes) == 1

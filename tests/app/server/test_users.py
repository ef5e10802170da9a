"""Who is who: one name is one user whatever is typed, and a user who was changed or taken out is out at once."""

import asyncio
import base64
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from starlette.testclient import TestClient
from starlette.types import Message

from app.server.login import LoginMiddleware, _end_stream
from app.server.rate_limit import RateLimits
from app.server.request import PEER, USER
from app.server.users import Sessions, Users, UsersError, normalize_name, read_users, write_user
from app.settings import Settings

PASSWORD, OTHER = "correct horse: battery", "another password"
SAME = (" ana", "ana ", "ana\u00a0", "\u3000ana", "ana\u2009\t", "\u2028ana\x85")


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with ana and bea, whose passwords are hashed in no time."""
    monkeypatch.setattr("app.server.users.N", 2**6)
    for name in ("ana", "bea"):
        write_user(tmp_path / "users", name, PASSWORD)
    return tmp_path / "users"


def entrance(settings: Settings) -> TestClient:
    """The log-in in front of an application that answers with the user's name."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope[USER].encode()})

    login = LoginMiddleware(inner, settings, RateLimits(settings))

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        await login(scope | {PEER: "192.0.2.1"}, receive, send)

    return TestClient(outer, follow_redirects=False)


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        *((name, "ana") for name in SAME),
        (" Ana  \u00a0 Paz ", "Ana Paz"),
        ("An\u0303a", "A\u00f1a"),
        ("m\u00b2", "m\u00b2"),  # no m2
        ("Ana", "Ana"),  # capital letters count
        *((name, "") for name in ("", " \u2003", "a\u200bna", "a\u202ena", "a\x00", "\ud800", "a" * 65)),
    ],
)
def test_a_name_is_one_string(typed: str, known: str) -> None:
    assert normalize_name(typed) == known
    assert normalize_name(known) == known


@pytest.mark.parametrize("by_form", [True, False])
def test_a_name_with_spaces_has_no_more_tries(users: Path, by_form: bool) -> None:
    client = entrance(Settings(users=users))

    def tried(name: str, password: str) -> int:
        if by_form:
            return client.post("/login", data={"username": name, "password": password}).status_code
        return client.get("/", headers=basic(name, password)).status_code

    assert [tried(SAME[turn % len(SAME)], "wrong") for turn in range(9)] == [401] * 8 + [429]
    assert tried("ana", PASSWORD) == 429
    assert tried("bea", PASSWORD) == 200


def test_tries_are_forgotten_for_who_came_in_and_nobody_else(users: Path) -> None:
    client = entrance(Settings(users=users))

    def tried(name: str, password: str = "wrong") -> int:
        return client.post("/login", data={"username": name, "password": password}).status_code

    assert [tried(name) for name in ("ana", "bea") * 7] == [401] * 14
    assert tried("ana ", PASSWORD) == 200
    client.cookies.clear()
    assert [tried("ana") for _ in range(8)] == [401] * 8
    assert [tried("bea") for _ in range(2)] == [401, 429]


def test_one_user_by_every_way_in(users: Path) -> None:
    client = entrance(Settings(users=users, auth_header="X-User", trusted_proxies=("192.0.2.1",)))
    assert client.get("/", headers=basic(" ana\u00a0")).text == "ana"
    assert client.post("/login", data={"username": "\u3000ana ", "password": PASSWORD}).status_code == 200
    assert client.get("/").text == "ana"
    for said, known in ((" An\u0303a  Paz\u00a0", "A\u00f1a Paz"), ("\u00c0", "\u00c0")):  # in UTF-8
        assert client.get("/", headers=[(b"x-user", said.encode())]).text == known
    client.cookies.clear()
    for said in ("", " ", "a\u200b", "x" * 257):
        assert client.get("/", headers=[(b"x-user", said.encode())]).status_code == 401


def test_a_changed_password_is_out_at_once(users: Path) -> None:
    client = entrance(Settings(users=users))
    assert client.get("/", headers=basic("ana")).status_code == 200
    write_user(users, "ana", OTHER)
    assert client.get("/", headers=basic("ana")).status_code == 401
    assert client.get("/", headers=basic("ana", OTHER)).status_code == 200
    write_user(users, "ana", None)
    assert client.get("/", headers=basic("ana", OTHER)).status_code == 401
    assert client.get("/", headers=basic("bea")).status_code == 200


def test_a_password_that_changes_while_it_is_checked_is_out(users: Path) -> None:
    known = Users(users)
    sessions = Sessions(known, 60)
    stored = known.check("ana", PASSWORD)
    write_user(users, "ana", OTHER)
    known.remember("ana", PASSWORD, stored)
    assert known.recall("ana", PASSWORD) == ""
    assert sessions.user_of(sessions.open("ana", stored)) is None


def test_who_logs_out_twice_stays_out(users: Path) -> None:
    known = Users(users)
    sessions = Sessions(known, 60)
    first, second, kept = (sessions.open("ana", known.check("ana", PASSWORD)) for _ in range(3))
    sessions.close(first)
    sessions.close(second)
    sessions.close(second)
    assert [sessions.user_of(session) for session in (first, second, kept)] == [None, None, "ana"]


@pytest.mark.parametrize("kind", [b"text/event-stream; charset=utf-8", b"text/html"])
def test_a_stream_ends_with_its_user(kind: bytes) -> None:
    is_in, came = True, []

    async def send(message: Message) -> None:
        came.append((message.get("body"), message.get("more_body", False)))
        assert message["type"] == ("http.response.body" if "body" in message else "http.response.start")

    async def run() -> None:
        nonlocal is_in
        ending = _end_stream(send, lambda: is_in)
        await ending({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await ending({"type": "http.response.body", "body": b"1", "more_body": True})
        is_in = False
        await ending({"type": "http.response.body", "body": b"2", "more_body": True})
        await ending({"type": "http.response.body", "body": b"3", "more_body": True})

    asyncio.run(run())
    rest = [(b"", False)] if b"event" in kind else [(b"2", True), (b"3", True)]
    assert came[1:] == [(b"1", True), *rest]


def test_the_file_is_changed_by_one_at_a_time(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.server.users._LOCK_SECONDS", 0.05)
    before = users.read_bytes()
    with FileLock(f"{users}.lock"), pytest.raises(UsersError, match="somebody else"):
        write_user(users, "cid", PASSWORD)
    assert users.read_bytes() == before
    write_user(users, "cid", PASSWORD)
    assert list(read_users(users)) == ["ana", "bea", "cid"]


def test_the_file_is_whole_or_as_it_was(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    write_user(users, "ana", OTHER)
    assert len(synced) == 1
    write_user(users, "ana", PASSWORD)
    before = users.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsersError, match="No space left"):
        write_user(users, "ana", OTHER)
    assert users.read_bytes() == before
    assert sorted(path.name for path in users.parent.iterdir()) == ["users", "users.lock"]


def test_the_file_is_private_and_stays_where_a_link_leads(users: Path, tmp_path: Path) -> None:
    users.chmod(0o644)
    link = tmp_path / "link"
    link.symlink_to(users)
    mask = os.umask(0)
    try:
        write_user(link, "ana", OTHER)
        write_user(tmp_path / "new" / "users", "ana", PASSWORD)
    finally:
        os.umask(mask)
    assert link.is_symlink()
    for path, mode in ((users, 0o600), (tmp_path / "new", 0o700), (tmp_path / "new" / "users", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_name_that_stands_twice_is_said(users: Path) -> None:
    users.write_text(users.read_text() + users.read_text().splitlines()[0].replace("ana:", "\u00a0ana :") + "\n")
    with pytest.raises(UsersError, match=r"Line 3 of .* names ana a second time"):
        read_users(users)
    assert Users(users).password_hashes() == {}  # nobody, rather than either

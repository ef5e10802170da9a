"""Files that come over HTTP: within quotas, and what does not come whole leaves nothing."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from app.reports import receive
from app.reports.receive import UploadMiddleware
from app.server import guard
from app.server.guard import GuardMiddleware, RequestLimits, ServerState

UPLOAD = "/gradio_api/upload"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="files"; filename="../n.txt"\r\n\r\n'
END = b"\r\n--x--\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


@pytest.fixture
def application(tmp_path: Path, folder: Path) -> UploadMiddleware:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nobody else takes uploads")

    return UploadMiddleware(inner, folder, tmp_path / "kept", quota=1_000)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def guarded(application: UploadMiddleware, most: int = 1_000) -> GuardMiddleware:
    return GuardMiddleware(application, service=ServerState(), limits=RequestLimits(upload=most))


def test_a_file_is_kept_under_a_safe_name(application: UploadMiddleware, folder: Path) -> None:
    (path,) = TestClient(application).post(UPLOAD, content=HEAD + b"abc" + END, headers=FORM).json()
    assert files(folder) == [Path(path)]
    assert Path(path).name == "n.txt"
    assert Path(path).read_bytes() == b"abc"


def test_what_is_no_form_is_refused(application: UploadMiddleware, folder: Path) -> None:
    client = TestClient(application)
    assert client.post(UPLOAD, content=b"abc", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    assert client.post(UPLOAD, content=b"nonsense", headers=FORM).status_code == 400
    assert not files(folder)


def test_an_upload_that_states_no_size_is_cut_off(application: UploadMiddleware, folder: Path) -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        yield HEAD
        while given < 10 * guard.UPLOAD_OVERHEAD:
            given += 10_000
            yield b"a" * 10_000

    answer = TestClient(guarded(application)).post(UPLOAD, content=endless(), headers=FORM)
    assert answer.status_code == 413
    assert not files(folder)


def test_an_upload_that_never_ends_is_given_up(
    application: UploadMiddleware, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "UPLOAD_TIMEOUT", 0.05)
    assert statuses(guarded(application), [HEAD + b"half"], forever) == [408]
    assert not files(folder)


def test_an_upload_whose_sender_leaves_is_gone(application: UploadMiddleware, folder: Path) -> None:
    async def leave() -> Message:
        return {"type": "http.disconnect"}

    assert statuses(application, [HEAD + b"half" * 10**6], leave) == []
    assert not files(folder)
    assert not application._under_way


@pytest.mark.parametrize("there", ["kept", "folder"])
def test_all_files_together_have_a_quota(application: UploadMiddleware, tmp_path: Path, there: str) -> None:
    client = TestClient(application)
    (tmp_path / there).mkdir(exist_ok=True)
    (tmp_path / there / "old.txt").write_bytes(b"a" * 600)
    refused = client.post(UPLOAD, content=HEAD + b"a" * 401 + END, headers=FORM)
    assert refused.status_code == 507
    assert "room" in refused.json()["detail"] or refused.json()["detail"]
    assert len(files(tmp_path)) == 1
    assert client.post(UPLOAD, content=HEAD + b"a" * 400 + END, headers=FORM).status_code == 200
    assert client.post(UPLOAD, content=HEAD + b"a" + END, headers=FORM).status_code == 507


def test_files_are_counted_too(application: UploadMiddleware, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "MAX_FILES_KEPT", 2)
    sent = [TestClient(application).post(UPLOAD, content=HEAD + END, headers=FORM).status_code for _ in range(3)]
    assert sent == [200, 200, 507]


def test_a_visitor_has_few_uploads_under_way(application: UploadMiddleware) -> None:
    async def run() -> list[int]:
        waiting = [asyncio.create_task(send(application, [HEAD], forever)) for _ in range(receive.MAX_UNDER_WAY)]
        await asyncio.sleep(0)
        refused = await send(application, [HEAD + END], forever)
        other = await send(application, [HEAD + END], forever, "192.0.2.2")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [*refused, *other, *await send(application, [HEAD + END], forever)]

    assert asyncio.run(run()) == [429, 200, 200]


def test_what_nobody_took_goes(application: UploadMiddleware, folder: Path) -> None:
    client = TestClient(application)
    old, new = (Path(client.post(UPLOAD, content=HEAD + END, headers=FORM).json()[0]) for _ in range(2))
    os.utime(old.parent, (0, 0))
    (folder / "stray").touch()
    os.utime(folder / "stray", (0, 0))
    (path,) = client.post(UPLOAD, content=HEAD + END, headers=FORM).json()
    assert sorted(files(folder)) == sorted([new, Path(path)])


async def forever() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def send(application: Any, parts: list[bytes], rest: Callable[[], Any], address: str = "192.0.2.1") -> list[int]:
    """The statuses of the answers to an upload that comes in parts, and then goes on as ``rest`` does."""
    came: list[int] = []
    coming = iter(parts)
    whole = parts[-1].endswith(END)

    async def receive_part() -> Message:
        part = next(coming, None)
        if part is None:
            return dict(await rest())
        return {"type": "http.request", "body": part, "more_body": not whole}

    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            came.append(message["status"])

    headers = [(name.lower().encode(), value.encode()) for name, value in FORM.items()]
    scope = {"type": "http", "method": "POST", "path": UPLOAD, "headers": headers, "query_string": b""}
    await application(scope | {"client": (address, 1), "scheme": "http"}, receive_part, note)
    return came


def statuses(application: Any, parts: list[bytes], rest: Callable[[], Any]) -> list[int]:
    return asyncio.run(send(application, parts, rest))

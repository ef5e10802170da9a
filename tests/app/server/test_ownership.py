"""What is begun by one user is read, cancelled and fetched by no other: two users of one served page."""

import asyncio
import base64
import http.client
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio.utils import get_upload_folder

from app.serve import PageServer, launch
from app.server.ownership import OwnershipMiddleware, is_owned, make_owned_folder, owner_key
from app.server.request import USER
from app.server.users import write_user
from app.settings import Settings
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from tests.fakes.browser import free_port
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, write_report

PASSWORD = "correct horse: battery"
API = "/gradio_api"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A page over one small report, to which ana and bea may log in and add reports."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("ana", "bea"):
        write_user(folder / "users", name, PASSWORD)
    assistant = Assistant(folder / "index", MODEL, embedder=HashingEmbedder())
    write_report(folder / "reports", "a.txt", "Los gobiernos deben actuar.")
    assistant.index.update(find_sources([folder / "reports"]), assistant.embedder)
    port = free_port()
    settings = Settings(users=folder / "users", uploads=True)
    page = launch(assistant, host="127.0.0.1", port=port, settings=settings)
    page.port = port  # type: ignore[attr-defined]
    yield page
    page.close()


class User:
    """One who is logged in, by Basic authentication."""

    def __init__(self, page: PageServer, name: str) -> None:
        self._port = page.port  # type: ignore[attr-defined]
        self._said = {"Authorization": "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()}

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body)
        connection.request(method, API + path, sent, self._said | ({"Content-Type": kind} if body else {}))
        response = connection.getresponse()
        try:
            said = response.read()
        except http.client.IncompleteRead as cut:  # Gradio breaks off a stream of a session that there is not
            said = cut.partial
        connection.close()
        return response.status, said.decode()

    def begin(self, page: PageServer, session: str) -> str:
        """Have the page's list of reports shown; returns the event's id."""
        event = next(e for e in page.page.fns.values() if getattr(e.fn, "__name__", "") == "found" and e.inputs)
        body = {"fn_index": event._id, "data": ["", "en"], "session_hash": session}
        status, said = self.send("POST", "/queue/join", body)
        assert status == 200, said
        return str(json.loads(said)["event_id"])

    def upload(self, text: str) -> str:
        form = f'--x\r\nContent-Disposition: form-data; name="files"; filename="n.txt"\r\n\r\n{text}\r\n--x--\r\n'
        status, said = self.send("POST", "/upload", form.encode(), "multipart/form-data; boundary=x")
        assert status == 200, said
        return str(json.loads(said)[0])


@pytest.fixture
def ana(shared: PageServer) -> User:
    return User(shared, "ana")


@pytest.fixture
def bea(shared: PageServer) -> User:
    return User(shared, "bea")


def test_a_session_hash_reads_its_own_users_events(shared: PageServer, ana: User, bea: User) -> None:
    event = ana.begin(shared, "word")
    _, said = bea.send("GET", "/queue/data?session_hash=word")
    assert "process_completed" not in said
    assert '"session_not_found":true' in said
    _, said = ana.send("GET", "/queue/data?session_hash=word")
    assert "process_completed" in said
    assert event in said


def test_nobody_cancels_or_ends_for_another(shared: PageServer, ana: User, bea: User) -> None:
    event = ana.begin(shared, "word")
    assert bea.send("POST", "/cancel", {"session_hash": "word", "fn_index": 0, "event_id": event})[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", bea._port, timeout=60)
    connection.request("GET", f"{API}/heartbeat/word", headers=bea._said)
    assert connection.getresponse().status == 200  # it is her own
    connection.close()
    assert "process_completed" in ana.send("GET", "/queue/data?session_hash=word")[1]
    event = ana.begin(shared, "word")
    assert ana.send("POST", "/cancel", {"session_hash": "word", "fn_index": 0, "event_id": event})[0] == 200


def test_a_result_is_fetched_by_who_asked(ana: User, bea: User) -> None:
    event = json.loads(ana.send("POST", "/call/list", {"data": []})[1])["event_id"]
    assert bea.send("GET", f"/call/list/{event}")[0] == 404
    status, said = ana.send("GET", f"/call/list/{event}")
    assert status == 200
    assert "event: complete" in said


def test_a_file_is_read_and_named_by_who_sent_it(shared: PageServer, ana: User, bea: User) -> None:
    path = ana.upload("Los países deben oír.")
    assert Path(path).is_relative_to(get_upload_folder())
    for at, mode in ((Path(get_upload_folder()), 0o700), (Path(path).parent, 0o700), (Path(path), 0o600)):
        assert stat.S_IMODE(at.stat().st_mode) == mode
    assert ana.send("GET", f"/file={path}") == (200, "Los países deben oír.")
    for way in (path, f"{get_upload_folder()}/./{Path(path).parent.name}/n.txt"):
        assert bea.send("GET", f"/file={way}")[0] == 404
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    choose = next(e for e in shared.page.fns.values() if getattr(e.fn, "__name__", "") == "on_files")
    for user, refused in ((bea, True), (ana, False)):
        body = {"fn_index": choose._id, "data": [[file], None, "en"], "session_hash": "files"}
        assert user.send("POST", "/queue/join", body)[0] == 200
        _, said = user.send("GET", "/queue/data?session_hash=files")
        assert ("nobody has uploaded" in said) == refused, said
        assert ("Los países deben oír." in said) != refused


def test_paths_belong_to_their_owner(tmp_path: Path) -> None:
    mine, other = make_owned_folder(tmp_path, "ana"), make_owned_folder(tmp_path, "bea")
    assert mine.name.startswith(owner_key("ana"))
    assert mine != make_owned_folder(tmp_path, "ana")
    (mine / "link").symlink_to(other)
    assert is_owned(f"{mine}/x", tmp_path, "ana")
    for path in (
        f"{other}/x",
        f"{mine}/../{other.name}/x",
        f"{mine}/link/x",
        str(tmp_path),
        f"file://{mine}",
        f"{mine}\0",
    ):
        assert not is_owned(path, tmp_path, "ana"), path
    assert is_owned(f"{other}/x", tmp_path, None)
    assert not is_owned("/etc/passwd", tmp_path, None)


def test_one_word_names_two_sessions_of_two_users(tmp_path: Path) -> None:
    reached: list[tuple[str, str]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append((scope["path"], scope["query_string"].decode()))

    async def nothing(*_: Any) -> Any:
        return {"type": "http.disconnect"}

    words = {f"{key}word" for key in (owner_key("ana"), owner_key("bea"), "")}
    for user in ("ana", "bea", None):
        for path, query in ((f"{API}/heartbeat/word", b""), (f"{API}/queue/data", b"a=1&session_hash=word")):
            scope: dict[str, Any] = {
                "type": "http",
                "method": "GET",
                "path": path,
                "query_string": query,
                "headers": [],
                USER: user,
            }
            asyncio.run(OwnershipMiddleware(inner, tmp_path, lambda: words)(scope, nothing, nothing))
    assert reached == [
        place
        for key in (owner_key("ana"), owner_key("bea"), "")
        for place in ((f"{API}/heartbeat/{key}word", ""), (f"{API}/queue/data", f"a=1&session_hash={key}word"))
    ]
    assert owner_key("ana") != owner_key("bea")

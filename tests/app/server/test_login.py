"""Logging in: with users configured nothing answers who has not said who they are, by every way in.

Long because each way in is tried at each route, by people and by programs.
"""

import http.client
import json
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import pytest

from app.cli.main import main
from app.i18n.labels import LANGUAGES, labels_for
from app.serve import PageServer, check_settings, launch
from app.server.users import Sessions, Users, UsersError, hash_password, read_users, verify_password, write_user
from app.settings import Settings
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from tests.fakes.browser import free_port, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAME, PASSWORD = "Añá", "correct horse: battery"

# The file


def test_a_password_is_hashed_with_a_salt_of_its_own() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first != second
    assert verify_password(PASSWORD, first)
    assert verify_password(PASSWORD, second)
    assert not verify_password(PASSWORD + " ", first)
    assert not verify_password(PASSWORD, "scrypt$1$1$1$!$!")


def test_scrypt_agrees_with_rfc_7914() -> None:
    """The second vector of section 12: N=1024, r=8, p=16, its first 32 bytes."""
    from app.server.users import _encode, _scrypt

    key = bytes.fromhex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    assert _scrypt("password", b"NaCl", 1024, 8, 16) == key
    assert verify_password("password", f"scrypt$1024$8$16${_encode(b'NaCl')}${_encode(key)}")


def test_users_are_added_changed_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "users"
    write_user(file, " Ana ", PASSWORD)
    write_user(file, "Bea", PASSWORD)
    assert list(read_users(file)) == ["Ana", "Bea"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()
    write_user(file, "Ana", "another password")
    assert verify_password("another password", read_users(file)["Ana"])
    write_user(file, "Ana", None)
    assert list(read_users(file)) == ["Bea"]
    with pytest.raises(UsersError, match="no user 'Ana'"):
        write_user(file, "Ana", None)
    assert {path.name for path in tmp_path.iterdir()} == {"users", "users.lock"}


@pytest.mark.parametrize("name", ["", "a:b", "a\nroot:scrypt", "#a", "x" * 65, "a\u202eb"])
def test_a_name_that_would_spoil_the_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsersError):
        write_user(tmp_path / "users", name, PASSWORD)
    assert not list(tmp_path.iterdir())


def test_the_command_makes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    file = tmp_path / "users"
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert main(["user", NAME, "--users", str(file)]) == 0
    assert verify_password(PASSWORD, read_users(file)[NAME])
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["user", "Bea", "--users", str(file)]) == 1
    monkeypatch.delenv("RELATORIA_USERS", raising=False)
    assert main(["user", "Bea"]) == 1
    assert "--users FILE" in capsys.readouterr().err
    monkeypatch.setenv("RELATORIA_USERS", str(file))
    assert main(["user", NAME, "--remove"]) == 0
    assert read_users(file) == {}


def test_a_line_that_is_not_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "users").write_text(f"Ana:{hash_password(PASSWORD)}\n\n# a remark\nBea:secret\n")
    with pytest.raises(RelatoriaError, match=r"Line 4 of .*users is not NAME:scrypt"):
        check_settings(Settings(users=tmp_path / "users"))
    with pytest.raises(RelatoriaError, match=r"no file.*relatoria user NAME"):
        check_settings(Settings(users=tmp_path / "nowhere"))
    with pytest.raises(RelatoriaError, match="trusted-proxy"):
        check_settings(Settings(auth_header="X-Forwarded-User"))


# Sessions


def test_a_session_ends(tmp_path: Path) -> None:
    file, now = tmp_path / "users", 1_000.0
    write_user(file, NAME, PASSWORD)
    sessions = Sessions(users := Users(file), 60, now=lambda: now)
    session = sessions.open(NAME, users.password_hashes()[NAME])
    assert sessions.user_of(session) == NAME
    now = 1_060.0
    assert sessions.user_of(session) is None  # expired
    session, kept = (sessions.open(NAME, users.password_hashes()[NAME]) for _ in range(2))
    sessions.close(session)
    assert sessions.user_of(session) is None  # logged out, and only there
    assert sessions.user_of(kept) == NAME
    assert Sessions(Users(file), 60, now=lambda: now).user_of(kept) is None  # signed elsewhere
    write_user(file, NAME, "another password")
    assert sessions.user_of(kept) is None  # the password was changed
    session = sessions.open(NAME, users.password_hashes()[NAME])
    write_user(file, NAME, None)
    assert sessions.user_of(session) is None  # the user was removed


def test_a_session_cannot_be_made_up(tmp_path: Path) -> None:
    write_user(tmp_path / "users", NAME, PASSWORD)
    write_user(tmp_path / "users", "Bea", PASSWORD)
    sessions = Sessions(users := Users(tmp_path / "users"), 60)
    name, until, salt, signature = sessions.open(NAME, users.password_hashes()[NAME]).split(".")
    other = sessions.open("Bea", users.password_hashes()["Bea"]).split(".")[0]
    for forged in (
        "",
        "...",
        f"{other}.{until}.{salt}.{signature}",
        f"{name}.{int(until) + 1}.{salt}.{signature}",
        f"{name}.{until}.{salt}x.{signature}",
        f"{name}.{until}.{salt}.{signature[:-1]}",
        f"{name}.{until}.{salt}.",
        f"é.{until}.{salt}.é",
        "\ud800.\ud800.\ud800.\ud800",
    ):
        assert sessions.user_of(forged) is None


def test_who_is_not_there_takes_as_long(tmp_path: Path) -> None:
    write_user(tmp_path / "users", NAME, PASSWORD)
    users = Users(tmp_path / "users")

    def seconds(name: str) -> float:
        took = []
        for _ in range(3):
            began = time.process_time()
            assert not users.check(name, "wrong")
            took.append(time.process_time() - began)
        return min(took)

    assert 0.5 < seconds("nobody") / seconds(NAME) < 2


# Served


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("access") / "users"
    write_user(file, NAME, PASSWORD)
    return file


@pytest.fixture(scope="module")
def served(assistant: Assistant, users: Path) -> Iterator[tuple[str, int, PageServer]]:
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port, settings=Settings(users=users))
    yield "127.0.0.1", port, page
    page.close()


def sent(
    served: tuple[str, int, PageServer],
    method: str,
    path: str,
    body: bytes | str | None = None,
    **headers: str,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(served[0], served[1], timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answered = response.status, response.headers, response.read() if response.status != 200 or method != "GET" else b""
    connection.close()
    return answered


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """All methods and paths of an application, those of what it mounts and includes too, parameters filled in."""
    for route in app.routes:
        if inner := getattr(route, "original_router", None) or getattr(getattr(route, "app", None), "routes", None):
            yield from routes(inner if hasattr(inner, "routes") else route.app)
        elif hasattr(route, "endpoint"):
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                yield method, re.sub(r"\{[^}]*\}", "x", route.path)


def test_every_endpoint_is_closed(served: tuple[str, int, PageServer]) -> None:
    found = {route for route in routes(served[2].inner) if route[0] != "OPTIONS"}
    assert len(found) > 60  # Gradio's are there
    assert {("GET", "/config"), ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/info")} <= found
    ours = {
        ("GET", "/health"),
        ("POST", "/gradio_api/mcp"),
        ("GET", "/gradio_api/mcp/sse"),
        ("GET", "/assets/index.js"),
    }
    answers = {(how, at): sent(served, how, at, "{}" if how == "POST" else None) for how, at in found | ours}
    open_ones = {name for name, (status, _, _) in answers.items() if status not in (401, 404)}
    assert open_ones == {("GET", "/health"), ("GET", "/logout")}
    assert answers["GET", "/logout"][0] == 303
    for method, path in (
        ("GET", "/"),
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/queue/join"),
    ):
        status, headers, body = answers[method, path]
        assert status == 401, path
        assert json.loads(body)["detail"]
        assert headers["WWW-Authenticate"].startswith("Basic")
        assert headers["Cache-Control"] == "no-store"


def form(name: str, password: str) -> str:
    return urlencode({"username": name, "password": password})


FORM = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def test_the_form_opens_a_session(served: tuple[str, int, PageServer]) -> None:
    status, headers, body = sent(served, "GET", "/?tab=browse&lang=fr", Accept="text/html")
    assert status == 401
    assert "Mot de passe" in body.decode()
    assert b"<script" not in body
    status, headers, body = sent(served, "POST", "/?tab=browse&lang=fr", form(NAME, "wrong <b>"), **FORM)
    assert status == 401
    assert 'role="alert"' in body.decode()
    status, headers, _ = sent(served, "POST", "/?tab=browse&lang=fr", form(NAME, PASSWORD), **FORM)
    assert (status, headers["Location"]) == (303, "/?tab=browse&lang=fr")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # it is not https
    session = cookie.partition(";")[0]
    assert sent(served, "GET", "/config", Cookie=session)[0] == 200
    status, headers, _ = sent(served, "GET", "/logout", Cookie=session)
    assert status == 303
    assert sent(served, "GET", "/config", Cookie=session)[0] == 401  # also where the browser kept it


def test_another_site_can_neither_log_in_nor_out(served: tuple[str, int, PageServer]) -> None:
    assert sent(served, "POST", "/", form(NAME, PASSWORD), Origin="https://evil.example", **FORM)[0] == 403
    assert sent(served, "POST", "/", form(NAME, PASSWORD), Sec_Fetch_Site="cross-site", **FORM)[0] == 403
    assert sent(served, "GET", "/logout", Sec_Fetch_Site="cross-site")[0] == 403


def test_programs_log_in(served: tuple[str, int, PageServer]) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    url = f"http://{served[0]}:{served[1]}/"
    client = Client(url, auth=(NAME, PASSWORD), verbose=False)
    assert client.predict("What was recommended on return migration?", api_name="/ask")["status"] == "answered"
    with pytest.raises(Exception, match="Invalid credentials"):
        Client(url, auth=(NAME, "wrong wrong wrong"), verbose=False)
    with pytest.raises(Exception, match="login"):
        Client(url, verbose=False)


def test_basic_authentication_is_hashed_once(served: tuple[str, int, PageServer]) -> None:
    import base64

    def basic(password: str) -> str:
        return "Basic " + base64.b64encode(f"{NAME}:{password}".encode()).decode()

    assert sent(served, "GET", "/config", Authorization=basic(PASSWORD))[0] == 200
    began = time.process_time()
    for _ in range(5):
        assert sent(served, "GET", "/robots.txt", Authorization=basic(PASSWORD))[0] == 200
    assert time.process_time() - began < 0.5
    assert sent(served, "GET", "/config", Authorization=basic(PASSWORD + "x"))[0] == 401
    assert sent(served, "GET", "/config", Authorization="Basic ?")[0] == 401


def test_passwords_cannot_be_tried_for_ever(assistant: Assistant, users: Path) -> None:
    from starlette.testclient import TestClient

    from app.server.login import LoginMiddleware
    from app.server.rate_limit import RateLimits

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nobody gets here")

    settings = Settings(users=users)
    client = TestClient(LoginMiddleware(inner, settings, RateLimits(settings)))
    tried = [client.post("/login", data={"username": "x", "password": "y"}) for _ in range(9)]
    assert [response.status_code for response in tried] == [401] * 8 + [429]
    assert 0 < int(tried[-1].headers["Retry-After"]) <= 300
    assert client.post("/login", data={"username": "z", "password": "y"}).status_code == 401


def test_a_header_is_believed_of_a_trusted_proxy_only(assistant: Assistant) -> None:
    port = free_port()
    for trusted, status in (("127.0.0.1", 200), ("192.0.2.0/24", 401)):
        settings = Settings(auth_header="X-Forwarded-User", trusted_proxies=(trusted,))
        page = launch(assistant, host="127.0.0.1", port=port, settings=settings)
        try:
            here = ("127.0.0.1", port, page)
            assert sent(here, "GET", "/config", X_Forwarded_User="ana")[0] == status
            assert sent(here, "GET", "/config")[0] == 401
        finally:
            page.close()


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_page_is_for_everyone(
    served: tuple[str, int, PageServer], browser: "Browser", scheme: Literal["light", "dark"]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for language in LANGUAGES:
        context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(f"http://{served[0]}:{served[1]}/?lang={language}")
        assert page.inner_text("h1") == labels_for(language).access.title
        page.keyboard.type(f"{scheme} {language}")
        page.keyboard.press("Tab")
        page.keyboard.type("y")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        context.close()
    tried = browser.new_context(locale="fr-FR", color_scheme=scheme, bypass_csp=True).new_page()
    for _ in range(9):
        tried.goto(f"http://{served[0]}:{served[1]}/")
        tried.fill("#name", scheme)
        tried.fill("#password", "y")
        tried.keyboard.press("Enter")
        tried.wait_for_selector("[role=alert]")
    assert "Trop de tentatives" in tried.inner_text("h1")
    assert Axe().run(tried).response["violations"] == []
    tried.context.close()

"""The log-in around an application of a few lines: forms, cookies, what is asked of whom, and for how long."""

import base64
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.i18n.labels import labels_for
from app.server.login import LoginMiddleware
from app.server.ownership import owner_key
from app.server.rate_limit import RateLimits
from app.server.users import Sessions, Users, UsersError, write_user
from app.settings import Settings
from tests.fakes.inner_app import Inner

PASSWORD = "correct horse: battery"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.server.users.N", 2**6)
    write_user(tmp_path / "users", "ana", PASSWORD)
    return tmp_path / "users"


def entrance(users: Path | None, inner: Inner | None = None, **more: Any) -> TestClient:
    settings = Settings(users=users, **more)
    return TestClient(LoginMiddleware(inner or Inner(), settings, RateLimits(settings)), follow_redirects=False)


def test_who_logs_in_is_sent_back_with_a_cookie_of_the_session(users: Path) -> None:
    form = {"username": "ana", "password": PASSWORD}
    client = entrance(users, session=77)
    page = client.post("/login?tab=browse&q=1", data=form, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"], page.headers["cache-control"]) == (
        303,
        "/?tab=browse&q=1",
        "no-store",
    )
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("relatoria=YW5h.")
    assert {"HttpOnly", "Max-Age=77", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    program = client.post("/", data=form)
    assert (program.status_code, program.json(), program.headers["cache-control"]) == (
        200,
        {"success": True},
        "no-store",
    )
    assert client.post("/login", data=form, headers={"Accept": "text/html"}).headers["location"] == "/"
    over_tls = TestClient(client.app, base_url="https://testserver", follow_redirects=False)
    assert "Secure" in over_tls.post("/login", data=form).headers["set-cookie"]
    assert over_tls.get("/config").status_code == 200
    out = over_tls.get("/logout")
    assert (out.status_code, out.headers["location"], out.headers["cache-control"]) == (303, "/", "no-store")
    assert {"HttpOnly", "SameSite=lax", "Secure", "Max-Age=0"} <= set(out.headers["set-cookie"].split("; "))
    assert client.get("/config").status_code == 200  # another session, which goes on
    assert over_tls.get("/config").status_code == 401


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({}, 'Basic realm="Relatoria", charset="UTF-8"'),
        ({"Sec-Fetch-Mode": "cors"}, 'Form realm="Relatoria"'),
        ({"Accept": "text/html"}, 'Form realm="Relatoria"'),
    ],
)
def test_who_has_not_said_who_they_are_is_asked(users: Path, headers: dict[str, str], asked: str) -> None:
    words = labels_for("fr").access
    answer = entrance(users).get("/config?x=1", headers=headers | {"Accept-Language": "fr"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, asked)
    assert answer.headers["cache-control"] == "no-store"
    if "Accept" in headers:
        assert f"<title>{words.title} · Relatoría</title>" in answer.text
        assert '<form method="post" action="/">' in answer.text  # where it was going is no place for people
        assert answer.headers["referrer-policy"] == "same-origin"
        assert 'role="alert"' not in answer.text
        assert answer.text.index("autofocus") < answer.text.index('name="password"')
    else:
        link = {"href": "/login", "text": words.title}
        assert answer.json() == {"detail": words.ended, "link": link, "close": words.close, "request": ""}


def test_a_wrong_password_is_told_on_the_same_form(users: Path) -> None:
    words = labels_for("es").access
    client = entrance(users)
    page = client.post(
        "/?lang=es&q=%22", data={"username": 'a"na' + "x" * 50, "password": "y"}, headers={"Accept": "text/html"}
    )
    assert page.status_code == 401
    assert f'<p class="w" role="alert" id="wrong">{words.wrong}</p>' in page.text
    assert page.text.count('aria-invalid="true" aria-describedby="wrong"') == 2
    assert 'value="a&#34;na' in page.text
    assert '<form method="post"><label' in page.text
    assert page.text.index("autofocus") > page.text.index('name="password"')
    other = client.post("/login?q=%22", data={"username": "ana", "password": "y"}, headers={"Accept": "text/html"})
    assert '<form method="post" action="/?q=%22">' in other.text
    told = client.post("/login", data={"username": "ana", "password": "y"}, headers={"Accept-Language": "es"})
    assert (told.status_code, told.json()["detail"]) == (401, words.wrong)
    assert client.post("/login", content=b"\xff", headers={"Accept": "text/html"}).status_code == 401
    many = "&".join(["a=1"] * 17)
    assert client.post("/login", content=f"username=ana&password={PASSWORD}&{many}".encode()).status_code == 401


def test_where_a_proxy_says_who_comes_there_is_no_form() -> None:
    client = entrance(None, auth_header="X-User", trusted_proxies=("10.0.0.0/8",))
    answer = client.get("/", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Form realm="Relatoria"')
    assert answer.json()["link"] is None
    assert client.get("/", headers=[("X-User", "ana")]).status_code == 401  # not from the proxy
    assert client.post("/login", data={}).status_code == 401
    assert entrance(None).get("/config").status_code == 200  # nobody is asked


def test_a_password_once_checked_is_remembered_for_ten_minutes(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, now = Users(users), 1_000.0
    monkeypatch.setattr("app.server.users.time.monotonic", lambda: now)
    assert known.recall("ana", PASSWORD) == ""
    known.remember("ana", PASSWORD, stored := known.check("ana", PASSWORD))
    assert (known.recall("ana", PASSWORD), known.recall("ana", PASSWORD + "x"), known.recall("an", "a" + PASSWORD)) == (
        stored,
        "",
        "",
    )
    now += 599
    assert known.recall("ana", PASSWORD) == stored
    now += 1
    assert known.recall("ana", PASSWORD) == ""
    monkeypatch.setattr("app.server.users._MAX_REMEMBERED", 2)
    for name in ("x", "y", "z"):
        known.remember(name, "p", "s")
    assert len(known._known) <= 2


def test_the_users_file_is_read_when_it_changes_and_not_else(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Users(users)
    first = known.password_hashes()
    assert known.password_hashes() is first
    write_user(users, "bea", PASSWORD)
    assert set(known.password_hashes()) == {"ana", "bea"}
    users.unlink()
    assert known.password_hashes() == {}
    assert known.check("ana", PASSWORD) == ""
    write_user(users, "ana", PASSWORD)
    assert known.check("ana", PASSWORD) == known.password_hashes()["ana"]
    assert known.check("ana", "x" * 1_025) == known.check("nobody", PASSWORD) == ""


@pytest.mark.parametrize(("length", "fits"), [(9, False), (10, True), (1_024, True), (1_025, False)])
def test_the_length_of_a_password(users: Path, length: int, fits: bool) -> None:
    if fits:
        write_user(users, "bea", "x" * length)
        assert Users(users).check("bea", "x" * length)
    else:
        with pytest.raises(UsersError, match=rf"A password has 10 to 1,024 characters; this one has {length:,}"):
            write_user(users, "bea", "x" * length)


def test_what_is_no_text_is_no_password_and_no_fault(users: Path) -> None:
    known, torn = Users(users), "correct \ud800 battery"
    assert known.check("ana", torn) == known.check("\ud800", PASSWORD) == known.recall("\ud800", torn) == ""
    write_user(users, "bea", torn)
    assert known.check("bea", torn) == known.password_hashes()["bea"]
    assert owner_key("\ud800") != owner_key("\ud801")


def test_a_session_lasts_as_long_as_is_said(users: Path) -> None:
    now = 1_000.9
    sessions = Sessions(known := Users(users), 60, now=lambda: now)
    session = sessions.open("ana", known.password_hashes()["ana"])
    assert len({session, sessions.open("ana", known.password_hashes()["ana"])}) == 2
    now = 1_059.9
    assert sessions.user_of(session) == "ana"
    sessions.close("nonsense")
    assert sessions._ended == {}
    sessions.close(session)
    assert sessions.user_of(session) is None
    now = 1_121.0
    other = sessions.open("ana", known.password_hashes()["ana"])
    sessions.close(other)
    assert len(sessions._ended) == 1  # what has ended by itself need not be remembered
    assert base64.urlsafe_b64decode(other.split(".")[0] + "==").decode() == "ana"

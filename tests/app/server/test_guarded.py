"""The guard around an application of a few lines: headers, the page's nonce, routes, origins, bodies."""

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from app.server import guard
from app.server.access_log import AccessLogMiddleware
from app.server.guard import API, HEADERS, GuardMiddleware, RequestLimits, ServerState, own_hosts, route_label
from app.server.log import EventLog
from app.server.login import LoginMiddleware
from app.server.ownership import OwnershipMiddleware
from app.server.proxies import ProxyMiddleware
from app.server.rate_limit import RateLimitMiddleware, RateLimits
from app.server.request import RAW_BODY, USER
from app.settings import Settings
from retrieval.limits import BODY, FORM
from tests.fakes.inner_app import Headers, Inner

PASSWORD = "correct horse: battery"


def guarded(inner: ASGIApp, *, service: ServerState | None = None, user: str | None = None, **more: Any) -> TestClient:
    limits = more.pop("limits", RequestLimits())
    door = GuardMiddleware(inner, service=service or ServerState(), limits=limits, **more)

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        await door(scope | ({USER: user} if user is not None else {}), receive, send)

    return TestClient(outer, follow_redirects=False)


HTML: Headers = [(b"content-type", b"text/html; charset=utf-8")]


def test_headers_are_added_and_others_taken_out() -> None:
    told: Headers = [(b"server", b"x"), (b"access-control-allow-origin", b"*"), (b"x-frame-options", b"SAMEORIGIN")]
    said = guarded(Inner(headers=[*told, (b"access-control-allow-credentials", b"true")])).get("/config").headers
    assert {name: said[name] for name in HEADERS} == HEADERS | {"X-Frame-Options": "SAMEORIGIN"}
    assert said["cache-control"] == "no-store"
    assert said["content-security-policy"] == guard.DEFAULT_POLICY
    assert not {"server", "access-control-allow-origin", "access-control-allow-credentials"} & set(said)


@pytest.mark.parametrize(
    ("path", "status", "user", "kept"),
    [
        ("/assets/index-Ab_12-3x.js", 200, None, "public, max-age=31536000, immutable"),
        ("/assets/index-Ab_12-3x.js", 304, "ana", "private, max-age=31536000, immutable"),
        ("/assets/index.js", 200, None, "public, max-age=3600"),
        ("/static/a.png", 200, "ana", "private, max-age=3600"),
        ("/favicon.ico", 200, None, "public, max-age=3600"),
        ("/assets/index.js", 404, None, "no-store"),
        ("/theme.css", 200, None, "no-store"),
        ("/", 200, None, "no-store"),
    ],
)
def test_only_what_is_the_same_for_all_is_kept(path: str, status: int, user: str | None, kept: str) -> None:
    assert guarded(Inner(status=status), user=user).get(path).headers["cache-control"] == kept


def test_a_file_of_a_report_is_taken_away_and_never_run() -> None:
    path = f"{API}/file=/tmp/a.html"
    assert guarded(Inner(headers=HTML)).get(path).headers["content-disposition"] == "attachment"
    named = Inner(headers=[(b"content-disposition", b'attachment; filename="a"')])
    assert guarded(named).get(path).headers["content-disposition"] == 'attachment; filename="a"'
    assert "content-disposition" not in guarded(Inner()).get("/config").headers


def test_the_page_is_given_a_nonce_and_compressed_once_it_is_whole() -> None:
    head = "<script>own()</script>"
    inner = Inner(b"<html><scr", b"ipt src=a></script><script\n>1</script><scripted>", b"</html>", headers=HTML)
    client = guarded(inner, head=head)
    answer = client.get("/?page=x&tab=browse&q=", headers={"Accept-Encoding": "gzip, br"})
    (nonce,) = re.findall(r"'nonce-([^']{16,})'", answer.headers["content-security-policy"])
    body = answer.content if b"<html>" in answer.content else brotli.decompress(answer.content)
    marked = f'<script nonce="{nonce}"'
    assert body.decode() == f"<html>{marked} src=a></script>{marked}\n>1</script><scripted></html>"
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("br", "Accept-Encoding, Accept-Language")
    digest = base64.b64encode(hashlib.sha256(b"own()").digest()).decode()
    assert (
        f"script-src 'self' 'nonce-{nonce}' 'sha256-{digest}' 'unsafe-eval'"
        in answer.headers["content-security-policy"]
    )
    scope = inner.scopes[0]
    assert scope["query_string"] == b"tab=browse&q="
    assert not any(name == b"accept-encoding" for name, _ in scope["headers"])  # it is not compressed yet
    plain = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(plain.content)
    assert nonce not in plain.text
    client.get("/config", headers={"Accept-Encoding": "gzip"})
    assert any(name == b"accept-encoding" for name, _ in inner.scopes[-1]["headers"])


@pytest.mark.parametrize(("status", "headers"), [(401, HTML), (200, [(b"content-type", b"application/json")])])
def test_what_is_not_the_page_is_passed_on_as_it_is(status: int, headers: Headers) -> None:
    answer = guarded(Inner(b"<script>", status=status, headers=headers)).get("/", headers={"Accept-Encoding": "br"})
    assert answer.content == b"<script>"
    assert answer.headers["content-security-policy"] == guard.DEFAULT_POLICY


@pytest.mark.parametrize(
    ("method", "path", "open_"),
    [
        *[("GET", path, True) for path in ("/", "/login", "/robots.txt", "/config/", f"{API}/info", f"{API}/app_id/")],
        *[("GET", path, True) for path in (f"{API}/heartbeat/a.b-c_1", f"{API}/call/ask/x", f"{API}/file=C:/x")],
        *[("HEAD", path, True) for path in ("/", f"{API}/queue/data", f"{API}/mcp/sse")],
        *[("POST", path, True) for path in ("/", "/login", f"{API}/run/ask/", f"{API}/call/v2/ask", f"{API}/reset")],
        *[("DELETE", path, True) for path in (f"{API}/mcp", f"{API}/mcp/x")],
        *[
            ("GET", path, False)
            for path in ("/x", f"{API}/upload", f"{API}/heartbeat/", f"{API}/call/ask", "/config/x")
        ],
        *[
            ("GET", path, False)
            for path in (f"{API}/file=x", f"{API}/file=/a/%2e%2e/b", f"{API}/file=/a\\b", "/assets/%2e%2e")
        ],
        *[("POST", path, False) for path in (f"{API}/upload", f"{API}/run/a/b", "/config", f"{API}/file=/x")],
        *[(method, "/", False) for method in ("PUT", "PATCH", "DELETE", "TRACE")],
        ("GET", "/assets/" + "a" * (4096 - 8), True),
        ("GET", "/assets/" + "a" * (4096 - 7), False),
        ("GET", f"{API}/heartbeat/" + "a" * 101, False),
    ],
)
def test_routes_are_open_by_name(method: str, path: str, open_: bool) -> None:
    inner = Inner()
    status = guarded(inner).request(method, path).status_code
    assert (status, len(inner.scopes)) == ((200, 1) if open_ else (404, 0))


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", f"{API}/cancel", {}, 200),
        ("POST", f"{API}/cancel", {"Origin": "http://TestServer"}, 200),
        ("POST", f"{API}/cancel", {"Origin": "http://evil.example"}, 403),
        ("POST", f"{API}/cancel", {"Sec-Fetch-Site": "same-origin", "Origin": "http://other"}, 200),
        ("POST", f"{API}/cancel", {"Sec-Fetch-Site": "none"}, 200),
        ("POST", f"{API}/cancel", {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}, 403),
        ("GET", "/logout", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/config", {"Sec-Fetch-Site": "cross-site"}, 200),
        ("HEAD", "/config", {"Origin": "http://evil.example"}, 200),
    ],
)
def test_what_changes_something_comes_from_here(method: str, path: str, headers: dict[str, str], status: int) -> None:
    assert guarded(Inner()).request(method, path, headers=headers, content=b"{}").status_code == status


def test_a_host_has_its_names() -> None:
    assert own_hosts("127.0.0.1", []) == own_hosts("LOCALHOST", []) == {"localhost", "127.0.0.1", "::1"}
    assert own_hosts("0.0.0.0", ["A.org:80"]) == {"localhost", "127.0.0.1", "::1", "a.org"}
    assert own_hosts("192.0.2.1", ["a.org"]) == {"localhost", "127.0.0.1", "::1", "192.0.2.1", "a.org"}
    assert own_hosts("192.0.2.1", []) == own_hosts("::", []) == frozenset()
    for host, status in (("a.org:80", 200), ("A.ORG.", 200), ("b.org", 421), ("[::1", 421)):
        assert guarded(Inner(), hosts=["a.org"]).get("/config", headers={"Host": host}).status_code == status, host
        assert guarded(Inner()).get("/config", headers={"Host": host}).status_code == 200


def test_requests_that_will_end_are_counted_and_none_begun_while_stopping() -> None:
    service = ServerState()
    seen: list[int] = []

    class Counting(Inner):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            seen.append(service.active_requests)
            if scope["path"] == "/theme.css":
                raise ValueError("broken")
            await super().__call__(scope, receive, send)

    client = guarded(Counting(), service=service)
    for path in ("/config", f"{API}/heartbeat/x", f"{API}/mcp", f"{API}/queue/data"):
        client.get(path)
    with pytest.raises(ValueError, match="broken"):
        client.get("/theme.css")
    assert (seen, service.active_requests) == ([1, 0, 0, 1, 1], 0)
    service.stopping = True
    refused = client.post(f"{API}/queue/join", content=b"{}")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert client.post(f"{API}/cancel", content=b"{}").status_code == client.get("/config").status_code == 200


def test_bodies_are_limited_by_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Inner()
    limits = RequestLimits(upload=1_000)
    client = guarded(RateLimitMiddleware(inner, RateLimits(Settings()), limits), limits=limits)
    monkeypatch.setattr(guard, "UPLOAD_OVERHEAD", 10)
    sizes = {"/login": FORM.most, "/": FORM.most, f"{API}/upload": 1_010, f"{API}/cancel": BODY.most}
    for path, most in sizes.items():
        for stated in (True, False):  # a body that states no size is counted as it comes

            def parts(count: int) -> Any:
                return b'"' + b"x" * (count - 2) + b'"' if stated else iter([b'"', b"x" * (count - 2), b'"'])  # noqa: B023

            assert client.post(path, content=parts(most)).status_code == 200, (path, stated)
            assert len(inner.bodies[-1]) == most
            refused = client.post(path, content=parts(most + 1), headers={"Accept-Language": "en"})
            assert refused.status_code == 413, (path, stated)
            assert f"{max(1, round(most / 2**20))} " in refused.json()["detail"]
    assert client.post(f"{API}/cancel", content=b"{}", headers={"Content-Length": "-1"}).status_code == 413
    assert inner.scopes[-1].get(RAW_BODY, b"")[:2] == b'"x'
    assert client.post(f"{API}/cancel", content=b"[" * 99).status_code == 400
    assert client.post("/login", content=b"[" * 99).status_code == 200  # a form is no JSON


async def _never() -> Any:
    await asyncio.sleep(3_600)


@pytest.mark.parametrize("path", [f"{API}/cancel", f"{API}/upload"])
def test_a_body_has_to_come_in_time(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "UPLOAD_TIMEOUT" if "upload" in path else "BODY_TIMEOUT", 0.02)
    came: list[Any] = []

    async def send(message: Any) -> None:
        came.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    limits = RequestLimits(upload=9)
    behind = RateLimitMiddleware(Inner(), RateLimits(Settings()), limits)
    door = GuardMiddleware(behind, service=ServerState(), limits=limits)
    asyncio.run(asyncio.wait_for(door(scope, _never, send), 20))
    assert came[0]["status"] == 408


def test_only_http_is_spoken() -> None:
    came: list[Any] = []

    async def send(message: Any) -> None:
        came.append(message)

    reached: list[str] = []

    async def app(scope: Any, receive: Any, sent: Any) -> None:
        assert (receive, sent) == (_never, send)  # as they came
        reached.append(scope["type"])

    door = GuardMiddleware(app, service=ServerState(), limits=RequestLimits())
    for kind in ("websocket", "lifespan"):
        asyncio.run(door({"type": kind}, _never, send))
        for other in (
            OwnershipMiddleware(app, Path(), set),
            ProxyMiddleware(app, ["127.0.0.1"], lambda: None),
            RateLimitMiddleware(app, RateLimits(Settings()), RequestLimits()),
            LoginMiddleware(app, Settings(users=Path("nowhere")), RateLimits(Settings())),
            AccessLogMiddleware(app, EventLog(None), lambda: ""),
        ):
            asyncio.run(other({"type": kind}, _never, send))
    assert came == [{"type": "websocket.close", "code": 1008}]
    assert (reached.count("lifespan"), reached.count("websocket")) == (6, 5)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/health", "/health"),
        ("/ready", "/ready"),
        ("/", "/"),
        ("/login", "/login"),
        ("/assets/secret.js", "/assets"),
        (f"{API}/run/ask", f"{API}/run/ask"),
        (f"{API}/call/v2/ask", f"{API}/call/v2/ask"),
        (f"{API}/call/ask/event", f"{API}/call/ask"),
        (f"{API}/queue/join", f"{API}/queue/join"),
        (f"{API}/heartbeat/secret", f"{API}/heartbeat"),
        (f"{API}/file=/secret", f"{API}/file"),
        ("/secret", "other"),
        ("/healthy", "other"),
    ],
)
def test_a_route_is_logged_without_what_a_visitor_put_into_it(path: str, label: str) -> None:
    assert route_label(path) == label

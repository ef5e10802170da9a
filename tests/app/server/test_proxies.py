"""Behind proxies: the right-most address that is not trusted is the visitor, and nobody else's word counts."""

from collections.abc import Sequence
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.server.proxies import ProxyMiddleware
from app.server.request import Visitor


def seen(
    trusted: Sequence[str], headers: Sequence[tuple[str, str]], peer: str = "10.0.0.5", told: list[str] | None = None
) -> dict[str, Any]:
    """What the application sees of a request that comes from ``peer``."""
    found: dict[str, Any] = {}

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        visitor = Visitor(scope)
        found.update(address=visitor.address, scheme=scope["scheme"], passed_on=visitor.passed_on)
        found["headers"] = {name for name in visitor.headers if "forward" in name or name in ("via", "x-real-ip")}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    application = ProxyMiddleware(inner, trusted, lambda: (told if told is not None else []).append("told"))
    TestClient(application, client=(peer, 1)).get("/", headers=list(headers))
    return found


@pytest.mark.parametrize(
    ("said", "visitor"),
    [
        (["192.0.2.1"], "192.0.2.1"),
        (["198.51.100.1, 192.0.2.1"], "192.0.2.1"),  # what stands further left the visitor may have written
        (["198.51.100.1, 192.0.2.1, 10.0.0.9"], "192.0.2.1"),
        (["198.51.100.1", "192.0.2.1"], "192.0.2.1"),
        (["127.0.0.1, 192.0.2.1:4711"], "192.0.2.1"),
        (["192.0.2.1, [2001:db8::1]:80"], "2001:db8::1"),
        (["192.0.2.1, ::ffff:10.0.0.7"], "192.0.2.1"),
        (["192.0.2.1,"], "10.0.0.5"),
        (["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
        (["nonsense"], "nonsense"),
        ([""], "10.0.0.5"),
        ([], "10.0.0.5"),
    ],
)
@pytest.mark.parametrize("trusted", ["10.0.0.0/24", "10.0.0.5/24"])  # bits of a host are no matter
def test_the_rightmost_untrusted_address_is_the_visitor(trusted: str, said: list[str], visitor: str) -> None:
    found = seen([trusted], [("X-Forwarded-For", text) for text in said])
    assert (found["address"], found["passed_on"]) == (visitor, True)


def test_the_scheme_is_believed_of_the_same_proxies() -> None:
    for peer, scheme in (("10.0.0.5", "https"), ("::ffff:10.0.0.5", "https"), ("192.0.2.1", "http")):
        assert seen(["10.0.0.5"], [("X-Forwarded-Proto", "https")], peer)["scheme"] == scheme
    assert seen(["10.0.0.5"], [("X-Forwarded-Proto", "gopher")])["scheme"] == "http"


FORGED = [
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-User", "ana"),
    ("Forwarded", "for=192.0.2.1"),
    ("Via", "1.1 evil"),
    ("X-Real-IP", "192.0.2.1"),
]


@pytest.mark.parametrize("peer", ["192.0.2.9", "127.0.0.1"])
def test_others_say_nothing_that_anybody_reads(peer: str) -> None:
    found = seen(["10.0.0.5"], FORGED, peer)
    assert (found["address"], found["scheme"], found["headers"]) == (peer, "http", set())
    assert found["passed_on"] == (peer == "127.0.0.1")
    assert seen(["10.0.0.5"], FORGED)["headers"] == {"x-forwarded-host", "x-forwarded-proto", "x-forwarded-user"}


def test_a_local_proxy_that_is_not_declared_is_told_once() -> None:
    for header in (header for header in FORGED if header[0] in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")):
        told: list[str] = []
        application = ProxyMiddleware(_answer, [], lambda told=told: told.append("told"))  # type: ignore[misc]
        for peer, headers, times in (
            ("192.0.2.9", [header], 0),
            ("127.0.0.1", [], 0),
            ("127.0.0.1", [header], 1),
            ("::1", [header], 1),
        ):
            TestClient(application, client=(peer, 1)).get("/", headers=headers)
            assert len(told) == times, (header, peer)
    declared: list[str] = []
    seen(["127.0.0.1"], FORGED, "127.0.0.1", declared)
    assert not declared


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})

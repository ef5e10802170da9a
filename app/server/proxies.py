"""Proxy headers: those of a trusted proxy say who the visitor is; all others are dropped before anybody reads them."""

from collections.abc import Callable, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.addresses import is_in_networks, is_loopback
from app.server.request import PASSED_ON

_VISITOR = (b"x-forwarded-for", b"forwarded", b"via", b"x-real-ip")  # which say that a proxy passed it on, and for whom
UNDECLARED = (
    "A proxy on this machine passes requests on and is not declared: all its visitors share one rate. "
    "Type, for example: relatoria serve --trusted-proxy 127.0.0.1"
)


class ProxyMiddleware:
    """ASGI middleware that puts the visitor's address and scheme into the scope, as trusted proxies state them.

    ``on_undeclared`` is called once, when a request shows that a proxy on this machine is none of the trusted.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str], on_undeclared: Callable[[], None]) -> None:
        self._app, self._trusted, self._on_undeclared = app, trusted, on_undeclared
        self._is_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            peer = str(client[0]) if client else ""
            is_trusted, headers = is_in_networks(peer, self._trusted), scope["headers"]
            if is_trusted:
                self._believe(scope)
            elif is_loopback(peer) and any(name in _VISITOR for name, _ in headers):
                scope[PASSED_ON] = True
                if not self._is_told:
                    self._is_told = True
                    self._on_undeclared()
            scope["headers"] = [pair for pair in headers if not _is_dropped(pair[0], is_trusted=is_trusted)]
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        """Take the visitor from the right of X-Forwarded-For: each proxy adds at the right whom it has it from."""
        headers = Headers(scope=scope)
        scope[PASSED_ON] = True
        said = [_without_port(part) for part in ",".join(headers.getlist("x-forwarded-for")).split(",")]
        visitor = next((part for part in reversed(said) if not is_in_networks(part, self._trusted)), said[0])
        if visitor:
            scope["client"] = (visitor, 0)
        if (scheme := headers.get("x-forwarded-proto", "").strip()) in ("http", "https"):
            scope["scheme"] = scheme


def _is_dropped(name: bytes, *, is_trusted: bool) -> bool:
    """Whether nobody is to read a header: once the visitor is known, or where it may be forged."""
    return name in _VISITOR or (name.startswith(b"x-forwarded-") and not is_trusted)


def _without_port(said: str) -> str:
    """An address as proxies write it, without its port.

    >>> [_without_port(said) for said in (" 192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1", "unknown")]
    ['192.0.2.1', '2001:db8::1', '2001:db8::1', 'unknown']
    """
    said = said.strip()
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said

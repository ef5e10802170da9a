"""Request guard: allow-lists routes, checks host and origin, limits bodies, sets security headers.

Pure ASGI, so that what is streamed stays streamed. A route of the libraries below is open only if it is named here.
Long because the route patterns are shared by the guard, the rate limit and the access log.
"""

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import brotli
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.addresses import is_loopback
from app.server.request import Visitor, is_bounded_json, refuse
from retrieval.limits import BODY, FORM, JSON_DEPTH, JSON_DIGITS, JSON_VALUES, PATH

API = "/gradio_api"
UPLOAD_OVERHEAD = 64 * 2**10  # of an upload, beside the file
BODY_TIMEOUT = 30.0  # seconds in which a body has to come
UPLOAD_TIMEOUT = 300.0  # seconds in which an upload has to
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_GET_ROUTES = re.compile(
    rf"/|/login|/logout|/config/?|/theme\.css|/robots\.txt|/favicon\.ico|/assets/[\w./-]+|/static/[\w./-]+"
    rf"|{API}/(?:info/?|startup-events|app_id/?|theme\.css|heartbeat/{_NAME}|queue/data|call/{_NAME}/{_NAME}"
    rf"|file=.+|mcp(?:/.*)?)"
)
_POST_ROUTES = re.compile(
    rf"/|/login|{API}/(?:queue/join|call/(?:v2/)?{_NAME}/?|(?:run|api)/{_NAME}/?|cancel|reset/?|upload|mcp(?:/.*)?)"
)
_TRAVERSAL = re.compile(r"(?:^|[/=\\])\.\.(?:[/\\]|$)|[\\\x00-\x1f\x7f]")
EVENT_ROUTE = re.compile(rf"{API}/(?:queue/join|call/(?:v2/)?({_NAME})/?|(?:run|api)/({_NAME})/?|mcp(?:/.*)?)")
_HASHED_ASSET = re.compile(r"/assets/.*-[\w-]{8}\.(?:js|css|woff2?|ttf|svg|png)")
STREAM_ROUTE = re.compile(rf"{API}/(?:heartbeat/.*|queue/data|call/.*|mcp(?:/.*)?)")
_ENDLESS = re.compile(rf"{API}/(?:heartbeat/.*|mcp(?:/.*)?)")
_SCRIPT = re.compile(rb"<script(?=[\s>])")
MCP = f"{API}/mcp"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Scripts: only what the page came with (a nonce) and our own, which Gradio adds later (their hash), so that a script
# in a report's words stays words. Gradio compiles the `js` of an event with `new Function`, hence 'unsafe-eval';
# Svelte writes style attributes, hence 'unsafe-inline' for styles.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'{scripts} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
DEFAULT_POLICY = (  # nothing runs, nothing is loaded
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


@dataclass
class ServerState:
    """Server state shared by the guard, which counts requests, and the server, which drains them."""

    stopping: bool = False
    active_requests: int = 0  # requests that will end by themselves
    on_close: Callable[[], None] = lambda: None  # called when nothing is waited for any longer


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Upload size and the Gradio events that are rate limited or public."""

    upload: int = 0  # bytes of a file; 0: none is taken
    questions: Collection[str] = ()  # the events that ask: numbers and names
    programs: Collection[str] = ()  # the events that programs may name: numbers and names


class GuardMiddleware:
    """ASGI middleware that refuses requests outside the allow-list and adds security headers to responses.

    ``hosts``: the accepted Host names, in lower case; empty: any. ``head``: the HTML that Gradio adds to the page's
    head, whose scripts the content security policy allows by hash.
    """

    def __init__(
        self, app: ASGIApp, *, service: ServerState, limits: RequestLimits, hosts: Collection[str] = (), head: str = ""
    ) -> None:
        self._app, self._service, self._limits = app, service, limits
        self._hosts = frozenset(hosts)
        self._policy = PAGE_POLICY.replace("{scripts}", " ".join(["", *script_hashes(head)]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # the page has none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor = Visitor(scope)
        endless = bool(_ENDLESS.fullmatch(visitor.path))
        self._service.active_requests += not endless
        try:
            await self._handle(visitor, receive, _SecuredSend(visitor, send, self._policy))
        finally:
            self._service.active_requests -= not endless

    async def _handle(self, visitor: Visitor, receive: Receive, send: "_SecuredSend") -> None:
        if not self._is_own_host(visitor):
            await refuse(visitor, receive, send, 421, visitor.words.unknown_host)
        elif not self._is_open_route(visitor):
            await refuse(visitor, receive, send, 404, visitor.words.nothing_here)
        elif visitor.scope["method"] not in ("GET", "HEAD") or visitor.path == "/logout":
            if not self._is_same_origin(visitor):
                await refuse(visitor, receive, send, 403, visitor.words.elsewhere)
            elif self._service.stopping and EVENT_ROUTE.fullmatch(visitor.path):
                await refuse(visitor, receive, send, 503, visitor.words.stopping, wait=5)
            else:
                await self._limit_body(visitor, receive, send)
        else:
            if visitor.path == "/":
                headers = [(name, value) for name, value in visitor.scope["headers"] if name != b"accept-encoding"]
                visitor.scope["headers"] = headers  # to be given its nonce, and then compressed
                _drop_page_parameter(visitor.scope)
            await self._app(visitor.scope, receive, send)

    def _is_own_host(self, visitor: Visitor) -> bool:
        """Whether the Host header is one of ours, against DNS rebinding."""
        return not self._hosts or _host_name(visitor.headers.get("host", "")) in self._hosts

    def _is_same_origin(self, visitor: Visitor) -> bool:
        """Whether the request is same-origin, against cross-site request forgery."""
        site, origin = visitor.headers.get("sec-fetch-site"), visitor.headers.get("origin")
        if site is not None:
            return site in ("same-origin", "none")
        return origin is None or urlsplit(origin).netloc.lower() == visitor.headers.get("host", "").lower()

    def _is_open_route(self, visitor: Visitor) -> bool:
        method, path = visitor.scope["method"], visitor.path
        if len(path) > PATH.most or _TRAVERSAL.search(path):
            return False
        if path == f"{API}/upload" and not self._limits.upload:
            return False
        if path.startswith(f"{API}/file=") and not re.match(r"/|[A-Za-z]:", path.removeprefix(f"{API}/file=")):
            return False
        if method in ("GET", "HEAD"):
            return bool(_GET_ROUTES.fullmatch(path))
        if method == "DELETE":
            return path == MCP or path.startswith(f"{MCP}/")
        return method == "POST" and bool(_POST_ROUTES.fullmatch(path))

    async def _limit_body(self, visitor: Visitor, receive: Receive, send: Send) -> None:
        """Pass the request on with its body limited in size and time."""
        path = visitor.path
        uploads = path == f"{API}/upload"
        most = self._limits.upload + UPLOAD_OVERHEAD if uploads else FORM.most if path in ("/", "/login") else BODY.most
        stated = visitor.headers.get("content-length", "0")
        if not stated.isdecimal() or int(stated) > most:
            await _too_large(visitor, receive, send, most)
            return
        if path in ("/", "/login"):
            if (body := await read_body(visitor, receive, send, most)) is not None:
                await self._app(visitor.scope, replay_body(body, receive), send)
        elif uploads:
            try:
                async with asyncio.timeout(UPLOAD_TIMEOUT):
                    await self._app(visitor.scope, _limit_stream(receive, most), send)
            except TimeoutError:
                await refuse(visitor, receive, send, 408, visitor.words.failed)
            except _BodyTooLarge:
                await _too_large(visitor, receive, send, most)
        else:  # its body is read once the rates have counted it
            await self._app(visitor.scope, receive, send)


class _SecuredSend:
    """An ASGI send that adds security and cache headers, and a CSP nonce to the page's scripts."""

    def __init__(self, visitor: Visitor, send: Send, policy: str) -> None:
        self._visitor, self._send, self._policy = visitor, send, policy
        self._start: Message | None = None  # of the page, held until its body is whole
        self._body: list[bytes] = []
        self._accepts = visitor.headers.get("accept-encoding", "")

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["Cache-Control"] = "no-store"
            if self._is_cacheable(message):
                whose = "private" if self._visitor.user else "public"
                age = "31536000, immutable" if _HASHED_ASSET.fullmatch(self._visitor.path) else "3600"
                headers["Cache-Control"] = f"{whose}, max-age={age}"
            for name in ("access-control-allow-origin", "access-control-allow-credentials", "server"):
                if name in headers:
                    del headers[name]
            html = headers.get("content-type", "").startswith("text/html")
            if self._visitor.path == "/" and html and message["status"] == 200:
                self._start = message
                return
            headers.setdefault("Content-Security-Policy", DEFAULT_POLICY)
            if self._visitor.path.startswith(f"{API}/file="):  # of a report, perhaps: taken away, never run here
                headers["Content-Disposition"] = headers.get("content-disposition") or "attachment"
        if self._start is None:
            await self._send(message)
            return
        self._body.append(message.get("body", b""))
        if message.get("more_body"):
            return
        await self._send_page(self._start, b"".join(self._body))

    def _is_cacheable(self, message: Message) -> bool:
        return message["status"] in (200, 304) and self._visitor.path.startswith(
            ("/assets/", "/static/", "/favicon.ico")
        )

    async def _send_page(self, start: Message, body: bytes) -> None:
        nonce = secrets.token_urlsafe(16)
        body = _SCRIPT.sub(b'<script nonce="%b"' % nonce.encode(), body)
        headers = MutableHeaders(scope=start)
        headers["Content-Security-Policy"] = self._policy.format(nonce=nonce)
        if "br" in self._accepts:
            body = brotli.compress(body, quality=5)
            headers["Content-Encoding"] = "br"
        headers["Vary"] = "Accept-Encoding, Accept-Language"
        headers["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


async def _too_large(visitor: Visitor, receive: Receive, send: Send, most: int) -> None:
    await refuse(visitor, receive, send, 413, visitor.words.too_large.format(size=max(1, round(most / 2**20))))


def script_hashes(head: str) -> Sequence[str]:
    """The CSP source hashes (SHA-256) of the inline scripts in a piece of HTML.

    >>> script_hashes("<script>1</script>")
    ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"]
    """
    scripts = re.findall(r"<script>(.*?)(?:</script>|\Z)", head, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]


def _host_name(header: str) -> str:
    """The name in a Host header, without its port.

    >>> _host_name("Example.org:80"), _host_name("[::1]:7860"), _host_name("127.0.0.1")
    ('example.org', '::1', '127.0.0.1')
    """
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _drop_page_parameter(scope: Scope) -> None:
    """Drop ``page`` from the query string: Gradio fails on a page that the app does not have."""
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    scope["query_string"] = urlencode([pair for pair in asked if pair[0] != "page"]).encode("latin-1")


class _BodyTooLarge(Exception):
    """More came than may, whatever was stated."""


async def read_body(visitor: Visitor, receive: Receive, send: Send, most: int = BODY.most) -> bytes | None:
    """Read the whole body; None where it has been refused: too large, too slow, or JSON beyond its limits."""
    parts, limited = list[bytes](), _limit_stream(receive, most)
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            while True:
                message = await limited()
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    break
    except TimeoutError:
        await refuse(visitor, receive, send, 408, visitor.words.failed)
        return None
    except _BodyTooLarge:
        await _too_large(visitor, receive, send, most)
        return None
    body = b"".join(parts) if message["type"] == "http.request" else b""
    if visitor.path.startswith(API) and not is_bounded_json(body):
        said = visitor.words.not_json.format(levels=JSON_DEPTH.most, values=JSON_VALUES.most, digits=JSON_DIGITS.most)
        await refuse(visitor, receive, send, 400, said)
        return None
    return body


def replay_body(body: bytes, receive: Receive) -> Receive:
    """A receive that replays a body already read."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return given.pop() if given else await receive()

    return replay


def _limit_stream(receive: Receive, most: int) -> Receive:
    """A receive that streams the body, and raises _BodyTooLarge once it exceeds ``most`` bytes."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise _BodyTooLarge
        return message

    return counted


def own_hosts(host: str, allowed: Sequence[str]) -> Collection[str]:
    """The accepted Host names of a server listening on ``host``; empty (any) where it is open and none were given.

    >>> sorted(own_hosts("127.0.0.1", ["reports.example.org"]))
    ['127.0.0.1', '::1', 'localhost', 'reports.example.org']
    >>> own_hosts("0.0.0.0", [])
    frozenset()
    """
    local = host.lower() == "localhost" or is_loopback(host)
    if not local and not allowed:
        return frozenset()
    ours = {"localhost", "127.0.0.1", "::1", host.lower()} - {"", "0.0.0.0", "::"}  # noqa: S104 - taken out
    return frozenset(ours | {_host_name(name) for name in allowed})


def route_label(path: str) -> str:
    """A path's route for the access log, without what a visitor put into it.

    >>> route_label("/gradio_api/heartbeat/x1"), route_label("/gradio_api/file=/tmp/b.docx"), route_label("/etc/passwd")
    ('/gradio_api/heartbeat', '/gradio_api/file', 'other')
    """
    if path in ("/health", "/ready"):
        return path
    if not (_GET_ROUTES.fullmatch(path) or _POST_ROUTES.fullmatch(path)):
        return "other"
    found = re.match(rf"/(?:{API[1:]}/(?:queue/\w+|(?:run|api|call)/(?:v2/)?{_NAME}|[a-z_-]+)|[a-z_.]*)", path)
    return found[0] if found else "other"

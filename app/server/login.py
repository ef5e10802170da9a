"""Log-in middleware: authenticates each request where users or a proxy header are set up, else answers 401.

Four ways in: the session that our log-in page opens, HTTP's Basic authentication for programs, the form that
``gradio_client`` posts, and a header that a trusted proxy sets.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.addresses import is_in_networks
from app.server.rate_limit import RateLimits, RequestKind
from app.server.request import PEER, USER, Visitor, bare_page, refuse
from app.server.users import Sessions, Users, normalize_name
from app.settings import Settings
from retrieval.lanes import yield_processor

COOKIE = "relatoria"
_MAX_HEADER_NAME = 256  # characters of a name that a proxy says: an address, a distinguished name
_AT_ONCE = 2  # passwords hashed at a time; each takes 16 MiB and a core, which it yields to whoever asks

IsIn = Callable[[], bool]  # whether a user who has come in may still be


class LoginMiddleware:
    """ASGI middleware that puts the authenticated user into the scope; handles the log-in form and log-out itself."""

    def __init__(self, app: ASGIApp, settings: Settings, rates: RateLimits) -> None:
        self._app, self._settings, self._rates = app, settings, rates
        self._users = Users(settings.users) if settings.users else None
        self._sessions = Sessions(self._users, settings.session) if self._users else None
        self._hashing = ThreadPoolExecutor(_AT_ONCE, "log-in", initializer=yield_processor)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (self._users or self._settings.auth_header):
            await self._app(scope, receive, send)
            return
        visitor = Visitor(scope)
        if self._sessions and visitor.path == "/logout":
            await self._log_out(visitor, receive, send)
        elif self._sessions and scope["method"] == "POST" and visitor.path in ("/", "/login"):
            await self._log_in(visitor, receive, send)
        elif (found := await self._authenticate(visitor, receive, send)) is None:
            return
        else:
            scope[USER], is_in = found
            await self._app(scope, receive, _end_stream(send, is_in))

    async def _authenticate(self, visitor: Visitor, receive: Receive, send: Send) -> tuple[str, IsIn] | None:
        """Authenticate a request: the user's name, and whether it still holds; None where it has been refused."""
        if (header := self._settings.auth_header) and is_in_networks(
            str(visitor.scope.get(PEER, "")), self._settings.trusted_proxies
        ):
            told = visitor.headers.getlist(header)
            if len(told) == 1 and (name := normalize_name(_decode_header(told[0]), _MAX_HEADER_NAME)):
                return name, lambda: True
        session = Request(visitor.scope).cookies.get(COOKIE, "")
        if (sessions := self._sessions) and (user := sessions.user_of(session)) is not None:
            return user, lambda: sessions.user_of(session) is not None
        if (users := self._users) and (given := _parse_basic_auth(visitor.headers.get("authorization", ""))):
            name, password = normalize_name(given[0]), given[1]
            if stored := users.recall(name, password):
                return name, partial(users.holds, name, stored)
            if wait := self._rates.wait_to_log_in(name, visitor.address):
                await _refuse_for_now(visitor, receive, send, wait)
                return None
            if stored := await self._check(users, name, password):
                users.remember(name, password, stored)
                self._rates.reset_log_in(name, visitor.address)
                return name, partial(users.holds, name, stored)
        await self._require_log_in(visitor, receive, send)
        return None

    async def _check(self, users: Users, name: str, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._hashing, users.check, name, password)

    async def _log_in(self, visitor: Visitor, receive: Receive, send: Send) -> None:
        assert self._users
        assert self._sessions
        form = _parse_form(await Request(visitor.scope, receive).body())
        name, password = normalize_name(form.get("username", "")), form.get("password", "")
        if wait := self._rates.wait_to_log_in(name, visitor.address):
            await _refuse_for_now(visitor, receive, send, wait)
            return
        if not (stored := await self._check(self._users, name, password)):
            await self._require_log_in(visitor, receive, send, wrong=True, name=name)
            return
        self._rates.reset_log_in(name, visitor.address)
        response: Response = JSONResponse({"success": True})
        if visitor.wants_html:  # back to where they were going; the browser keeps what stands behind the #
            query = visitor.scope["query_string"].decode("latin-1")
            response = RedirectResponse(f"/?{query}" if query else "/", 303)
        response.set_cookie(
            COOKIE,
            self._sessions.open(name, stored),
            max_age=self._settings.session,
            httponly=True,
            samesite="lax",
            secure=visitor.secure,
        )
        await _uncached(response)(visitor.scope, receive, send)

    async def _log_out(self, visitor: Visitor, receive: Receive, send: Send) -> None:
        assert self._sessions
        if session := Request(visitor.scope).cookies.get(COOKIE):
            self._sessions.close(session)
        response = RedirectResponse("/", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=visitor.secure)
        await _uncached(response)(visitor.scope, receive, send)

    async def _require_log_in(
        self, visitor: Visitor, receive: Receive, send: Send, *, wrong: bool = False, name: str = ""
    ) -> None:
        """Send 401: the log-in page to browsers, JSON to programs and scripts. It counts as a request, too."""
        words = visitor.words
        if wait := self._rates.wait(RequestKind.READ, None, visitor.address, passed_on=visitor.passed_on):
            await refuse(visitor, receive, send, 429, words.often.format(seconds=wait), wait=wait)
            return
        basic = 'Basic realm="Relatoria", charset="UTF-8"'
        headers = {"WWW-Authenticate": 'Form realm="Relatoria"' if visitor.in_browser or not self._users else basic}
        response: Response
        if visitor.wants_html and self._users:
            query = visitor.scope["query_string"].decode("latin-1") if visitor.path in ("/", "/login") else ""
            page = bare_page(visitor, "login", words.title, query=query, wrong=wrong, name=name)
            response = HTMLResponse(page, 401, headers | {"Referrer-Policy": "same-origin"})
        else:
            said = words.wrong if wrong else words.ended
            link = {"href": "/login", "text": words.title} if self._users else None
            told = {"detail": said, "link": link, "close": words.close, "request": visitor.request_id}
            response = JSONResponse(told, 401, headers)
        await _uncached(response)(visitor.scope, receive, send)


async def _refuse_for_now(visitor: Visitor, receive: Receive, send: Send, wait: int) -> None:
    await refuse(visitor, receive, send, 429, visitor.words.tries.format(seconds=wait), wait=wait)


def _end_stream(send: Send, is_in: IsIn) -> Send:
    """A send that ends an event stream once its user is out: logged out, removed, or with another password."""
    streams = out = False

    async def sent(message: Message) -> None:
        nonlocal streams, out
        if message["type"] == "http.response.start":
            streams = b"text/event-stream" in dict(message["headers"]).get(b"content-type", b"")
        elif streams and not out and not is_in():
            out = True
            await send({"type": "http.response.body", "body": b""})
        if not out:
            await send(message)

    return sent


def _decode_header(value: str) -> str:
    """A header's value, which ASGI reads as Latin-1, as the UTF-8 that proxies send.

    >>> _decode_header("AÃ±a"), _decode_header("A\xf1a")
    ('Aña', 'Aña')
    """
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _parse_form(body: bytes) -> dict[str, str]:
    """Parse a URL-encoded form; empty where the body is not one."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=16))
    except ValueError:
        return {}


def _parse_basic_auth(header: str) -> tuple[str, str] | None:
    """Parse a Basic Authorization header (RFC 7617); None where it is not one.

    >>> _parse_basic_auth("Basic YW5hOnNlY3JldA=="), _parse_basic_auth("Bearer x"), _parse_basic_auth("Basic !")
    (('ana', 'secret'), None, None)
    """
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def _uncached(response: Response) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    response.headers["Cache-Control"] = "no-store"
    return response

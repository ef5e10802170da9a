"""Outermost ASGI middleware: request ids, the access log, health probes, and error pages without internals.

``/health`` says that the process is alive, ``/ready`` that it can answer; neither needs a log-in.
"""

import json
import secrets
import time
from collections.abc import Callable

from anyio.to_thread import run_sync
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.guard import route_label
from app.server.log import EventLog
from app.server.request import PEER, REQUEST, Visitor, refuse


class AccessLogMiddleware:
    """ASGI middleware, the outermost. ``unready`` returns why no question can be answered now, or an empty string."""

    def __init__(self, app: ASGIApp, journal: EventLog, unready: Callable[[], str]) -> None:
        self._app, self._journal, self._unready = app, journal, unready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        client = scope.get("client")
        scope[PEER], scope[REQUEST] = client[0] if client else "", secrets.token_hex(6)
        route, shown = route_label(scope["path"]), _ErrorFilter(send)
        try:
            if route in ("/health", "/ready"):
                await self._answer_probe(route, scope, receive, shown)
            else:
                await self._app(scope, receive, shown)
        except Exception as error:  # noqa: BLE001 - whatever it is, the visitor gets a sentence and the journal the rest
            self._journal.log_error(error, id=scope[REQUEST], route=route)
            shown.failed = True
        if shown.failed and not shown.started:
            visitor = Visitor(scope)
            await refuse(visitor, receive, shown.send, 500, visitor.words.failed)
            shown.status = 500
        self._journal.write(
            "request",
            id=scope[REQUEST],
            method=scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other",
            route=route,
            status=shown.status,
            ms=round(1000 * (time.monotonic() - began)),
        )

    async def _answer_probe(self, route: str, scope: Scope, receive: Receive, send: Send) -> None:
        reason = await run_sync(self._unready) if route == "/ready" else ""
        said = {"ready": not reason} | ({"reason": reason} if reason else {}) if route == "/ready" else {"alive": True}
        response = JSONResponse(said, 503 if reason else 200, {"Cache-Control": "no-store"})
        await response(scope, receive, send)


class _ErrorFilter:
    """Forwards a response, but holds back the body of a library's own 500.

    Gradio answers 500 to a program that we refuse something, too, with our sentence as its ``error``: that is a 400.
    """

    def __init__(self, send: Send) -> None:
        self.send, self.status, self.started, self.failed = send, 0, False, False
        self._held: Message | None = None  # the start of a response that may not be for the visitor

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status == 500:
                self.failed, self._held = True, message
                return
            self.started = True
        elif self._held and _is_refusal(message.get("body", b"")):
            held, self._held = self._held, None
            self.failed, self.started, self.status = False, True, 400
            await self.send({**held, "status": 400})
        if self.started:
            await self.send(message)


def _is_refusal(body: bytes) -> bool:
    """Whether a response of Gradio's is a refusal with its sentence, which only `gr.Error` has.

    >>> _is_refusal(b'{"error": "There is no such passage."}'), _is_refusal(b'{"error": null}'), _is_refusal(b"oh")
    (True, False, False)
    """
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and isinstance(said.get("error"), str) and bool(said["error"])

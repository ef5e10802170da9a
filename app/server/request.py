"""The request as the middleware sees it: client address, user, language; and error responses."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.i18n.labels import Labels, Words, choose_language, labels_for
from app.server.addresses import client_network, is_loopback
from retrieval.limits import JSON_DEPTH, JSON_DIGITS, JSON_VALUES

# What the layers put into a scope
PEER, USER, REQUEST, PASSED_ON = "relatoria.peer", "relatoria.user", "relatoria.request", "relatoria.passed_on"
RAW_BODY = "relatoria.body"  # of a request that is no upload
_SENT = "relatoria.sent"
_BRACKETS = bytes.maketrans(b"[]{}", b"()()")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LONG_NUMBER = re.compile(rb"(?<!\d)\d{%d}" % (JSON_DIGITS.most + 1))
_STATIC = Path(__file__).parent / "static"
_PAGES = Environment(autoescape=True, loader=FileSystemLoader(_STATIC), trim_blocks=True, undefined=StrictUndefined)
_PAGES.globals["style"] = (_STATIC / "bare_page.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A read-only view of an ASGI scope."""

    scope: Scope

    @property
    def headers(self) -> Headers:
        return Headers(scope=self.scope)

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def address(self) -> str:
        """The client's IP address, as forwarded by a trusted proxy."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def user(self) -> str | None:
        user = self.scope.get(USER)
        return None if user is None else str(user)

    @property
    def passed_on(self) -> bool:
        """Whether a proxy passed it on, so that an address of this machine says nothing of who it is."""
        return bool(self.scope.get(PASSED_ON))

    @property
    def quota_key(self) -> str:
        """Whom a quota is counted for: the user, else the address; "" for somebody at this machine, who has none."""
        if not self.passed_on and is_loopback(self.address):
            return ""
        return f"address {client_network(self.address)}" if self.user is None else f"user {self.user}"

    @property
    def request_id(self) -> str:
        """The request id, as in the access log."""
        return str(self.scope.get(REQUEST, ""))

    @property
    def sent(self) -> dict[str, Any]:
        """The JSON object that its body is, parsed once; empty where it is none."""
        if _SENT not in self.scope:
            self.scope[_SENT] = parse_object(self.scope.get(RAW_BODY, b""))
        return dict(self.scope[_SENT])

    @property
    def labels(self) -> Labels:
        """The labels in the visitor's language."""
        return labels_for(self.language)

    @property
    def words(self) -> Words:
        """The labels of the middleware's own pages."""
        return self.labels.access

    @property
    def language(self) -> str:
        query = self.scope.get("query_string", b"").decode("latin-1")
        return choose_language(dict(parse_qsl(query)).get("lang"), self.headers.get("accept-language"))

    @property
    def wants_html(self) -> bool:
        """Whether the client accepts HTML: a browser that navigates."""
        return "text/html" in self.headers.get("accept", "")

    @property
    def in_browser(self) -> bool:
        """Whether a browser sent it, for a person or for a script of the page."""
        return self.wants_html or "sec-fetch-mode" in self.headers or "Mozilla" in self.headers.get("user-agent", "")

    @property
    def secure(self) -> bool:
        return self.scope.get("scheme") == "https"


async def refuse(
    visitor: Visitor, receive: Receive, send: Send, status: int, said: str, *, wait: int = 0, **more: Any
) -> None:
    """Send an error response: an HTML page to browsers, JSON to programs and scripts. ``wait``: Retry-After in s."""
    headers = {"Retry-After": str(wait)} if wait else {}
    response: Response
    if visitor.wants_html:
        response = HTMLResponse(bare_page(visitor, "refusal", str(status), said=said), status, headers)
    else:
        response = JSONResponse(
            {"detail": said, "request": visitor.request_id, "close": visitor.words.close, **more}, status, headers
        )
    response.headers["Cache-Control"] = "no-store"
    await response(visitor.scope, receive, send)


def bare_page(visitor: Visitor, template: str, title: str, **values: object) -> str:
    """Render a standalone page without scripts, of the template of that name."""
    return _PAGES.get_template(f"{template}.html").render(visitor=visitor, title=title, **values)


def is_bounded_json(body: bytes) -> bool:
    r"""Whether a body is no JSON beyond JSON_DEPTH, JSON_VALUES or, in a number, JSON_DIGITS; told without parsing it.

    >>> is_bounded_json(b'{"a": [1, "[[[\\""]}'), is_bounded_json(b"[" * 99), is_bounded_json(b"1" * 999)
    (True, False, False)
    """
    body = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if body.count(b'"') > 4 * JSON_VALUES.most:  # a name and a text for each
        return False
    bare = b"".join(body.split(b'"')[::2])  # what stands in no string
    if sum(map(bare.count, (b",", b"[", b"{"))) >= JSON_VALUES.most:
        return False
    brackets = bare.translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(JSON_DEPTH.most):
        brackets = brackets.replace(b"()", b"")
    return not brackets and b"\0" not in body and not _LONG_NUMBER.search(bare)


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; empty where the body is not one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

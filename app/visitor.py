"""A request as the layers around the page see it: who sent it, from where, in which language; and plain refusals."""

import html
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.labels import Labels, choose_language, labels_for

PEER, USER, REQUEST = "relatoria.peer", "relatoria.user", "relatoria.request"  # what the layers put into a scope
_STYLE = (
    ":root{color-scheme:light dark;--g:#f6f7f6;--s:#fff;--i:#17211e;--q:#54625d;--l:#77857f;--a:#0b6653;--o:#fff;--w:#9a2c1a}"
    "@media(prefers-color-scheme:dark){:root{--g:#0f1413;--s:#171e1c;--i:#e6ede9;--q:#9fb0a9;--l:#71827b;--a:#74d5b8;--o:#06251d;--w:#ffb4a3}}"
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:24px;"
    'background:var(--g);color:var(--i);font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}'
    "main{width:100%;max-width:380px}.n{font:600 27px/1 Charter,Palatino,Georgia,'Liberation Serif',serif;margin:0 0 30px}"
    "h1{font-size:19px;font-weight:600;margin:0 0 20px}label{display:block;font-size:15px;margin:0 0 6px}p{margin:0 0 18px;overflow-wrap:anywhere}"
    "input{width:100%;font:inherit;color:inherit;background:var(--s);border:1px solid var(--l);border-radius:11px;padding:11px 13px;margin:0 0 18px}"
    "button,a.b{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--o);background:var(--a);border:0;border-radius:11px;padding:12px;margin-top:8px;cursor:pointer}"
    ":focus-visible{outline:3px solid var(--a);outline-offset:2px}.w{color:var(--w);font-weight:500}.q{color:var(--q);font-size:14px}"
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request, before anything of it has been read."""

    scope: Scope

    @property
    def headers(self) -> Headers:
        return Headers(scope=self.scope)

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def address(self) -> str:
        """Of who asks, as a trusted proxy tells it."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def user(self) -> str | None:
        user = self.scope.get(USER)
        return None if user is None else str(user)

    @property
    def request(self) -> str:
        """The id under which the journal has it."""
        return str(self.scope.get(REQUEST, ""))

    @property
    def labels(self) -> Labels:
        """The words in the visitor's language."""
        return labels_for(self.language)

    @property
    def language(self) -> str:
        query = dict(one.partition("=")[::2] for one in self.scope.get("query_string", b"").decode("latin-1").split("&"))
        return choose_language(query.get("lang"), self.headers.get("accept-language"))

    @property
    def reads_pages(self) -> bool:
        """Whether a person would see the response itself: a browser that goes there."""
        return "text/html" in self.headers.get("accept", "")

    @property
    def in_browser(self) -> bool:
        """Whether a browser sent it, for a person or for a script of the page."""
        return self.reads_pages or "sec-fetch-mode" in self.headers or "Mozilla" in self.headers.get("user-agent", "")

    @property
    def secure(self) -> bool:
        return self.scope.get("scheme") == "https"


async def refuse(
    visitor: Visitor, receive: Receive, send: Send, status: int, said: str, *, wait: int = 0, **more: Any
) -> None:
    """A plain sentence with its status: as a page for who looks, as JSON for programs and scripts."""
    headers = {"Retry-After": str(wait)} if wait else {}
    response: Response
    if visitor.reads_pages:
        again = f'<a class="b" href="/">{html.escape(visitor.labels.access.back)}</a>'
        shown = f'<p role="alert">{html.escape(said)}</p>{again}<p class="q"><small>{html.escape(visitor.request)}</small></p>'
        response = HTMLResponse(bare_page(visitor, str(status), shown), status, headers)
    else:
        response = JSONResponse({"detail": said, "request": visitor.request, **more}, status, headers)
    response.headers["Cache-Control"] = "no-store"
    await response(visitor.scope, receive, send)


def bare_page(visitor: Visitor, title: str, main: str) -> str:
    """A page of its own, without script: the name of the product, and ``main``."""
    labels = visitor.labels
    return (
        f'<!doctype html><html lang="{visitor.language}" dir="{labels.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{html.escape(title)} · Relatoría</title>'
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f'<body><main><p class="n">Relatoría</p>{main}</main></body></html>'
    )


def among(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is in one of these addresses or networks.

    >>> among("10.1.2.3", ["10.0.0.0/8"]), among("10.1.2.3", ["10.1.2.4"]), among("", ["10.0.0.0/8"])
    (True, False, False)
    """
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(one, "ipv4_mapped", None) or one
    return any(mapped in ipaddress.ip_network(network, strict=False) for network in networks)


def parsed(body: bytes) -> dict[str, Any]:
    """The object in a body; an empty one where there is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

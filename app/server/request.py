"""The request as the middleware sees it: client address, user, language; and error responses."""

import html
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.i18n.labels import AccessWords, Labels, choose_language, labels_for

PEER, USER, REQUEST = "relatoria.peer", "relatoria.user", "relatoria.request"  # what the layers put into a scope
_STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f6; --field: #fff; --ink: #17211e; --quiet: #54625d; --line: #77857f;
  --accent: #0b6653; --on-accent: #fff; --warn: #9a2c1a }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1413; --field: #171e1c; --ink: #e6ede9; --quiet: #9fb0a9;
  --line: #71827b; --accent: #74d5b8; --on-accent: #06251d; --warn: #ffb4a3 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 24px;
  background: var(--ground); color: var(--ink);
  font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif }
main { width: 100%; max-width: 380px }
p, h1 { margin: 0 0 18px; overflow-wrap: anywhere }
h1 { font-size: 20px; font-weight: 600; line-height: 1.4 }
.n { font: 600 27px/1 Charter, Palatino, Georgia, "Liberation Serif", serif; margin: 0 0 30px }
label { display: block; font-size: 15px; margin: 0 0 6px }
input { width: 100%; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line);
  border-radius: 11px; padding: 11px 13px; margin: 0 0 18px }
button, a.b { display: block; width: 100%; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: 11px; padding: 12px; margin: 8px 0 18px;
  cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.w { color: var(--warn); font-weight: 500 }
.q { color: var(--quiet); font-size: 14px }
"""


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
    def request_id(self) -> str:
        """The request id, as in the access log."""
        return str(self.scope.get(REQUEST, ""))

    @property
    def labels(self) -> Labels:
        """The labels in the visitor's language."""
        return labels_for(self.language)

    @property
    def words(self) -> AccessWords:
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
        again = f'<a class="b" href="/">{html.escape(visitor.words.back)}</a>'
        number = f'<p class="q">{html.escape(visitor.request_id)}</p>'
        shown = f'<div role="alert"><h1>{html.escape(said)}</h1></div>{again}{number}'
        response = HTMLResponse(bare_page(visitor, str(status), shown), status, headers)
    else:
        response = JSONResponse(
            {"detail": said, "request": visitor.request_id, "close": visitor.words.close, **more}, status, headers
        )
    response.headers["Cache-Control"] = "no-store"
    await response(visitor.scope, receive, send)


def bare_page(visitor: Visitor, title: str, main: str) -> str:
    """Render a standalone page without scripts: the product's name, and ``main`` (HTML)."""
    labels = visitor.labels
    return (
        f'<!doctype html><html lang="{visitor.language}" dir="{labels.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)} · Relatoría</title>"
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f'<body><main><p class="n">Relatoría</p>{main}</main></body></html>'
    )


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; empty where the body is not one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

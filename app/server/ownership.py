"""Binds Gradio's sessions, events and files to their user: by another's session hash, event or path nothing is read.

A session hash is a word that the client chooses, and whoever knows it reads and cancels what it names. Where people log
in, a keyed hash of the user's name is put before each one ahead of Gradio, so that one word names two sessions of two
users. Without log-in, the word itself and the path of a file are the secret.
"""

import hashlib
import hmac
import json
import re
import secrets
import shutil
import time
from collections import deque
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.guard import API, replay_body
from app.server.request import RAW_BODY, Visitor, parse_object, refuse
from ingest.private_files import make_private_folder

FILE_SECONDS = 3_600  # seconds that an upload or export that nobody takes is kept
_MAX_EVENTS = 500  # events of a user whose results can be fetched
_MAX_BEGUN = 200  # bytes of an answer that says which event is begun
_SECRET = secrets.token_bytes(32)
_EVENT_RESULT = re.compile(rf"{API}/call/[^/]+/([^/]+)")
_HEARTBEAT, _FILE, _STREAM = f"{API}/heartbeat/", f"{API}/file=", f"{API}/queue/data"
_NO_SESSION = 'data: {"msg":"unexpected_error","message":"","success":false,"session_not_found":true}\n\n'  # as Gradio


def owner_key(owner: str) -> str:
    """The prefix of what belongs to an owner: 24 hexadecimal digits and a dot, others in each process."""
    return hmac.new(_SECRET, owner.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24] + "."


def make_owned_folder(within: Path, owner: str | None) -> Path:
    """Create a private folder that nobody can guess, for a file of this owner; what is old beside it goes."""
    folder = within / f"{owner_key(owner or '')}{secrets.token_hex(16)}"
    make_private_folder(folder)
    for other in within.iterdir():
        with suppress(OSError):
            if other.stat().st_mtime < time.time() - FILE_SECONDS:
                shutil.rmtree(other) if other.is_dir() else other.unlink()
    return folder


def is_owned(path: str, within: Path, owner: str | None) -> bool:
    """Whether a path, whatever links and dots are in it, is in that folder and the owner's; None: anybody's."""
    if "://" in path or "\0" in path:
        return False
    place, root = Path(path).resolve(), within.resolve()
    if owner is None or not place.is_relative_to(root):
        return place.is_relative_to(root)
    return str(place.relative_to(root)).startswith(owner_key(owner))


class OwnershipMiddleware:
    """ASGI middleware between the log-in and Gradio, whose folder of uploads is ``folder``.

    ``streams``: the session hashes that have a stream of events. Gradio would begin one of others, and fail in it.
    """

    def __init__(self, app: ASGIApp, folder: Path, streams: Callable[[], Container[str]]) -> None:
        self._app, self._folder, self._streams = app, folder, streams
        self._events: dict[str, deque[str]] = {}  # by owner, the latest last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor = Visitor(scope)
        if (user := visitor.user) is not None:
            own, sent = owner_key(user), visitor.sent
            if not self._is_own(visitor, user):
                await refuse(visitor, receive, send, 404, visitor.words.nothing_here)
                return
            _rename(scope, own)
            if isinstance(sent.get("session_hash"), str):
                scope[RAW_BODY] = json.dumps(sent | {"session_hash": own + sent["session_hash"]}).encode()
                receive = replay_body(scope[RAW_BODY], receive)
            send = self._note_events(send, own) if RAW_BODY in scope else send
        if visitor.path == _STREAM and dict(_parse_query(scope)).get("session_hash", "") not in self._streams():
            await Response(_NO_SESSION, media_type="text/event-stream")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_own(self, visitor: Visitor, user: str) -> bool:
        """Whether the event and the file that a request names, if any, are the user's."""
        result = _EVENT_RESULT.fullmatch(visitor.path) if visitor.scope["method"] == "GET" else None
        named = result[1] if result else visitor.sent.get("event_id") if visitor.path == f"{API}/cancel" else None
        file = visitor.path.removeprefix(_FILE)
        if named is not None and named not in self._events.get(owner_key(user), ()):
            return False
        return file == visitor.path or is_owned(file, self._folder, user)

    def _note_events(self, send: Send, own: str) -> Send:
        """A send that remembers whose event is begun by what Gradio answers."""

        async def sent(message: Message) -> None:
            body = message.get("body", b"")
            begun = parse_object(body).get("event_id") if len(body) <= _MAX_BEGUN else None
            if isinstance(begun, str):
                self._events.setdefault(own, deque(maxlen=_MAX_EVENTS)).append(begun)
            await send(message)

        return sent


def _rename(scope: Scope, own: str) -> None:
    """Put the owner's key before the session hash in the path and the query."""
    if scope["path"].startswith(_HEARTBEAT):
        scope["path"] = _HEARTBEAT + own + scope["path"].removeprefix(_HEARTBEAT)
    asked = _parse_query(scope)
    if any(name == "session_hash" for name, _ in asked):
        renamed = [(name, own + value if name == "session_hash" else value) for name, value in asked]
        scope["query_string"] = urlencode(renamed).encode("latin-1")


def _parse_query(scope: Scope) -> Sequence[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)

"""Rate limits for questions, uploads, calls, other requests and log-ins: moving window, per user and per address.

By default this machine is not limited, and other addresses are at what a room full of people behind one needs.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.addresses import client_network, is_loopback
from app.server.guard import API, EVENT_ROUTE, MCP, STREAM_ROUTE, RequestLimits, read_body, replay_body
from app.server.request import RAW_BODY, Visitor, refuse
from app.settings import Settings
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten
from retrieval.limits import BODY, SESSION

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import MemoryStorage


class RequestKind(StrEnum):
    """The kinds of request that are counted separately."""

    QUESTION = "question"
    UPLOAD = "upload"
    CALL = "call"
    READ = "read"  # all that is none of these: the page's files, signs of life, results


DEFAULT_RATES = {  # of an address; a user by name has a tenth
    RequestKind.QUESTION: "600/minute",
    RequestKind.UPLOAD: "60/minute",
    RequestKind.CALL: "6000/minute",
    RequestKind.READ: "12000/minute",  # some 70 cold visits
}
OPEN_STREAMS = 400  # event streams that may be open at a time, of an address; a page holds one, or two
USER_SHARE = 10
COST_BYTES = 16 * 2**10  # of a body, which counts as another call for each
PAGE_COST = 20  # requests for which the page itself counts, which is written anew for each visitor
_MANY = 1_000  # requests in a window, above which they are counted and not listed
_FORGET_SECONDS = 10.0  # seconds between looks for counts that are over
_STREAM_WAIT = 30  # seconds after which who has too many streams open may try again
LOG_IN_NAME = "8/5minute"  # passwords that may be tried for one name from one address
LOG_IN_ADDRESS = "100/5minute"  # and for all names


@dataclass(frozen=True, slots=True)
class _RatePair:
    """The limits of a user and of an address; None: unlimited."""

    user: "RateLimitItem | None"
    address: "RateLimitItem | None"


class RateLimits:
    """Moving-window counters in memory. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

        said = {
            RequestKind.QUESTION: settings.question_rate,
            RequestKind.UPLOAD: settings.upload_rate,
            RequestKind.CALL: settings.call_rate,
            RequestKind.READ: settings.read_rate,
        }
        self._said: Mapping[RequestKind, bool] = {kind: rate is not None for kind, rate in said.items()}
        self._rates = {kind: _rates_for(kind, rate) for kind, rate in said.items()}
        self._limiter = MovingWindowRateLimiter(storage := _make_storage())
        self._many = SlidingWindowCounterRateLimiter(storage)  # keeps two numbers, not a time a request
        self._open: Counter[str] = Counter()
        self._name, self._any = parse_rate(LOG_IN_NAME), parse_rate(LOG_IN_ADDRESS)

    def wait(self, kind: RequestKind, user: str | None, address: str, *, passed_on: bool = False, cost: int = 1) -> int:
        """Count a request as ``cost`` of them: 0 where it is within the limits, else seconds to wait.

        ``passed_on``: by a proxy, so that an address of this machine counts as well.
        """
        if not self._said[kind] and is_loopback(address) and not passed_on:
            return 0
        rates = self._rates[kind]
        wait = self._hit(rates.user, kind, "user", user, cost=cost) if user else 0
        return wait or self._hit(rates.address, kind, "address", client_network(address), cost=cost)

    @contextmanager
    def open_stream(self, visitor: Visitor) -> Iterator[bool]:
        """Hold an event stream open; False where the user or the address has as many as they may."""
        keys = {f"address {client_network(visitor.address)}": OPEN_STREAMS} if visitor.quota_key else {}
        if keys and visitor.user is not None:
            keys[f"user {visitor.user}"] = OPEN_STREAMS // USER_SHARE
        if any(self._open[key] >= most for key, most in keys.items()):
            yield False
            return
        self._open.update(keys.keys())
        try:
            yield True
        finally:
            self._open.subtract(keys.keys())
            self._open = Counter({key: count for key, count in self._open.items() if count})

    def wait_to_log_in(self, name: str, address: str) -> int:
        """Count a log-in attempt: 0 where it is within the limits, else seconds to wait."""
        at = client_network(address)
        return self._hit(self._any, "log-in", at) or self._hit(self._name, "log-in", at, name)

    def reset_log_in(self, name: str, address: str) -> None:
        """Clear the attempts of this name and address, after a successful log-in."""
        if self._name:
            self._limiter.clear(self._name, "log-in", client_network(address), name)

    def _hit(self, rate: "RateLimitItem | None", *key: str, cost: int = 1) -> int:
        limiter = self._many if rate and rate.amount > _MANY else self._limiter
        if rate is None or limiter.hit(rate, *key, cost=min(cost, rate.amount)):
            return 0
        return max(1, math.ceil(limiter.get_window_stats(rate, *key).reset_time - time.time()))


class RateLimitMiddleware:
    """ASGI middleware: rate limits all requests and open streams (429 with Retry-After); refuses unlisted events."""

    def __init__(self, app: ASGIApp, rates: RateLimits, limits: RequestLimits) -> None:
        self._app, self._rates, self._limits = app, rates, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor, posts = Visitor(scope), scope["method"] in ("POST", "DELETE")
        if await self._refused(visitor, receive, send, self._kind(visitor), self._cost(visitor)):
            return
        if posts and visitor.path != f"{API}/upload":
            if (body := await read_body(visitor, receive, send)) is None:
                return
            scope[RAW_BODY], receive = body, replay_body(body, receive)
            if event := EVENT_ROUTE.fullmatch(visitor.path):
                if not self._is_allowed_event(event, visitor):
                    await refuse(visitor, receive, send, 404, visitor.words.nothing_here)
                    return
                if self._asks(event, visitor) and await self._refused(visitor, receive, send, RequestKind.QUESTION):
                    return
        if posts or not STREAM_ROUTE.fullmatch(visitor.path):
            await self._app(scope, receive, send)
            return
        with self._rates.open_stream(visitor) as is_open:
            if is_open:
                await self._app(scope, receive, send)
            else:
                await _refuse_too_often(visitor, receive, send, _STREAM_WAIT)

    async def _refused(self, visitor: Visitor, receive: Receive, send: Send, kind: RequestKind, cost: int = 1) -> bool:
        """Count a request; whether it has been refused, as one too many."""
        wait = self._rates.wait(kind, visitor.user, visitor.address, passed_on=visitor.passed_on, cost=cost)
        if wait:
            await _refuse_too_often(visitor, receive, send, wait)
        return bool(wait)

    def _kind(self, visitor: Visitor) -> RequestKind:
        if visitor.scope["method"] != "POST":
            return RequestKind.READ
        return RequestKind.UPLOAD if visitor.path == f"{API}/upload" else RequestKind.CALL

    def _cost(self, visitor: Visitor) -> int:
        """As how many requests one counts: more the longer its body; one that does not say is as long as may be."""
        if visitor.path in ("/", "/config", "/config/"):
            return PAGE_COST
        if visitor.path == f"{API}/upload":
            return 1
        stated = visitor.headers.get("content-length", "0")
        unsaid = "transfer-encoding" in visitor.headers
        return 1 + (BODY.most if unsaid else int(stated)) // COST_BYTES

    def _is_allowed_event(self, event: re.Match[str], visitor: Visitor) -> bool:
        """Whether the sender may trigger an event: programs name public ones, the page's script sends a number.

        A number is a number, not what Gradio would also take for one ("020", 20.0): rates count by it.
        """
        if event[0].startswith(MCP):
            return True
        body = visitor.sent
        if len(str(body.get("session_hash"))) > SESSION.most:  # under which Gradio keeps what a visitor's page holds
            return False
        name, number = event[1] or event[2], body.get("fn_index")
        if name and name != "predict":  # by which gradio_client calls by number
            return name in self._limits.programs
        return type(number) is int and (not name or str(number) in self._limits.programs)

    def _asks(self, event: re.Match[str], visitor: Visitor) -> bool:
        named = {event[1] or event[2] or "", str(visitor.sent.get("fn_index", ""))}
        return bool(named & set(self._limits.questions)) or visitor.sent.get("method") == "tools/call"


async def _refuse_too_often(visitor: Visitor, receive: Receive, send: Send, wait: int) -> None:
    await refuse(visitor, receive, send, 429, visitor.words.often.format(seconds=wait), wait=wait)


def _make_storage() -> "MemoryStorage":
    """The counts of requests in memory; the library's own starts a thread at almost each, to forget what is old."""
    from limits.storage import MemoryStorage

    class Storage(MemoryStorage):
        _forgot = 0.0

        def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 (the library's)
            if time.monotonic() > self._forgot + _FORGET_SECONDS:
                self._forgot = time.monotonic()
                self._MemoryStorage__expire_events()  # type: ignore[attr-defined]
                for key in [key for key, events in self.events.items() if not events]:
                    self.clear(key)

    return Storage()


def parse_rate(text: str) -> "RateLimitItem | None":
    """Parse a rate such as "30/minute"; None (unlimited) for "". Raises RelatoriaError.

    >>> parse_rate("30/minute"), parse_rate("")
    (30 per 1 minute, None)
    """
    from limits import parse

    if not text.strip():
        return None
    try:
        return parse(text)
    except ValueError as error:
        said = f"{shorten(text)} is not a rate. Type, for example: 30/minute, 1000/hour, 5/10seconds"
        raise RelatoriaError(said) from error


def _rates_for(kind: RequestKind, said: str | None) -> _RatePair:
    if said is not None:
        rate = parse_rate(said)
        return _RatePair(rate, rate)
    address = parse_rate(DEFAULT_RATES[kind])
    amount, _, span = DEFAULT_RATES[kind].partition("/")
    return _RatePair(parse_rate(f"{int(amount) // USER_SHARE}/{span}"), address)

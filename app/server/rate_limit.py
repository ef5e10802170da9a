"""Rate limits for questions, uploads, calls, other requests and log-ins: moving window, per user and per address.

By default this machine is not limited, and other addresses are at what a room full of people behind one needs.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.addresses import client_network, is_loopback
from app.server.guard import API, EVENT_ROUTE, MCP, STREAM_ROUTE, RequestLimits
from app.server.request import RAW_BODY, Visitor, parse_object, refuse
from app.settings import Settings
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten
from retrieval.limits import SESSION

if TYPE_CHECKING:
    from limits import RateLimitItem


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
_MANY = 1_000  # requests in a window, above which they are counted and not listed
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
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

        said = {
            RequestKind.QUESTION: settings.question_rate,
            RequestKind.UPLOAD: settings.upload_rate,
            RequestKind.CALL: settings.call_rate,
            RequestKind.READ: settings.read_rate,
        }
        self._said: Mapping[RequestKind, bool] = {kind: rate is not None for kind, rate in said.items()}
        self._rates = {kind: _rates_for(kind, rate) for kind, rate in said.items()}
        self._limiter = MovingWindowRateLimiter(storage := MemoryStorage())
        self._many = SlidingWindowCounterRateLimiter(storage)  # keeps two numbers, not a time a request
        self._open: Counter[str] = Counter()
        self._name, self._any = parse_rate(LOG_IN_NAME), parse_rate(LOG_IN_ADDRESS)

    def wait(self, kind: RequestKind, user: str | None, address: str, *, passed_on: bool = False) -> int:
        """Count a request: 0 where it is within the limits, else seconds to wait.

        ``passed_on``: by a proxy, so that an address of this machine counts as well.
        """
        if not self._said[kind] and is_loopback(address) and not passed_on:
            return 0
        rates = self._rates[kind]
        wait = self._hit(rates.user, kind, "user", user) if user else 0
        return wait or self._hit(rates.address, kind, "address", client_network(address))

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

    def _hit(self, rate: "RateLimitItem | None", *key: str) -> int:
        limiter = self._many if rate and rate.amount > _MANY else self._limiter
        if rate is None or limiter.hit(rate, *key):
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
        visitor, posts = Visitor(scope), scope["method"] == "POST"
        event = EVENT_ROUTE.fullmatch(visitor.path) if posts else None
        if event and not self._is_allowed_event(event, visitor):
            await refuse(visitor, receive, send, 404, visitor.words.nothing_here)
            return
        for kind in self._kinds(visitor) if posts else (RequestKind.READ,):
            if wait := self._rates.wait(kind, visitor.user, visitor.address, passed_on=visitor.passed_on):
                await _refuse_too_often(visitor, receive, send, wait)
                return
        if posts or not STREAM_ROUTE.fullmatch(visitor.path):
            await self._app(scope, receive, send)
            return
        with self._rates.open_stream(visitor) as is_open:
            if is_open:
                await self._app(scope, receive, send)
            else:
                await _refuse_too_often(visitor, receive, send, _STREAM_WAIT)

    def _is_allowed_event(self, event: re.Match[str], visitor: Visitor) -> bool:
        """Whether the sender may trigger an event: programs name public ones, the page's script sends a number.

        A number is a number, not what Gradio would also take for one ("020", 20.0): rates count by it.
        """
        if event[0].startswith(MCP):
            return True
        body = parse_object(visitor.scope.get(RAW_BODY, b""))
        if len(str(body.get("session_hash"))) > SESSION.most:  # under which Gradio keeps what a visitor's page holds
            return False
        name, number = event[1] or event[2], body.get("fn_index")
        if name and name != "predict":  # by which gradio_client calls by number
            return name in self._limits.programs
        return type(number) is int and (not name or str(number) in self._limits.programs)

    def _kinds(self, visitor: Visitor) -> Sequence[RequestKind]:
        if visitor.path == f"{API}/upload":
            return (RequestKind.UPLOAD,)
        if not (event := EVENT_ROUTE.fullmatch(visitor.path)):
            return (RequestKind.CALL,)
        body = parse_object(visitor.scope.get(RAW_BODY, b""))
        named = {event[1] or event[2] or "", str(body.get("fn_index", ""))}
        asks = bool(named & set(self._limits.questions)) or body.get("method") == "tools/call"
        return (RequestKind.CALL, RequestKind.QUESTION) if asks else (RequestKind.CALL,)


async def _refuse_too_often(visitor: Visitor, receive: Receive, send: Send, wait: int) -> None:
    await refuse(visitor, receive, send, 429, visitor.words.often.format(seconds=wait), wait=wait)


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

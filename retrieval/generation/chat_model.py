"""Streams a chat model's answer with a time-out, retries and a length limit, and counts tokens and seconds.

    model = open_chat("openai:gpt-5", timeout=30)
    reply = model.stream([("system", "…"), ("user", "…")], stop=threading.Event())
    for piece in reply:
        …
    reply.usage  # Usage(attempts=1, seconds=2.1, tokens_in=812, tokens_out=96)

A call takes at most its time-out, whatever the server does, and raises one error: ChatFailed.
"""

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.generation.errors import ChatFailed, FailureKind, build_error, classify_error
from retrieval.generation.streaming import Overdue, stream_until

TIMEOUT = 60.0  # seconds of a whole call, retries among them
MAX_CHARACTERS = 8_000  # characters of an answer; what comes after is not read
MAX_ATTEMPTS = 3
_FIRST_BACKOFF = 0.5  # seconds before the second attempt; twice that before the third
_MAX_BACKOFF = 10.0  # seconds that a server may ask to be left alone; a longer wait is the reader's to decide

Messages = Sequence[tuple[str, str]]  # role ("system" or "user") and text


@dataclass(frozen=True, slots=True)
class Usage:
    """Attempts, seconds and tokens of a call so far."""

    attempts: int = 0  # calls, retries among them
    seconds: float = 0.0  # wall clock, from the first attempt
    tokens_in: int | None = None  # as the server counts them; None where it does not
    tokens_out: int | None = None

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.attempts + other.attempts,
            self.seconds + other.seconds,
            _sum_known(self.tokens_in, other.tokens_in),
            _sum_known(self.tokens_out, other.tokens_out),
        )


def _sum_known(count: int | None, more: int | None) -> int | None:
    return count if more is None else more + (count or 0)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens, in the user's own currency."""

    tokens_in: float
    tokens_out: float

    def cost(self, usage: Usage) -> float | None:
        """Compute the price of a call; None where the server did not count its tokens.

        >>> Prices(2.0, 8.0).cost(Usage(1, 0.5, 1_000, 500))
        0.006
        """
        if usage.tokens_in is None or usage.tokens_out is None:
            return None
        return (usage.tokens_in * self.tokens_in + usage.tokens_out * self.tokens_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class StreamChunk:
    """A chunk of a streamed answer: text, or token counts, or both."""

    text: str = ""
    tokens_in: int | None = None  # added to those that came before
    tokens_out: int | None = None
    cut: bool = False  # the model came to its own limit of length


class ChatSource(Protocol):
    """A backend that calls a chat model; `providers` has one on LangChain."""

    def pieces(self, messages: Messages, left: threading.Event) -> Iterator[StreamChunk]:
        """Stream one call. It may end early once ``left`` is set. Raises whatever its library raises, or ChatFailed."""
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """The keys to be redacted from every message."""
        ...


class TryAgain(Exception):
    """Raised by a source that has dropped a setting which the server refused: the call is to be retried at once."""


class Reply(Iterator[str]):
    """Iterates over the text of one streamed answer; ``usage`` is right at every time, also after an error."""

    def __init__(self, model: "ChatModel", messages: Messages, stop: threading.Event) -> None:
        self.cut = False  # the answer was longer than its limit, so that its last sentence may be no whole one
        self._model, self._messages, self._stop = model, tuple(messages), stop
        self._attempts, self._characters, self._text = 0, 0, False
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None
        self._began: float | None = None
        self._ended: float | None = None
        self._pieces = self._run()

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        """Stop reading and release the call."""
        self._pieces.close()

    @property
    def usage(self) -> Usage:
        now = self._ended if self._ended is not None else time.monotonic()
        seconds = 0.0 if self._began is None else now - self._began
        return Usage(self._attempts, seconds, self._tokens_in, self._tokens_out)

    def _run(self) -> Generator[str, None, None]:
        self._began = time.monotonic()
        until = self._began + self._model.timeout
        try:
            while not self._stop.is_set():
                self._attempts += 1
                problem = yield from self._attempt(until)
                if problem is None:
                    return
                pause = self._next_pause(problem)
                if pause is None or time.monotonic() + pause >= until:
                    raise problem
                self._stop.wait(pause)
        finally:
            self._ended = time.monotonic()

    def _attempt(self, until: float) -> Generator[str, None, ChatFailed | None]:
        """Yield one attempt's text; returns its error, None where it succeeded."""
        model, source = self._model, self._model.source
        coming = stream_until(lambda left: source.pieces(self._messages, left), until=until, stop=self._stop)
        try:
            for piece in coming:
                self._count(piece)
                text = piece.text[: model.most - self._characters]
                self._characters += len(text)
                self._text = self._text or bool(text.strip())
                if text:
                    yield text
                if self._characters >= model.most:
                    self.cut = True
                    return None
        except Overdue:
            return build_error(FailureKind.TIMED_OUT, model.name, f"{model.timeout:g} seconds were given")
        except ChatFailed as problem:
            return problem
        except TryAgain:
            return ChatFailed(
                FailureKind.OTHER, str(build_error(FailureKind.OTHER, model.name)), transient=True, pause=0.0
            )
        except Exception as error:  # noqa: BLE001 (any library's error is a failure of the call, never of ours)
            return classify_error(error, model.name, begun=self._characters > 0, secrets=source.secrets)
        finally:
            coming.close()
        return None if self._text or self._stop.is_set() else build_error(FailureKind.EMPTY, model.name)

    def _next_pause(self, problem: ChatFailed) -> float | None:
        """Seconds to wait before the next attempt (exponential backoff or Retry-After); None to give up."""
        if not problem.transient or self._characters or self._attempts >= MAX_ATTEMPTS:
            return None
        pause = _FIRST_BACKOFF * 2 ** (self._attempts - 1) if problem.pause is None else problem.pause
        return pause if pause <= _MAX_BACKOFF else None

    def _count(self, piece: StreamChunk) -> None:
        self._tokens_in = _sum_known(self._tokens_in, piece.tokens_in)
        self._tokens_out = _sum_known(self._tokens_out, piece.tokens_out)
        self.cut = self.cut or piece.cut


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model with a time-out and a length limit. Safe to use from many threads."""

    name: str  # as it was asked for: "openai:gpt-5"
    source: ChatSource
    timeout: float = TIMEOUT  # seconds of a whole call
    most: int = MAX_CHARACTERS  # characters of an answer
    context: int | None = None  # tokens that it reads at once, question and answer; None where nobody knows

    def stream(self, messages: Messages, *, stop: threading.Event | None = None) -> Reply:
        """Stream the answer; iterating raises ChatFailed, and ends within 0.2 s once ``stop`` is set."""
        return Reply(self, messages, stop or threading.Event())

"""A search worker process: the child loads the models and answers concurrent requests from its parent.

Long because both ends of one protocol belong together. Messages are JSON over pipes, as in `ingest/worker.py`, and
validated on arrival. A child that dies is replaced and its pending requests are retried once; it exits when its
parent is gone. The parent keeps the searches' deadlines (`deadline.py`), for which the child says that one begins.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache, partial
from itertools import count
from pathlib import Path
from subprocess import TimeoutExpired
from typing import IO, TYPE_CHECKING, Literal

from ingest.errors import (
    BadFilter,
    BadQuestion,
    IndexMismatch,
    NoIndex,
    RelatoriaError,
    SearchTimedOut,
    StorageFailed,
    summarize_traceback,
)
from ingest.ipc import receive, reserve_stdout, send, silence_output, start_process
from retrieval.deadline import BEAT, DEADLINE, DeadlineClock, Pending, Replaced
from retrieval.index.filters import Filter
from retrieval.lanes import SearchLanes, settle_process
from retrieval.query.parser import ParsedQuery
from retrieval.query.request import Request
from retrieval.results import Answer, Hit
from retrieval.search.search import SearchResult

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from retrieval.assistant import Assistant

_ERRORS = {
    error.__name__: error
    for error in (RelatoriaError, NoIndex, IndexMismatch, StorageFailed, BadQuestion, BadFilter, SearchTimedOut)
}
_TRIES = 2
_REPLACEMENTS = 8  # times that a request is asked again because another had its child replaced
_EXIT_TIMEOUT = 2  # seconds for a child to end itself


@dataclass(frozen=True, slots=True)
class Setup:
    """The arguments of the child's ``Assistant``."""

    folder: str
    embedding_model: str
    chroma: str | None = None
    reranker: str | None = None
    calibration: str | None = None

    def assistant(self) -> "Assistant":
        from retrieval.assistant import Assistant

        return Assistant(
            Path(self.folder),
            self.embedding_model,
            chroma=self.chroma,
            reranker=self.reranker,
            calibration=Path(self.calibration) if self.calibration else None,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the assistant in the child."""

    method: Literal["answer_with_quotes", "find_passages"]
    request: Request


@dataclass(frozen=True, slots=True)
class Ranked:
    """The serializable part of a ``SearchResult``: all but the question's vectors and the calibration."""

    question: str
    searched: str
    language: str
    hits: tuple[Hit, ...]
    query: ParsedQuery
    where: Filter
    total_searched: int
    missing: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """A serialized exception: one of ours with its message; any other with its source lines and no message."""

    kind: str
    message: str = ""
    where: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> "Trouble":
        if isinstance(error, RelatoriaError):
            kind = next(base.__name__ for base in type(error).__mro__ if base.__name__ in _ERRORS)
            return cls(kind, str(error).encode(errors="backslashreplace").decode())  # it may name a file
        return cls(type(error).__qualname__, where=summarize_traceback(error))


class SearchCrashed(Exception):
    """An unexpected exception in the worker process: its type name and the source lines of its traceback."""

    def __init__(self, kind: str, where: tuple[str, ...]) -> None:
        super().__init__(kind)
        self.kind, self.where = kind, where


@dataclass(frozen=True, slots=True)
class _Reply:
    answer: Answer | None = None
    ranked: Ranked | None = None
    trouble: Trouble | None = None


# The parent's side


class SearchWorker:
    """The parent's handle on the worker process, which it restarts when it dies; thread-safe.

    ``deadline`` is that of a search, in seconds.
    """

    def __init__(self, setup: Setup, deadline: float = DEADLINE) -> None:
        self._setup, self._deadline = setup, deadline
        self._child: _WorkerProcess | None = None
        self._closed = False
        self._lock = threading.Lock()

    @property
    def is_ready(self) -> bool:
        """Whether the child has loaded and is alive."""
        child = self._child
        return child is not None and not child.gone and child.ready.done() and child.ready.exception() is None

    def start(self) -> "_WorkerProcess":
        """Start the child unless it runs; does not wait. Raises RelatoriaError after ``close``, and OSError."""
        with self._lock:
            if self._closed:
                raise RelatoriaError("The search has been stopped.")
            if self._child is None or self._child.gone:
                self._child = _WorkerProcess(self._setup, self._deadline, self._restart)
            return self._child

    def wait_until_ready(self) -> "_WorkerProcess":
        """Wait until the child has loaded. Raises RelatoriaError when it cannot be started."""
        child = self.start()
        child.ready.result()
        return child

    def answer_with_quotes(self, request: Request) -> Answer:
        """Answer in the child. Raises as ``Assistant.answer_with_quotes`` does, SearchTimedOut and SearchCrashed."""
        reply = self._call(Call("answer_with_quotes", request))
        assert reply.answer
        return reply.answer

    def find_passages(self, request: Request) -> SearchResult:
        """Search in the child. Raises as ``Assistant.find_passages`` does, SearchTimedOut and SearchCrashed."""
        reply = self._call(Call("find_passages", request))
        assert reply.ranked
        return SearchResult(**{field.name: getattr(reply.ranked, field.name) for field in fields(Ranked)})

    def close(self) -> None:
        """Stop the child for good."""
        with self._lock:
            self._closed, child = True, self._child
        if child:
            child.end()

    def _restart(self, child: "_WorkerProcess") -> None:
        """Restart a child that died after it had loaded; one that failed to load is reported to the next caller."""
        if child.ready.exception() is None:
            with suppress(RelatoriaError, OSError):
                self.start()

    def _call(self, call: Call) -> _Reply:
        try:
            asked: bytes = _calls().dump_json(call)
        except ValueError as error:
            raise BadQuestion("The question is not text in UTF-8. Check how it was typed or encoded.") from error
        crashed, replaced = 0, 0
        while crashed < _TRIES and replaced < _REPLACEMENTS:
            child = self.wait_until_ready()
            try:
                reply: _Reply = _replies().validate_json(child.ask(asked).result())
            except Replaced:
                replaced += 1
                continue
            except EOFError:
                crashed += 1
                continue
            if (trouble := reply.trouble) is None:
                return reply
            if kind := _ERRORS.get(trouble.kind):
                raise kind(trouble.message)
            raise SearchCrashed(trouble.kind, trouble.where)
        raise RelatoriaError("The search ended, twice, while this was searched for. Ask again.")


class _WorkerProcess:
    """One worker process, seen from its parent."""

    def __init__(self, setup: Setup, deadline: float, ended: Callable[["_WorkerProcess"], None]) -> None:
        self._ended = ended
        self.ready: Future[None] = Future()
        self.gone = False
        self._ending: type[EOFError] = EOFError  # what the requests under way are told
        self._waiting: dict[int, Pending] = {}
        self._numbers = count()
        self._lock = threading.Lock()
        self._process = start_process("retrieval.worker")
        assert self._process.stdin
        self._to: IO[bytes] = self._process.stdin
        with suppress(OSError):  # that it is gone is noticed where it is listened to
            send(self._to, json.dumps(asdict(setup)).encode())  # ASCII: the name of a folder may be no UTF-8
        self._clock = DeadlineClock(self._process.pid, deadline, self._waiting, self._replace)
        threading.Thread(target=self._listen, name="searcher", daemon=True).start()

    def ask(self, question: bytes) -> "Future[bytes]":
        """Send a request; the future holds the reply, SearchTimedOut, or EOFError if the child dies first."""
        reply: Future[bytes] = Future()
        with self._lock:
            if self.gone:
                raise self._ending
            number = next(self._numbers)
            self._waiting[number] = Pending(reply)
            with suppress(OSError, ValueError):  # that it is gone, or has been ended, is noticed in `_listen`
                send(self._to, b"%d\n" % number + question)
        return reply

    def end(self) -> None:
        """Close the pipe, which makes the child exit, and wait; kill it after a timeout."""
        if self._lock.acquire(timeout=_EXIT_TIMEOUT):  # or it no longer reads what it is sent
            self._close()
            self._lock.release()
        try:
            self._process.wait(_EXIT_TIMEOUT)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _replace(self) -> None:
        """End the child for the sake of the requests that do not hold it up; `_listen` notices."""
        self._ending = Replaced
        self._process.kill()

    def _close(self) -> None:
        with suppress(OSError):
            self._to.close()

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as pipe, suppress(Exception):  # what is no message of ours is the last
            if first := receive(pipe):
                trouble = _troubles().validate_json(first)
                if trouble:
                    self.ready.set_exception(_ERRORS.get(trouble.kind, RelatoriaError)(trouble.message))
                else:
                    self.ready.set_result(None)
            while (message := receive(pipe)) is not None:
                self._clock.heard = time.monotonic()
                number, _, said = message.partition(b"\n")
                if said.isdigit():
                    self._waiting[int(number)].thread = int(said)
                elif said:
                    self._waiting.pop(int(number)).settle(said)
        self._clock.over.set()
        self._process.kill()
        self._process.wait()
        with self._lock:
            self.gone, waiting = True, list(self._waiting.values())
            self._close()
        if not self.ready.done():
            self.ready.set_exception(RelatoriaError("The search does not start; why, it says above this line."))
        for pending in waiting:
            pending.settle(self._ending())
        self._ended(self)


# The child's side


def main() -> None:
    """Serve requests from standard input until it is closed."""
    from retrieval.assistant import SEARCHES_PER_CORE

    for stop in (signal.SIGTERM, signal.SIGINT):  # which a service's every process is sent, whose answers end first
        signal.signal(stop, signal.SIG_IGN)
    pipe, setup = reserve_stdout(), receive(sys.stdin.buffer)
    if setup is None:  # the parent is gone
        return
    try:
        assistant = Setup(**json.loads(setup)).assistant()
        assistant.prepare()
        assistant.prepare_for_concurrency()
        settle_process()
    except RelatoriaError as error:
        send(pipe, _troubles().dump_json(Trouble.of(error)))
        return
    send(pipe, _troubles().dump_json(None))
    silence_output()
    turn = threading.Lock()
    busy: set[bytes] = set()

    def post(message: bytes) -> None:
        with turn:
            try:
                send(pipe, message)
            except OSError:
                os._exit(0)

    def reply(number: bytes, call: Call) -> None:
        def begin() -> None:
            busy.add(number)
            post(b"%b\n%d" % (number, threading.get_native_id()))

        post(number + b"\n" + _handle_call(assistant, call, begin))
        busy.discard(number)

    def give_signs_of_life() -> None:
        while True:
            time.sleep(BEAT)
            if busy:
                post(b"")

    threading.Thread(target=give_signs_of_life, name="life", daemon=True).start()
    lanes = SearchLanes(SEARCHES_PER_CORE * (os.cpu_count() or 1))
    while (message := receive(sys.stdin.buffer)) is not None:
        number, _, asked = message.partition(b"\n")
        try:
            call = _calls().validate_json(asked)
            lanes.submit(partial(reply, number, call), is_long=assistant.is_long(call.request))
        except Exception as error:  # noqa: BLE001  # it is raised again where the question came from
            post(number + b"\n" + _replies().dump_json(_Reply(trouble=Trouble.of(error))))
    os._exit(0)  # whatever is under way: nobody is there to read it


def _handle_call(assistant: "Assistant", call: Call, begin: Callable[[], None]) -> bytes:
    """Answer a call; ``begin`` is called once all is loaded that the search needs."""
    try:
        assistant.warm_up()
        begin()
        if call.method == "answer_with_quotes":
            return _replies().dump_json(_Reply(answer=assistant.answer_with_quotes(call.request)))
        found = assistant.find_passages(call.request)
        ranked = Ranked(*(getattr(found, field.name) for field in fields(Ranked)))
        return _replies().dump_json(_Reply(ranked=ranked))
    except BaseException as error:  # noqa: BLE001  # it is raised again where the question came from
        return _replies().dump_json(_Reply(trouble=Trouble.of(error)))


# What both speak


@cache
def _calls() -> "TypeAdapter[Call]":
    from pydantic import TypeAdapter

    return TypeAdapter(Call)


@cache
def _replies() -> "TypeAdapter[_Reply]":
    from pydantic import TypeAdapter

    return TypeAdapter(_Reply)


@cache
def _troubles() -> "TypeAdapter[Trouble | None]":
    from pydantic import TypeAdapter

    return TypeAdapter(Trouble | None)


if __name__ == "__main__":
    with suppress(OSError):  # the parent is gone
        main()

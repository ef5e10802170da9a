"""A real HTTP server of OpenAI's streaming chat completions, well- or ill-behaved as a test chooses.

with OpenAIServer(answering("Hola.")) as server:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Exchange:
    """One request and the means to answer it; once ``gone`` is set the server is closing and nobody should wait."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], number: int, gone: threading.Event):
        self.body, self.number, self.gone = body, number, gone  # number: of the request, from 1
        self._handler = handler

    def error(self, status: int, message: str, **headers: str) -> None:
        said = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(said)))
        self._handler.end_headers()
        self._handler.wfile.write(said)

    def start(self, kind: str = "text/event-stream") -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def raw(self, sent: bytes) -> None:
        self._handler.wfile.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n")
        self._handler.wfile.flush()

    def event(self, value: object) -> None:
        self.raw(f"data: {json.dumps(value)}\n\n".encode())

    def say(self, content: object, reason: str | None = None) -> None:
        delta = {"role": "assistant"} | ({} if content is None else {"content": content})
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    def end(self, usage: dict[str, int] | None = None, reason: str = "stop") -> None:
        self.say(None, reason)
        if usage:
            shape = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            self.event(shape | {"choices": [], "usage": usage})
        self.raw(b"data: [DONE]\n\n")
        self._handler.wfile.write(b"0\r\n\r\n")

    def wait(self, seconds: float) -> None:
        self.gone.wait(seconds)


Behaviour = Callable[[Exchange], None]


def answer_with(*pieces: object, reason: str = "stop") -> Behaviour:
    """Stream an answer in these pieces, with its usage where the request asks for it."""

    def behave(talk: Exchange) -> None:
        talk.start()
        for piece in pieces:
            talk.say(piece)
        asked = (talk.body.get("stream_options") or {}).get("include_usage")
        talk.end(USAGE if asked else None, reason)

    return behave


def refuse_with(status: int, message: str = "no", *, times: int | None = None, **headers: str) -> Behaviour:
    """Respond with that error status: always, or so many times, and then an answer."""

    def behave(talk: Exchange) -> None:
        if times is None or talk.number <= times:
            talk.error(status, message, **headers)
        else:
            answer_with("At last.")(talk)

    return behave


def hang(talk: Exchange) -> None:
    """Send nothing, not even a header."""
    talk.wait(30)


def drip_words(talk: Exchange, every: float = 0.2) -> None:
    """Stream a word now and then, for ever."""
    talk.start()
    while not talk.gone.is_set():
        talk.say("drip ")
        talk.wait(every)


def keep_alive(talk: Exchange) -> None:
    """Stream keep-alive comments and nothing else."""
    talk.start()
    while not talk.gone.is_set():
        talk.raw(b": keep-alive\n\n")
        talk.wait(0.1)


def close_mid_answer(talk: Exchange) -> None:
    """Stream half an answer, then close the connection without ending the chunked body."""
    talk.start()
    talk.say("Half an ans")


def end_without_reason(talk: Exchange) -> None:
    """Stream half an answer, then end the chunked body without a finish reason."""
    talk.start()
    talk.say("Half an ans")
    talk._handler.wfile.write(b"0\r\n\r\n")


def answer_endlessly(talk: Exchange) -> None:
    talk.start()
    while not talk.gone.is_set():
        talk.say("more and more " * 10)


def send_bytes(*raw: bytes, kind: str = "text/event-stream") -> Behaviour:
    """Send these bytes as the body, whatever they are."""

    def behave(talk: Exchange) -> None:
        talk.start(kind)
        for one in raw:
            talk.raw(one)
        talk._handler.wfile.write(b"0\r\n\r\n")

    return behave


class OpenAIServer:
    """The server on a free local port; ``bodies`` are the requests it has had."""

    def __init__(self, behave: Behaviour) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.times: list[float] = []  # of the requests, time.monotonic
        self.gone = threading.Event()
        self.hung_up = threading.Event()  # a client went away while it was answered
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(body)
                outer.times.append(time.monotonic())
                self.close_connection = True
                try:
                    behave(Exchange(self, body, len(outer.bodies), outer.gone))
                except OSError:
                    outer.hung_up.set()

            def end_headers(self) -> None:
                self.send_header("Connection", "close")  # or the client's next call may meet the closing socket
                super().end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "OpenAIServer":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def dead_port() -> Iterator[str]:
    """The address of a port at which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_address[1]
    server.server_close()
    yield f"http://127.0.0.1:{port}/v1"

"""Hostile clients of a siege: what each kind sends, as often as the server's default rates allow, on loopback alone.

They run in a process of their own, at low priority: on a machine of their own they would take no processor time of
the server's. Each is a user with a session and an address, as behind a proxy.
"""

import json
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from itertools import count
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode, urlsplit

from evals.performance.load import find_question_event
from ingest.errors import RelatoriaError

PASSWORD = secrets.token_urlsafe(12)  # of every user of a siege
_TIMEOUT = 30.0  # seconds of a connection without a sign of life
_HELD = 100  # connections that one client keeps open
_API, _ASK, _LIST = "/gradio_api", "/gradio_api/run/ask", "/gradio_api/run/list"
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_FILES = "multipart/form-data; boundary=x"
_FILE = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"word " * 200_000
_NASTY = ("a#" * 1_000, "(Peru) " * 285, "…" * 2_000, "1.2." * 500, "«“" * 1_000, "no " * 660, "a-" * 999 + "?")


class ClientConnection(HTTPConnection):
    """A connection of a logged-in user at an address of its own, which the trusted proxy states."""

    def __init__(self, host: str, address: str, cookie: str = "") -> None:
        super().__init__(host, timeout=_TIMEOUT)
        self.own = {"X-Forwarded-For": address, "Content-Type": _JSON, "Cookie": cookie}

    def request(self, method: str, url: str, body: Any = None, headers: Mapping[str, Any] = {}, **more: Any) -> None:
        super().request(method, url, body, {**self.own, **headers}, **more)


@dataclass(frozen=True, slots=True)
class Client:
    """A user of the server under siege: the server's host and port, the user's address and session."""

    host: str
    address: str
    cookie: str = ""

    def connect(self) -> ClientConnection:
        return ClientConnection(self.host, self.address, self.cookie)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of hostile client. "NEW" in a path or a body stands for a session's hash, another each time."""

    name: str
    every: float  # seconds from one request to the next, as the default rates allow
    path: str
    bodies: Sequence[bytes] = ()  # to post whole, in turn; without them the connection is kept open
    form: str = _JSON
    length: int = 0  # stated of a body that is begun and then dripped, a byte each time; 0: it is a GET
    begun: bytes = b""

    def post(self, client: Client, turn: int, session: bytes) -> str:
        """Post a whole body; returns the status."""
        line = client.connect()
        body = self.bodies[turn % len(self.bodies)].replace(b"NEW", session)
        try:
            line.request("POST", self.path, body, {"Content-Type": self.form})
            return str(line.getresponse().status)
        finally:
            line.close()

    def hold(self, client: Client, held: list[socket.socket], session: bytes) -> list[str]:
        """Open one more connection, and drip into all; returns the statuses of those that the server has ended."""
        if len(held) < _HELD:
            line = client.connect()
            line.putrequest("POST" if self.length else "GET", self.path.replace("NEW", session.decode()))
            stated = {"Content-Length": str(self.length)} if self.length else {}
            for name, value in {**line.own, "Content-Type": self.form, **stated}.items():
                line.putheader(name, value)
            line.endheaders(self.begun or None)
            line.sock.setblocking(False)
            held.append(line.sock)
        ended = []
        for open_socket in list(held):
            try:
                if self.length:
                    open_socket.sendall(b" ")
                said = open_socket.recv(4_096)
            except BlockingIOError:
                continue
            except OSError:
                said = b""
            if self.length or not said or (said.startswith(b"HTTP/") and said[9:12] != b"200"):
                ended.append(said[9:12].decode("latin-1") or "closed")
                open_socket.close()
                held.remove(open_socket)
        return ended


def make_kinds(event: dict[str, Any]) -> Sequence[Kind]:
    """All kinds; ``event`` is the page's that asks."""
    words = ("migración", "ن", "États", "第")
    long = [" ".join(f"{word}{n}" for n in range(400))[:2_000] for word in words]
    history = [{"role": role, "content": [{"type": "text", "text": "and a#" * 333}]} for role in ("user", "assistant")]
    more = [None] * (event["inputs"] - 2)
    follow_up = event | {"data": ["and " + "a#" * 998, history * 50, *more], "session_hash": "same"}
    values = ("1." * 50_000, "x" * 3_000_000, [f"s{n}" for n in range(100_000)])
    filters = [_call({name: value}) for value in values for name in ("section", "addressee")]
    nested = [b'{"data": ' + b"[" * 100_000, b'{"data":' * 20_000 + b"1" + b"}" * 20_000]
    tries = [urlencode({"username": f"somebody{n}", "password": "wrong" * 3}).encode() for n in range(40)]
    return [
        Kind("nasty questions", 1.0, _ASK, [_call(text[:2_000]) for text in _NASTY]),
        Kind("long filters", 0.1, _LIST, filters),
        Kind("deep JSON", 0.1, _LIST, nested),
        Kind("slow bodies", 1.0, _ASK, length=10_000),
        Kind("half uploads", 10.0, f"{_API}/upload?upload_id=NEW", form=_FILES, length=30 * 2**20, begun=_FILE),
        Kind("many sessions", 0.1, f"{_API}/heartbeat/NEW"),
        Kind("many streams", 0.1, f"{_API}/queue/data?session_hash=NEW"),
        Kind("log-in tries", 3.0, "/login", tries, _FORM),
        Kind("follow-ups", 1.0, f"{_API}/queue/join", [json.dumps(follow_up).encode()]),
        Kind("long questions", 1.0, _ASK, [_call(text) for text in long]),
    ]


def log_in(url: str, name: str, number: int) -> Client:
    """Log a user in from the numbered address. Raises RelatoriaError where that fails or the URL is not of loopback."""
    host = urlsplit(url).netloc
    if not ip_address(urlsplit(url).hostname or "").is_loopback:
        raise RelatoriaError(f"A siege is of this machine's own server, at 127.0.0.1; {host} is another.")
    client = Client(host, f"198.51.100.{number}")  # of a network for documentation
    line = client.connect()
    line.request("POST", "/login", urlencode({"username": name, "password": PASSWORD}), {"Content-Type": _FORM})
    response = line.getresponse()
    cookie = response.getheader("Set-Cookie", "").partition(";")[0]
    line.close()
    if not cookie:
        raise RelatoriaError(f"{name} cannot log in at {url}: {response.status}.")
    return Client(host, client.address, cookie)


def besiege(parent: Connection, clients: Sequence[Client], seconds: float) -> None:
    """Be all hostile clients at once, of each kind in turn; sends what each kind got (the hostile process's side)."""
    os.nice(10)
    kinds = make_kinds(find_question_event(clients[0].connect()))
    parent.send(None)
    parent.recv()
    until = time.monotonic() + seconds
    tallies = {kind.name: Counter[str]() for kind in kinds[: len(clients)]}

    def run(number: int) -> Counter[str]:
        client, kind, held, got = clients[number], kinds[number % len(kinds)], list[socket.socket](), Counter[str]()
        for turn in count():
            began, session = time.monotonic(), secrets.token_hex(6).encode()
            if began >= until:
                break
            try:
                got.update([kind.post(client, turn, session)] if kind.bodies else kind.hold(client, held, session))
            except (OSError, HTTPException) as error:
                got[type(error).__name__] += 1
            time.sleep(max(0.0, min(until, began + kind.every) - time.monotonic()))
        got["still open"] += len(held)
        return got

    with ThreadPoolExecutor(len(clients)) as pool:
        for number, got in enumerate(pool.map(run, range(len(clients)))):
            tallies[kinds[number % len(kinds)].name].update(got)
    parent.send(tallies)


def _call(*data: object) -> bytes:
    return json.dumps({"data": data}).encode()

"""Hostile clients beside ordinary ones: the siege can tell a server that holds from one that does not."""

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe
from pathlib import Path

import pytest

from evals.performance.processes import Measurement
from evals.robustness.hostile_clients import Client, Kind, log_in, make_kinds
from evals.robustness.siege import measure, probe_health, serve_bundled_report
from ingest.errors import RelatoriaError

EVENT = {"fn_index": 3, "trigger_id": 4, "inputs": 5}


class Handler(BaseHTTPRequestHandler):
    """Answers every POST with 429 once its body is whole, everything else with 503."""

    def do_POST(self) -> None:
        self.server.seen.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        self.send_response(429)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        pass


@contextmanager
def refusing_server() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A server that refuses everybody: its host and port, and what came."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_another_machine_is_not_besieged() -> None:
    for url in ("http://192.0.2.1:7860", "http://0.0.0.0:80"):
        with pytest.raises(RelatoriaError, match="this machine's own"):
            log_in(url, "ana", 1)


def test_who_cannot_log_in_is_told() -> None:
    with refusing_server() as (host, _), pytest.raises(RelatoriaError, match=r"ana cannot log in .* 429"):
        log_in(f"http://{host}", "ana", 1)


def test_every_body_is_posted_in_turn_in_the_name_of_its_client() -> None:
    with refusing_server() as (host, seen):
        client = Client(host, "198.51.100.7", "session=x")
        for kind in [kind for kind in make_kinds(EVENT) if kind.bodies]:
            seen.clear()
            assert [kind.post(client, turn, b"abc") for turn in range(len(kind.bodies))] == ["429"] * len(kind.bodies)
            assert [body for _, _, body in seen] == [body.replace(b"NEW", b"abc") for body in kind.bodies]
            for path, headers, _ in seen:
                assert path == kind.path
                assert (headers["X-Forwarded-For"], headers["Cookie"]) == ("198.51.100.7", "session=x")


def test_what_is_sent_is_what_its_name_says() -> None:
    kinds = {kind.name: kind for kind in make_kinds(EVENT)}
    assert all(len(json.loads(body)["data"][0]) <= 2_000 for body in kinds["nasty questions"].bodies)
    assert max(map(len, kinds["long filters"].bodies)) > 3_000_000
    assert json.loads(kinds["follow-ups"].bodies[0])["fn_index"] == EVENT["fn_index"]
    assert len(json.loads(kinds["follow-ups"].bodies[0])["data"]) == EVENT["inputs"]
    with pytest.raises(RecursionError):
        json.loads(kinds["deep JSON"].bodies[0])


def test_a_slow_body_stays_open_until_the_server_has_enough() -> None:
    with refusing_server() as (host, seen):
        kind, held = Kind("slow", 1.0, "/ask?NEW", length=3, begun=b"a"), []  # type: ignore[var-annotated]
        client = Client(host, "198.51.100.7")
        assert kind.hold(client, held, b"abc") == []
        assert len(held) == 1
        ended: list[str] = []
        until = time.monotonic() + 60
        while not ended and time.monotonic() < until:  # its three bytes are sent, its answer comes soon afterwards
            ended = kind.hold(client, held, b"abc")
        assert ended[0] == "429"
        assert seen[0][0] == "/ask?abc"
        assert seen[0][2] == b"a  "
        for line in held:
            line.close()


def test_a_server_that_is_not_well_is_noticed() -> None:
    with refusing_server() as (host, _):
        ours, theirs = Pipe()
        probe = threading.Thread(target=probe_health, args=(theirs, f"http://{host}"))
        probe.start()
        assert ours.recv() is None
        ours.send(None)
        probe.join()
        result = ours.recv()
    assert result.errors == ["503"] * len(result.took)
    assert result.errors


@pytest.mark.survey
def test_a_short_siege(tmp_path: Path) -> None:
    """Nobody ordinary gets an error, whatever else; how long they wait, a machine that has other work cannot tell."""
    options = argparse.Namespace(ordinary=3, hostile=10, alone=5.0, beside=5.0, quiet=1.0)
    with serve_bundled_report(tmp_path, options.ordinary + options.hostile) as server:
        clients = [log_in(server.url, f"u{n}", n + 1) for n in range(options.ordinary + options.hostile)]
        measured, tallies = measure(server, clients, options)
    figures: dict[str, list[Measurement]] = {}
    for figure in measured:
        figures.setdefault(figure.name.strip(), []).append(figure)
    assert [figure.value for figure in figures["errors"]] == [0, 0]
    assert figures["/health: failures"][0].value == 0
    assert figures["99 % beside / alone"][0].value < 100
    assert len(tallies) == options.hostile
    assert all(got.total() for got in tallies.values())

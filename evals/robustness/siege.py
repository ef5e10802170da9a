"""Siege, `python -m evals.robustness.siege`: do hostile clients make ordinary visitors of the page wait?

It serves the bundled report with a log-in and the default rates, on loopback alone, and compares ordinary clients by
themselves with the same beside hostile ones. The exit status is 1 where a figure is beyond its target.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.table import Table

from evals.console import command_parser, print_errors, wide_console
from evals.performance.load import LoadResult, run_load
from evals.performance.processes import (
    Measurement,
    RunningServer,
    benchmark_table,
    relatoria_command,
    run_process,
    run_server,
)
from evals.robustness.hostile_clients import PASSWORD, Client, besiege, log_in
from ingest.errors import RelatoriaError

_SIZES = {"ordinary": (10, "clients"), "hostile": (20, "clients beside them")}
_SECONDS = {"alone": (30, "of the ordinary"), "beside": (60, "of both"), "quiet": (20, "in which memory may come back")}
_PAUSE = 2.0  # seconds that an ordinary client thinks between two questions
_CONTEXT = multiprocessing.get_context("spawn")


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the siege and print its tables; returns the exit status."""
    parser = command_parser("evals.robustness.siege", "Hostile clients at the page.")
    for name, (default, what) in {**_SIZES, **_SECONDS}.items():
        kind = int if name in _SIZES else float
        parser.add_argument(f"--{name}", type=kind, default=default, metavar="N", help=f"{what} ({default})")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="relatoria-siege-") as folder,
        serve_bundled_report(Path(folder), options.ordinary + options.hostile) as server,
    ):
        clients = [log_in(server.url, f"u{n}", n + 1) for n in range(options.ordinary + options.hostile)]
        measured, tallies = measure(server, clients, options)
    screen = wide_console()
    screen.print(benchmark_table(measured))
    table = Table("hostile clients", "what came of it, how often")
    for name, got in tallies.items():
        table.add_row(name, ", ".join(f"{what}: {times:,}" for what, times in got.most_common() if times))
    screen.print(table)
    return int(any(measurement.misses_target for measurement in measured))


@contextmanager
def serve_bundled_report(folder: Path, users: int) -> Iterator[RunningServer]:
    """Serve the bundled report to so many users, of one password, behind a proxy on this machine."""
    file, index = folder / "users", str(folder / "index")
    run_process([relatoria_command(), "user", "u0", "--users", str(file)], PASSWORD + "\n")
    stored = file.read_text(encoding="utf-8").partition(":")[2]
    file.write_text("".join(f"u{number}:{stored}" for number in range(users)), encoding="utf-8")
    run_process([relatoria_command(), "ingest", "--index", index, "--json"])
    serve = [relatoria_command(), "serve", "--index", index, "--users", str(file), "--uploads", "--log", os.devnull]
    with run_server([*serve, "--trusted-proxy", "127.0.0.1", "--port"], "/ready") as server:
        yield server


def measure(
    server: RunningServer, clients: list[Client], options: argparse.Namespace
) -> tuple[list[Measurement], Mapping[str, Counter[str]]]:
    """Measure the ordinary clients alone, then beside the hostile ones: the figures, and what each hostile kind got."""
    ordinary, hostile = cycle(clients[: options.ordinary]), clients[options.ordinary :]

    def load(seconds: float) -> LoadResult:
        result = run_load(
            server.url, options.ordinary, seconds, pause=_PAUSE, connect=lambda _: next(ordinary).connect()
        )
        for error in sorted(set(result.errors))[:5]:
            sys.stderr.write(error + "\n")
        return result

    with _run_beside(probe_health, server.url) as health, _run_beside(besiege, hostile, options.beside) as attack:
        load(2 * _PAUSE)  # the first questions warm it up
        alone, before = load(options.alone), server.resident_memory()
        attack.send(None)
        beside, during = load(options.beside), server.resident_memory()
        tallies = attack.recv()
        time.sleep(options.quiet)
        after = server.resident_memory()
        health.send(None)
        probes = health.recv()
    figures = [
        figure
        for name, result in (("alone", alone), ("beside hostile ones", beside))
        for figure in (
            Measurement(f"ordinary clients {name}: answers", len(result.took), ""),
            Measurement("  errors", len(result.errors), "", target=0),
            Measurement("  half came in", result.latency_quantile(0.5), "s"),
            Measurement("  99 % came in", result.latency_quantile(0.99), "s"),
        )
    ]
    ratio = beside.latency_quantile(0.99) / alone.latency_quantile(0.99)
    return [
        *figures,
        Measurement("  99 % beside / alone", ratio, "×", target=3),
        Measurement("memory of both processes", before, "MB"),
        Measurement("  more at the end of the siege", during - before, "MB"),
        Measurement("  more after a quiet wait", after - before, "MB", target=50),
        Measurement("/health: failures", len(probes.errors), "", target=0),
        Measurement("  99 % came in", 1_000 * probes.latency_quantile(0.99), "ms"),
        Measurement("  the slowest came in", 1_000 * max(probes.took), "ms", target=100),
    ], tallies


def probe_health(parent: Connection, url: str) -> None:
    """Ask for the server's health ten times a second until told to stop; sends a LoadResult (a process of its own)."""
    took, errors, began = list[float](), list[str](), time.monotonic()
    parent.send(None)
    while True:
        line, asked = HTTPConnection(urlsplit(url).netloc, timeout=10), time.monotonic()
        try:
            line.request("GET", "/health")
            if (status := line.getresponse().status) != 200:
                errors.append(str(status))
        except (OSError, HTTPException) as error:
            errors.append(type(error).__name__)
        took.append(time.monotonic() - asked)
        line.close()
        if parent.poll(0.1):
            break
    parent.send(LoadResult(took, errors, time.monotonic() - began, len(took)))


@contextmanager
def _run_beside(function: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """Run a function in a process of its own, with a pipe to here, once it has said that it is ready."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=function, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()
        yield ours
    except EOFError as error:
        raise RelatoriaError(f"The clients of {function.__name__} have ended by themselves.") from error
    finally:
        process.terminate()
        process.join()


if __name__ == "__main__":
    sys.exit(main())

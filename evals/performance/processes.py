"""What every benchmark measures with: one way to time, to run a process, to serve, to read memory; a Measurement."""

import os
import socket
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.request import ProxyHandler, build_opener

from rich.table import Table

from evals.console import make_table
from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    from retrieval.models.embedder import Embedder

P = ParamSpec("P")
T = TypeVar("T")
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "ANONYMIZED_TELEMETRY": "False"}
_TIMEOUT = 120.0  # seconds for a server to answer


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value; the ``target`` is an upper bound, or a lower bound where it is ``wanted_high``."""

    name: str
    value: float
    unit: str  # "s", "ms", "MB", "%", or "×" for a ratio
    target: float | None = None
    wanted_high: bool = False

    @property
    def misses_target(self) -> bool:
        if self.target is None:
            return False
        return self.value < self.target if self.wanted_high else self.value > self.target


def benchmark_table(measurements: Sequence[Measurement]) -> Table:
    """Table of measurements, each beside its target."""
    table = make_table("Benchmark", "what", "figure", "target", "", right=("figure", "target"))
    for measurement in measurements:
        digits = 0 if measurement.unit in ("MB", "ms", "%") else 2
        target, verdict = "", ""
        if measurement.target is not None:
            target = f"{'≥' if measurement.wanted_high else '≤'} {measurement.target:g} {measurement.unit}"
            beyond = "below" if measurement.wanted_high else "over"
            verdict = f"[red]{beyond}[/]" if measurement.misses_target else "[green]ok[/]"
        table.add_row(measurement.name, f"{measurement.value:,.{digits}f} {measurement.unit}", target, verdict)
    return table


@dataclass(frozen=True, slots=True)
class FinishedProcess:
    """A finished process: seconds of wall time, peak resident memory in MB, standard output."""

    seconds: float
    peak: float
    output: str


def time_call(call: Callable[[], object]) -> float:
    """Seconds of wall time that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def time_beside_embedding(
    call: Callable[[str], object], embedder: "Embedder", questions: Sequence[str]
) -> tuple[float, float]:
    """Median seconds of a call with a question, and of embedding the same question alone.

    The two take turns, with one embedding between them that is not timed: threads that a call
    leaves spinning would slow the embedding it is compared with, and hide what they cost.
    """
    called, embedded = list[float](), list[float]()
    for question in questions:
        embedder.query(question)
        embedded.append(time_call(partial(embedder.query, question)))
        called.append(time_call(partial(call, question)))
    return statistics.median(called), statistics.median(embedded)


def peak_memory(*, of_children: bool = False) -> float:
    """Peak resident memory in MB of this process, or of the largest of its finished children."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF)
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, kilobytes elsewhere


def run_apart(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a module's function in a process of its own, in which nothing is loaded yet.

    This process stays small, since a child's peak memory starts at its parent's.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _stay_offline) as pool:
        return pool.submit(function, *arguments, **named).result()


def _stay_offline() -> None:
    os.environ.update(_OFFLINE)


def run_process(words: Sequence[str], given: str = "") -> FinishedProcess:
    """Run a process to its end, with ``given`` as standard input. Raises RelatoriaError when it fails."""
    return run_apart(_run_only_child, words, given)


def _run_only_child(words: Sequence[str], given: str) -> FinishedProcess:
    began = time.perf_counter()
    finished = subprocess.run(words, input=given, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    seconds = time.perf_counter() - began
    if finished.returncode:
        raise RelatoriaError(f"{' '.join(words)} failed: {finished.stderr.strip()}")
    return FinishedProcess(seconds, peak_memory(of_children=True), finished.stdout)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server of ours: its URL, the seconds until it answered, its process."""

    url: str
    seconds: float
    pid: int

    def resident_memory(self) -> float:
        """Resident memory in MB of its process and that process's children. Raises RelatoriaError once it is gone."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
        rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
        sizes = [size for pid, parent, size in rows if self.pid in (pid, parent)]
        if not sizes:
            raise RelatoriaError(f"The server at {self.url} is gone.")
        return sum(sizes) / 2**10


@contextmanager
def run_server(words: Sequence[str], path: str = "/") -> Iterator[RunningServer]:
    """Run a server, with its port as last argument, until it has answered ``path`` and what is to be done is done.

    Raises RelatoriaError when it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    url, opener, began = f"http://127.0.0.1:{port}", build_opener(ProxyHandler({})), time.monotonic()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*words, port], env=os.environ | _OFFLINE, stdout=quiet, stderr=quiet)  # noqa: S603
    try:
        while True:
            try:
                opener.open(url + path, timeout=5).close()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() - began > _TIMEOUT:
                    raise RelatoriaError(
                        f"{url} does not answer. To see why, type: {' '.join(words)} {port}"
                    ) from error
            time.sleep(0.02)
        yield RunningServer(url, time.monotonic() - began, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=_TIMEOUT)


def relatoria_command() -> str:
    """The path of the command `relatoria`. Raises RelatoriaError when it is not installed."""
    path = Path(sysconfig.get_path("scripts")) / "relatoria"
    if not path.exists():
        raise RelatoriaError(f"There is no command {path}. Install the package first: pip install -e .")
    return str(path)

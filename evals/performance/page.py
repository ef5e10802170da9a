"""Benchmark of the page: start-up against bare imports, a first visit against a bare gr.ChatInterface."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from evals.performance.first_visit import CHROMIUM
from evals.performance.processes import OFFLINE, Measurement, relatoria_command, run_process
from ingest.errors import RelatoriaError

ROUNDS = 3  # of starting, after one of each that is not counted
_TIMEOUT = 120.0  # seconds for a server to answer
_BARE = """
import sentence_transformers, gradio
from retrieval.models.embedder import open_embedder
open_embedder()
"""
_BARE_CHAT = """
import sys, gradio
chat = gradio.ChatInterface(lambda message, history: message, analytics_enabled=False)
chat.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), share=False, ssr_mode=False, quiet=True)
"""


def measure_serving(index: Path) -> list[Measurement]:
    """Measure start-up, transfer size and time to first input of the page; without a browser, start-up alone."""
    relatoria = [str(relatoria_command()), "serve", "--index", str(index), "--port"]
    bare, started = list[float](), list[float]()
    for _ in range(ROUNDS + 1):  # in turns, so that noise falls on both alike
        bare.append(run_process([sys.executable, "-c", _BARE]).seconds)
        with run_server(relatoria) as (_, seconds):
            started.append(seconds)
    start, imports = statistics.median(started[1:]), statistics.median(bare[1:])
    measurements = [
        Measurement("bare imports and loading the model", imports, "s"),
        Measurement("relatoria serve, until it answers", start, "s"),
        Measurement("  / bare imports and loading the model", start / imports, "×", target=1.3),
    ]
    if find_spec("playwright") is None or not Path(CHROMIUM).exists():
        return measurements
    with run_server(relatoria) as (url, _):
        ours = measure_first_visit(url)
    with run_server([sys.executable, "-c", _BARE_CHAT]) as (url, _):
        theirs = measure_first_visit(url)
    return [
        *measurements,
        Measurement("the page's weight, compressed", ours["bytes"] / 2**10, "kB"),
        Measurement("  / that of a bare gr.ChatInterface", ours["bytes"] / theirs["bytes"], "×", target=1.2),
        Measurement("the page, until its question box takes a word", 1_000 * ours["seconds"], "ms"),
        Measurement("  / that of a bare gr.ChatInterface", ours["seconds"] / theirs["seconds"], "×", target=1.2),
    ]


def measure_first_visit(url: str) -> dict[str, float]:
    """Medians over first visits in a process of its own: ``bytes`` and ``seconds``."""
    took: dict[str, float] = json.loads(
        run_process([sys.executable, "-m", "evals.performance.first_visit", url]).output
    )
    return took


@contextmanager
def run_server(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Run a server, with its port as last argument: yields its URL, and the seconds until it answered.

    Raises RelatoriaError when it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}/"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        [*words, str(port)], env=os.environ | OFFLINE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _answers(opener, url):
            if process.poll() is not None or time.monotonic() - began > _TIMEOUT:
                raise RelatoriaError(f"{' '.join([*words, str(port)])} does not answer on {url}")
            time.sleep(0.02)
        yield url, time.monotonic() - began
    finally:
        process.terminate()
        process.wait(timeout=_TIMEOUT)


def _answers(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False

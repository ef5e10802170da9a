"""Benchmark of the page: start-up against bare imports, a first visit in Chromium against a bare gr.ChatInterface."""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from evals.performance.processes import Measurement, relatoria_command, run_process, run_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ROUNDS = 3  # of starting, after one of each that is not counted
_VISITS = 5  # after one that is not counted
_REST = 1_500  # milliseconds in which what the page loads later comes too
_CHROMIUM = os.environ.get("RELATORIA_CHROMIUM", "/usr/bin/chromium")
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
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
    relatoria = [relatoria_command(), "serve", "--index", str(index), "--port"]
    bare, started = list[float](), list[float]()
    for _ in range(_ROUNDS + 1):  # in turns, so that noise falls on both alike
        bare.append(run_process([sys.executable, "-c", _BARE]).seconds)
        with run_server(relatoria) as server:
            started.append(server.seconds)
    start, imports = statistics.median(started[1:]), statistics.median(bare[1:])
    measurements = [
        Measurement("bare imports and loading the model", imports, "s"),
        Measurement("relatoria serve, until it answers", start, "s"),
        Measurement("  / bare imports and loading the model", start / imports, "×", target=1.3),
    ]
    if find_spec("playwright") is None or not Path(_CHROMIUM).exists():
        return measurements
    (ours, took), (theirs, wait) = measure_visits(relatoria), measure_visits([sys.executable, "-c", _BARE_CHAT])
    return [
        *measurements,
        Measurement("the page's weight, compressed", ours / 2**10, "kB"),
        Measurement("  / that of a bare gr.ChatInterface", ours / theirs, "×", target=1.2),
        Measurement("the page, until its question box takes a word", 1_000 * took, "ms"),
        Measurement("  / that of a bare gr.ChatInterface", took / wait, "×", target=1.2),
    ]


def measure_visits(words: Sequence[str]) -> tuple[float, float]:
    """Medians over first visits to what a command serves: bytes transferred, seconds until the box takes input."""
    from playwright.sync_api import sync_playwright

    with run_server(words) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        weights, times = zip(*[visit(browser, server.url) for _ in range(_VISITS + 1)][1:], strict=True)
        browser.close()
    return statistics.median(weights), statistics.median(times)


def visit(browser: "Browser", url: str) -> tuple[float, float]:
    """One visit with an empty browser cache: bytes transferred, seconds."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    weights: list[float] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    page.locator("textarea:visible").first.click()
    page.keyboard.type("?")
    page.wait_for_function("document.activeElement.value === '?'")
    took = time.monotonic() - began
    page.wait_for_timeout(_REST)
    context.close()
    return sum(weights), took

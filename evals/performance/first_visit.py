"""Measures a first visit to a page in Chromium: bytes transferred, and seconds until its question box takes input.

Run in a process of its own by the benchmark, `python -m evals.performance.first_visit URL`; writes one JSON object.
"""

import json
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROUNDS = 5  # after one that is not counted
CHROMIUM = os.environ.get("RELATORIA_CHROMIUM", "/usr/bin/chromium")
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_BOX = "textarea:visible"
_REST = 1_500  # milliseconds in which what the page loads later comes too


def main(url: str) -> int:
    """Visit the page repeatedly and write the medians: ``bytes``, compressed as they came, and ``seconds``."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        visits = [visit(browser, url) for _ in range(ROUNDS + 1)][1:]
        browser.close()
    weights, times = zip(*visits, strict=True)
    sys.stdout.write(json.dumps({"bytes": statistics.median(weights), "seconds": statistics.median(times)}) + "\n")
    return 0


def visit(browser: "Browser", url: str) -> tuple[float, float]:
    """One visit with an empty browser cache: bytes transferred, seconds."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    weights: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        weights.append(event["encodedDataLength"])

    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", finished)
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    box = page.locator(_BOX).first
    box.click()
    page.keyboard.type("?")
    page.wait_for_function("document.activeElement.value === '?'")
    took = time.monotonic() - began
    page.wait_for_timeout(_REST)
    context.close()
    return sum(weights), took


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""Browser tests: serve the page, launch Chromium, and open visits in which nothing may go wrong."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.serve import launch
from app.settings import Settings
from retrieval.assistant import Assistant

if TYPE_CHECKING:
    import gradio as gr
    from playwright.sync_api import Browser, Dialog, Page

CHROMIUM = Path(os.environ.get("RELATORIA_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TIMEOUT_MS = 20_000  # milliseconds
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
OpenPage = Callable[..., "Page"]  # what the fixture `visit` is
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve_page(assistant: Assistant, settings: Settings | None = None) -> Iterator[str]:
    """Serve the page; yields its address."""
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port, settings=settings)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        page.close()


@contextmanager
def serve_blocks(blocks: "gr.Blocks") -> Iterator[str]:
    """Serve a part of the page alone, with the page's theme and style; yields its address."""
    from app.web.page import appearance

    port = free_port()
    blocks.launch(server_name="127.0.0.1", server_port=port, quiet=True, prevent_thread_lock=True, **appearance())
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        blocks.close(verbose=False)


@contextmanager
def launch_chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield one
        finally:
            one.close()


@dataclass(frozen=True, slots=True)
class Visit:
    """A page open in a browser, and its problems: errors, dialogs, requests to other hosts."""

    page: "Page"
    problems: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)  # addresses of all requests

    def tabs(self) -> list[str]:
        """The names of the panels, as the page's own links have them."""
        names: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('a.r-tab')].map((a) => new URL(a.href).searchParams.get('tab'))"
        )
        return names

    def go(self, tab: str) -> None:
        """Open a panel by its link."""
        self.page.click(f'a.r-tab[href="?tab={tab}"]')
        self.page.wait_for_function("(tab) => document.documentElement.dataset.tab === tab", arg=tab)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing has changed on the page for a moment; the network is never idle, Gradio listens on it."""
        self.page.evaluate(
            """() => new Promise((then) => {
                const quiet = () => { watch.disconnect(); requestAnimationFrame(then); };
                let timer = setTimeout(quiet, 200);
                const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(quiet, 200); });
                watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            })"""
        )


@contextmanager
def open_visit(browser: "Browser", url: str, ready: str = "", **options: Any) -> Iterator[Visit]:
    """Open a visit in a browser context of its own; at its end it asserts that there were no problems.

    It begins when the page is there, or what ``ready`` selects.
    """
    context = browser.new_context(**({"locale": "en-GB", "viewport": DESKTOP, "reduced_motion": "reduce"} | options))
    try:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        visit, host = Visit(page), "/".join(url.split("/")[:3]) + "/"

        def asked(dialog: "Dialog") -> None:
            visit.problems.append(f"dialog {dialog.message}")
            dialog.dismiss()

        def sent(address: str) -> None:
            visit.requested.append(address)
            if not address.startswith((host, "data:", "blob:")):
                visit.problems.append(f"sent to {address}")

        page.on("console", lambda said: visit.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: visit.problems.append(str(error)))
        page.on("dialog", asked)
        page.on("request", lambda request: sent(request.url))
        page.on("websocket", lambda socket: sent(socket.url.replace("ws", "http", 1)))
        page.goto(url)
        page.wait_for_selector(ready or "#r-top .r-top")
        if not ready:
            page.wait_for_function("document.documentElement.dataset.tab")
        yield visit
    finally:
        context.close()
    assert visit.problems == []


def ask(page: "Page", question: str) -> None:
    """Type a question and wait until its answer is complete."""
    answers = page.locator("#r-chat .r-provenance")
    before = answers.count()
    page.fill("#r-box textarea", question)
    page.keyboard.press("Enter")
    answers.nth(before).wait_for()


def wait_until_said(page: "Page", words: str) -> None:
    """Wait until the live region has these words."""
    page.wait_for_function("words => document.querySelector('#r-live')?.textContent.includes(words)", arg=words)


def wait_until_focused(page: "Page", selector: str) -> None:
    """Wait until the focus is on what the selector matches."""
    page.wait_for_function("selector => document.activeElement?.matches(selector)", arg=selector)


def press_by_keyboard(page: "Page", selector: str) -> None:
    """Focus an element with the tab key alone, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{selector} cannot be reached")


def is_in_view(page: "Page", selector: str) -> bool:
    """Whether an element scrolls into the viewport, waiting for it."""
    return bool(
        page.wait_for_function(
            """(selector) => { const box = document.querySelector(selector)?.getBoundingClientRect();
                return box && box.height > 0 && box.top >= 0 && box.top < innerHeight; }""",
            arg=selector,
        )
    )

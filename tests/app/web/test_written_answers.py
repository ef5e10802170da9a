"""What a chat model adds on the page: evidence before prose, marks that open the place, and who leaves stops it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from app.i18n.labels import LABELS
from retrieval.assistant import Assistant
from tests.fakes.browser import OpenPage, is_in_view, needs_chromium, serve_page
from tests.fakes.openai_server import Behaviour, Exchange, OpenAIServer
from tests.fakes.waiting import wait_until
from tests.fakes.writing_model import FALSE, QUESTION, TRUE, StartServer, helped, saying

if TYPE_CHECKING:
    from playwright.sync_api import Page

ServePage = Callable[[Behaviour], tuple[str, OpenAIServer]]


@pytest.fixture
def page_with(assistant: Assistant, told: StartServer) -> Iterator[ServePage]:
    with ExitStack() as stack:

        def start(behave: Behaviour) -> tuple[str, OpenAIServer]:
            server = told(behave)
            return stack.enter_context(serve_page(helped(assistant))), server

        yield start


def type_in(page: "Page", question: str) -> None:
    page.fill("#r-box textarea", question)
    page.keyboard.press("Enter")


@needs_chromium
def test_evidence_before_prose_and_its_marks_open_the_place(page_with: ServePage, visit: OpenPage) -> None:
    url, _ = page_with(saying(TRUE, f"<img src=x onerror='window.hacked=1'> {TRUE}", FALSE, every=1))
    page = visit(url)
    type_in(page, QUESTION)
    page.wait_for_selector("#r-chat blockquote")
    assert page.locator(".r-prose").count() == 0
    page.wait_for_selector(".r-writing")
    page.focus("#r-chat .r-quotes a.r-mark")
    page.wait_for_selector(".r-prose a.r-mark")
    page.locator(".r-provenance").wait_for()
    assert page.locator(".r-writing").count() == 0
    page.wait_for_function("document.activeElement.className === 'r-mark'")  # drawn anew with its translation
    assert page.locator("#r-chat .r-translation").count() == 1
    page.click(".r-prose a.r-mark")
    page.wait_for_selector("#r-here")
    assert "detención de migrantes irregulares" in page.inner_text("#r-here")
    assert is_in_view(page, "#r-here")
    assert page.evaluate("window.hacked") is None


@needs_chromium
def test_who_asks_anew_or_leaves_stops_the_model(page_with: ServePage, visit: OpenPage) -> None:
    gone = [threading.Event(), threading.Event()]

    def behave(talk: Exchange) -> None:
        try:
            saying(*["Yes."] * 300, every=0.1)(talk)
        except OSError:
            gone[talk.number - 1].set()
            raise

    url, server = page_with(behave)
    page = visit(url)
    type_in(page, QUESTION)
    page.wait_for_selector(".r-writing")
    wait_until(lambda: server.bodies, "the model to be asked")
    type_in(page, "What should governments do about trafficking?")
    page.wait_for_function("document.querySelectorAll('.r-question').length === 2")
    assert gone[0].wait(10)
    page.wait_for_function("document.querySelectorAll('.r-writing').length === 1")
    page.wait_for_function(
        "said => document.querySelector('#r-chat').innerText.includes(said)", arg=LABELS["en"].stopped
    )
    wait_until(lambda: len(server.bodies) >= 2, "the model to be asked again")
    page.close()
    assert gone[1].wait(15)

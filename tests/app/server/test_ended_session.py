"""A session that ends while its page is open: what was typed and what is under way wait for a log-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from app.serve import launch
from app.server.users import write_user
from app.settings import Settings
from retrieval.assistant import Assistant
from tests.fakes.browser import free_port, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

NAME, PASSWORD = "Añá", "correct horse: battery"
QUESTION = "What was recommended on return migration?"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a page is served to one user."""
    users: Path = tmp_path_factory.mktemp("users") / "users"
    write_user(users, NAME, PASSWORD)
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port, settings=Settings(users=users))
    yield f"http://127.0.0.1:{port}/?tab=ask#at=x:0-1"
    page.close()


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """The page as somebody sees it who has just logged in."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(address)
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".r-welcome h1")
    assert page.url == address
    yield page
    context.close()


def test_what_was_typed_is_still_there(page: "Page") -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.fill("#r-box textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".r-told a")
    assert page.inner_text(".r-told a") == "Log in"
    assert page.input_value("#r-box textarea") == QUESTION
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.focus("#r-box textarea")
    page.keyboard.press("Enter")
    page.locator(".r-provenance").first.wait_for()
    assert page.locator(".r-told").count() == 0
    page.click(".r-leave")
    page.wait_for_selector("#password")


def test_an_answer_whose_stream_was_refused_comes_once_somebody_has_logged_in(page: "Page") -> None:
    refused, streams = [], set()

    def end(request: "Request") -> None:
        streams.discard(request)

    page.on("request", lambda request: streams.add(request) if "/queue/data" in request.url else None)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    page.reload()
    page.wait_for_selector(".r-welcome h1")

    def refuse(route: "Route") -> None:
        with pytest.raises(HTTPError) as refusal:
            urlopen(route.request.url)  # without the browser's cookies
        refused.append(refusal.value.code)
        route.fulfill(status=refusal.value.code, body=refusal.value.read(), content_type="application/json")

    page.context.route("**/queue/data*", refuse, times=1)
    for asked in range(3):  # one may come by a stream that is still open
        if not refused:
            for _ in range(600):
                if streams:
                    page.wait_for_timeout(50)
            page.fill("#r-box textarea", QUESTION)
            page.keyboard.press("Enter")
            page.locator(".r-provenance").nth(asked).wait_for()
    assert refused == [401]

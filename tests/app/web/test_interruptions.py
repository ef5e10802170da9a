"""Answers that do not come to their end: stopped, reloaded, cut off, refused by the server."""

import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.i18n.labels import LABELS
from tests.app.web.test_written_answers import page_with, type_in  # noqa: F401 (a fixture)
from tests.fakes.browser import (
    OpenPage,
    needs_chromium,
    wait_until_focused,
    wait_until_said,
)
from tests.fakes.openai_server import Exchange, OpenAIServer
from tests.fakes.relay import Relay
from tests.fakes.waiting import wait_until
from tests.fakes.writing_model import QUESTION, saying

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TRAFFICKING = "What should governments do about trafficking?"


def called(server: OpenAIServer) -> None:
    """Waits until the model is asked."""
    wait_until(lambda: server.bodies, "the model to be asked")


@needs_chromium
def test_an_answer_is_stopped(page_with: Any, visit: OpenPage) -> None:  # noqa: F811
    gone = threading.Event()

    def behave(talk: Exchange) -> None:
        try:
            saying(*["Yes."] * 300, every=0.1)(talk)
        except OSError:
            gone.set()
            raise

    url, server = page_with(behave)
    page = visit(url)
    type_in(page, QUESTION)
    page.wait_for_selector(".r-writing")
    wait_until_said(page, "One of the 26 recommendations")
    called(server)
    stop = page.get_by_role("button", name=LABELS["en"].script["stop"])
    stop.focus()
    page.keyboard.press("Enter")
    assert gone.wait(10)
    page.get_by_role("button", name=LABELS["en"].script["send"]).wait_for()
    assert page.locator(".r-writing").count() == 0
    assert LABELS["en"].stopped in page.inner_text("#r-chat")
    assert page.locator("#r-chat blockquote").count() == 1
    page.wait_for_selector(".r-copy")
    wait_until_focused(page, "#r-box textarea")


@needs_chromium
def test_who_reloads_finds_the_page_clean_and_the_question_in_the_box(page_with: Any, browser: "Browser") -> None:  # noqa: F811
    gone = threading.Event()

    def behave(talk: Exchange) -> None:
        try:
            saying(*["Yes."] * 300, every=0.1)(talk)
        except OSError:
            gone.set()
            raise

    url, server = page_with(behave)
    context = browser.new_context(locale="en-GB")  # Gradio says in the console that its stream was cut
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#r-reader .r-paper")
    type_in(page, QUESTION)
    page.wait_for_selector(".r-writing")
    called(server)
    page.reload()
    page.wait_for_selector(".r-notice")
    assert gone.wait(15)
    assert page.locator(".r-question").count() == 0
    assert page.input_value("#r-box textarea") == QUESTION
    assert page.inner_text(".r-notice") == LABELS["en"].script["unfinished"]
    page.fill("#r-box textarea", "agua " * 2_000)
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-notices .r-notice")
    assert "9\u202f999" in page.inner_text(".r-notice")  # it alone
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.wait_for_selector("#r-live", state="attached")
    assert page.locator(".r-notice").count() == 0
    assert page.input_value("#r-box textarea") == ""
    context.close()


@needs_chromium
def test_a_connection_that_is_lost_and_comes_back(page_with: Any, browser: "Browser") -> None:  # noqa: F811
    url, _ = page_with(saying(*["Yes."] * 300, every=0.1))
    context = browser.new_context(locale="fr-FR")
    with Relay(int(url.strip("/").rpartition(":")[2])) as relay:
        page = context.new_page()
        page.goto(relay.url)
        page.wait_for_selector("#r-reader .r-paper")
        type_in(page, QUESTION)
        page.wait_for_selector(".r-writing")
        relay.cut()
        page.wait_for_selector(f'text="{LABELS["fr"].script["lost"]}"')
        assert page.input_value("#r-box textarea") == QUESTION
        relay.restore()
        page.wait_for_selector(".r-notice")
        assert page.inner_text(".r-notice") == LABELS["fr"].script["unfinished"]
        assert page.input_value("#r-box textarea") == QUESTION
        context.close()


REFUSED = "Han sido muchas peticiones en poco tiempo. Espere 58 segundos y vuelva a intentarlo."


@needs_chromium
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("lang", ["es", "ar"])
def test_what_the_server_refuses_is_said_once_and_beside_the_box(
    served: str,
    browser: "Browser",
    lang: str,
    width: int,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{served}?lang={lang}")
    page.wait_for_selector("#r-reader .r-report", state="attached")
    page.wait_for_function("document.documentElement.dataset.tab")
    page.route("**/queue/join*", lambda route: route.fulfill(status=429, json={"detail": REFUSED, "close": "Cerrar"}))
    for words in (TRAFFICKING, "agua " * 200):  # the box grows under the strip
        page.fill("#r-box textarea", words)
        with page.expect_response("**/queue/join*"):
            page.keyboard.press("Enter")
        page.wait_for_selector(".r-told")
        page.wait_for_timeout(300)  # a toast comes a moment later
        assert page.locator(f":text('{REFUSED}'):visible").count() == 1
        over = page.evaluate(
            """() => {
                const box = (one) => document.querySelector(one).getBoundingClientRect();
                const free = ["#r-box textarea", "#r-box .submit-button"].every((one) => {
                    const { x, y, width, height } = box(one);
                    const parts = [[x + 3, y + 3], [x + width / 2, y + height / 2], [x + width - 3, y + height - 3]];
                    return parts.every(([left, top]) => document.elementFromPoint(left, top)?.closest("#r-box"));
                });
                const [told, top, dock] = [".r-told", ".r-top", "#r-box"].map(box);
                const whole = told.left >= 0 && told.right <= innerWidth;
                return [free, told.top >= top.bottom, told.bottom <= dock.top, whole];
            }"""
        )
        assert over == [True] * 4
    assert Axe().run(page).response["violations"] == []
    context.close()


@needs_chromium
def test_no_toast_is_in_english(served: str, browser: "Browser") -> None:
    context = browser.new_context(locale="es-ES")
    page = context.new_page()
    page.goto(served)
    page.wait_for_selector("#r-reader .r-report", state="attached")
    page.wait_for_function("document.documentElement.dataset.tab")
    page.route("**/queue/join*", lambda route: route.fulfill(status=500, json={"detail": "Vuelva más tarde."}))
    for count in ("", "(2)"):
        page.fill("#r-box textarea", TRAFFICKING)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "count => document.querySelector('.toast-title')?.textContent.trim() === count", arg=count
        )
    assert "Error" not in page.inner_text("[data-testid=toast-body]")
    context.close()

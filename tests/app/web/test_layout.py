"""The page in other shapes: mirrored for Arabic, light and dark, and on a phone."""

from typing import TYPE_CHECKING, Any

import pytest

from app.i18n.labels import LABELS
from tests.fakes.browser import (
    PHONE,
    OpenPage,
    ask,
    needs_chromium,
    wait_until_focused,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRAFFICKING = "What should governments do about trafficking?"


@needs_chromium
def test_an_arabic_page_is_a_mirror(served: str, visit: OpenPage) -> None:
    page = visit(f"{served}?lang=ar")
    ask(page, "ماذا يقول التقرير عن الاتجار بالأشخاص؟")
    page.wait_for_selector(".r-card")

    def left(selector: str) -> float:
        return float(page.evaluate("one => document.querySelector(one).getBoundingClientRect().left", selector))

    assert left("#r-side") < left("#r-main")
    assert left(".r-langs") < left(".r-tabs") < left(".r-word")
    assert left("#r-chat blockquote") < left("#r-chat a.r-mark")
    assert left("#r-box .submit-button") < left("#r-box textarea")
    styles = page.evaluate(
        """() => ["#r-chat blockquote", ".r-card blockquote", "#r-chat .r-opening", "#r-box textarea"].map((one) => {
            const { direction, textAlign } = getComputedStyle(document.querySelector(one));
            return `${direction} ${textAlign}`;
        })"""
    )
    assert styles == ["ltr start", "ltr start", "rtl start", "rtl start"]


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way(served: str, visit: OpenPage, scheme: str, lang: str, width: int) -> None:
    """axe-core finds nothing, whatever the page shows, and it always has one title."""
    from axe_playwright_python.sync_playwright import Axe

    phone = {"is_mobile": True, "has_touch": True} if width == 390 else {}
    size = {"width": width, "height": 900}
    page = visit(f"{served}?lang={lang}", viewport=size, color_scheme=scheme, reduced_motion="reduce", **phone)
    found: list[Any] = []

    def check() -> None:
        found.extend((one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"])
        assert page.locator("h1:visible").count() == 1

    check()
    ask(page, TRAFFICKING)
    page.wait_for_selector(".r-card", state="attached")
    page.click("#r-narrow > button")
    check()
    page.click("#r-narrow > button")
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    check()
    page.keyboard.press("Escape")
    page.wait_for_function("document.documentElement.dataset.panel !== 'reader'")
    ask(page, "Who won the football world cup?")
    check()
    assert found == []


@needs_chromium
def test_on_a_phone_going_back_closes_the_report(served: str, visit: OpenPage) -> None:
    page = visit(served, viewport=PHONE, is_mobile=True, has_touch=True, reduced_motion="reduce")
    ask(page, "Who won the football world cup?")
    page.focus("a.r-chip >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-here")
    assert page.inner_text(".r-of") == "2 of 3"
    assert page.evaluate("document.querySelector('#r-main').inert")
    page.tap('[data-step="1"]')
    page.wait_for_function("document.querySelector('.r-of')?.textContent === '3 of 3'")
    page.go_back()
    page.wait_for_function("document.documentElement.dataset.panel !== 'reader'")
    wait_until_focused(page, "a.r-chip")
    assert not page.evaluate("document.querySelector('#r-main').inert")
    assert page.url == served
    page.tap("a.r-chip >> nth=0")
    page.wait_for_selector("#r-here")
    page.keyboard.press("Escape")
    page.wait_for_function("document.documentElement.dataset.panel !== 'reader'")
    assert page.url == served


@needs_chromium
def test_on_a_phone_what_narrows_gives_way_and_is_counted(served: str, visit: OpenPage) -> None:
    page = visit(served, viewport=PHONE, is_mobile=True, has_touch=True)
    assert page.get_attribute("#r-narrow > button", "data-count") is None
    page.click("#r-narrow > button")
    page.wait_for_selector("#r-narrow > button[aria-expanded=true]")
    page.fill("#r-by-addressee input", "gob")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Narrow 1: gobiernos", exact=True).wait_for()
    ask(page, "List all recommendations")
    assert page.locator("#r-by-addressee").is_hidden()
    assert page.get_attribute("#r-narrow > button", "aria-expanded") == "false"
    assert page.get_attribute("#r-narrow > button", "data-count") == "1"
    page.click("#r-narrow > button")
    page.click("#r-by-addressee .token-remove >> nth=0")
    page.wait_for_selector("#r-narrow > button:not([data-count], [aria-label])")


@needs_chromium
@pytest.mark.parametrize("lang", LABELS)
def test_on_a_phone_the_panel_that_is_open_is_among_the_names(served: str, visit: OpenPage, lang: str) -> None:
    def fits(page: "Page") -> bool:
        return bool(
            page.evaluate(
                """() => {
                    const open = document.querySelector(".r-tab[aria-current]").getBoundingClientRect();
                    const wide = document.documentElement.scrollWidth > innerWidth;
                    return open.left >= 0 && open.right <= innerWidth && !wide;
                }"""
            )
        )

    page = visit(f"{served}?lang={lang}&tab=evaluation", viewport=PHONE)
    page.wait_for_function("document.documentElement.dataset.tab === 'evaluation'")
    (hidden,) = page.evaluate("[document.querySelector('.r-tabs')].map((one) => one.scrollWidth - one.clientWidth)")
    assert hidden == 0
    assert fits(page)
    page.set_viewport_size({"width": 240, "height": 600})
    for tab in ("ask", "evaluation"):
        page.evaluate("tab => document.querySelector(`a.r-tab[href='?tab=${tab}']`).click()", tab)
        page.wait_for_function("tab => document.documentElement.dataset.tab === tab", arg=tab)
        assert fits(page)

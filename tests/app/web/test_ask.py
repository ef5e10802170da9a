"""The Ask panel: its events, and in a browser marks, copies, permanent links, starters and filters."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest

from app.chat.filters import FIELDS
from app.i18n.labels import LABELS
from app.settings import Settings
from app.web.ask import AskComponents, AskHandlers, opening_updates
from app.web.panel import Site, Visit
from app.web.side import first_report_html
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION
from retrieval.results import Answer, Status
from tests.app.web.test_page import ID
from tests.fakes.browser import (
    OpenPage,
    ask,
    is_in_view,
    needs_chromium,
    serve_page,
    wait_until_focused,
    wait_until_said,
)
from tests.fakes.growing_report import ROADS, WATER, GrowingReport

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRAFFICKING = "What should governments do about trafficking?"
DETENTION = "What does the report say on detention of irregular migrants?"


@pytest.fixture
def talk(assistant: Assistant) -> AskHandlers:
    with gr.Blocks():
        site = Site(assistant, Settings(), gr.State("en"), gr.State(""), gr.State(()))
        return AskHandlers(site, AskComponents(site), gr.State(EMPTY_CONVERSATION), gr.HTML())


VISITOR: Any = SimpleNamespace(session_hash="someone")


def test_an_answer_leaves_the_box_free_and_itself_at_hand(talk: AskHandlers) -> None:
    of = talk.parts
    before = (Answer("?", "?", "en", Status.ANSWERED, ()),)
    updates = list(talk.stream_turns(TRAFFICKING, [], "en", EMPTY_CONVERSATION, before, VISITOR, *[[] for _ in FIELDS]))
    assert all(set(update) <= set(talk.outputs) for update in updates)
    assert updates[0][of.box]["stop_btn"] is True
    assert updates[0][of.box]["value"] == ""
    last = updates[-1]
    assert (last[of.box]["submit_btn"], last[of.box]["stop_btn"]) == (True, False)
    assert "value" not in last[of.box]  # what is typed meanwhile stays
    assert [update.question for update in last[talk.site.answers]] == ["?", TRAFFICKING]
    assert not last[talk.site.answers][-1].hits
    assert "data-copy=" in last[of.copy]
    assert last[of.follow_ups].count("data-ask=") == 4
    assert talk.under_way == {}


def test_what_cannot_be_asked_stays_in_the_box(talk: AskHandlers) -> None:
    for question, chosen, words in (
        ("x" * 2_001, [[]] * 8, "2\u202f001"),
        (TRAFFICKING, [[], ["x" * 100_000], *[[]] * 6], "up to 500"),
        ("  ", [[]] * 8, ""),
    ):
        (update,) = talk.stream_turns(question, [], "en", EMPTY_CONVERSATION, (), VISITOR, *chosen)
        assert list(update) == [talk.parts.notice]
        assert words in update[talk.parts.notice]


def test_who_stops_before_there_is_an_answer_has_the_question_back(talk: AskHandlers) -> None:
    coming = talk.stream_turns(TRAFFICKING, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    assert "r-pending" in next(coming)[talk.parts.chat][-1]["content"]
    talk.stop(VISITOR)
    last = list(coming)[-1]
    assert last[talk.parts.box]["value"] == TRAFFICKING
    assert last[talk.parts.chat] == []
    talk.stop(VISITOR)  # there is nothing to stop


def test_who_asks_anew_stops_what_was_under_way(talk: AskHandlers) -> None:
    first = talk.stream_turns(TRAFFICKING, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    next(first)
    second = talk.stream_turns(DETENTION, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    next(second)
    assert not any(talk.parts.box in turn for turn in first)  # the box is the second's
    assert list(second)[-1][talk.site.answers][-1].question == DETENTION


def test_a_page_without_an_index_says_what_to_type(tmp_path: Path) -> None:
    shown = opening_updates(Assistant(tmp_path), Visit("en", {}))
    assert LABELS["en"].unavailable in shown[1]
    assert first_report_html(Assistant(tmp_path), Visit("en", {"passage": "x"})) == ""


# In a browser


@pytest.fixture
def page(served: str, visit: OpenPage) -> "Page":
    return visit(served)


@needs_chromium
def test_from_mark_to_mark(page: "Page") -> None:
    ask(page, TRAFFICKING)
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    before = page.inner_text("#r-here")
    assert page.inner_text(".r-of") == "1 of 3"
    assert page.is_disabled('[data-step="-1"]')
    assert "line 162" in page.inner_text(".r-report .r-named")
    assert "Sobre los efectos de la migración irregular" in page.inner_text(".r-report .r-path")
    page.focus('[data-step="1"]')
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.r-of')?.textContent === '2 of 3'")
    assert page.inner_text("#r-here") != before
    wait_until_focused(page, '[data-step="1"]')
    wait_until_said(page, "2 of 3. Recommendation")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.r-of')?.textContent === '3 of 3'")
    wait_until_focused(page, '[data-step="-1"]')  # there is no next one
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    wait_until_focused(page, "#r-chat a.r-mark")


@needs_chromium
def test_an_answer_is_copied_with_its_citations(served: str, visit: OpenPage) -> None:
    page = visit(served, permissions=["clipboard-read", "clipboard-write"])
    ask(page, TRAFFICKING)
    page.focus(".r-copy")
    page.keyboard.press("Enter")
    wait_until_said(page, LABELS["en"].script["copied"])
    text = page.evaluate("navigator.clipboard.readText()")
    assert f"\n{served}?passage={ID}%231.2-r10\n" in text
    assert "«Los gobiernos deben llevar ante la justicia" in text
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    page.click(".r-permanent")
    page.wait_for_function(
        "async link => (await navigator.clipboard.readText()) === link", arg=f"{served}?passage={ID}%231.2-r10"
    )


@needs_chromium
@pytest.mark.parametrize("tab", ["", "&tab=browse"])
def test_a_permanent_link_opens_the_report_at_its_record(served: str, visit: OpenPage, tab: str) -> None:
    page = visit(f"{served}?passage={ID}%231.2-r07{tab}", ready="#r-here")
    assert "subsanar las deficiencias de coordinación" in page.inner_text("#r-here")
    assert is_in_view(page, "#r-here")
    gone = visit(f"{served}?passage=none%231{tab}", ready=".r-gone")
    assert gone.inner_text(".r-gone") == LABELS["en"].gone
    wait_until_focused(gone, ".r-gone")


@needs_chromium
def test_starters_by_who_asks_and_what_leads_on(page: "Page") -> None:
    page.focus("#r-role input >> nth=0")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("button.r-starter:has-text('List all obligations')")
    page.focus("button.r-starter >> nth=0")
    page.keyboard.press("Enter")
    page.locator(".r-provenance").wait_for()
    wait_until_said(page, "13 of 26 recommendations")
    page.wait_for_selector("button.r-follow")
    leading = page.inner_text("button.r-follow >> nth=0")
    page.focus("button.r-follow >> nth=0")
    page.keyboard.press("Enter")
    page.locator(".r-provenance").nth(1).wait_for()
    assert page.locator(".r-question").last.inner_text() == leading
    assert page.locator("h1:visible").count() == 1
    assert "26 recommendations" in page.inner_text("#r-line")


@needs_chromium
def test_a_question_is_narrowed(page: "Page") -> None:
    page.focus("#r-narrow > button")
    assert page.get_attribute("#r-narrow > button", "aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-narrow > button[aria-expanded=true]")
    page.focus("#r-by-addressee input")
    page.keyboard.type("gob")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-by-addressee .token:has-text('gobiernos')")
    ask(page, "List all recommendations")
    assert page.locator(".r-narrowed").last.inner_text() == "Only among: Addressee: gobiernos"
    assert page.locator("#r-chat blockquote").count() == 7


@needs_chromium
def test_a_huge_paste_stays_in_the_box(page: "Page") -> None:
    words = "agua " * 2_000
    page.fill("#r-box textarea", words)
    page.keyboard.press("Enter")
    page.wait_for_selector(".r-notice")
    assert "9\u202f999" in page.inner_text(".r-notice")
    assert page.input_value("#r-box textarea") == words
    assert page.locator(".r-question").count() == 0
    ask(page, TRAFFICKING)
    assert page.locator(".r-notice").count() == 0


@needs_chromium
def test_two_tabs_know_nothing_of_each_other(served: str, visit: OpenPage) -> None:
    page = visit(served)
    other = page.context.new_page()
    other.goto(served)
    other.wait_for_selector("#r-reader .r-paper")
    ask(page, "What does the report say on detention of irregular migrants?")
    ask(other, TRAFFICKING)
    ask(page, "and for women?")
    assert "detention of irregular migrants, for women" in page.inner_text(".r-searched")
    assert other.locator(".r-question").count() == 1
    assert other.locator(".r-searched").count() == 0


@needs_chromium
def test_a_mark_of_an_answer_that_was_given_before_the_report_changed(
    tmp_path: Path, assistant: Assistant, visit: OpenPage
) -> None:
    growing = GrowingReport(tmp_path, assistant)
    growing.says(WATER, ROADS)
    with serve_page(growing.assistant) as url:
        page = visit(f"{url}?lang=es")
        ask(page, "¿Qué se recomienda sobre los pozos de agua?")
        growing.says(WATER.replace("deben", "podrían"), ROADS)
        page.click("#r-chat a.r-mark >> nth=0")
        page.wait_for_selector(".r-changed")
        assert page.locator("mark").count() == 0
        page.click(".r-changed a")
        page.wait_for_selector("#r-here")
        assert "podrían reparar" in page.inner_text("#r-here")

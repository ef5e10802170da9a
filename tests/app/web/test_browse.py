"""The panel of recommendations: its handlers dry; links, selections and files in a browser."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest

from app.browse.browse import RecordBrowser
from app.browse.records import FIELDS
from app.i18n.labels import LABELS
from app.settings import Settings
from app.web.browse import BrowseHandlers
from app.web.export import lay_out_strip
from app.web.panel import Site, Visit
from retrieval.assistant import Assistant
from tests.app.export.exported import read_ids
from tests.fakes.browser import OpenPage, needs_chromium, open_visit, serve_blocks, serve_page
from tests.fakes.library import LIBRARY_SIZE, build_library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ID = "gfmd-2010-mesa-redonda-1"
COUNT = "#r-count"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return build_library(tmp_path_factory.mktemp("library"))


def test_nothing_is_looked_up_for_who_only_asks(tmp_path: Path) -> None:
    handlers = BrowseHandlers(RecordBrowser(Assistant(tmp_path / "none")))
    unopened = handlers.load(Visit("en", {}))
    said = handlers.load(Visit("en", {"tab": "browse"}))
    assert len(unopened) == len(said)
    assert LABELS["en"].unavailable in said[3]


def test_a_permanent_link_leads_to_its_page(library: Assistant) -> None:
    handlers = BrowseHandlers(RecordBrowser(library))
    last = RecordBrowser(library).records().ids[LIBRARY_SIZE - 1]
    loaded = handlers.load(Visit("en", {"tab": "browse", "passage": last}))
    assert 'aria-current="true"' in loaded[3]
    assert loaded[2] == last
    assert handlers.load(Visit("en", {"tab": "browse", "passage": "no-such"}))[3].count("<table") == 1


def test_a_link_to_a_part_leads_to_its_recommendation(assistant: Assistant) -> None:
    loaded = BrowseHandlers(RecordBrowser(assistant)).load(Visit("en", {"tab": "browse", "passage": f"{ID}#1.1-r05.2"}))
    (row,) = re.findall(r'<tr [^>]*aria-current="true">.*?value="([^"]+)"', loaded[3])
    assert row == f"{ID}#1.1-r05"


def test_enter_on_nothing_is_no_filter(assistant: Assistant) -> None:
    show = BrowseHandlers(RecordBrowser(assistant)).show(None, but="strength")
    chosen = [[""] if name == "strength" else [] for name in FIELDS]
    updates = show("en", 0, "", frozenset(), "", "", *chosen)
    assert updates[0].count('scope="row"') == 26
    assert updates[5 + list(FIELDS).index("strength")]["value"] == []


# In a browser


@pytest.fixture(scope="module")
def served_library(library: Assistant) -> Iterator[str]:
    with serve_page(library) as url:
        yield url


@pytest.fixture
def table(visit: OpenPage) -> OpenPage:
    """Opens the page at its table."""

    def opened(url: str, **options: Any) -> "Page":
        page = visit(url, **options)
        page.wait_for_selector("#r-records .r-list")
        page.wait_for_selector(f"{COUNT}[aria-live]")
        return page

    return opened


def counted(page: "Page", text: str) -> None:
    page.wait_for_function(f"(text) => document.querySelector('{COUNT}').innerText.includes(text)", arg=text)


@needs_chromium
def test_filtering_counts_and_is_in_the_address(served: str, table: OpenPage) -> None:
    page = table(f"{served}?tab=browse")
    counted(page, "26 of 26")
    assert not page.is_visible("#r-side")
    page.fill("#r-words input, #r-words textarea", "GOBIERNOS")
    counted(page, "8 of 26")
    assert {text.lower() for text in page.locator("mark.r-found").all_inner_texts()} == {"gobiernos", "gobiernosdeben"}
    page.click("#r-by-strength input")
    page.click("#r-by-strength [role=option]:has-text('obligation · 6')")
    counted(page, "6 of 26")
    page.click("#r-by-forum input")
    page.click("#r-by-forum [role=option]:has-text('Foro Mundial sobre Migración y Desarrollo · 6')")
    page.wait_for_function("/strength=obligation.*forum=Foro/.test(location.search)")
    shared = table(page.url)
    counted(shared, "6 of 26")
    assert shared.locator("#r-records [data-pick]").count() == 6
    shared.click("button:has-text('Reset filters')")
    counted(shared, "26 of 26")
    assert shared.input_value("#r-words input, #r-words textarea") == ""
    shared.wait_for_function("!location.search.includes('words')")


@needs_chromium
def test_a_selection_lasts_and_is_downloaded(served_library: str, table: OpenPage, tmp_path: Path) -> None:
    page = table(f"{served_library}?tab=browse")
    page.check("#r-records [data-pick] >> nth=0")
    counted(page, "Selected: 1")
    page.click("#r-paging button:has-text('Next')")
    page.wait_for_function("document.querySelector('#r-range').innerText.startsWith('51–100')")
    page.check("#r-records [data-pick] >> nth=3")
    counted(page, "Selected: 2")
    page.fill("#r-words input, #r-words textarea", "leer")
    page.wait_for_function("document.querySelectorAll('#r-records [data-pick]').length < 20")
    page.check("#r-records [data-every]")
    hostile = page.locator("#r-records [data-pick]").count()
    counted(page, f"Selected: {hostile + 2}")
    page.uncheck("#r-records [data-pick] >> nth=0")
    counted(page, f"Selected: {hostile + 1}")
    for name, suffix in (("Word", "docx"), ("Markdown", "md"), ("CSV", "csv"), ("JSON", "json")):
        with page.expect_download() as download:
            page.click(f"#r-bar button:has-text('{name}')")
        assert re.fullmatch(rf"relatoria-\d{{4}}-\d\d-\d\d-selection\.{suffix}", download.value.suggested_filename)
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert len(read_ids(file)) == hostile + 1
        assert read_ids(file)[:2] == ["report-00000#r01", "report-00005#r04"]
    page.fill("#r-words input, #r-words textarea", "")
    page.wait_for_function("document.querySelectorAll('#r-records [data-pick]').length === 50")
    assert page.is_checked("#r-records [data-pick] >> nth=0")
    page.click("button:has-text('Clear selection')")
    page.wait_for_function(f"!document.querySelector('{COUNT}').innerText.includes('Selected')")
    assert not page.is_checked("#r-records [data-pick] >> nth=0")
    page.click("button:has-text('Select all')")
    counted(page, f"Selected: {LIBRARY_SIZE + hostile}")


@needs_chromium
def test_a_permanent_link_opens_where_it_says(served_library: str, table: OpenPage) -> None:
    page = table(f"{served_library}?tab=browse&p=3")
    link = page.locator("#r-records .r-links a >> nth=21").get_attribute("href")
    assert link is not None
    wanted = page.locator("#r-records [data-pick] >> nth=10").get_attribute("value")
    led = table(f"{served_library}{link}")
    assert led.locator("#r-records .r-led [data-pick]").get_attribute("value") == wanted
    led.wait_for_function("document.querySelector('.r-led').getBoundingClientRect().top < innerHeight")


@needs_chromium
def test_by_keyboard_alone(served: str, table: OpenPage, tmp_path: Path) -> None:
    page = table(f"{served}?tab=browse")
    page.focus("#r-words input, #r-words textarea")
    page.keyboard.type("retorno")
    counted(page, "1 of 26")
    page.focus("#r-records [data-pick]")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    counted(page, "Selected: 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-here")
    assert page.inner_text("#r-here").startswith("Como recomendación final")
    assert page.is_visible("#r-side")
    assert page.is_visible("#r-records")
    page.keyboard.press("Escape")
    page.wait_for_selector("#r-side", state="hidden")
    assert "See it in the report" in page.evaluate("document.activeElement.ariaLabel")
    page.focus("#r-bar button:has-text('CSV')")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "selection.csv")
    with (tmp_path / "selection.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [f"{ID}#1.1-r09"]


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize("width", [1440, 720, 390])  # 720: 1440 at 200 %
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("es", "dark"), ("ar", "light"), ("ar", "dark")])
def test_axe_has_nothing_to_say(served_library: str, table: OpenPage, width: int, language: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = table(
        f"{served_library}?tab=browse&lang={language}&words=deben",
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
    )
    page.check("#r-records [data-pick] >> nth=1")
    page.wait_for_selector(".r-selected")
    violations = Axe().run(page, context="#r-main").response["violations"]
    assert [(violation["id"], [node["html"][:120] for node in violation["nodes"]]) for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None


@needs_chromium
def test_the_last_answer_or_all_of_them(assistant: Assistant, browser: "Browser", tmp_path: Path) -> None:
    """The strip for answers, on a page of its own: unseen until there is one."""
    given = [assistant.ask("¿Qué se recomendó sobre la migración de retorno?"), assistant.ask("What about women?")]
    with gr.Blocks() as blocks:
        site = Site(assistant, Settings(), gr.State("en"), gr.State(""), gr.State(()))
        strip = lay_out_strip(site)
        chat = gr.HTML(elem_id="r-chat")
        there = '<p class="r-provenance">index</p>'
        gr.Button("answer").click(lambda: (tuple(given), there), None, [site.answers, chat])
        blocks.load(lambda: strip.load(Visit("en", {}))[0], None, list(strip.outputs))
    with serve_blocks(blocks) as url, open_visit(browser, url, "button:has-text('answer')") as visit:
        page = visit.page
        assert not page.is_visible("button:has-text('Word')")
        page.click("button:has-text('answer')")
        for which, wanted in (("The last answer", given[1:]), ("The whole conversation", given)):
            page.check(f"label:has-text('{which}') input")
            with page.expect_download() as download:
                page.click("button:has-text('Word')")
            download.value.save_as(tmp_path / "x.docx")
            cited = {citation.passage.id for answer in wanted for citation in answer.sources}
            assert set(read_ids(tmp_path / "x.docx")) == cited

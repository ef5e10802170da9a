"""The Reports panel in a browser: reports come and go by keyboard, and nobody is shut out."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.settings import Settings
from retrieval.assistant import Assistant
from tests.app.web.test_page import HOSTILE
from tests.fakes.browser import OpenPage, needs_chromium, open_visit, press_by_keyboard, serve_page
from tests.fakes.hashing_embedder import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Settings(uploads=True, upload_limit=200_000)


@pytest.fixture(scope="module")
def served(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "index"
    shutil.copytree(assistant.index.folder, folder)
    with serve_page(Assistant(folder, embedder=assistant.embedder()), OPEN) as url:
        yield url


@needs_chromium
def test_a_report_comes_and_goes_by_keyboard_alone(served: str, visit: OpenPage, sent: Path) -> None:
    page = visit(f"{served}?tab=reports")
    page.wait_for_selector(".r-shelf")
    with page.expect_file_chooser() as chooser:
        press_by_keyboard(page, "#r-choose, #r-choose *")
    chooser.value.set_files([write_report(sent, "faros.txt", "Los gobiernos deben encender los faros.")])
    page.wait_for_function("document.activeElement.id === 'r-offer-title'")
    assert "New report" in page.inner_text("#r-offered")
    assert page.locator(".r-shelf > li").count() == 1
    press_by_keyboard(page, "#r-apply")
    page.wait_for_function("document.querySelectorAll('.r-shelf > li').length === 2")
    page.wait_for_function("document.activeElement.id === 'r-reports-said'")
    assert page.get_attribute("#r-reports-said", "role") == "status"
    press_by_keyboard(page, "[data-remove=faros]")
    page.wait_for_function("document.activeElement.id === 'r-sure-title'")
    press_by_keyboard(page, "#r-no")
    page.wait_for_function("document.activeElement.dataset.remove === 'faros'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'r-sure-title'")
    press_by_keyboard(page, "#r-yes")
    page.wait_for_function("document.querySelectorAll('.r-shelf > li').length === 1")


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize(("scheme", "language", "width"), [("light", "ar", 390), ("dark", "en", 1440)])
def test_the_panel_shuts_nobody_out(
    served: str, visit: OpenPage, sent: Path, scheme: str, language: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 844}}
    page = visit(f"{served}?tab=reports&lang={language}", **look)
    page.wait_for_selector(".r-shelf")
    (sent / "empty.txt").write_bytes(b"")
    files = [write_report(sent, "faros.txt", *HOSTILE[:3], "a" * 400), sent / "empty.txt"]
    page.set_input_files("#r-reports input[type=file]", files)
    page.wait_for_selector("#r-offer-title")
    page.evaluate("document.querySelectorAll('.r-panel details').forEach((e) => { e.open = true })")
    page.click("[data-remove]")
    page.wait_for_selector("#r-sure-title")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#r-cancel")
    page.wait_for_selector("#r-offer-title", state="detached")


@needs_chromium
def test_without_permission_there_is_only_the_list(assistant: Assistant, browser: "Browser") -> None:
    with serve_page(assistant) as url, open_visit(browser, f"{url}?tab=reports") as visit:
        page = visit.page
        page.wait_for_selector(".r-shelf")
        assert "relatoria serve --uploads" in page.inner_text("#r-reports")
        assert not page.locator("#r-choose, [data-remove]").count()
        page.click(".r-shelf a.r-title")
        page.wait_for_selector("#r-reader .r-paper")

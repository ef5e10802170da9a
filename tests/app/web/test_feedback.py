"""The strip for an opinion, in a browser: by keyboard alone, and for everybody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app.feedback.log import read
from app.i18n.labels import LABELS
from app.settings import Settings
from app.web.feedback import lay_out_strip
from app.web.panel import Site, Visit
from retrieval.assistant import Assistant
from tests.fakes.browser import OpenPage, needs_chromium, press_by_keyboard, serve_blocks


@pytest.fixture(scope="module")
def served(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The strip alone, under a button that stands for an answer; the language is that of the query."""
    answer = assistant.ask("¿Qué se recomendó sobre la migración de retorno?")
    file = tmp_path_factory.mktemp("feedback") / "feedback.jsonl"
    blocks = gr.Blocks(analytics_enabled=False)
    with blocks:
        site = Site(assistant, Settings(feedback=file), gr.State("es"), gr.State(""), gr.State(()))
        gr.HTML("<h1>Relatoría</h1>")
        answered = gr.Button("answered", elem_id="answered")
        shown = lay_out_strip(site)
        answered.click(lambda before: (*before, answer), site.answers, site.answers)

        def load(request: gr.Request) -> list[Any]:
            code = dict(request.query_params).get("lang", "es")
            return [code, *shown.load(Visit(code, {}))]

        blocks.load(load, None, [site.language, *shown.outputs])
    with serve_blocks(blocks) as url:
        yield url, file


@needs_chromium
def test_an_opinion_by_keyboard_alone(served: tuple[str, Path], visit: OpenPage) -> None:
    url, file = served
    page = visit(f"{url}?lang=en", ready="#answered")
    assert not page.is_visible("#r-feedback")
    press_by_keyboard(page, "#answered")
    page.wait_for_selector("#r-up")
    press_by_keyboard(page, "#r-down")
    page.wait_for_function("document.activeElement.matches('#r-reasons input')")
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.matches('#r-note textarea')")
    page.keyboard.type("<img src=x onerror=alert(1)> {{x}}")
    press_by_keyboard(page, "#r-send")
    page.wait_for_function("document.activeElement.id === 'r-heard'")
    assert "Thank you" in page.inner_text("#r-heard")
    assert page.get_attribute("#r-heard", "role") == "status"
    assert not page.is_visible("#r-up")
    entry = read(file).entries[-1]
    assert (entry.good, entry.reasons, entry.note) == (False, ("wrong_passage",), "<img src=x onerror=alert(1)> {{x}}")
    page.click("#answered")  # the next answer
    page.wait_for_selector("#r-up")
    assert page.inner_text("#r-heard").strip() == ""
    page.click("#r-up")
    page.wait_for_function("document.activeElement.id === 'r-heard'")
    assert read(file).entries[-1].good


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize(("scheme", "language", "width"), [("light", "ar", 390), ("dark", "en", 1440)])
def test_the_strip_shuts_nobody_out(
    served: tuple[str, Path], visit: OpenPage, scheme: str, language: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 844}}
    page = visit(f"{served[0]}?lang={language}", ready="#answered", **look)
    page.evaluate("(direction) => { document.documentElement.dir = direction }", LABELS[language].direction)
    page.click("#answered")
    page.wait_for_selector("#r-up")
    page.click("#r-down")
    page.wait_for_selector("#r-note textarea")
    violations = Axe().run(page, context="#r-feedback").response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

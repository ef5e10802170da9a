"""The evaluation panel: the last scorecard read from a file, and its worst cases that open in Ask."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from app.cli.main import main
from app.evaluation import MAX_CASES, scorecard_html
from app.i18n.labels import LABELS, LANGUAGES
from app.settings import Settings
from evals.options import SCORECARD_FILE
from evals.run.runner import Outcome
from evals.scorecard.scorecard import Scorecard
from retrieval.assistant import Assistant
from tests.app.web.test_page import HOSTILE
from tests.evals.scorecard.test_html_report import OUTCOMES
from tests.fakes.browser import OpenPage, needs_chromium, press_by_keyboard, serve_page


def card_in(file: Path, outcomes: tuple[Outcome, ...] = OUTCOMES, **made: Any) -> Path:
    card = Scorecard(outcomes, made={"relatoria": "0.1.0", **made}, date="2026-11-25T08:00:00+00:00")
    file.write_text(json.dumps(card.as_json(), ensure_ascii=False), encoding="utf-8")
    return file


def settings_with(file: Path) -> Settings:
    return Settings(scorecard=file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_plots_and_worst_cases_are_there(assistant: Assistant, tmp_path: Path, language: str) -> None:
    shown = scorecard_html(assistant, settings_with(card_in(tmp_path / "card.json")), language)
    page, words = LexborHTMLParser(shown), LABELS[language].evaluation
    assert [element.text() for element in page.css("h1")] == [words.title]
    assert len(page.css("svg")) > 8
    assert [element.attributes["dir"] for element in page.css(".r-scorecard")] == ["ltr", "ltr"]
    assert "Right, by language" in shown
    assert "Right, by kind" in shown
    worst = [element.text() for element in page.css(".r-worst .r-asked")]
    assert worst[0] == "Pourquoi ?"  # it crashed
    assert set(worst) == {"Pourquoi ?", "Bread?", "Which ones?", "ولماذا؟"}
    links = [unquote(str(element.attributes["href"])) for element in page.css("a.r-ask")]
    assert "#ask=ولماذا؟" in links
    assert "#ask=ما هي المنصة؟" in links  # what was said before it
    assert words.lead.format(count=6, right=2) in shown
    assert "2026-11-25" in shown


def test_whether_it_is_of_the_reports_that_are_asked(assistant: Assistant, tmp_path: Path) -> None:
    words = LABELS["en"].evaluation
    fingerprint = assistant.index.store.stamp()["fingerprint"]
    here = card_in(tmp_path / "here.json", index=fingerprint)
    there = card_in(tmp_path / "there.json", index="0" * 64)
    assert words.of_this_index in scorecard_html(assistant, settings_with(here), "en")
    assert words.of_another_index in scorecard_html(assistant, settings_with(there), "en")


def test_without_one_it_says_how_to_make_one(assistant: Assistant, tmp_path: Path) -> None:
    for language in LANGUAGES:
        shown = scorecard_html(assistant, settings_with(tmp_path / "none.json"), language)
        assert "relatoria eval" in shown
        assert LABELS[language].evaluation.none in shown


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"3",
        b'{"schema": 2}',
        b"[" * 100_000,
        b"<script>alert(1)</script>",
        b"\x00" * 64,
    ],
)
def test_a_file_that_is_none_is_said_in_a_sentence(assistant: Assistant, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "card.json"
    file.write_bytes(content)
    shown = scorecard_html(assistant, settings_with(file), "en")
    assert "The scorecard cannot be shown" in shown
    assert str(tmp_path) not in shown
    assert "<script" not in shown
    older = json.loads(card_in(tmp_path / "older.json").read_text())
    del older["reliability"]
    file.write_text(json.dumps(older))
    assert "'reliability' is a required property" in scorecard_html(assistant, settings_with(file), "en").replace(
        "&#x27;", "'"
    )
    file.unlink()
    file.mkdir()
    assert "cannot be shown" in scorecard_html(assistant, settings_with(file), "en")


def test_what_cases_say_is_text(assistant: Assistant, tmp_path: Path) -> None:
    crashed = OUTCOMES[4]
    hostile = tuple(
        replace(crashed, case=replace(crashed.case, name=f"h{number}", question=words, why=words), error=words)
        for number, words in enumerate(HOSTILE)
    )
    shown = scorecard_html(assistant, settings_with(card_in(tmp_path / "card.json", hostile)), "en")
    page = LexborHTMLParser(shown)
    assert not page.css("script, img, iframe, object, [onerror], [onload]")
    assert page.css_first(".r-worst .r-asked") is not None
    assert "{{" not in shown
    assert "${" not in shown


def test_only_the_worst_are_listed_and_a_new_file_is_seen(assistant: Assistant, tmp_path: Path) -> None:
    crashed = OUTCOMES[4]
    many = tuple(
        replace(crashed, case=replace(crashed.case, name=f"n{n}", question=f"¿{n}?")) for n in range(MAX_CASES + 9)
    )
    file = card_in(tmp_path / "card.json", many)
    shown = scorecard_html(assistant, settings_with(file), "en")
    assert shown.count('class="r-asked"') == MAX_CASES
    assert "and 9 more" in shown
    card_in(file, (OUTCOMES[0],))
    assert LABELS["en"].evaluation.no_worst in scorecard_html(assistant, settings_with(file), "en")


def test_a_whole_run_leaves_its_scorecard_for_the_page(assistant: Assistant, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(assistant.index.folder, folder, ignore=shutil.ignore_patterns(SCORECARD_FILE))
    cases = tmp_path / "gfmd-2010-mesa-redonda-1.jsonl"
    case = {"name": "who", "question": "¿Quién fue el relator?", "language": "es", "any": ["rapporteur"]}
    cases.write_text(json.dumps(case), encoding="utf-8")
    command = ["eval", "--index", str(folder), "--cases", str(cases), "--no-gate"]
    assert main([*command, "--once"]) == 0
    assert not (folder / SCORECARD_FILE).exists()  # a part of a run is no scorecard
    assert main(command) == 0
    shown = scorecard_html(Assistant(folder), Settings(), "en")
    assert LABELS["en"].evaluation.of_this_index in shown
    assert "would ask them: 1. Of these, 1 got" in shown


# In a browser


@pytest.fixture(scope="module")
def served(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = card_in(tmp_path_factory.mktemp("card") / "card.json")
    with serve_page(assistant, settings_with(file)) as url:
        yield url


@needs_chromium
def test_a_worst_case_opens_in_ask_by_keyboard_alone(served: str, visit: OpenPage) -> None:
    page = visit(served)
    page.wait_for_selector("#r-box textarea")
    assert not page.locator(".r-worst").count()  # nothing is read before its tab is opened
    press_by_keyboard(page, "a.r-tab[href*=evaluation]")
    page.wait_for_selector(".r-worst")
    press_by_keyboard(page, ".r-worst > li:first-child > a.r-ask")
    page.wait_for_function("document.activeElement.matches('#r-box textarea')")
    assert page.input_value("#r-box textarea") == "Pourquoi ?"
    assert "tab=ask" in page.url
    page.go_back()
    page.wait_for_selector(".r-worst")


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize(("scheme", "language", "width"), [("light", "ar", 390), ("dark", "en", 1440)])
def test_the_scorecard_shuts_nobody_out(served: str, visit: OpenPage, scheme: str, language: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 844}}
    page = visit(f"{served}?tab=evaluation&lang={language}", **look)
    page.wait_for_selector(".r-worst")
    page.evaluate("document.querySelectorAll('#r-evaluation details').forEach((e) => { e.open = true })")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

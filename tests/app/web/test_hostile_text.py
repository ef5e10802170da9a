"""Hostile text on the page: in every part that shows text of others, dry and in a browser, nothing of it is obeyed.

A panel's own HTML function joins by a line in PARTS; what is tested then is the same for all.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from app.chat.coverage import CoveredReport
from app.chat.header import top_html, welcome_html
from app.chat.views import (
    answer_html,
    evidence_html,
    failure_html,
    question_html,
    sources_html,
    written_html,
)
from app.i18n.labels import LABELS
from app.render.links import Place
from app.reports.viewer import reader_html
from ingest.report import Kind, Metadata, Passage, Report, Strength
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.results import Answer, Citation, Layer, Provenance, Statement, Status, Translation, Writing
from retrieval.verification.quotes import quote_statement
from tests.fakes.browser import PHONE, ask, needs_chromium, open_visit, serve_page
from tests.fakes.hostile_markup import ELSEWHERE
from tests.fakes.hostile_strings import ENCODABLE, FAMILIES, HOSTILE, directions, paths, shapes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EN = LABELS["en"]
HARMLESS = ("agua", "dos palabras", "x" * 500, "", "a\n\nb", "1.2 «agua» [1]")
LINK = re.compile(r"(#at=|#ask=|\?tab=|\?lang=|\?passage=)[\w.~%:+&=?#-]*", re.ASCII)
TOGETHER = 12  # texts in one recommendation of the hostile report
LONG = 60  # characters of a text in it, which are embedded
ECHOED_BY_ALL = 150  # characters that no part shortens


def passage_of(words: str, number: int = 1) -> Passage:
    """A recommendation of which every field says the words."""
    return Passage(
        id=f"{words}#1-r{number:02}",
        report_id=words,
        kind=Kind.RECOMMENDATION,
        number=words,
        headings=(words, words),
        lead_in=words,
        text=words,
        start=0,
        end=len(words),
        page=1,
        line=1,
        language=words,
        by=(words,),
        addressees=(words,),
        labels=((words, words),),
        strength=Strength.OBLIGATION,
        strength_words=(words,),
        reason=words,
    )


def report_of(words: str) -> Report:
    """A report of which every field says the words."""
    known = Metadata(words, words, 2010, words, words, words, words)
    return Report(words, words, known, words, pages=((0, 1),))


def answer_of(words: str, status: Status = Status.ANSWERED) -> Answer:
    """An answer of which every field says the words: quotes, a model's sentences and translations, provenance."""
    cited = Citation.whole(1, passage_of(words))
    border = Citation.whole(2, passage_of(words, 2))
    return Answer(
        question=words,
        searched=f"{words} {words}",
        language="en",
        status=status,
        statements=(
            Statement(words),
            quote_statement(cited),
            Statement(f"{words} [1]", (cited,), layer=Layer.RECORD),
            Statement(words),
            Statement(f"{words} [1]", (cited,), layer=Layer.WRITTEN),
        ),
        nearest=(border,) if status is not Status.ANSWERED else (),
        borderline=(Statement(words), quote_statement(border)),
        dropped={words: 1},
        translations=(Translation(1, "en", words),),
        writing=Writing(words, given=1, left_out=1, kept=1, dropped={words: 1}, attempts=1, seconds=1.0, problem=words),
        provenance=provenance_of(words),
    )


def provenance_of(words: str) -> Provenance:
    return Provenance(words, {words: words}, words, words, words, words, words)


def read(words: str) -> str:
    report = report_of(words)
    return reader_html(report, [passage_of(words)], Place(words, 0, max(1, len(words) // 2)), "en")


@dataclass(frozen=True, slots=True)
class Part:
    """A function that makes HTML of text of others, and where on the page it stands."""

    name: str
    inside: str  # a selector
    show: Callable[[str], str]
    texts: Sequence[str] = tuple(ENCODABLE)  # of an index, which holds nothing else


PARTS = (
    Part("question", "#r-chat", question_html, HOSTILE),
    Part("answer", "#r-chat", lambda words: answer_html(answer_of(words), unaided=True)),
    Part("refusal", "#r-chat", lambda words: answer_html(answer_of(words, Status.NOTHING_FOUND))),
    Part("evidence", "#r-chat", lambda words: evidence_html(answer_of(words), 2)),
    Part("written", "#r-chat", lambda words: written_html(answer_of(words), ended=True)),
    Part("failure", "#r-chat", lambda words: failure_html(words, EN), HOSTILE),
    Part("sources", "#r-sources", lambda words: sources_html(answer_of(words), lambda _: report_of(words))),
    Part("reader", "#r-reader", read),
    Part("welcome", "#r-welcome", lambda words: welcome_html([CoveredReport(report_of(words), 2)], "en")),
    Part("top", "#r-top", lambda _: top_html("en", ["ask", "browse"], "ask")),
)


# Dry: every text in every part, read by a browser's own rules


def made_of(shown: str) -> set[tuple[str, frozenset[str]]]:
    """The elements of some HTML, each with the names of its attributes; its links must be ours."""
    found = set()
    for node in LexborHTMLParser(shown).css("body *"):
        given = node.attributes
        found.add((str(node.tag), frozenset(given)))
        for name in ("href", "src", "action", "srcset", "data"):
            if name in given:
                assert LINK.fullmatch(given[name] or ""), given[name]
    return found


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_only_our_own_elements_are_made(part: Part) -> None:
    ours = set[tuple[str, frozenset[str]]]().union(*(made_of(part.show(words)) for words in HARMLESS))
    for words in part.texts:
        shown = part.show(words)
        assert made_of(shown) <= ours, repr(words)
        assert not re.search("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown), repr(
            words
        )
        assert "${" not in shown, repr(words)
        assert "{{" not in shown, repr(words)
        if part.inside == "#r-chat":
            assert "\n" not in shown, repr(words)  # which would end our block in the chat's Markdown


@pytest.mark.parametrize(
    "part",
    [part for part in PARTS if part.name in ("failure", "welcome", "sources", "answer")],
    ids=lambda part: part.name,
)
def test_what_was_written_can_be_read(part: Part) -> None:
    for words in (text for text in ENCODABLE if text.isprintable() and text.strip() and len(text) < ECHOED_BY_ALL):
        said = LexborHTMLParser(part.show(words)).text()
        assert " ".join(words.split()) in " ".join(said.split()), repr(words)


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 500
    assert all(len(set(family())) >= 6 for family in FAMILIES)


# In a browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Iterator[str]:
    """The page over a report that means no good in any of its fields, nor by its file's name."""
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "\u202e' onload=window.hacked=1 <img src=x onerror=window.hacked=1>${x}.html"
    some = [words[:LONG] for words in ENCODABLE if words.strip()][::9]
    said = [" ¶ ".join(some[at : at + TOGETHER]) for at in range(0, len(some), TOGETHER)]
    sections = "".join(
        f"<h2>Recomendaciones {html.escape(head)}</h2><ol><li>{html.escape(head)} deben cuidar el agua: "
        f"{html.escape(words)}</li></ol>"
        for head, words in zip(some[::TOGETHER], said, strict=True)
    )
    file.write_text(f"<!DOCTYPE html><title>x</title><h1>Informe</h1>{sections}", encoding="utf-8")
    bad = '<img src=x onerror=window.hacked=1>" onmouseover="window.hacked=1 \u202e {{7*7}} =cmd|A0 ' + "W" * 300
    known = {name: f"{name} {bad}" for name in ("title", "forum", "place", "rapporteur")}
    lines = "".join(f"{name} = {json.dumps(value, ensure_ascii=True)}\n" for name, value in known.items())
    file.with_suffix(".toml").write_text(lines, encoding="utf-8")
    hostile = Assistant(folder / "index", embedder=assistant.embedder())
    hostile.index.update(find_sources([file]), hostile.embedder)
    with serve_page(hostile) as url:
        yield url
    hostile.index.store.close()


STATE = """() => ({
  hacked: window.hacked ?? null,
  ours: [...document.querySelectorAll("body *")].every((e) => [...e.attributes].every((a) => !/^on/i.test(a.name))),
  strange: [...document.querySelectorAll(":is(#r-main, #r-side) :is(img, iframe, object, embed, script, base, form)")]
      .map((e) => e.outerHTML.slice(0, 99)),
  wide: document.documentElement.scrollWidth - innerWidth,
})"""
UNHARMED: dict[str, Any] = {"hacked": None, "ours": True, "strange": [], "wide": 0}

SHOW = """(parts) => {
  document.querySelectorAll(".stage").forEach((old) => old.remove());
  for (const [inside, htmls] of parts) {
    const box = document.querySelector(inside), stage = document.createElement("div");
    stage.className = "stage prose";
    stage.hidden = true; // what loads or runs does so unseen, too, and need not be laid out
    box.append(stage);
    stage.innerHTML = htmls.join("");
    for (const e of stage.querySelectorAll("details")) e.open = true;
  }
}"""
MADE = """() => [...new Set([...document.querySelectorAll(".stage *")].map((e) =>
    `${e.localName} ${[...e.attributes].map((a) => a.name).sort().join(" ")}`))]"""


@pytest.mark.survey
@needs_chromium
def test_a_browser_obeys_none_of_it_in_any_part(hostile: str, browser: "Browser") -> None:
    """All texts in all parts at once, put into the page as Gradio puts its HTML there."""
    with open_visit(browser, hostile) as visit:
        shown = [part for part in PARTS if part.inside != "#r-top"]
        visit.page.evaluate(SHOW, [(part.inside, [part.show(words) for words in HARMLESS]) for part in shown])
        ours = set(visit.page.evaluate(MADE))
        visit.page.evaluate(SHOW, [(part.inside, [part.show(words) for words in ENCODABLE]) for part in shown])
        visit.page.wait_for_timeout(300)
        assert visit.page.evaluate(STATE) | {"wide": 0} == UNHARMED
        assert set(visit.page.evaluate(MADE)) <= ours


@needs_chromium
def test_nothing_is_wider_than_a_phone(hostile: str, browser: "Browser") -> None:
    """The texts that are hard to lay out, in all parts, each part shown."""
    texts = [*shapes(), *directions(), *paths(), "\u00a0" * 999]
    with open_visit(browser, hostile, viewport=PHONE) as visit:
        visit.page.evaluate("document.documentElement.classList.add('r-cited')")
        for part in PARTS:
            panel = "reader" if part.inside == "#r-reader" else "sources"
            visit.page.evaluate("(panel) => { document.documentElement.dataset.panel = panel; }", panel)
            visit.page.evaluate(SHOW, [(part.inside, [part.show(words) for words in texts])])
            visit.page.evaluate("document.querySelectorAll('.stage').forEach((e) => { e.hidden = false; })")
            assert visit.page.evaluate(STATE) == UNHARMED, part.name


@needs_chromium
def test_a_hostile_report_is_listed_quoted_and_read(hostile: str, browser: "Browser") -> None:
    with open_visit(browser, hostile, viewport=PHONE) as visit:
        assert visit.page.evaluate(STATE) == UNHARMED
        ask(visit.page, "¿Qué recomendaciones hay? Todas.")
        assert visit.page.locator("#r-chat .r-quotes li").count() > 3
        assert visit.page.evaluate(STATE) == UNHARMED
        visit.page.click("#r-chat a.r-mark >> nth=0")
        visit.page.wait_for_selector("#r-here")
        assert visit.page.evaluate(STATE) == UNHARMED
        shown = visit.page.inner_text(".r-paper")
        assert '<img src="x" href="x" onerror="window.hacked=1"' in shown
        visit.page.keyboard.press("Escape")
        for tab in visit.tabs():
            visit.go(tab)
            assert visit.page.evaluate(STATE) == UNHARMED, tab


@pytest.mark.survey
@needs_chromium
def test_hostile_questions_are_asked(hostile: str, browser: "Browser") -> None:
    """The worst of each family on its own, and the rest together, as much as a question may hold."""
    alone = [next(iter(family())) for family in FAMILIES]
    alone = [words for words in alone if words in ENCODABLE and words.strip() and "\n" not in words]
    whole = " ".join(words for words in ENCODABLE if len(words) < 300)
    with open_visit(browser, hostile, viewport=PHONE) as visit:
        for words in [*alone, *(whole[at : at + 1_900] for at in range(0, len(whole), len(whole) // 4))]:
            ask(visit.page, words)
        assert visit.page.evaluate(STATE) == UNHARMED
        asked = visit.page.locator(".r-question").all_inner_texts()
        assert alone[0] in asked
        assert not any(ELSEWHERE in url for url in visit.requested)

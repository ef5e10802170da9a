"""The page: reports and questions are shown, never obeyed; a mark leads to its words; nothing leaves the host."""

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.labels import LABELS, choose_language
from app.page import Covered, Place, answer_html, escaped, question_html, sources_html, top_html, welcome_html
from app.reader import blocks, gone_html, reader_html
from app.serve import check_address, launch
from app.ui import ask_json, build, converse, covered, read_place, starters
from ingest.errors import RelatoriaError
from ingest.report import Kind, Metadata, Passage, Report, for_reading
from ingest.sources import find_sources
from retrieval.answer import Answer, Citation, Provenance, Statement, Status
from retrieval.assistant import Assistant
from retrieval.proof import quote_statement

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ID = "gfmd-2010-mesa-redonda-1"
CHROMIUM = Path(os.environ.get("RELATORIA_CHROMIUM", "/usr/bin/chromium"))
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
PATIENCE = 20_000  # milliseconds

HOSTILE = [
    "<script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "' onmouseover='window.hacked = 1",
    "</blockquote></section></div><h1>",
    "[1](javascript:window.hacked=1) **bold** `code` $$x^2$$",
    "${window.hacked = 1} {{ 7 * 7 }} {% raw %}",
    "<a href='#at=x:1-2'>[1]</a>",
    "\u202etxet desrever\u202c \u2066isolated\u2069",
    "\x00\x1b[31m",
    "<!-- --><svg onload=alert(1)><style>*{display:none}</style>",
]


def cited(words: str, report_id: str = "r", headings: tuple[str, ...] = (), lead_in: str = "") -> Citation:
    passage = Passage(
        f"{report_id}#1-r01", report_id, Kind.RECOMMENDATION, "1", headings, lead_in, words, 0, len(words), 1, 1, "es"
    )
    return Citation.whole(1, passage)


def answered(citation: Citation, question: str = "?") -> Answer:
    statements = (Statement("Opening:"), quote_statement(citation))
    return Answer(question, question, "en", Status.ANSWERED, statements, total=1)


def tags(html: str) -> set[str]:
    return set(re.findall(r"<([a-z!][a-z0-9]*)", html))


# Dry: HTML


@pytest.mark.parametrize("words", HOSTILE)
def test_what_comes_from_reports_and_questions_is_text(words: str) -> None:
    harmless = answered(cited("x", "r", ("x",), "x"), "x")
    hostile = replace(
        answered(cited(words, words, (words,), words), words),
        statements=(Statement(words), quote_statement(cited(words, words, (words,), words))),
    )
    report = Report(words, words, Metadata(title=words, forum=words, place=words, language=words), "h")
    safe = Report("r", "x", Metadata(title="x", forum="x", place="x", language="x"), "h")
    at, passages = Place(words, 0, len(words)), [cited(words, words, (words,)).passage]
    pairs = [
        (question_html(words), question_html("x")),
        (answer_html(hostile), answer_html(harmless)),
        (sources_html(hostile, lambda _: report), sources_html(harmless, lambda _: safe)),
        (welcome_html([Covered(report, 1)], "es"), welcome_html([Covered(safe, 1)], "es")),
        (reader_html(report, passages, at, "es"), reader_html(safe, [cited("x").passage], Place("r", 0, 1), "es")),
    ]
    for html, expected in pairs:
        assert tags(html) <= tags(expected)
        assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$]", html)
        attributes = re.findall(r"<[^>]*>", html)
        assert not [one for one in attributes if re.search(r"\son\w+=", re.sub(r'"[^"]*"', "", one))]
        assert all(one.count('"') % 2 == 0 for one in attributes)


def test_a_fake_mark_in_a_report_is_not_a_link() -> None:
    html = answer_html(answered(cited("como dice [1] la nota [2]")))
    assert html.count('class="r-mark"') == 1
    assert "como dice [1] la nota [2]</blockquote>" in html


def test_a_message_is_one_line_so_that_markdown_cannot_break_out() -> None:
    html = answer_html(answered(cited("uno\n\n# dos\n\n    tres"), "q\n\nq"))
    assert "\n" not in html + question_html("a\n\nb")


def test_prose_keeps_its_marks_in_place() -> None:
    one = cited("palabras")
    html = answer_html(replace(answered(one), statements=(Statement("It says so [1], <b>.", (one,)),)))
    assert re.search(r'It says so <a class="r-mark" href="#at=r:0-8"[^>]*>\[1\]</a>, &lt;b&gt;\.', html)


def test_lead_in_page_and_provenance_are_shown() -> None:
    one = cited("la parte", lead_in="Los países deben:")
    paged = Report("r", "la parte", Metadata(), "h", page_starts=(0, 4))
    provenance = Provenance("7e92" + "0" * 60, {"r": "ab" * 32}, "a-model (x 1)", None, "0.1.0", "2026-01-01")
    answer = replace(answered(one), provenance=provenance)
    assert "Los países deben:" in answer_html(answer)
    assert "page 1, line 1" in sources_html(answer, lambda _: paged)
    assert "page" not in sources_html(answer, lambda _: replace(paged, page_starts=(0,)))
    assert "<summary" in answer_html(answer)
    assert "index 7e92… · a-model · 0.1.0" in answer_html(answer)
    assert "ab" * 32 in answer_html(answer)


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.ANSWERED])
def test_each_status_but_answered_has_its_own_look_and_name(status: Status) -> None:
    for code, labels in LABELS.items():
        html = answer_html(Answer("?", "?", code, status, (Statement("No."),)))
        assert f"r-{status.value.replace('_', '-')}" in html
        assert escaped(labels.statuses[status]) in html


def test_labels_are_complete_in_every_language() -> None:
    for labels in LABELS.values():
        assert set(labels.statuses) == {one.value for one in Status} - {"answered"}
        assert set(labels.fields) == set(LABELS["es"].fields)
        assert len(labels.starters[ID]) == 4


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        (None, "es-MX,es;q=0.9", "es"),
        (None, "de;q=1, fr;q=0.5, pt;q=0.7", "pt"),
        ("fr", "en", "fr"),
        ("<script>", "en", "en"),
        (None, None, "es"),
        (None, "", "es"),
        (None, "zh", "en"),
        (None, "*;;;q=x,,", "es"),
        (None, "en;q=1.2.3", "en"),
    ],
)
def test_page_language(asked: str | None, accepted: str | None, expected: str) -> None:
    assert choose_language(asked, accepted) == expected


# Dry: the report for reading


def test_the_reader_shows_every_word_of_the_report_once(assistant: Assistant) -> None:
    report = assistant.report(ID)
    assert report is not None
    passages = list(assistant.index.store.passages(ID))
    html = reader_html(report, passages, None, "es")
    body = re.sub(r'<span class="r-number".*?</span>', "", html[html.index('class="r-paper"') :])
    shown = re.sub(r"<[^>]*>", " ", body[body.index(">") + 1 :])
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", for_reading(report.text))
    assert html.count("<h3>") == 2  # the two roundtables
    assert html.count('class="r-number"') == 26


def test_every_passage_is_highlighted_as_exactly_its_words(assistant: Assistant) -> None:
    report = assistant.report(ID)
    assert report is not None
    passages = list(assistant.index.store.passages(ID))
    for passage in passages:
        html = reader_html(report, passages, Place(ID, passage.start, passage.end), "es")
        marked = " ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html))
        assert " ".join(marked.split()) == escaped(for_reading(passage.text))
        assert html.count('id="r-here"') == 1


def test_a_few_words_inside_a_passage_are_highlighted_alone() -> None:
    report = Report("r", "Uno dos  tres\ncuatro.", Metadata(), "h")
    html = reader_html(report, [], Place("r", 4, 13), "es")
    assert ">dos tres</mark> cuatro." in html
    assert "Uno <mark" in html


def test_blocks_of_an_empty_report() -> None:
    assert list(blocks(Report("r", " \n ", Metadata(), "h"), [])) == []


@pytest.mark.parametrize(
    "fragment", ["", "#at=", f"#at={ID}:9-3x", "#at=none:1-2", f"#at={ID}:{'9' * 13}-2", "#at=\x00:1-2", "x" * 10_000]
)
def test_a_link_that_leads_nowhere_says_so(assistant: Assistant, fragment: str) -> None:
    html = read_place(assistant, fragment, "en")
    assert html == gone_html("en") or "<mark" not in html


@pytest.mark.parametrize("place", [Place(ID, 5, 5), Place(ID, 9, 3), Place(ID, 0, 10**9)])
def test_a_place_out_of_bounds_opens_the_report_unmarked(assistant: Assistant, place: Place) -> None:
    html = read_place(assistant, place.fragment, "en")
    assert "r-paper" in html
    assert "<mark" not in html


@pytest.mark.parametrize("report_id", ["simple", "a b/c?d#e%f", "ñandú-2010", 'x"y'])
def test_places_survive_their_link(report_id: str) -> None:
    place = Place(report_id, 3, 14)
    assert Place.read(place.fragment) == place
    assert Place.read(place.fragment + " 1700000000") == place


# Dry: handlers


def test_an_answer_streams_from_its_opening_to_its_sources(assistant: Assistant) -> None:
    before = [{"role": "user", "content": [{"type": "text", "text": "earlier"}]}]
    turns = list(converse(assistant, "What should governments do about trafficking?", before, "en"))
    texts = [turn.messages[-1]["content"] for turn in turns]
    assert all(turn.messages[0] is before[0] and len(turn.messages) == 3 for turn in turns)
    assert "r-pending" in texts[0]
    assert "r-mark" not in texts[1]
    marks = [text.count('class="r-mark"') for text in texts[1:]]
    assert marks == list(range(marks[-1] + 1))
    assert [turn.sources is None for turn in turns] == [True] * (len(turns) - 1) + [False]
    assert (turns[-1].sources or "").count('class="r-card"') == marks[-1]


def test_a_refusal_shows_what_comes_nearest(assistant: Assistant) -> None:
    last = list(converse(assistant, "Who won the football world cup?", [], "en"))[-1]
    assert "r-status" in last.messages[-1]["content"]
    assert (last.sources or "").count('class="r-card"') == 3


@pytest.mark.parametrize("question", ["x" * 2_001, "\x00\n\t"])
def test_a_bad_question_is_one_plain_sentence(assistant: Assistant, question: str) -> None:
    last = list(converse(assistant, question, [], "en"))[-1]
    assert "r-failed" in last.messages[-1]["content"]
    assert "Traceback" not in last.messages[-1]["content"]
    assert last.sources == ""
    assert ask_json(assistant, question)["status"] == "failed"


def test_an_index_that_is_gone_is_one_plain_sentence(tmp_path: Path) -> None:
    last = list(converse(Assistant(tmp_path), "water", [], "en"))[-1]
    assert "relatoria ingest" in last.messages[-1]["content"]


def test_a_fault_of_ours_is_a_plain_sentence_and_goes_to_the_log() -> None:
    class Broken(Assistant):
        def ask(self, question: str, *, language: str | None = None) -> Answer:
            raise ZeroDivisionError("secret detail")

    turns = converse(Broken(Path("nowhere")), "water", [], "en")
    next(turns)
    assert "secret" not in next(turns).messages[-1]["content"]
    with pytest.raises(ZeroDivisionError):
        next(turns)


def test_the_first_page_says_what_it_covers(assistant: Assistant) -> None:
    html = welcome_html(covered(assistant), "en")
    for words in ("Mesa redonda 1: Alianzas", "Foro Mundial", "2010", "26 recommendations"):
        assert words in html
    assert 'aria-current="true">en<' in top_html("en")


@pytest.mark.parametrize("code", LABELS)
def test_every_starter_question_is_answered(assistant: Assistant, code: str) -> None:
    reports = [one.report for one in covered(assistant)]
    questions = starters(assistant, reports, LABELS[code])
    assert len(questions) == 4
    for question in questions:
        assert ask_json(assistant, question)["status"] == "answered", question


def test_reports_we_do_not_know_start_with_their_sections(assistant: Assistant) -> None:
    report = assistant.report(ID)
    assert report is not None
    unknown = replace(LABELS["en"], starters={})
    assert "Sobre las causas originarias de la migración irregular" in starters(assistant, [report], unknown)


def test_no_event_waits_for_another_visitor_and_one_is_public(assistant: Assistant) -> None:
    functions = [one for one in build(assistant).fns.values() if one.fn is not None]
    assert len(functions) >= 4
    assert all(one.queue and one.concurrency_limit != 1 for one in functions)
    assert [one.api_name for one in functions if one.api_visibility == "public"] == ["ask"]


# The address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_said_before_anything_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RelatoriaError, match=rf"Port {port} on 127.0.0.1 is taken.*serve --port {port + 1}"):
            check_address("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 0, "does not exist"),
        ("127.0.0.1", 70_000, "does not exist"),
        ("127.0.0.1", -1, "does not exist"),
        ("no.such.host.invalid", 7860, "no address"),
        ("a" * 300, 7860, "no address"),
        ("192.0.2.1", 7860, "not an address of this machine"),  # TEST-NET-1, RFC 5737
    ],
)
def test_an_impossible_address_says_what_to_type(host: str, port: int, said: str) -> None:
    with pytest.raises(RelatoriaError, match=said) as caught:
        check_address(host, port)
    assert "relatoria serve" in str(caught.value)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_told_to_stop(assistant: Assistant, ending: signal.Signals) -> None:
    port = free_port()
    code = f"import sys; from app.cli import main; sys.exit(main(['serve', '--port', '{port}']))"
    environment = {**os.environ, "RELATORIA_INDEX": str(assistant.index.folder), "HTTP_PROXY": "http://127.0.0.1:9"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = "".join(itertools.takewhile(lambda line: "is at" not in line, process.stderr))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/") as response:
            assert "Relatoría" in response.read().decode()
        process.send_signal(ending)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in said + err


# In a browser


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[str]:
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port)
    yield f"http://127.0.0.1:{port}/"
    page.close(verbose=False)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield one
        one.close()


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Opens the page; afterwards nothing may have gone wrong in it, nor left the host."""
    wrong: list[str] = []
    contexts = []

    def open_page(url: str, **options: Any) -> "Page":
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1440, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        host = "/".join(url.split("/")[:3]) + "/"
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((host, "data:", "blob:")) else wrong.append(f"sent to {sent.url}"),
        )
        page.goto(url)
        page.wait_for_selector(".r-welcome h1")
        page.wait_for_selector("#r-reader .r-paper", state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page: "Page", question: str) -> None:
    """Type a question, wait until its answer is whole."""
    before = page.locator(".r-provenance").count()
    page.fill("#r-box textarea", question)
    page.keyboard.press("Enter")
    page.locator(".r-provenance").nth(before).wait_for()


def in_view(page: "Page", selector: str) -> bool:
    return bool(
        page.wait_for_function(
            """(selector) => { const box = document.querySelector(selector)?.getBoundingClientRect();
                return box && box.height > 0 && box.top >= 0 && box.top < innerHeight; }""",
            arg=selector,
        )
    )


@needs_chromium
def test_a_mark_leads_to_its_words_in_the_report(served: str, visit: Callable[..., "Page"]) -> None:
    page = visit(served)
    assert page.title() == "Relatoría"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "26 recommendations" in page.inner_text(".r-welcome")
    ask(page, "¿Qué se recomendó sobre la migración de retorno?")
    card = page.inner_text(".r-card >> nth=0")
    assert "[1]" in card
    assert "Recomendación 9" in card
    assert "línea 72" in card
    assert "Como recomendación final, es importante destacar" in card
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    assert page.inner_text("#r-here").startswith("Como recomendación final, es importante destacar")
    assert in_view(page, "#r-here")
    assert page.evaluate("document.activeElement.id") == "r-here"
    link = page.evaluate("location.href")
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    shared = visit(link)
    shared.wait_for_selector("#r-here")
    assert in_view(shared, "#r-here")


@needs_chromium
def test_keyboard_alone_gets_there(served: str, visit: Callable[..., "Page"]) -> None:
    page = visit(served)
    ask(page, "What should governments do about trafficking?")
    page.wait_for_selector(".r-card")
    page.focus(".r-card >> nth=1 >> a.r-mark")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-here")
    assert "proteger a los grupos más vulnerables" in page.inner_text("#r-here")
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    assert page.evaluate("document.activeElement.className") == "r-mark"


@needs_chromium
def test_a_starter_question_and_then_a_refusal(served: str, visit: Callable[..., "Page"]) -> None:
    page = visit(served, locale="fr-FR")
    page.click("button.r-starter >> nth=0")
    page.locator(".r-provenance").wait_for()
    assert "Recommandation 6" in page.inner_text("#r-chat")
    assert not page.is_visible(".r-welcome")
    ask(page, "Who won the football world cup?")
    assert page.locator("#r-chat .r-status").count() == 1
    page.wait_for_function("document.querySelectorAll('.r-card').length === 3")
    assert page.locator("#r-chat .r-mark").count() == 4
    ask(page, "Quels groupes vulnérables sont prioritaires ?")  # the third question, brought to the top
    page.wait_for_function(
        """() => { const last = [...document.querySelectorAll("#r-chat .r-quotes")].at(-1).getBoundingClientRect();
            return scrollY > 0 && last.top > 60 && last.bottom < innerHeight - 80; }"""
    )


@needs_chromium
def test_a_question_is_never_obeyed(served: str, visit: Callable[..., "Page"]) -> None:
    page = visit(served)
    for words in HOSTILE[:8]:  # what can be typed
        ask(page, words)
    assert page.evaluate("window.hacked") is None
    asked = page.locator(".r-question").all_inner_texts()
    assert HOSTILE[0] in asked
    assert HOSTILE[4] in asked


@needs_chromium
def test_a_report_is_never_obeyed(visit: Callable[..., "Page"], tmp_path: Path, assistant: Assistant) -> None:
    bullets = "".join(f"• La recomendación {n} dice {words} sobre el agua.\n\n" for n, words in enumerate(HOSTILE, 1))
    title = "Título <img src=x onerror='window.hacked=1'>\n\nMesa 1 ${window.hacked=1}"
    text = f"{title}\n\nPrincipales recomendaciones\n\n{bullets}"
    (tmp_path / "hostile.txt").write_text(text.replace("\x00", ""), encoding="utf-8")
    hostile = Assistant(tmp_path / "index")
    hostile._embedder = assistant.embedder()
    hostile.index.update(find_sources([tmp_path / "hostile.txt"]), hostile.embedder)
    port = free_port()
    server = launch(hostile, host="127.0.0.1", port=port)
    try:
        page = visit(f"http://127.0.0.1:{port}/")
        ask(page, "¿Qué dice la recomendación sobre el agua?")
        page.click("#r-chat a.r-mark >> nth=0")
        page.wait_for_selector("#r-here")
        assert page.evaluate("window.hacked") is None
        shown = page.inner_text(".r-paper")
        for words in (HOSTILE[0], HOSTILE[5], HOSTILE[6]):
            assert words in shown
    finally:
        server.close(verbose=False)


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(served: str, visit: Callable[..., "Page"], scheme: str) -> None:
    page = visit(
        served,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        color_scheme=scheme,
        reduced_motion="reduce",
    )

    def too_wide() -> Any:
        return page.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > 390.5)
                .map((one) => one.id || one.className)"""
        )

    assert too_wide() == []
    ask(page, "What should governments do about trafficking?")
    page.wait_for_selector(".r-card")
    assert too_wide() == []
    page.tap("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    assert in_view(page, "#r-here")
    assert too_wide() == []
    page.tap(".r-back")
    page.wait_for_selector(".r-card")
    assert not page.is_visible(".r-paper")


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(served: str, visit: Callable[..., "Page"], scheme: str) -> None:
    """Contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3) for every text on the page, answered and refused."""
    page = visit(served, color_scheme=scheme, reduced_motion="reduce")
    low = page.evaluate(CONTRAST)
    ask(page, "Who won the football world cup?")
    page.wait_for_selector(".r-card")
    low += page.evaluate(CONTRAST)
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    assert low + page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const seen = { opacityProperty: true, visibilityProperty: true };
  const low = [];
  for (const e of document.querySelectorAll(".gradio-container *")) {
    const own = [...e.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !e.checkVisibility(seen) || e.closest(".sr-only")) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${e.className} ${e.textContent.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


def test_programs_ask_through_the_named_endpoint(served: str) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    client = Client(served, verbose=False)
    answer = client.predict("What was recommended on return migration?", api_name="/ask")
    assert answer["status"] == "answered"
    assert answer["citations"][0]["passage_id"] == f"{ID}#1.1-r09"
    assert client.predict("", api_name="/ask")["status"] == "failed"
    public = client.view_api(return_format="dict", print_info=False)
    assert list(public["named_endpoints"]) == ["/ask"]


def test_visitors_do_not_wait_for_each_other(served: str) -> None:
    from gradio_client import Client

    clients = [Client(served, verbose=False) for _ in range(3)]
    began = time.monotonic()
    jobs = [client.submit("¿Qué es la Plataforma para Alianzas?", api_name="/ask") for client in clients]
    assert [job.result(timeout=30)["status"] for job in jobs] == ["answered"] * 3
    assert time.monotonic() - began < 20

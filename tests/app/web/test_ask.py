"""Ask and the report beside it: marks that know their words, links that last, filters, what leads on, stop, return."""

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote

import gradio as gr
import pytest

from app.chat.chat import HISTORY_SIZE, append_answer, converse, length_problem
from app.chat.clipboard import clipboard_text
from app.chat.coverage import list_covered
from app.chat.filters import FIELDS, build_filter, describe_filter, load_choices, stale_problem
from app.chat.follow_ups import suggest_follow_ups
from app.chat.header import copy_html, coverage_html, follow_ups_html, notice_html
from app.i18n.labels import LABELS
from app.render.escape import escape_html
from app.render.links import Place, find_passage, permalink, place_of
from app.reports.viewer import WINDOW, missing_html, place_html, reader_html, record_html
from app.settings import Settings
from app.web.ask import AskHandlers as Talking
from app.web.ask import _lay_out_components, opening_updates
from app.web.panel import Site, Visit
from app.web.side import first_report_html
from ingest.errors import BadFilter
from ingest.report import Metadata, Report, normalize_for_display
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.filters import NO_FILTER, Filter
from retrieval.query.conversation import EMPTY_CONVERSATION
from retrieval.results import Answer, Status
from tests.app.web.test_page import HOSTILE, ID, tags
from tests.app.web.test_written_answers import QUESTION, page_with, saying, told, type_in  # noqa: F401 (fixtures)
from tests.fakes.browser import PHONE, OpenPage, ask, is_in_view, needs_chromium, serve_page
from tests.fakes.openai_server import Exchange, OpenAIServer
from tests.fakes.relay import Relay
from tests.fakes.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TRAFFICKING = "What should governments do about trafficking?"
WATER = "Los gobiernos deben reparar todos los pozos de agua del norte del país."
ROADS = "Los gobiernos deben construir caminos seguros hacia todas las escuelas."
HEAD = "Informe de la comisión\n\nMesa 1 Servicios\n\nPrincipales recomendaciones\n\n"


class Growing:
    """A small report that is written anew and ingested again."""

    def __init__(self, folder: Path, embedder: Assistant) -> None:
        self.file = folder / "comision-2010.txt"
        self.assistant = Assistant(folder / "index")
        self.assistant._embedder = embedder.embedder()

    def says(self, *recommendations: str) -> None:
        text = HEAD + "".join(f"• {recommendation}\n\n" for recommendation in recommendations)
        self.file.write_text(text, encoding="utf-8")
        self.assistant.index.update(find_sources([self.file]), self.assistant.embedder)


@pytest.fixture
def growing(tmp_path: Path, assistant: Assistant) -> Growing:
    return Growing(tmp_path, assistant)


def mark_of(assistant: Assistant, question: str) -> str:
    """The link of an answer's first mark."""
    return Place.of_citation(assistant.ask(question).citations[0]).fragment


def only(name: str, value: str) -> Filter:
    return replace(NO_FILTER, **{name: (value,)})  # type: ignore[arg-type]


def highlighted(html: str) -> str:
    return " ".join(" ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html)).split())


# Dry: links that last


def test_a_permanent_link_leads_to_its_record_after_a_restart(assistant: Assistant) -> None:
    again = Assistant(assistant.index.folder)
    for passage in assistant.index.store.passages(ID):
        there = find_passage(again, passage.id)
        assert there == passage
        assert highlighted(record_html(again, passage.id, "en")) == escape_html(normalize_for_display(passage.text))
    assert permalink(f"{ID}#1.2-r07") == f"?passage={ID}%231.2-r07"


@pytest.mark.parametrize("passage_id", ["", "none#1-r01", f"{ID}#9.9-r99", "x" * 5_000, "' or 1=1 --", *HOSTILE])
def test_a_permanent_link_to_nothing_says_so(assistant: Assistant, passage_id: str) -> None:
    assert find_passage(assistant, passage_id) is None
    assert record_html(assistant, passage_id, "fr") == missing_html("fr")
    assert LABELS["fr"].gone.replace("'", "&#x27;") in first_report_html(
        assistant, Visit("fr", {"passage": passage_id})
    )


def test_a_permanent_link_survives_what_is_ingested_again(growing: Growing) -> None:
    growing.says(WATER, ROADS)
    record = next(passage for passage in growing.assistant.index.store.passages() if passage.text == ROADS)
    growing.says(WATER.replace("norte", "sur y del norte"), ROADS)
    assert highlighted(record_html(growing.assistant, record.id, "es")) == ROADS
    assert highlighted(place_html(growing.assistant, place_of(record).fragment, "es")) == ROADS  # it stands elsewhere


def test_a_mark_whose_words_have_changed_says_so_and_highlights_nothing(growing: Growing) -> None:
    growing.says(WATER, ROADS)
    mark = mark_of(growing.assistant, "¿Qué se recomienda sobre los pozos de agua?")
    assert highlighted(place_html(growing.assistant, mark, "es")) == WATER
    growing.says(WATER.replace("deben", "podrían"), ROADS)
    html = place_html(growing.assistant, mark, "es")
    assert LABELS["es"].changed in html
    assert "<mark" not in html
    (now,) = re.findall(r'<a href="(#at=[^"]*)">', html)
    assert highlighted(place_html(growing.assistant, now, "es")) == WATER.replace("deben", "podrían")
    growing.says(ROADS)
    html = place_html(growing.assistant, mark, "es")
    assert LABELS["es"].changed in html
    assert WATER not in html
    assert "<mark" not in html
    growing.assistant.index.remove("comision-2010")
    assert place_html(growing.assistant, mark, "es") == missing_html("es")


def test_a_forged_seal_highlights_nothing(assistant: Assistant) -> None:
    at = Place(ID, 10, 40, "0" * 12, f"{ID}#none")
    html = place_html(assistant, at.fragment, "en")
    assert "<mark" not in html
    assert LABELS["en"].changed in html


@pytest.mark.parametrize("words", [*HOSTILE, "a b/c?d#e%f", "x:y"])
def test_sealed_places_survive_their_link(words: str) -> None:
    place = Place("r", 3, 14, "0123456789ab", words)
    assert Place.parse(place.fragment) == place
    assert Place.parse(f"{place.fragment} 1700000000") == place


def test_a_long_report_is_read_in_parts() -> None:
    words = [f"palabra{number}" for number in range(60_000)]
    text = "\n\n".join(" ".join(words[first : first + 50]) for first in range(0, len(words), 50))
    report = Report("largo 2010", text, Metadata(language="es"), "h")
    target = text.index("palabra41000")
    html = reader_html(report, [], Place("largo 2010", target, target + 12), "en")
    assert len(html) < 4 * WINDOW
    assert highlighted(html) == "palabra41000"
    seen: set[str] = set()
    html = reader_html(report, [], None, "en")
    for _ in range(99):
        assert len(html) < 4 * WINDOW
        seen.update(re.findall(r"palabra\d+", html))
        later = re.findall(r'<a class="r-later" href="(#at=[^"]*)">', html)
        if not later:
            break
        at = Place.parse(later[0])
        assert at is not None
        html = reader_html(report, [], None, "en", around=at.start)
    assert seen == set(words)
    assert 'class="r-earlier"' in html


# Dry: what is taken away, what leads on


@pytest.mark.parametrize("code", LABELS)
def test_a_copy_carries_all_that_it_takes_to_check_it(assistant: Assistant, code: str) -> None:
    answer = assistant.ask(TRAFFICKING, language=code)
    text = clipboard_text(answer, assistant.report, code)
    assert answer.provenance is not None
    assert answer.provenance.index in text
    for citation in answer.citations:
        assert f"[{citation.mark}] «{normalize_for_display(citation.quote)}»\n" in text
        assert f"\n?passage={url_quote(citation.passage.id, safe='')}\n" in text
        assert f" {citation.passage.line}.\n" in text
        assert citation.passage.headings[0] in text
    assert text.count("\nMesa redonda 1: Alianzas para la migración y el desarrollo — ") == len(answer.citations)


QUESTIONS = [
    TRAFFICKING,
    "What was recommended on return migration?",
    "¿Qué se recomendó sobre la detención de migrantes?",
    "¿Qué es la Plataforma para Alianzas?",
    "Que dit le rapport sur la fuite des cerveaux ?",
    "O que se recomendou sobre a migração de retorno?",
    "ماذا يقول التقرير عن الاتجار بالأشخاص؟",
    "Lista todas las recomendaciones sobre derechos humanos",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_that_leads_on_is_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    leading = suggest_follow_ups(answer, "en")
    assert 2 <= len(leading) <= 4
    assert question not in leading
    for one in leading:
        assert assistant.ask(one, fallback=answer.language).status is Status.ANSWERED, one
    stated = [
        value for citation in answer.citations for value in (*citation.passage.headings, *citation.passage.addressees)
    ]
    for quoted in re.findall("[“«] ?(.*?) ?[”»]", " ".join(leading)):
        assert quoted in {value.rstrip(": ") for value in stated}  # nothing is invented


@pytest.mark.parametrize("code", LABELS)
def test_what_leads_on_is_in_the_language_of_the_answer(assistant: Assistant, code: str) -> None:
    answer = assistant.ask("¿Qué deben hacer los gobiernos contra la trata de personas?", language=code)
    leading = suggest_follow_ups(answer, "en")
    assert len(leading) == 4
    for one in leading:
        assert assistant.ask(one, fallback=code).status is Status.ANSWERED, one


def test_a_refusal_leads_nowhere(assistant: Assistant) -> None:
    assert suggest_follow_ups(assistant.ask("Who won the football world cup?"), "en") == ()


def test_a_visitor_s_last_answers_are_kept_and_stay_small(assistant: Assistant) -> None:
    answer = assistant.ask(TRAFFICKING)
    assert answer.hits
    kept: Sequence[Answer] = ()
    for number in range(HISTORY_SIZE + 3):
        kept = append_answer(kept, replace(answer, question=str(number)))
    assert [answer.question for answer in kept] == [str(number) for number in range(3, HISTORY_SIZE + 3)]
    assert not any(answer.hits for answer in kept)
    assert kept[-1].citations == answer.citations


def test_a_huge_paste_is_said_to_be_too_long() -> None:
    assert length_problem("x" * 2_000, LABELS["en"]) == ""
    assert "2\u202f001" in length_problem("x" * 2_001, LABELS["en"])
    assert "2\u202f000" in length_problem("x " * 90_000, LABELS["en"])


@pytest.mark.parametrize("words", HOSTILE)
def test_what_stands_around_an_answer_is_text(assistant: Assistant, words: str) -> None:
    labels = LABELS["en"]
    (one,) = list_covered(assistant)
    title = replace(one, report=replace(one.report, metadata=replace(one.report.metadata, title=words)))
    for html, harmless in (
        (follow_ups_html([words], labels), follow_ups_html(["x"], labels)),
        (copy_html(words, labels), copy_html("x", labels)),
        (notice_html(words), notice_html("x")),
        (coverage_html([title], "en"), coverage_html([one], "en")),
    ):
        assert tags(html) == tags(harmless)
        assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$]", html)


# Dry: a narrowed question


def test_what_can_be_chosen_is_what_the_records_state(assistant: Assistant) -> None:
    there = load_choices(assistant, LABELS["en"])
    assert ("Mesa redonda 1: Alianzas para la migración y el desarrollo", ID) in there.reports
    assert (
        "Sobre los efectos de la migración irregular",
        "Sobre los efectos de la migración irregular",
    ) in there.section
    assert [value for _, value in there.addressee] == ["gobiernos", "países", "países de origen y de destino"]
    assert ("obligation", "obligation") in there.strength
    assert there.language == [("Spanish", "es")]
    for name in FIELDS:
        for _, value in getattr(there, name):
            assert stale_problem(assistant, only(name, value), LABELS["en"]) == "", (name, value)


def test_a_narrowed_question_is_answered_from_those_records_and_says_so(assistant: Assistant) -> None:
    where = build_filter(None, [], ["gobiernos"], ["obligation"], None)
    last = list(converse(assistant, "List all recommendations", [], "en", where=where))[-1]
    assert last.answer is not None
    assert {citation.passage.addressees for citation in last.answer.citations} == {("gobiernos",)}
    assert {citation.passage.strength for citation in last.answer.citations} == {"obligation"}
    assert describe_filter(assistant, where, LABELS["en"]) == "Only among: Addressee: gobiernos · Strength: obligation"
    assert describe_filter(assistant, where, LABELS["en"]) in last.messages[0]["content"]
    assert describe_filter(assistant, NO_FILTER, LABELS["en"]) == ""
    assert describe_filter(assistant, only("reports", ID), LABELS["ar"]).endswith(
        "Alianzas para la migración y el desarrollo"
    )


@pytest.mark.parametrize("code", LABELS)
@pytest.mark.parametrize("name", FIELDS)
def test_a_stale_choice_is_one_plain_sentence(assistant: Assistant, code: str, name: str) -> None:
    last = list(converse(assistant, TRAFFICKING, [], code, where=only(name, "xyzzy")))[-1]
    said = LABELS[code].stale.format(field=LABELS[code].filters[name], value="xyzzy")
    assert escape_html(said) in last.messages[-1]["content"]
    assert last.sources == ""


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_choice_is_text(assistant: Assistant, words: str) -> None:
    last = list(converse(assistant, TRAFFICKING, [], "en", where=build_filter(None, [words], None, None, None)))[-1]
    html = "".join(message["content"] for message in last.messages)
    assert tags(html) <= {
        "div",
        "h2",
        "p",
        *("ol", "li", "a", "span", "blockquote", "details", "summary", "dl", "dt", "dd"),
    }
    assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$\n]", html)


def test_a_choice_that_is_no_choice_is_refused() -> None:
    with pytest.raises(BadFilter):
        build_filter(None, ["x"] * 5_000, None, None, None)
    with pytest.raises(BadFilter):
        build_filter(None, ["x" * 100_000], None, None, None)
    assert build_filter("", [" "], None, None, None) == NO_FILTER


# Dry: the events


@pytest.fixture
def talk(assistant: Assistant) -> Talking:
    with gr.Blocks():
        site = Site(assistant, Settings(), gr.State("en"), gr.State(""), gr.State(()))
        return Talking(site, _lay_out_components(site), gr.State(EMPTY_CONVERSATION), gr.HTML())


VISITOR: Any = SimpleNamespace(session_hash="someone")


def test_an_answer_leaves_the_box_free_and_itself_at_hand(talk: Talking) -> None:
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


def test_what_cannot_be_asked_stays_in_the_box(talk: Talking) -> None:
    for question, chosen, words in (
        ("x" * 2_001, [[]] * 5, "2\u202f001"),
        (TRAFFICKING, [[], ["x" * 100_000], [], [], []], "filter"),
        ("  ", [[]] * 5, ""),
    ):
        (update,) = talk.stream_turns(question, [], "en", EMPTY_CONVERSATION, (), VISITOR, *chosen)
        assert list(update) == [talk.parts.notice]
        assert words in update[talk.parts.notice]


def test_who_stops_before_there_is_an_answer_has_the_question_back(talk: Talking) -> None:
    coming = talk.stream_turns(TRAFFICKING, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    assert "r-pending" in next(coming)[talk.parts.chat][-1]["content"]
    talk.stop(VISITOR)
    last = list(coming)[-1]
    assert last[talk.parts.box]["value"] == TRAFFICKING
    assert last[talk.parts.chat] == []
    talk.stop(VISITOR)  # there is nothing to stop


def test_who_asks_anew_stops_what_was_under_way(talk: Talking) -> None:
    first = talk.stream_turns(TRAFFICKING, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    next(first)
    second = talk.stream_turns(QUESTION, [], "en", EMPTY_CONVERSATION, (), VISITOR, *[None for _ in FIELDS])
    next(second)
    assert not any(talk.parts.box in turn for turn in first)  # the box is the second's
    assert list(second)[-1][talk.site.answers][-1].question == QUESTION


def test_what_cannot_be_listed_whole_can_be_typed(assistant: Assistant) -> None:
    fields = dict(zip(FIELDS, opening_updates(assistant, Visit("en", {}), offered=2)[8:13], strict=True))
    assert fields["section"]["allow_custom_value"]
    assert len(fields["section"]["choices"]) == 2
    assert fields["section"]["info"] == LABELS["en"].typed
    assert not fields["strength"]["allow_custom_value"]
    last = list(converse(assistant, "List all recommendations", [], "en", where=only("addressee", "governments")))[-1]
    assert last.answer is not None
    assert last.answer.total == 7


def test_a_page_without_an_index_says_what_to_type(tmp_path: Path) -> None:
    shown = opening_updates(Assistant(tmp_path), Visit("en", {}))
    assert LABELS["en"].unavailable in shown[1]
    assert first_report_html(Assistant(tmp_path), Visit("en", {"passage": "x"})) == ""


# In a browser


@pytest.fixture
def page(served: str, visit: OpenPage) -> "Page":
    return visit(served)


def said(page: "Page", words: str) -> None:
    """Waits until the live region says it."""
    page.wait_for_function("words => document.querySelector('#r-live')?.textContent.includes(words)", arg=words)


def focused(page: "Page", selector: str) -> None:
    page.wait_for_function("one => document.activeElement?.matches(one)", arg=selector)


def called(server: OpenAIServer) -> None:
    """Waits until the model is asked."""
    wait_until(lambda: server.bodies, "the model to be asked")


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
    focused(page, '[data-step="1"]')
    said(page, "2 of 3. Recommendation 6")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.r-of')?.textContent === '3 of 3'")
    focused(page, '[data-step="-1"]')  # there is no next one
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    focused(page, "#r-chat a.r-mark")


@needs_chromium
def test_an_answer_is_copied_with_its_citations(served: str, visit: OpenPage) -> None:
    page = visit(served, permissions=["clipboard-read", "clipboard-write"])
    ask(page, TRAFFICKING)
    page.focus(".r-copy")
    page.keyboard.press("Enter")
    said(page, LABELS["en"].script["copied"])
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
    focused(gone, ".r-gone")


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
    focused(page, "a.r-chip")
    assert not page.evaluate("document.querySelector('#r-main').inert")
    assert page.url == served
    page.tap("a.r-chip >> nth=0")
    page.wait_for_selector("#r-here")
    page.keyboard.press("Escape")
    page.wait_for_function("document.documentElement.dataset.panel !== 'reader'")
    assert page.url == served


@needs_chromium
def test_starters_by_who_asks_and_what_leads_on(page: "Page") -> None:
    page.focus("#r-role input >> nth=0")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("button.r-starter:has-text('List all obligations')")
    page.focus("button.r-starter >> nth=0")
    page.keyboard.press("Enter")
    page.locator(".r-provenance").wait_for()
    said(page, "13 of 26 recommendations")
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
def test_a_mark_of_an_answer_that_was_given_before_the_report_changed(growing: Growing, visit: OpenPage) -> None:
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
    said(page, "One of the 26 recommendations")
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
    focused(page, "#r-box textarea")


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

"""The page without a browser: reports and questions are shown, never obeyed, and every place can be found again.

Long because every kind of answer and every language has its HTML.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quote
from urllib.parse import unquote

import pytest
from gradio.state_holder import SessionState

import app
from app.chat.chat import converse
from app.chat.coverage import ROLES, CoveredReport, list_covered, role_labels, starter_questions
from app.chat.header import top_html, welcome_html
from app.chat.views import answer_html, question_html, sources_html
from app.i18n.labels import LABELS, Labels, Words, choose_language
from app.render.escape import escape_html
from app.render.links import Place
from app.reports.viewer import layout_blocks, missing_html, place_html, reader_html
from app.web.page import build_page
from ingest.report import Kind, Metadata, Passage, Report, normalize_for_display
from retrieval.assistant import Assistant
from retrieval.results import Answer, Citation, Provenance, Statement, Status
from retrieval.verification.quotes import quote_statement

ID = "gfmd-2010-mesa-redonda-1"

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
        (welcome_html([CoveredReport(report, 1)], "es"), welcome_html([CoveredReport(safe, 1)], "es")),
        (reader_html(report, passages, at, "es"), reader_html(safe, [cited("x").passage], Place("r", 0, 1), "es")),
    ]
    for html, expected in pairs:
        assert tags(html) <= tags(expected)
        assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$]", html)
        attributes = re.findall(r"<[^>]*>", html)
        assert not [attribute for attribute in attributes if re.search(r"\son\w+=", re.sub(r'"[^"]*"', "", attribute))]
        assert all(attribute.count('"') % 2 == 0 for attribute in attributes)


def test_a_fake_mark_in_a_report_is_not_a_link() -> None:
    html = answer_html(answered(cited("como dice [1] la nota [2]")))
    assert html.count('class="r-mark"') == 1
    assert "como dice [1] la nota [2]</blockquote>" in html


def test_a_message_is_one_line_so_that_markdown_cannot_break_out() -> None:
    html = answer_html(answered(cited("uno\n\n# dos\n\n    tres"), "q\n\nq"))
    assert "\n" not in html + question_html("a\n\nb")


def test_prose_keeps_its_marks_in_place() -> None:
    citation = cited("palabras")
    html = answer_html(replace(answered(citation), statements=(Statement("It says so [1], <b>.", (citation,)),)))
    assert re.search(
        r'It says so <a class="r-mark" href="#at=r:0-8:[0-9a-f]{12}:r%231-r01"[^>]*>\[1\]</a>, &lt;b&gt;\.', html
    )


def test_lead_in_page_and_provenance_are_shown() -> None:
    citation = cited("la parte", lead_in="Los países deben:")
    paged = Report("r", "la parte", Metadata(), "h", pages=((0, 1), (4, 2)))
    provenance = Provenance("7e92" + "0" * 60, {"r": "ab" * 32}, "a-model (x 1)", None, "0.1.0", "2026-01-01")
    answer = replace(answered(citation), provenance=provenance)
    assert "Los países deben:" in answer_html(answer)
    assert "page 1, line 1" in sources_html(answer, lambda _: paged)
    assert "page" not in sources_html(answer, lambda _: replace(paged, pages=()))
    assert "<summary" in answer_html(answer)
    assert "index 7e92… · a-model · 0.1.0" in answer_html(answer)
    assert "ab" * 32 in answer_html(answer)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ANSWERED])
def test_each_status_but_answered_has_its_own_look_and_name(status: Status) -> None:
    for code, labels in LABELS.items():
        html = answer_html(Answer("?", "?", code, status, (Statement("No."),)))
        assert f"r-{status.value.replace('_', '-')}" in html
        assert escape_html(labels.statuses[status]) in html


def test_labels_are_complete_in_every_language() -> None:
    def keys(texts: Mapping[str, Any]) -> set[str]:
        return {f"{table}.{key}" for table, text in texts.items() for key in (text if isinstance(text, dict) else [""])}

    texts = {code: vars(labels)["_texts"] for code, labels in LABELS.items()}
    assert all(keys(some) == keys(texts["es"]) for some in texts.values())
    for labels in LABELS.values():
        assert set(labels.statuses) == {status.value for status in Status} - {"answered"}
        assert {len(some) for some in labels.starters[ID].values()} == {4}


def test_every_label_that_the_page_asks_for_is_there() -> None:
    files = (file for kind in ("*.py", "*.html") for file in Path(app.__file__).parent.rglob(kind))
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    asked = set(re.findall(r"\b(?:labels|labels_for\([^()]*\))\.([a-z]\w*)(?:\.(\w+))?", source))
    asked |= {("access", key) for key in re.findall(r"\bvisitor\.words\.(\w+)", source)}
    assert len(asked) > 80
    labels = LABELS["en"]
    for table, key in asked:
        words = getattr(labels, table)
        assert not key or not isinstance(words, Words) or getattr(words, key), (table, key)
    with pytest.raises(AttributeError, match="no text 'nothing_of_it'"):
        getattr(labels.browse, "nothing_of_it")  # noqa: B009


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
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", normalize_for_display(report.text))
    assert html.count("<h3>") == 2  # the two roundtables
    assert 'class="r-number"' not in html  # the report prints none


def test_every_passage_is_highlighted_as_exactly_its_words(assistant: Assistant) -> None:
    report = assistant.report(ID)
    assert report is not None
    passages = list(assistant.index.store.passages(ID))
    for passage in passages:
        html = reader_html(report, passages, Place(ID, passage.start, passage.end), "es")
        marked = " ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html))
        assert " ".join(marked.split()) == escape(" ".join(passage.text.split()))
        assert html.count('id="r-here"') == 1


def test_a_few_words_inside_a_passage_are_highlighted_alone() -> None:
    report = Report("r", "Uno dos  tres\ncuatro.", Metadata(), "h")
    html = reader_html(report, [], Place("r", 4, 13), "es")
    assert ">dos tres</mark> cuatro." in html
    assert "Uno <mark" in html


def test_blocks_of_an_empty_report() -> None:
    assert list(layout_blocks(Report("r", " \n ", Metadata(), "h"), [])) == []


@pytest.mark.parametrize(
    "fragment", ["", "#at=", f"#at={ID}:9-3x", "#at=none:1-2", f"#at={ID}:{'9' * 13}-2", "#at=\x00:1-2", "x" * 10_000]
)
def test_a_link_that_leads_nowhere_says_so(assistant: Assistant, fragment: str) -> None:
    html = place_html(assistant, fragment, "en")
    assert html == missing_html("en") or "<mark" not in html


@pytest.mark.parametrize("place", [Place(ID, 5, 5), Place(ID, 9, 3), Place(ID, 0, 10**9)])
def test_a_place_out_of_bounds_opens_the_report_unmarked(assistant: Assistant, place: Place) -> None:
    html = place_html(assistant, place.fragment, "en")
    assert "r-paper" in html
    assert "<mark" not in html


@pytest.mark.parametrize("report_id", ["simple", "a b/c?d#e%f", "ñandú-2010", 'x"y'])
def test_places_survive_their_link(report_id: str) -> None:
    place = Place(report_id, 3, 14)
    assert Place.parse(place.fragment) == place
    assert Place.parse(place.fragment + " 1700000000") == place


# Dry: handlers


def test_an_answer_streams_from_its_opening_to_its_sources(assistant: Assistant) -> None:
    before = [{"role": "user", "content": [{"type": "text", "text": "earlier"}]}]
    question = "What should governments do about trafficking?"
    at_once = list(converse(assistant, question, before, "en"))
    assert len(at_once) == 2  # a sign of life, and the whole of it
    assert [turn.whole for turn in at_once] == [False, True]
    turns = list(converse(assistant, question, before, "en", step=1))
    assert turns[-1].messages == at_once[-1].messages
    assert all(not turn.whole for turn in turns[:-1])
    texts = [turn.messages[-1]["content"] for turn in turns]
    assert all(turn.messages[0] is before[0] and len(turn.messages) == 3 for turn in turns)
    assert "r-pending" in texts[0]
    assert "r-mark" not in texts[1]
    marks = [text.count('class="r-mark"') for text in texts[1:]]
    assert marks == list(range(marks[-1] + 1))
    assert [turn.sources is None for turn in turns] == [True] * (len(turns) - 1) + [False]
    assert (turns[-1].sources or "").count('class="r-card"') == marks[-1]


def test_a_follow_up_is_resolved_and_shows_what_was_searched(assistant: Assistant) -> None:
    first = list(converse(assistant, "What does the report say on detention of irregular migrants?", [], "en"))[-1]
    assert "r-searched" not in first.messages[-1]["content"]
    assert first.conversation is not None
    last = list(converse(assistant, "and for women?", first.messages, "en", first.conversation))[-1]
    html = last.messages[-1]["content"]
    searched = "What does the report say on detention of irregular migrants, for women?"
    assert f"<q>{searched}</q>" in html
    assert f'class="r-edit" href="#ask={url_quote(searched, safe="")}"' in html
    assert "las mujeres" in html
    assert last.conversation is not None
    assert [turn.question for turn in last.conversation.turns][-1] == "and for women?"


@pytest.mark.parametrize("words", HOSTILE)
def test_what_was_searched_is_text(words: str) -> None:
    citation = cited("x")
    hostile = answer_html(replace(answered(citation), searched=f"{words}, for women"))
    assert tags(hostile) == tags(answer_html(replace(answered(citation), searched="x")))
    assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$\n]", hostile)
    (link,) = re.findall(r'class="r-edit" href="([^"]*)"', hostile)
    assert unquote(link.removeprefix("#ask=")) == f"{words}, for women"  # the box gets the words themselves
    assert not re.search(r"[<>\s'()]", link)


def test_each_answer_that_grows_is_shown_and_its_sources_once(assistant: Assistant) -> None:
    class Growing(Assistant):
        def stream(self, question: str, **options: Any) -> Iterator[Answer]:
            whole = assistant.ask(question)
            yield whole
            yield replace(whole, statements=(*whole.statements, Statement("Written after it.")))

    turns = list(converse(Growing(assistant.index.folder), "migración de retorno", [], "es"))
    assert "Written after it." in turns[-1].messages[-1]["content"]
    assert "Written after it." not in turns[-2].messages[-1]["content"]
    assert [turn.sources is None for turn in turns[-2:]] == [False, True]


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


def test_an_index_that_is_gone_is_one_plain_sentence(tmp_path: Path) -> None:
    last = list(converse(Assistant(tmp_path), "water", [], "en"))[-1]
    said = last.messages[-1]["content"]
    assert LABELS["en"].unavailable in said
    assert str(tmp_path) not in said


def test_a_fault_of_ours_is_a_plain_sentence_and_goes_to_the_log() -> None:
    class Broken(Assistant):
        def stream(self, question: str, **options: Any) -> Iterator[Answer]:
            raise ZeroDivisionError("secret detail")

    turns = converse(Broken(Path("nowhere")), "water", [], "en")
    next(turns)
    assert "secret" not in next(turns).messages[-1]["content"]
    with pytest.raises(ZeroDivisionError):
        next(turns)


def test_the_first_page_says_what_it_covers(assistant: Assistant) -> None:
    html = welcome_html(list_covered(assistant), "en")
    for words in ("Mesa redonda 1: Alianzas", "Foro Mundial", "2010", "26 recommendations"):
        assert words in html
    assert 'aria-current="true">en<' in top_html("en", ["ask"], "ask")


@pytest.mark.parametrize("code", LABELS)
def test_every_starter_question_is_answered(assistant: Assistant, code: str) -> None:
    reports = [report.report.id for report in list_covered(assistant)]
    assert list(role_labels(reports, LABELS[code])) == list(ROLES)
    for role in ROLES:
        questions = starter_questions(assistant, reports, LABELS[code], role)
        assert len(questions) == 4
        for question in questions:
            assert assistant.ask(question).status is Status.ANSWERED, question
        listing = [question for question in questions if assistant.ask(question).total > 5]
        assert listing or role == "delegate"  # all recommendations of a kind


def test_reports_we_do_not_know_start_with_their_sections(assistant: Assistant) -> None:
    unknown = Labels(vars(LABELS["en"])["_texts"] | {"starters": {}})
    assert "Sobre las causas originarias de la migración irregular" in starter_questions(assistant, [ID], unknown)
    assert role_labels([ID], unknown) == {}


def test_no_event_waits_for_another_visitor_and_none_is_public(assistant: Assistant) -> None:
    functions = [value for value in build_page(assistant).fns.values() if value.fn is not None]
    events = [function for function in functions if function.api_visibility != "public"]
    assert len(events) >= 3
    assert all(event.queue and event.concurrency_limit != 1 for event in events)
    assert [function.api_name for function in functions if function not in events] == [
        "ask",
        "search",
        "passage",
        "list",
    ]


def test_a_visit_does_not_describe_the_page_again(assistant: Assistant) -> None:
    page = build_page(assistant)
    assert len(page.get_config_file()["components"]) > 100
    assert not any(SessionState(page).config_values.values())
